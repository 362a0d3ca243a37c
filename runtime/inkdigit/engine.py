"""Which engine runs the networks: onnxruntime, or numpy where onnxruntime cannot be imported."""

from __future__ import annotations

import os
from functools import cache

from inkdigit.session import (
    BUNDLED_MODEL,
    InkSession,
    OnnxInkSession,
    OnnxSession,
    Session,
    check_threads,
    import_onnxruntime,
)

__all__ = ["bundled_ink_session", "digit_session", "engine_name"]


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
