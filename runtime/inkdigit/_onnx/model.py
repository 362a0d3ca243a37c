"""The content of an .onnx file: nodes, weights, inputs, outputs and metadata.

The numbers of the fields are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
What no file of inkdigit_train holds is refused: subgraphs, functions, sparse or external weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._onnx.wire import Fields, WireError, floats, integers, read_fields, text

__all__ = ["Attribute", "FormatError", "Model", "Node", "Tensor", "Value", "read_model"]

OPSET = 18  # inkdigit_train exports it; the operators here are computed as it defines them
DTYPES = {1: "<f4", 3: "i1", 6: "<i4", 7: "<i8"}  # TensorProto.DataType
MAX_NDIM = 8  # the networks' arrays have 6 axes at most; numpy's limit was 32 before 2.0

Attribute: TypeAlias = int | float | str | tuple[int, ...] | tuple[float, ...]
Tensor: TypeAlias = NDArray[np.generic]


class FormatError(ValueError):
    """The file is damaged, or holds what inkdigit's networks do not."""


@dataclass(frozen=True)
class Node:
    """One operation.

    Attributes:
        operator: Its name, such as "Conv".
        inputs: Names of the arrays it takes; "" for one that is left out.
        outputs: Names of those it makes.
        attributes: Its settings by name.
    """

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True)
class Value:
    """An input or output of the whole network.

    Attributes:
        name: Its name.
        shape: The length of each axis; the name of one that is free, or None.
    """

    name: str
    shape: tuple[int | str | None, ...]


@dataclass(frozen=True)
class Model:
    """An .onnx file.

    Attributes:
        nodes: In an order in which they can be computed.
        weights: The constant arrays by name.
        inputs, outputs: Of the whole network.
        metadata: The file's own entries.
    """

    nodes: tuple[Node, ...]
    weights: Mapping[str, Tensor]
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    metadata: Mapping[str, str]


def read_model(content: bytes) -> Model:
    """Read the bytes of an .onnx file.

    Raises:
        FormatError: If they are damaged, or hold what inkdigit's networks do not.
    """
    try:
        return _model(read_fields(content))
    except WireError as exc:
        raise FormatError(str(exc)) from exc


def _model(fields: Fields) -> Model:
    opsets = {_text(f, 1): _integer(f, 2) for f in _messages(fields, 8)}
    if opsets.get("") != OPSET:
        raise FormatError(f"its opset is {opsets.get('', 'missing')}, expected {OPSET}")
    graphs = _messages(fields, 7)
    if len(graphs) != 1:
        raise FormatError(f"it has {len(graphs)} graphs, expected one")
    (graph,) = graphs
    if 15 in graph or 25 in fields:
        raise FormatError("it has sparse weights or functions, which cannot be read here")
    return Model(
        tuple(_node(f) for f in _messages(graph, 1)),
        dict(_tensor(f) for f in _messages(graph, 5)),
        tuple(_value(f) for f in _messages(graph, 11)),
        tuple(_value(f) for f in _messages(graph, 12)),
        {_text(f, 1): _text(f, 2) for f in _messages(fields, 14)},
    )


def _node(fields: Fields) -> Node:
    operator, domain = _text(fields, 4), _text(fields, 7)
    if domain not in ("", "ai.onnx"):
        raise FormatError(f"{operator} is of the unknown domain {domain}")
    return Node(
        operator,
        tuple(text(name) for name in fields.get(1, [])),
        tuple(text(name) for name in fields.get(2, [])),
        dict(_attribute(f) for f in _messages(fields, 5)),
    )


def _attribute(fields: Fields) -> tuple[str, Attribute]:
    name, kind = _text(fields, 1), _integer(fields, 20)
    value: Attribute
    match kind:  # AttributeProto.AttributeType
        case 1:
            value = (floats(fields.get(2, [])) or (0.0,))[-1]
        case 2:
            value = _integer(fields, 3)
        case 3:
            value = _text(fields, 4)
        case 6:
            value = floats(fields.get(7, []))
        case 7:
            value = integers(fields.get(8, []))
        case _:
            raise FormatError(f"the attribute {name} has the unknown type {kind}")
    return name, value


def _tensor(fields: Fields) -> tuple[str, Tensor]:
    name, kind, shape = _text(fields, 8), _integer(fields, 2), integers(fields.get(1, []))
    if kind not in DTYPES or len(shape) > MAX_NDIM or min(shape, default=0) < 0:
        raise FormatError(f"the weights {name} have the data type {kind} and the shape {shape}")
    dtype = np.dtype(DTYPES[kind])
    raw = fields.get(9, [b""])[-1]
    expected = math.prod(shape) * dtype.itemsize
    if isinstance(raw, int) or len(raw) != expected or _integer(fields, 14) != 0:
        raise FormatError(
            f"the weights {name} of the shape {shape} are not {expected} raw bytes in the file"
        )
    values = np.frombuffer(raw, dtype).reshape(shape)
    return name, values.astype(dtype.newbyteorder("="))


def _value(fields: Fields) -> Value:
    name = _text(fields, 1)
    tensor: Fields = ([t for f in _messages(fields, 2) for t in _messages(f, 1)] or [{}])[-1]
    shape: list[int | str | None] = []
    for dim in (d for f in _messages(tensor, 2) for d in _messages(f, 1)):
        shape.append(_integer(dim, 1) if 1 in dim else _text(dim, 2) if 2 in dim else None)
    return Value(name, tuple(shape))


def _messages(fields: Fields, number: int) -> list[Fields]:
    found = fields.get(number, [])
    if any(isinstance(value, int) for value in found):
        raise FormatError(f"field {number} holds a number where a message is expected")
    return [read_fields(value) for value in found if isinstance(value, bytes)]


def _text(fields: Fields, number: int) -> str:
    return text(fields.get(number, [b""])[-1])  # the last one counts, as in any protobuf reader


def _integer(fields: Fields, number: int) -> int:
    values = integers(fields.get(number, [])[-1:])
    return values[-1] if values else 0
