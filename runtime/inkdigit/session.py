"""The seams to an inference engine: digits (rasters in, logits and embeddings out), and ink."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit.errors import (
    InferenceError,
    InputError,
    InputTypeError,
    ModelFormatError,
    ModelNotFoundError,
)
from inkdigit.labels import CLASSES

if TYPE_CHECKING:
    import onnxruntime

__all__ = [
    "BUNDLED_INK_MODEL",
    "BUNDLED_MODEL",
    "EMBEDDING_SIZE",
    "INK_INPUT_NAME",
    "INK_OUTPUT_NAMES",
    "INPUT_NAME",
    "OUTPUT_NAMES",
    "CheckedInkSession",
    "CheckedSession",
    "InkSession",
    "OnnxInkSession",
    "OnnxSession",
    "Session",
    "Shapes",
    "check_contract",
    "check_ink_contract",
    "check_threads",
    "find_model",
    "import_onnxruntime",
]

BUNDLED_MODEL = Path(__file__).parent / "_model" / "model.onnx"
BUNDLED_INK_MODEL = Path(__file__).parent / "_model" / "ink.onnx"
EMBEDDING_SIZE = 64
INPUT_SHAPE = (1, 28, 28)  # behind the batch axis
INPUT_NAME = "image"
OUTPUT_NAMES = ("logits", "embedding")
INK_INPUT_NAME = "pixels"
INK_OUTPUT_NAMES = ("ink",)
MAX_THREADS = 1024  # more than any machine helps with; onnxruntime starts them all at once


Shapes: TypeAlias = Mapping[str, tuple[int | str | None, ...]]


class Session(Protocol):
    """What a Recognizer asks of an engine: onnxruntime's here, the Java one on Android, numpy.

    An attribute `engine`, a str, may name the engine; see `inkdigit.Recognizer.engine`.
    """

    @property
    def metadata(self) -> Mapping[str, str]:
        """The model's own metadata; "rejection_threshold" is read from it where it is there."""

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Score rasters.

        Args:
            batch: (N, 1, 28, 28) float32 in [0, 1], 1 = ink, C-contiguous, N >= 1.

        Returns:
            logits (N, 11) float32, already divided by the temperature, and embedding (N, 64).

        Raises:
            InferenceError: If the engine fails.
        """


class CheckedSession:
    """A session whose answers are what the contract says: a wrong one is an `InferenceError`.

    Args:
        session: Any.

    Raises:
        InputTypeError: If it is no session.
    """

    def __init__(self, session: Session) -> None:
        if not isinstance(getattr(session, "metadata", None), Mapping) or not callable(
            getattr(session, "run", None)
        ):
            raise InputTypeError(
                f"session is a {type(session).__name__}; expected an object with `metadata` and"
                " `run`, see inkdigit.session.Session"
            )
        self._session = session

    @property
    def metadata(self) -> Mapping[str, str]:
        """The session's own."""
        return self._session.metadata

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Score rasters; see `Session.run`."""
        answer: object = self._session.run(batch)
        if isinstance(answer, (tuple, list)) and len(answer) == len(OUTPUT_NAMES):
            logits, embedding = answer
            if _is_table(logits, (len(batch), CLASSES)) and _is_table(
                embedding, (len(batch), EMBEDDING_SIZE)
            ):
                return logits, embedding
        raise InferenceError(
            f"the session answered a batch of {len(batch)} with {_shapes_of(answer)}; expected two"
            f" arrays of floats, ({len(batch)}, {CLASSES}) and ({len(batch)}, {EMBEDDING_SIZE})"
        )


def _is_table(value: object, shape: tuple[int, int]) -> bool:
    return isinstance(value, np.ndarray) and value.shape == shape and value.dtype.kind == "f"


def _shapes_of(answer: object) -> str:
    if isinstance(answer, np.ndarray):
        return f"one array of {answer.dtype}, {answer.shape}"
    if isinstance(answer, (tuple, list)) and len(answer) <= 4:
        return " and ".join(_shapes_of(part) for part in answer) or "nothing"
    return f"a {type(answer).__name__}"


class OnnxSession:
    """A model file run by onnxruntime on the CPU. Thread-safe.

    Args:
        path: An .onnx file exported by inkdigit_train.
        threads: CPU threads for one batch; 1 is fastest for a few digits at a time.

    Raises:
        ModelNotFoundError: If there is no file at the path.
        ModelFormatError: If it is damaged, or its inputs and outputs are not inkdigit's.
        InputError: If there are fewer than 1 thread or more than 1,024.
        InputTypeError: If path or threads are of another type.
    """

    engine = "onnxruntime"

    def __init__(self, path: str | os.PathLike[str] = BUNDLED_MODEL, threads: int = 1) -> None:
        path = find_model(path)
        self._session = _load(path, threads)
        check_contract(*_shapes(self._session), path)
        try:
            self._metadata: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        except UnicodeDecodeError as exc:
            raise ModelFormatError(f"{path} has metadata that is no text ({exc})") from exc

    @property
    def metadata(self) -> Mapping[str, str]:
        """The model file's own metadata."""
        return self._metadata

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Score rasters; see `Session.run`."""
        try:
            logits, embedding = self._session.run(OUTPUT_NAMES, {INPUT_NAME: batch})
        except Exception as exc:
            raise InferenceError(
                f"onnxruntime failed on a batch of shape {batch.shape} ({_first_line(exc)})"
            ) from exc
        return logits, embedding


class InkSession(Protocol):
    """What a Recognizer asks of the engine that finds the ink of pictures."""

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Find the ink of a picture.

        Args:
            pixels: (1, 3, H, W) float32 from 0 to 255, RGB, C-contiguous; H and W are multiples
                of 16.

        Returns:
            (1, 3, H, W) float32 in [0, 1]: how far each pixel is inked by any hand, and by the
            hand that wrote the one digit that is meant; and how likely a rule runs through it.

        Raises:
            InferenceError: If the engine fails.
        """


