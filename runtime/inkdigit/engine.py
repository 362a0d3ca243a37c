"""Which engine runs the networks: onnxruntime, or numpy where onnxruntime cannot be imported."""

from __future__ import annotations

import math
import os
from functools import cache

from inkdigit.errors import ModelFormatError
from inkdigit.session import (
    BUNDLED_MODEL,
    InkSession,
    OnnxInkSession,
    OnnxSession,
    Session,
    check_threads,
    import_onnxruntime,
)

__all__ = ["bundled_ink_session", "digit_session", "engine_name", "rejection_threshold"]

DEFAULT_REJECTION_THRESHOLD = 0.5  # for a session whose metadata has none


def digit_session(path: str | os.PathLike[str] = BUNDLED_MODEL, threads: int = 1) -> Session:
    """The digit network on the fastest engine there is.

    Args:
        path: An .onnx file exported by inkdigit_train.
        threads: CPU threads for one batch of onnxruntime; numpy has settings of its own.

    Raises:
        ModelNotFoundError: If there is no file at the path.
        ModelFormatError: If it is damaged, or its inputs and outputs are not inkdigit's.
        InputError: If threads are fewer than 1 or more than 1,024.
        InputTypeError: If path or threads are of another type.
    """
    check_threads(threads)
    if _has_onnxruntime():
        return OnnxSession(path, threads)
    from inkdigit.numpy_session import NumpySession  # noqa: PLC0415  (few need it)

    return NumpySession(path)


@cache
def bundled_ink_session() -> InkSession:
    """The bundled ink network on the fastest engine there is, on one thread, loaded once."""
    if _has_onnxruntime():
        return OnnxInkSession()
    from inkdigit.numpy_session import NumpyInkSession  # noqa: PLC0415  (few need it)

    return NumpyInkSession()


def engine_name(session: object) -> str:
    """What a session calls its engine: its attribute `engine`, or else its class's name."""
    return str(getattr(session, "engine", type(session).__name__))


def _has_onnxruntime() -> bool:
    # Where it is installed but broken it raises an ImportError too, as with a missing DLL.
    try:
        import_onnxruntime()
    except ImportError:
        return False
    return True


def rejection_threshold(session: Session) -> float:
    """The probability of "not a digit", 0 to 1, beyond which a glyph is none.

    Raises:
        ModelFormatError: If the model names another value.
    """
    text = session.metadata.get("rejection_threshold", str(DEFAULT_REJECTION_THRESHOLD))
    try:
        threshold = float(text)
    except ValueError:
        threshold = math.nan
    if not 0 <= threshold <= 1:
        raise ModelFormatError(
            f"the model's rejection_threshold is {text!r}; expected a number from 0 to 1: export it"
            " again"
        )
    return threshold
