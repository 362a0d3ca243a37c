"""ONNX's operators, of opset 18, as far as inkdigit's networks use them.

A node and the constants among its inputs go in; out comes a function of all its inputs. What the
constants allow is done here, once: weights are laid out for a matrix product, for instance.

Arrays keep ONNX's order of axes, (N, C, H, W), but the maps that are made here have their channels
last in memory; numpy keeps that through whatever it does number by number.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._onnx import kernels
from inkdigit._onnx.kernels import Map, Window
from inkdigit._onnx.model import DTYPES, Attribute, FormatError, Node

__all__ = ["ELEMENTWISE", "SHARING", "Array", "Compute", "prepare"]

Array: TypeAlias = NDArray[Any]
Constants: TypeAlias = Mapping[int, Array]  # by the input's index
Compute: TypeAlias = Callable[..., Array]  # of the node's inputs in order; None for one left out


def prepare(node: Node, constants: Constants) -> Compute:
    """Make a node's function.

    Args:
        node: Of the network.
        constants: Those of its inputs that are known in advance, by their index.

    Raises:
        FormatError: If the operator, or a setting of it, is none that inkdigit's networks use.
    """
    if len(node.outputs) != 1:
        raise FormatError(f"{node.operator} has {len(node.outputs)} outputs, expected one")
    if node.operator in ELEMENTWISE:
        return ELEMENTWISE[node.operator]
    if node.operator not in _MAKERS:
        raise FormatError(f"the operator {node.operator} is none of those that can be computed")
    return _MAKERS[node.operator](node, constants)


def _relu(x: Array, out: Array | None = None) -> Array:
    positive: Array = np.maximum(x, x.dtype.type(0), out=out)
    return positive


def _divide(x: Array, y: Array, out: Array | None = None) -> Array:
    # Whole numbers are lengths of axes, and at least 0: rounding down is rounding to 0.
    quotient: Array = (np.floor_divide if x.dtype.kind == "i" else np.divide)(x, y, out=out)
    return quotient


# Those that work number by number, and can write over an input.
ELEMENTWISE: Mapping[str, Compute] = {
    "Add": np.add,
    "Div": _divide,
    "Mul": np.multiply,
    "Relu": _relu,
    "Sqrt": np.sqrt,
    "Sub": np.subtract,
}

# Those whose output can be a view of an input.
MAX_DILATION = 8  # pixels between a convolution's taps; more would only make it slow
SHARING = frozenset(
    {"Cast", "DepthToSpace", "Flatten", "Reshape", "Slice", "Transpose", "Unsqueeze"}
)


def _channels_last(x: Array) -> Map:
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def _channels_first(x: Map) -> Array:
    view: Array = x.transpose(0, 3, 1, 2)
    return view


def _constant(node: Node, constants: Constants, index: int) -> Array:
    if index not in constants:
        raise FormatError(f"{node.operator}'s input {index} is not constant")
    return constants[index]


def _settle(node: Node, **supported: Attribute) -> None:
    """Refuse other values of attributes; one that is missing has the value meant."""
    for name, expected in supported.items():
        if node.attributes.get(name, expected) != expected:
            raise FormatError(
                f"{node.operator} has {name} {node.attributes[name]}, expected {expected}"
            )


def _numbers(node: Node, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    """An attribute of whole numbers, as many as the default has."""
    value = node.attributes.get(name, default)
    if not isinstance(value, tuple) or len(value) != len(default):
        raise FormatError(f"{node.operator} has {name} {value}, expected {len(default)} numbers")
    return tuple(int(number) for number in value)


def _number(node: Node, name: str, default: float) -> float:
    value = node.attributes.get(name, default)
    if not isinstance(value, int | float):
        raise FormatError(f"{node.operator} has {name} {value}, expected a number")
    return value


def _window(node: Node, size: tuple[int, ...] = (0, 0), steps: tuple[int, ...] = (1, 1)) -> Window:
    """The window of a node whose taps are `steps` pixels apart; `size` is that of its weights."""
    _settle(node, auto_pad="NOTSET", dilations=steps, ceil_mode=0, storage_order=0)
    height, width = (
        (taps - 1) * step + 1
        for taps, step in zip(_numbers(node, "kernel_shape", size), steps, strict=True)
    )
    down, across = _numbers(node, "strides", (1, 1))
    top, left, bottom, right = _numbers(node, "pads", (0, 0, 0, 0))
    if min(height, width, down, across) < 1 or min(top, left, bottom, right) < 0:
        raise FormatError(f"{node.operator} has a window of {height}×{width} or bad strides, pads")
    return Window((height, width), (down, across), (top, left, bottom, right))


def _conv(node: Node, constants: Constants) -> Compute:
    weight = _constant(node, constants, 1)
    bias = _constant(node, constants, 2) if len(node.inputs) > 2 else None
    outputs, inputs, *size = weight.shape
    steps = _numbers(node, "dilations", (1, 1))
    if min(steps) < 1 or max(steps) > MAX_DILATION:
        raise FormatError(f"Conv has dilations {steps}, expected 1 to {MAX_DILATION}")
    window, group = _window(node, tuple(size), steps), _number(node, "group", 1)
    weight = _spread(weight, steps)
    if weight.shape[2:] != window.size or (bias is not None and bias.shape != (outputs,)):
        raise FormatError(f"Conv's weights {weight.shape} do not fit its window or its bias")
    convolve: Callable[[Map, Map, Map | None, Window], Map]
    if group == 1:
        convolve = kernels.dense
        taps = np.ascontiguousarray(weight.transpose(0, 2, 3, 1)).reshape(outputs, -1)
    elif group == outputs and inputs == 1:
        convolve = kernels.depthwise
        taps = np.ascontiguousarray(weight[:, 0].transpose(1, 2, 0))
    else:
        raise FormatError(f"Conv has {group} groups of {inputs} channels, expected 1 or one each")
    channels = inputs * int(group)

    def compute(x: Array, *_: Array) -> Array:
        if x.shape[1] != channels:
            raise ValueError(f"Conv takes {channels} channels, got {x.shape}")
        return _channels_first(convolve(_channels_last(x), taps, bias, window))

    return compute


def _spread(weight: Array, steps: tuple[int, ...]) -> Array:
    """Weights whose taps are `steps` pixels apart, with zeros between them."""
    down, across = steps
    outputs, inputs, high, wide = weight.shape
    spread = np.zeros((outputs, inputs, (high - 1) * down + 1, (wide - 1) * across + 1), np.float32)
    spread[:, :, ::down, ::across] = weight
    return spread


def _max_pool(node: Node, constants: Constants) -> Compute:
    window = _window(node)
    return lambda x: _channels_first(kernels.max_pool(_channels_last(x), window))


def _average_pool(node: Node, constants: Constants) -> Compute:
    window = _window(node)
    count_padding = bool(_number(node, "count_include_pad", 0))
    return lambda x: _channels_first(kernels.average_pool(_channels_last(x), window, count_padding))


def _batch_norm(node: Node, constants: Constants) -> Compute:
    _settle(node, training_mode=0)
    gain, bias, mean, variance = (_constant(node, constants, i) for i in range(1, 5))
    factor = gain / np.sqrt(variance + np.float32(_number(node, "epsilon", 1e-5)))
    shift = bias - mean * factor
    return lambda x, *_: _channels_first(kernels.scale(_channels_last(x), factor, shift))


def _gemm(node: Node, constants: Constants) -> Compute:
    _settle(node, alpha=1.0, beta=1.0, transA=0)
    transposed = _number(node, "transB", 0)

    def compute(x: Array, matrix: Array, bias: Array | None = None) -> Array:
        product = x @ (matrix.T if transposed else matrix)
        return product if bias is None else np.add(product, bias, out=product)

    return compute


def _cast(node: Node, constants: Constants) -> Compute:
    kind = _number(node, "to", 0)
    if kind not in DTYPES:
        raise FormatError(f"Cast makes the unknown data type {kind}")
    dtype = np.dtype(DTYPES[int(kind)]).newbyteorder("=")
    return lambda x: x.astype(dtype, copy=False)


def _concat(node: Node, constants: Constants) -> Compute:
    axis = int(_number(node, "axis", 0))
    return lambda *parts: np.concatenate(parts, axis)


def _flatten(node: Node, constants: Constants) -> Compute:
    _settle(node, axis=1)
    return lambda x: x.reshape(len(x), int(np.prod(x.shape[1:])))


def _reshape(node: Node, constants: Constants) -> Compute:
    # Its two ways to read a length of 0 differ: none is expected.
    def compute(x: Array, shape: Array) -> Array:
        if not shape.all():
            raise ValueError(f"Reshape to {shape}, expected no length of 0")
        return x.reshape([int(length) for length in shape])

    return compute


def _shape(node: Node, constants: Constants) -> Compute:
    cut = slice(int(_number(node, "start", 0)), int(_number(node, "end", sys.maxsize)))
    return lambda x: np.array(x.shape[cut], np.int64)


def _slice(node: Node, constants: Constants) -> Compute:
    starts, ends, axes, steps = (
        [int(number) for number in _constant(node, constants, i)] for i in range(1, 5)
    )
    if not len(starts) == len(ends) == len(axes) == len(steps) or min(axes + steps, default=0) < 0:
        raise FormatError(f"Slice has the axes {axes} and the steps {steps}")
    cuts = dict(zip(axes, map(slice, starts, ends, steps), strict=True))

    def compute(x: Array, *_: Array) -> Array:
        return x[tuple(cuts.get(axis, slice(None)) for axis in range(x.ndim))]

    return compute


def _transpose(node: Node, constants: Constants) -> Compute:
    order = node.attributes.get("perm")
    if not isinstance(order, tuple):
        raise FormatError("Transpose has no perm")
    return lambda x: x.transpose([int(axis) for axis in order])


def _unsqueeze(node: Node, constants: Constants) -> Compute:
    axes = _axes(node, constants)
    return lambda x, *_: np.expand_dims(x, axes)


def _axes(node: Node, constants: Constants) -> tuple[int, ...]:
    return tuple(int(axis) for axis in _constant(node, constants, 1))


def _reduce_mean(node: Node, constants: Constants) -> Compute:
    axes, keep = _axes(node, constants), bool(_number(node, "keepdims", 1))
    return lambda x, *_: x.mean(axes, keepdims=keep)


def _reduce_log_sum_exp(node: Node, constants: Constants) -> Compute:
    axes, keep = _axes(node, constants), bool(_number(node, "keepdims", 1))

    def compute(x: Array, *_: Array) -> Array:
        largest = x.max(axes, keepdims=True)
        found: Array = np.log(np.exp(x - largest).sum(axes, keepdims=True)) + largest
        return found if keep else found.squeeze(axes)

    return compute


def _sigmoid(node: Node, constants: Constants) -> Compute:
    half = np.float32(0.5)

    def compute(x: Array) -> Array:
        # As a tanh, which cannot overflow.
        out: Array = np.tanh(x * half)
        out += 1
        out *= half
        return out

    return compute


def _depth_to_space(node: Node, constants: Constants) -> Compute:
    _settle(node, mode="CRD")
    size = int(_number(node, "blocksize", 0))
    if size < 1:
        raise FormatError(f"DepthToSpace has the blocksize {size}")

    def compute(x: Array) -> Array:
        count, channels, height, width = x.shape
        blocks = x.reshape(count, channels // size**2, size, size, height, width)
        spread: Array = blocks.transpose(0, 1, 4, 2, 5, 3)
        return spread.reshape(count, channels // size**2, height * size, width * size)

    return compute


def _resize(node: Node, constants: Constants) -> Compute:
    _settle(node, antialias=0, exclude_outside=0, keep_aspect_ratio_policy="stretch")
    mode = node.attributes.get("mode", "nearest")
    scales = constants.get(2, np.empty(0)) if len(node.inputs) > 2 and node.inputs[2] else None
    if scales is not None and (len(scales) != 4 or list(scales[:2]) != [1, 1]):
        raise FormatError(f"Resize has the scales {scales}, expected four, the first two 1")
    if mode == "linear":
        _settle(node, coordinate_transformation_mode="half_pixel")

        def interpolate(x: Array, *given: Array | None) -> Array:
            if scales is None:
                sizes = given[2] if len(given) > 2 else None
                if sizes is None:
                    raise ValueError("Resize has neither scales nor sizes")
                height, width = sizes[2:]
            else:
                height, width = np.array(x.shape[2:]) * scales[2:]
            return _channels_first(kernels.interpolate(_channels_last(x), int(height), int(width)))

        return interpolate
    _settle(node, mode="nearest", nearest_mode="floor")
    if "coordinate_transformation_mode" not in node.attributes:
        raise FormatError("Resize has no coordinate_transformation_mode")
    _settle(node, coordinate_transformation_mode="asymmetric")
    if scales is None or (scales != np.rint(scales)).any() or min(scales) < 1:
        raise FormatError(f"Resize has the scales {scales}, expected whole numbers")
    down, across = int(scales[2]), int(scales[3])
    return lambda x, *_: _channels_first(kernels.enlarge(_channels_last(x), down, across))


_MAKERS: Mapping[str, Callable[[Node, Constants], Compute]] = {
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "Cast": _cast,
    "Concat": _concat,
    "Conv": _conv,
    "DepthToSpace": _depth_to_space,
    "Flatten": _flatten,
    "Gemm": _gemm,
    "MatMul": lambda node, constants: np.matmul,
    "MaxPool": _max_pool,
    "ReduceLogSumExp": _reduce_log_sum_exp,
    "ReduceMean": _reduce_mean,
    "Reshape": _reshape,
    "Resize": _resize,
    "Shape": _shape,
    "Sigmoid": _sigmoid,
    "Slice": _slice,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
