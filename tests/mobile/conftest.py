"""What the app's tests share: a desktop, a window, handmade digits, models with a fixed answer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from app_stage import Stage
from desktop import Desktop, open_desktop
from paths import HANDMADE
from tiny_onnx import write_constant_model

from inkdigit import Ink, Recognizer, Stroke
from inkdigit.session import BUNDLED_MODEL
from inkdigit_app.core.page import PenStroke
from inkdigit_app.core.theme import LIGHT

ModelMaker = Callable[..., Path]

os.environ["LANGUAGE"] = "en"  # the tests know the app's texts in English


@pytest.fixture(scope="session")
def handmade() -> dict[str, list[Stroke]]:
    """One digit of each kind, about 90 px high, its top left corner near (0, 0)."""
    digits: dict[str, list[Stroke]] = {}
    for line in HANDMADE.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        digits.setdefault(record["label"], Ink.from_dict(record).strokes)
    return digits


@pytest.fixture
def write(handmade: dict[str, list[Stroke]]) -> Callable[..., list[PenStroke]]:
    """Writes a number as strokes, with the first digit's top left corner at `x`, `y`."""

    def write(text: str, x: float = 0.0, y: float = 0.0) -> list[PenStroke]:
        strokes = []
        for digit in text:
            points = np.concatenate([stroke.points for stroke in handmade[digit]])
            left, right = points[:, 0].min(), points[:, 0].max()
            for stroke in handmade[digit]:
                moved = stroke.points + np.array([x - left, y], np.float32)
                strokes.append(PenStroke(Stroke.from_points(moved), 7.0))
            x += float(right - left) + 40
        return strokes

    return write


@pytest.fixture(scope="session")
def desktop() -> Iterator[Desktop]:
    """A desktop for the app as a process."""
    yield from open_desktop()


@pytest.fixture(scope="session")
def stage() -> Iterator[Any]:
    """Kivy's window in this process, on a desktop of its own."""
    for desktop in open_desktop():
        with mock.patch.dict(os.environ, desktop.environment()):
            from inkdigit_app.platforms.environment import configure

            configure()
            from kivy.base import EventLoop
            from kivy.config import Config

            Config.set("graphics", "maxfps", "0")  # nobody watches

            EventLoop.ensure_window()
            window = EventLoop.window
            if window is None:
                pytest.skip(
                    "Kivy can open no window: is Mesa's OpenGL installed? See CONTRIBUTING.md"
                )
            window.register()
            EventLoop.start()
        yield window
        EventLoop.stop()
        window.close()


@pytest.fixture
def window(stage: Any) -> Iterator[Any]:
    """The window, empty before and after, in the light theme."""
    from inkdigit_app.widgets.base import look

    look.theme = LIGHT
    yield stage
    for child in list(stage.children):
        stage.remove_widget(child)


@pytest.fixture
def settle(window: Any) -> Callable[[], None]:
    """Runs the event loop until layouts have settled."""
    from kivy.base import EventLoop

    def run(frames: int = 5) -> None:
        for _ in range(frames):
            EventLoop.idle()

    return run


@pytest.fixture
def bundled_model() -> Path:
    """The model that the app reads with."""
    if not BUNDLED_MODEL.is_file():
        pytest.skip(f"no bundled model at {BUNDLED_MODEL}: train one with `make train`")
    return BUNDLED_MODEL


@pytest.fixture
def make_model(tmp_path: Path) -> ModelMaker:
    """Writes a model with one answer to all ink: class 0 to 9, or 10 for no digit."""

    def make(answer: int, probability: float = 0.99) -> Path:
        path = tmp_path / f"answers-{answer}-{probability}.onnx"
        return write_constant_model(path, answer, probability)

    return make


@pytest.fixture
def stage_app(
    window: Any, settle: Callable[[], None], bundled_model: Path, tmp_path: Path
) -> Iterator[Stage]:
    from inkdigit_app.app import InkDigitApp

    app = InkDigitApp(lambda: Recognizer(bundled_model), tmp_path / "data", "light")
    app.root = app.build()
    window.add_widget(app.root)
    app.on_start()
    stage = Stage(app, window, settle)
    stage.until(lambda: app.library._history is not None, "the history")
    yield stage
    app.keyboard.close()
    window.unbind(on_drop_file=app._on_drop_file)
    app.on_stop()
    settle()
