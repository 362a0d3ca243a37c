"""The networks in numpy alone, for where onnxruntime is not to be had: some phones, browsers.

`NumpySession` and `NumpyInkSession` read the same .onnx files as onnxruntime does and give the same
answers but for rounding, more slowly::

    Recognizer(session=NumpySession(), ink_session=NumpyInkSession())

A `Recognizer` takes them by itself where onnxruntime cannot be imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from inkdigit._onnx.model import FormatError, read_model
from inkdigit._onnx.program import Program
from inkdigit.errors import InferenceError, ModelFormatError
from inkdigit.session import (
    BUNDLED_INK_MODEL,
    BUNDLED_MODEL,
    INK_OUTPUT_NAMES,
    OUTPUT_NAMES,
    Shapes,
    check_contract,
    check_ink_contract,
    find_model,
)

__all__ = ["NumpyInkSession", "NumpySession"]


class _NumpyModel:
    """A model file with one input."""

    engine = "numpy"

    def __init__(
        self,
        path: str | os.PathLike[str],
        outputs: Sequence[str],
        contract: Callable[[Shapes, Shapes, Path], None],
    ) -> None:
        path = find_model(path)
        try:
            model = read_model(path.read_bytes())
            inputs, made = (
                {value.name: value.shape[1:] for value in values}
                for values in (model.inputs, model.outputs)
            )
            contract(inputs, made, path)
            self._program = Program(model, outputs)
        except (FormatError, OSError) as exc:
            raise ModelFormatError(
                f"{path} cannot be loaded as an ONNX model ({exc}); export it again, or reinstall"
                " inkdigit if it is the bundled one"
            ) from exc
        self._metadata = MappingProxyType(dict(model.metadata))

    @property
    def metadata(self) -> Mapping[str, str]:
        """The model file's own metadata."""
        return self._metadata

    def _answers(self, given: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        try:
            return self._program.run(given)
        except (ValueError, TypeError, IndexError, OverflowError, MemoryError) as exc:
            raise InferenceError(
                f"numpy failed on an array of shape {given.shape} ({exc})"
            ) from exc


class NumpySession(_NumpyModel):
    """The digit network in numpy; see `inkdigit.session.Session`. Thread-safe.

    Args:
        path: An .onnx file exported by inkdigit_train.

    Raises:
        ModelNotFoundError: If there is no file at the path.
        ModelFormatError: If it is damaged, its inputs and outputs are not inkdigit's, or it
            computes what no network of inkdigit_train does.
    """

    def __init__(self, path: str | os.PathLike[str] = BUNDLED_MODEL) -> None:
        super().__init__(path, OUTPUT_NAMES, check_contract)

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Score rasters; see `inkdigit.session.Session.run`."""
        logits, embedding = self._answers(batch)
        return logits, embedding


class NumpyInkSession(_NumpyModel):
    """The ink network in numpy; see `inkdigit.session.InkSession`. Thread-safe.

    Args:
        path: An .onnx file written by `inkdigit_train export-ink`.

    Raises:
        ModelNotFoundError: If there is no file at the path.
        ModelFormatError: If it is damaged, its inputs and outputs are not an ink network's, or it
            computes what no network of inkdigit_train does.
    """

    def __init__(self, path: str | os.PathLike[str] = BUNDLED_INK_MODEL) -> None:
        super().__init__(path, INK_OUTPUT_NAMES, check_ink_contract)

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Find the ink of a picture; see `inkdigit.session.InkSession.run`."""
        (ink,) = self._answers(pixels)
        return ink