class CheckedInkSession:
    """An ink session whose answers are what the contract says: others are an `InferenceError`.

    Args:
        session: Any.

    Raises:
        InputTypeError: If it is no ink session.
    """

    def __init__(self, session: InkSession) -> None:
        if not callable(getattr(session, "run", None)):
            raise InputTypeError(
                f"ink_session is a {type(session).__name__}; expected an object with `run`, see"
                " inkdigit.session.InkSession"
            )
        self._session = session

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Find the ink of a picture; see `InkSession.run`."""
        ink: object = self._session.run(pixels)
        if not isinstance(ink, np.ndarray) or ink.shape != pixels.shape or ink.dtype.kind != "f":
            raise InferenceError(
                f"the ink session answered pixels of shape {pixels.shape} with {_shapes_of(ink)};"
                " expected an array of floats of the same shape"
            )
        if not np.isfinite(ink).all():
            raise InferenceError("the ink session answered with NaN or infinity")
        return ink


class OnnxInkSession:
    """An ink network's file run by onnxruntime on the CPU. Thread-safe.

    Args:
        path: An .onnx file written by `inkdigit_train export-ink`.
        threads: CPU threads for one picture.

    Raises:
        ModelNotFoundError: If there is no file at the path.
        ModelFormatError: If it is damaged, or its inputs and outputs are not an ink network's.
    """

    engine = "onnxruntime"

    def __init__(self, path: str | os.PathLike[str] = BUNDLED_INK_MODEL, threads: int = 1) -> None:
        path = find_model(path)
        self._session = _load(path, threads)
        check_ink_contract(*_shapes(self._session), path)

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Find the ink of a picture; see `InkSession.run`."""
        try:
            ink: NDArray[np.float32] = self._session.run(
                INK_OUTPUT_NAMES, {INK_INPUT_NAME: pixels}
            )[0]
        except Exception as exc:
            raise InferenceError(
                f"onnxruntime failed on pixels of shape {pixels.shape} ({_first_line(exc)})"
            ) from exc
        return ink


