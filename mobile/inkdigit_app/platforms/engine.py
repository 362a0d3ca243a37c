"""Which engine the app reads with: onnxruntime's Python package, or its Java one on Android."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from inkdigit import Recognizer
from inkdigit.errors import ModelError
from inkdigit.session import BUNDLED_MODEL

__all__ = ["recognizer_maker"]


def recognizer_maker(model: Path | None) -> Callable[[], Recognizer]:
    """How to make the recogniser. To be called on the main thread; what it returns, on any.

    Args:
        model: An .onnx file, or None for the bundled one.

    Returns:
        Makes it, or raises a `ModelError` that says why it cannot.
    """
    if "ANDROID_ARGUMENT" not in os.environ:
        return lambda: Recognizer(model)

    from inkdigit_app.platforms.android_session import AndroidSession, load_java

    try:
        java = load_java()
    except ModelError as exc:
        failure = exc  # the app opens all the same, and says so

        def fail() -> Recognizer:
            raise failure

        return fail
    return lambda: Recognizer(session=AndroidSession(java, model or BUNDLED_MODEL))
