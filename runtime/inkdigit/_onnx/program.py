"""A network ready to run: its nodes as steps, with the constants computed and the rest planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkdigit._onnx.model import FormatError, Model, Node
from inkdigit._onnx.operators import ELEMENTWISE, SHARING, Array, Compute, prepare

__all__ = ["Program"]


@dataclass(frozen=True)
class _Step:
    """One node.

    Attributes:
        operator: Its name.
        compute: A function of its inputs.
        inputs: Their names; "" for one that is left out.
        output: The name of what it makes.
        reusable: Indices of the inputs that nothing else needs, and that it may write over.
        done: Names of the arrays that no later step needs.
    """

    operator: str
    compute: Compute
    inputs: tuple[str, ...]
    output: str
    reusable: tuple[int, ...]
    done: tuple[str, ...]


class Program:
    """Computes a network. Thread-safe: a run keeps nothing.

    Args:
        model: From `read_model`.
        outputs: Names of the outputs that are wanted.

    Raises:
        FormatError: If it has an operator that cannot be computed, or does not hang together.
    """

    def __init__(self, model: Model, outputs: Sequence[str]) -> None:
        self._inputs = model.inputs
        self._outputs = tuple(outputs)
        constants: dict[str, Array] = dict(model.weights)
        known = {value.name for value in model.inputs} | constants.keys() | {""}
        pending: list[tuple[Node, Compute]] = []
        for node in _needed(model.nodes, outputs):
            if missing := [name for name in node.inputs if name not in known]:
                raise FormatError(f"{node.operator} takes {missing[0]}, which nothing makes")
            if twice := known.intersection(node.outputs):
                raise FormatError(f"{node.operator} makes {min(twice)}, which there is already")
            values = {i: constants[n] for i, n in enumerate(node.inputs) if n in constants}
            try:
                compute = prepare(node, values)
                if len(values) == len(node.inputs):
                    constants[node.outputs[0]] = compute(*values.values())
                else:
                    pending.append((node, compute))
            except FormatError:
                raise
            except (ValueError, TypeError, IndexError, OverflowError, MemoryError) as exc:
                raise FormatError(f"{node.operator} does not fit its weights ({exc})") from exc
            known.update(node.outputs)
        if missing := [name for name in outputs if name not in known]:
            raise FormatError(f"nothing makes the output {missing[0]}")
        self._steps = _plan(pending, self._outputs)
        kept = {name for step in self._steps for name in step.inputs} | {*outputs}
        self._constants = {name: constants[name] for name in kept & constants.keys()}

    def run(self, given: Array) -> list[Array]:
        """Compute the outputs of one input.

        Args:
            given: float32, of the shape that the model declares.

        Returns:
            The outputs, contiguous, in the order asked for.

        Raises:
            ValueError: If the input does not fit, or an operator's inputs do not fit each other.
        """
        (value,) = self._inputs
        fits = given.ndim == len(value.shape) and all(
            not isinstance(expected, int) or expected == length
            for expected, length in zip(value.shape, given.shape, strict=True)
        )
        if given.dtype != np.float32 or not fits:
            raise ValueError(f"it is {given.dtype}, expected float32 of shape {value.shape}")
        arrays: dict[str, Array | None] = {**self._constants, value.name: given, "": None}
        with np.errstate(all="ignore"):  # an overflow shows in the answer, as in other engines
            for step in self._steps:
                arrays[step.output] = _computed(step, [arrays[name] for name in step.inputs])
                for name in step.done:
                    del arrays[name]
        found = [arrays[name] for name in self._outputs]
        return [np.ascontiguousarray(array) for array in found if array is not None]


def _needed(nodes: Sequence[Node], outputs: Sequence[str]) -> list[Node]:
    """The nodes that the outputs depend on, in order."""
    wanted, found = set(outputs), []
    for node in reversed(nodes):
        if wanted.intersection(node.outputs):
            found.append(node)
            wanted.update(node.inputs)
    return found[::-1]


def _plan(pending: Sequence[tuple[Node, Compute]], outputs: tuple[str, ...]) -> list[_Step]:
    uses = Counter(name for node, _ in pending for name in node.inputs)
    uses.update(outputs)
    made = {node.outputs[0]: node.operator for node, _ in pending}
    last = {name: index for index, (node, _) in enumerate(pending) for name in node.inputs}
    steps = []
    for index, (node, compute) in enumerate(pending):
        own = [i for i, n in enumerate(node.inputs) if uses[n] == 1 and n in made]
        reusable = [i for i in own if made[node.inputs[i]] not in SHARING]
        done = {n for n in node.inputs if n in made and last[n] == index} - {*outputs}
        steps.append(
            _Step(
                node.operator,
                compute,
                node.inputs,
                node.outputs[0],
                tuple(reusable) if node.operator in ELEMENTWISE else (),
                tuple(done),
            )
        )
    return steps


def _computed(step: _Step, inputs: Sequence[Array | None]) -> Array:
    for index in step.reusable:
        out = inputs[index]
        assert out is not None
        others = [x for x in inputs if x is not None]
        if np.broadcast_shapes(*(x.shape for x in others)) == out.shape and all(
            x.dtype == out.dtype for x in others
        ):
            return step.compute(*inputs, out=out)
    return step.compute(*inputs)
