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


class Locale:
    """java.util.Locale."""

    def __init__(self, language: str) -> None:
        self.language = language

    @staticmethod
    def getDefault() -> mock.Mock:  # noqa: N802  # Java's name
        return mock.Mock(getLanguage=lambda: "es")


class Voice:
    """android.speech.tts.TextToSpeech."""

    made: Voice

    def __init__(self, activity: object, listener: Any) -> None:
        Voice.made = self
        self.listener = listener
        self.said: list[tuple[str, str]] = []
        self._language = ""

    def setLanguage(self, locale: Locale) -> None:  # noqa: N802  # Java's name
        self._language = locale.language

    def speak(self, text: str, queue: int, options: None, name: str) -> None:
        self.said.append((text, self._language))


@pytest.fixture
def activity() -> mock.MagicMock:
    return mock.MagicMock()


@pytest.fixture
def android(activity: mock.MagicMock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    classes: dict[str, Any] = {
        "org.kivy.android.PythonActivity": mock.Mock(mActivity=activity),
        "android.content.Intent": mock.MagicMock(
            ACTION_SEND="send",
            EXTRA_STREAM="stream",
            EXTRA_TEXT="text",
            CATEGORY_OPENABLE="openable",
        ),
        "android.net.Uri": mock.Mock(parse=lambda text: text),
        "java.lang.String": str,
        "java.util.Locale": Locale,
        "android.speech.tts.TextToSpeech": Voice,
    }
    jnius = ModuleType("jnius")
    jnius.autoclass = classes.__getitem__  # type: ignore[attr-defined]
    jnius.cast = lambda _, value: value  # type: ignore[attr-defined]
    jnius.PythonJavaClass = object  # type: ignore[attr-defined]
    jnius.java_method = lambda _: lambda method: method  # type: ignore[attr-defined]
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


def test_the_language_is_the_systems(android: Any) -> None:
    assert android.language() == "es"


def test_a_text_is_sent_through_the_systems_menu(android: Any, activity: mock.MagicMock) -> None:
    android.send_text("31 40")
    intents = sys.modules["jnius"].autoclass("android.content.Intent")
    intent = intents.return_value
    intents.assert_called_once_with("send")
    intent.setType.assert_called_once_with("text/plain")
    intent.putExtra.assert_called_once_with("text", "31 40")
    activity.startActivity.assert_called_once_with(intents.createChooser(intent, None))


def test_the_voice_says_the_last_text_once_it_has_started(android: Any) -> None:
    android.speak("31", "de")
    android.speak("40", "de")
    assert Voice.made.said == []
    Voice.made.listener.onInit(0)
    assert Voice.made.said == [("40", "de")]
    android.speak("5", "es")
    assert Voice.made.said[-1] == ("5", "es")


def test_a_voice_that_cannot_start_says_nothing(android: Any) -> None:
    android.speak("31", "de")
    Voice.made.listener.onInit(-1)
    assert Voice.made.said == []
