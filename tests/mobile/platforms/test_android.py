"""Android's side of the app against stand-ins for jnius and python-for-android."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest


class Stream:
    """A Java stream over some bytes."""

    def __init__(self, content: bytes) -> None:
        self._rest = content
        self.closed = False

    def read(self, buffer: bytearray) -> int:
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part) or -1

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def activity() -> mock.MagicMock:
    return mock.MagicMock()


@pytest.fixture
def android(activity: mock.MagicMock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    classes: dict[str, Any] = {
        "org.kivy.android.PythonActivity": mock.Mock(mActivity=activity),
        "android.content.Intent": mock.MagicMock(
            ACTION_SEND="send", EXTRA_STREAM="stream", CATEGORY_OPENABLE="openable"
        ),
        "android.net.Uri": mock.Mock(parse=lambda text: text),
    }
    jnius = ModuleType("jnius")
    jnius.autoclass = classes.__getitem__  # type: ignore[attr-defined]
    platform = ModuleType("android")
    platform.activity = mock.Mock()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "jnius", jnius)
    monkeypatch.setitem(sys.modules, "android", platform)
    monkeypatch.delitem(sys.modules, "inkdigit_app.platforms.android", raising=False)
    yield importlib.import_module("inkdigit_app.platforms.android")
    sys.modules.pop("inkdigit_app.platforms.android", None)


@pytest.mark.parametrize(("mode", "dark"), [(0x21, True), (0x11, False), (0x01, False)])
def test_dark_is_a_bit_of_the_configuration(
    android: Any, activity: mock.MagicMock, mode: int, dark: bool
) -> None:
    activity.getResources().getConfiguration().uiMode = mode
    assert android.is_dark() is dark


def test_bars_and_notch_are_measured(android: Any, activity: mock.MagicMock) -> None:
    window = activity.getWindow().getDecorView().getRootWindowInsets()
    window.getSystemWindowInsetLeft.return_value = 0
    window.getSystemWindowInsetTop.return_value = 72
    window.getSystemWindowInsetRight.return_value = 0
    window.getSystemWindowInsetBottom.return_value = 48
    assert android.insets() == (0, 72, 0, 48)


def test_before_there_is_a_window_nothing_is_covered(
    android: Any, activity: mock.MagicMock
) -> None:
    activity.getWindow().getDecorView().getRootWindowInsets.return_value = None
    assert android.insets() == (0, 0, 0, 0)


def test_a_picked_picture_comes_with_its_bytes(android: Any, activity: mock.MagicMock) -> None:
    content = bytes(range(256)) * 700
    stream = Stream(content)
    activity.getContentResolver().openInputStream.return_value = stream
    got: list[bytes] = []
    android.pick_picture(got.append)
    bound: Callable[[int, int, Any], None] = sys.modules["android"].activity.bind.call_args[1][
        "on_activity_result"
    ]
    bound(1, -1, mock.Mock())  # another's answer
    bound(android.PICK_FILE, 0, None)  # nothing chosen
    assert got == []
    bound(android.PICK_FILE, -1, mock.Mock())
    assert got == [content]
    assert stream.closed


def test_a_picked_json_file_comes_with_its_bytes(android: Any, activity: mock.MagicMock) -> None:
    activity.getContentResolver().openInputStream.return_value = Stream(b"{}")
    got: list[bytes] = []
    android.pick_json(got.append)
    sys.modules["android"].activity.bind.call_args[1]["on_activity_result"](
        android.PICK_FILE, -1, mock.Mock()
    )
    assert got == [b"{}"]


def test_a_shared_picture_is_taken_once(android: Any, activity: mock.MagicMock) -> None:
    intent = activity.getIntent()
    intent.getAction.return_value = "main"
    assert android.shared_picture() is None
    intent.getAction.return_value = "send"
    activity.getContentResolver().openInputStream.return_value = Stream(b"\x89PNG")
    assert android.shared_picture() == b"\x89PNG"
    intent.removeExtra.assert_called_once_with("stream")
    intent.getParcelableExtra.return_value = None
    assert android.shared_picture() is None


def test_exports_go_where_a_file_manager_looks(android: Any, activity: mock.MagicMock) -> None:
    activity.getExternalFilesDir(None).getAbsolutePath.return_value = "/storage/app"
    assert android.export_folder() == Path("/storage/app")


def test_leaving_puts_the_app_in_the_background(android: Any, activity: mock.MagicMock) -> None:
    android.leave()
    activity.moveTaskToBack.assert_called_once_with(True)