def find_model(path: str | os.PathLike[str]) -> Path:
    """The path of a model file; for authors of a `Session`.

    Raises:
        ModelNotFoundError: If there is no file.
        InputTypeError: If it is no path.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise InputTypeError(f"model is a {type(path).__name__}; expected the path of a file")
    path = Path(path)
    if not path.is_file():
        raise ModelNotFoundError(
            f"no model file at {path}; expected an .onnx file: give its path, or leave `model`"
            " out to use the bundled one"
        )
    return path


def import_onnxruntime() -> onnxruntime:
    """The module onnxruntime, loaded with its telemetry turned off."""
    # onnxruntime from 1.29 on carries telemetry that writes files under the home folder and tries
    # the network at import, unless this is set first. Checked with 1.31.1.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    return onnxruntime


def _load(path: Path, threads: int) -> onnxruntime.InferenceSession:
    check_threads(threads)
    runtime = import_onnxruntime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised, not printed
    try:
        return runtime.InferenceSession(
            path.read_bytes(),
            options,
            providers=["CPUExecutionProvider"],
            enable_fallback=0,  # to the same provider once more, with a word on standard output
        )
    except Exception as exc:  # onnxruntime's errors have no base class of their own
        raise ModelFormatError(
            f"{path} cannot be loaded as an ONNX model ({_first_line(exc)});"
            " export it again, or reinstall inkdigit if it is the bundled one"
        ) from exc


def check_threads(threads: int) -> None:
    """Refuse a number of threads that makes no sense.

    Raises:
        InputError: If there are fewer than 1 or more than 1,024.
        InputTypeError: If it is no whole number.
    """
    if not isinstance(threads, int) or isinstance(threads, bool):
        raise InputTypeError(f"threads is a {type(threads).__name__}; expected a whole number")
    if not 1 <= threads <= MAX_THREADS:
        raise InputError(f"threads is {threads}; expected 1 to {MAX_THREADS}")


def _shapes(session: onnxruntime.InferenceSession) -> tuple[Shapes, Shapes]:
    """Shapes of the inputs and of the outputs by name, without the batch axis."""
    inputs, outputs = (
        {node.name: tuple(node.shape[1:]) for node in nodes}
        for nodes in (session.get_inputs(), session.get_outputs())
    )
    return inputs, outputs


def check_contract(inputs: Shapes, outputs: Shapes, path: Path) -> None:
    """Refuse a model that is not inkdigit's; for authors of a `Session`.

    Args:
        inputs: Their names and shapes, without the batch axis.
        outputs: Likewise.
        path: The model's file, for the message.

    Raises:
        ModelFormatError: If they are others than the contract's.
    """
    expected = {OUTPUT_NAMES[0]: (CLASSES,), OUTPUT_NAMES[1]: (EMBEDDING_SIZE,)}
    if inputs != {INPUT_NAME: INPUT_SHAPE} or outputs != expected:
        raise ModelFormatError(
            f"{path} has inputs {inputs} and outputs {outputs}; expected input"
            f" {INPUT_NAME} (N, 1, 28, 28) and outputs logits (N, 11), embedding (N, 64):"
            " export the model with inkdigit_train"
        )


def check_ink_contract(inputs: Shapes, outputs: Shapes, path: Path) -> None:
    """Refuse a model that is not an ink network of inkdigit's; as `check_contract`."""
    names = (list(inputs), list(outputs))
    channels = [shape[0] for shape in (*inputs.values(), *outputs.values()) if shape]
    if names != ([INK_INPUT_NAME], list(INK_OUTPUT_NAMES)) or channels != [3, 3]:
        raise ModelFormatError(
            f"{path} has inputs {inputs} and outputs {outputs}; expected input"
            f" {INK_INPUT_NAME} (N, 3, H, W) and output {INK_OUTPUT_NAMES[0]} (N, 3, H, W):"
            " export the model with inkdigit_train export-ink"
        )


def _first_line(exc: BaseException) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0]
