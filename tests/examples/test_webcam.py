"""The example that reads what a webcam sees, with an OpenCV whose camera shows samples."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image


class FakeCV2(ModuleType):
    """OpenCV with a camera that shows pictures, and a window that keeps what is drawn."""

    FONT_HERSHEY_SIMPLEX = 0

    def __init__(self, frames: list[Any], key: int = -1) -> None:
        super().__init__("cv2")
        self.frames, self.key = frames, key
        self.boxes: list[tuple[Any, Any]] = []
        self.texts: list[str] = []
        self.shown = self.released = 0

    def VideoCapture(self, number: int) -> Any:  # noqa: N802  (OpenCV's name)
        left = iter(self.frames)

        def read() -> tuple[bool, Any]:
            frame = next(left, None)
            return frame is not None, frame

        def release() -> None:
            self.released += 1

        return SimpleNamespace(isOpened=lambda: bool(self.frames), read=read, release=release)

    def rectangle(self, frame: Any, start: Any, end: Any, colour: Any, width: int) -> None:
        self.boxes.append((start, end))

    def putText(self, frame: Any, text: str, *rest: Any) -> None:  # noqa: N802
        self.texts.append(text)

    def imshow(self, title: str, frame: Any) -> None:
        self.shown += 1

    def waitKey(self, milliseconds: int) -> int:  # noqa: N802
        return self.key

    def destroyAllWindows(self) -> None:  # noqa: N802
        pass


@pytest.fixture
def start(
    load_example: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> Callable[[FakeCV2], ModuleType]:
    def load(opencv: FakeCV2) -> ModuleType:
        monkeypatch.setitem(sys.modules, "cv2", opencv)
        return load_example("webcam")

    return load


@pytest.fixture
def frame(samples: Path) -> Any:
    """Paper with a seven, its channels in OpenCV's order."""
    return np.asarray(Image.open(samples / "seven.png").convert("RGB"))[:, :, ::-1].copy()


def test_a_number_that_stays_is_boxed_and_printed_once(start, frame, capsys) -> None:
    opencv = FakeCV2([frame.copy() for _ in range(5)])
    assert start(opencv).main([]) == 0
    assert capsys.readouterr().out == "7\n"
    assert opencv.shown == len(opencv.boxes) == 5
    assert all(text.startswith("7 ") for text in opencv.texts)
    assert opencv.released == 1


def test_a_key_ends_it(start, frame) -> None:
    opencv = FakeCV2([frame.copy() for _ in range(5)], key=ord("q"))
    assert start(opencv).main([]) == 0
    assert opencv.shown == 1


def test_without_a_camera_it_says_so(start, capsys) -> None:
    assert start(FakeCV2([])).main(["--camera", "3"]) == 1
    assert "camera 3 cannot be opened" in capsys.readouterr().err
