"""The engine that the app reads with: onnxruntime's Python package, its Java one, or numpy."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inkdigit.errors import ModelError, ModelNotFoundError
from inkdigit.session import BUNDLED_MODEL
from inkdigit_app.platforms.environment import is_android

if TYPE_CHECKING:
    from inkdigit import Recognizer
    from inkdigit_app.platforms.android_session import Java

__all__ = ["recognizer_maker"]


def recognizer_maker(model: Path | None) -> Callable[[], Recognizer]:
    """Prepare the engine. To be called on the main thread.

    On Android the app reads with numpy where onnxruntime's Java package cannot be loaded or fails
    on a blank page; why is in the log.

    Args:
        model: An .onnx file, or None for the bundled one.

    Returns:
        Makes the recogniser, on any thread, or raises a `ModelError`.
    """
    if not is_android():
        return lambda: _recognizer(model)

    from inkdigit_app.platforms.android_session import load_java

    path = model or BUNDLED_MODEL
    try:
        java = load_java()
    except ModelError as exc:
        _log(exc)
        return lambda: _numpy_recognizer(path)
    return lambda: _java_recognizer(java, path)


def _recognizer(model: Path | None) -> Recognizer:
    from inkdigit import Recognizer  # not before the first frame

    return Recognizer(model)


def _java_recognizer(java: Java, path: Path) -> Recognizer:
    from inkdigit import Recognizer
    from inkdigit_app.platforms.android_session import AndroidInkSession, AndroidSession

    try:
        session, ink_session = AndroidSession(java, path), AndroidInkSession(java)
        session.run(np.zeros((1, 1, 28, 28), np.float32))
        ink_session.run(np.zeros((1, 3, 16, 16), np.float32))
    except ModelNotFoundError:
        raise
    except ModelError as exc:  # a damaged file numpy refuses, too
        _log(exc)
        return _numpy_recognizer(path)
    return Recognizer(session=session, ink_session=ink_session)


def _numpy_recognizer(path: Path) -> Recognizer:
    from inkdigit import Recognizer
    from inkdigit.numpy_session import NumpyInkSession, NumpySession

    return Recognizer(session=NumpySession(path), ink_session=NumpyInkSession())


def _log(reason: ModelError) -> None:
    logging.getLogger(__name__).warning("reading with numpy: %s", reason)
