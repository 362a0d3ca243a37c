"""Android's system bars, theme, language, pictures, export folder and back key, as plain values.

Imported on Android only. Pictures come through intents, so the app needs no permission to read
files.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jnius import autoclass, cast

from inkdigit.images import MAX_FILE_BYTES

__all__ = [
    "export_folder",
    "insets",
    "is_dark",
    "language",
    "leave",
    "pick_json",
    "pick_picture",
    "send_text",
    "shared_picture",
    "speak",
]

PICK_FILE = 4201  # any number: it identifies the answer
RESULT_OK = -1  # android.app.Activity.RESULT_OK
UI_MODE_NIGHT_MASK, UI_MODE_NIGHT_YES = 0x30, 0x20  # android.content.res.Configuration
CHUNK_BYTES = 1 << 16

Insets = tuple[float, float, float, float]


def is_dark() -> bool:
    """Whether the system is set to dark."""
    mode = _activity().getResources().getConfiguration().uiMode
    return bool(mode & UI_MODE_NIGHT_MASK == UI_MODE_NIGHT_YES)


def language() -> str:
    """The code of the system's language, such as "de"."""
    return str(autoclass("java.util.Locale").getDefault().getLanguage())


def insets() -> Insets:
    """Pixels that the system's bars and the notch cover: left, top, right, bottom."""
    root = _activity().getWindow().getDecorView().getRootWindowInsets()
    if root is None:
        return (0.0, 0.0, 0.0, 0.0)
    return (
        float(root.getSystemWindowInsetLeft()),
        float(root.getSystemWindowInsetTop()),
        float(root.getSystemWindowInsetRight()),
        float(root.getSystemWindowInsetBottom()),
    )


def leave() -> None:
    """Put the app in the background, as the back key does once nothing is left to close."""
    _activity().moveTaskToBack(True)


def export_folder() -> Path:
    """The app's folder that file managers show."""
    return Path(_activity().getExternalFilesDir(None).getAbsolutePath())


def pick_picture(done: Callable[[bytes], None]) -> None:
    """Let the user choose a picture; `done` gets its file's bytes, on Android's own thread."""
    _pick("image/*", done)


def pick_json(done: Callable[[bytes], None]) -> None:
    """Let the user choose a JSON file, as `pick_picture`."""
    _pick("application/*", done)  # file managers name .json files differently


def send_text(text: str) -> None:
    """Let the user choose an app that takes a text."""
    intent_class = autoclass("android.content.Intent")
    intent = intent_class(intent_class.ACTION_SEND)
    intent.setType("text/plain")
    intent.putExtra(intent_class.EXTRA_TEXT, _java_text(text))
    _activity().startActivity(intent_class.createChooser(intent, None))


def speak(text: str, language: str) -> None:
    """Say a text; the voice is made with the first one, and says it once it is ready."""
    global _voice  # noqa: PLW0603  # Android asks for one that lives on
    if _voice is None:
        _voice = _Voice()
    _voice.say(text, language)


class _Voice:
    """Android's text to speech, which takes texts only once it has started."""

    def __init__(self) -> None:
        from jnius import PythonJavaClass, java_method

        voice = self

        class Listener(PythonJavaClass):
            __javainterfaces__ = ("android/speech/tts/TextToSpeech$OnInitListener",)

            @java_method("(I)V")
            def onInit(self, status: int) -> None:  # noqa: N802  # Java's name
                voice.start(status)

        self._waiting: tuple[str, str] | None = None
        self._ready = False
        self._listener = Listener()  # Java keeps no Python object alive
        self._engine = autoclass("android.speech.tts.TextToSpeech")(_activity(), self._listener)

    def start(self, status: int) -> None:
        """Say what waits; called on Android's thread."""
        self._ready = status == 0  # TextToSpeech.SUCCESS
        if self._ready and self._waiting is not None:
            self.say(*self._waiting)

    def say(self, text: str, language: str) -> None:
        """Say a text, in place of one that is being said."""
        if not self._ready:
            self._waiting = (text, language)
            return
        self._engine.setLanguage(autoclass("java.util.Locale")(language))
        self._engine.speak(_java_text(text), 0, None, "inkdigit")  # 0 is QUEUE_FLUSH


_voice: _Voice | None = None


def _java_text(text: str) -> Any:
    return cast("java.lang.CharSequence", autoclass("java.lang.String")(text))


def _pick(kind: str, done: Callable[[bytes], None]) -> None:
    from android import activity  # of python-for-android

    def on_result(request: int, result: int, answer: Any) -> None:
        if request != PICK_FILE:
            return
        activity.unbind(on_activity_result=on_result)
        if result == RESULT_OK and answer is not None:
            done(_read(answer.getData()))

    intent_class = autoclass("android.content.Intent")
    intent = intent_class(intent_class.ACTION_GET_CONTENT)
    intent.setType(kind)
    intent.addCategory(intent_class.CATEGORY_OPENABLE)
    activity.bind(on_activity_result=on_result)
    _activity().startActivityForResult(intent, PICK_FILE)


def shared_picture() -> bytes | None:
    """The bytes of the picture that another app shared to start this one, or None."""
    intent_class = autoclass("android.content.Intent")
    intent = _activity().getIntent()
    if intent is None or intent.getAction() != intent_class.ACTION_SEND:
        return None
    uri = intent.getParcelableExtra(intent_class.EXTRA_STREAM)
    if uri is None:
        return None
    # Only once: a rotation restarts the activity with the same intent.
    intent.removeExtra(intent_class.EXTRA_STREAM)
    return _read(autoclass("android.net.Uri").parse(uri.toString()))


def _read(uri: Any) -> bytes:
    stream = _activity().getContentResolver().openInputStream(uri)
    chunks: list[bytes] = []
    size = 0
    buffer = bytearray(CHUNK_BYTES)
    try:
        while (count := stream.read(buffer)) > 0 and size <= MAX_FILE_BYTES:
            chunks.append(bytes(buffer[:count]))
            size += count
    finally:
        stream.close()
    return b"".join(chunks)


def _activity() -> Any:
    return autoclass("org.kivy.android.PythonActivity").mActivity
