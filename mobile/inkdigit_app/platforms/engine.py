"""The engine that the app reads with: onnxruntime's Python package, or its Java one on Android."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from inkdigit import Recognizer
from inkdigit.errors import ModelError
from inkdigit.session import BUNDLED_MODEL
from inkdigit_app.platforms.environment import is_android

__all__ = ["recognizer_maker"]


def recognizer_maker(model: Path | None) -> Callable[[], Recognizer]:
    """Prepare the engine. To be called on the main thread.

    Args:
        model: An .onnx file, or None for the bundled one.

    Returns:
        Makes the recogniser, on any thread, or raises a `ModelError`.
    """
    if not is_android():
        return lambda: Recognizer(model)

    from inkdigit_app.platforms.android_session import (
        AndroidInkSession,
        AndroidSession,
        load_java,
    )

    try:
        java = load_java()
    except ModelError as exc:
        failure = exc  # the app still opens, and shows it

        def fail() -> Recognizer:
            raise failure

        return fail
    return lambda: Recognizer(
        session=AndroidSession(java, model or BUNDLED_MODEL), ink_session=AndroidInkSession(java)
    )
