"""The app: holds the view-model, the worker and the screen together."""

from __future__ import annotations

from collections.abc import Callable

from kivy.app import App
from kivy.clock import Clock, mainthread
from kivy.core.window import Window
from kivy.utils import get_color_from_hex

from inkdigit import Prediction, Stroke
from inkdigit_app import mouse
from inkdigit_app.environment import is_mobile
from inkdigit_app.home_screen import HomeScreen
from inkdigit_app.theme import LIGHT, Theme
from inkdigit_app.view_model import Request, ViewModel
from inkdigit_app.worker import DigitReader, RecognitionWorker

__all__ = ["InkDigitApp"]

NAME = "inkdigit"
SHOW_WAITING_S = 0.15  # an answer that comes sooner needs no announcement

# Key codes of Kivy, which are SDL's.
KEYS_RECOGNISE = (13, 271)  # Enter, and Enter on the number pad
KEYS_CLEAR = (27, 127)  # Esc, Delete


class InkDigitApp(App):
    """Draw a digit, have it recognised.

    Args:
        make_recognizer: Makes the recogniser, behind the first frame and on the worker's thread.
        theme: Colours.
    """

    def __init__(
        self, make_recognizer: Callable[[], DigitReader], theme: Theme = LIGHT, **kwargs: object
    ) -> None:
        super().__init__(**kwargs)
        self.title = NAME
        self.model = ViewModel()
        self.worker = RecognitionWorker(make_recognizer, self._deliver)
        self._theme = theme

    def build(self) -> HomeScreen:
        """Make the screen and tie it to the model."""
        if not is_mobile():
            mouse.install()
        Window.clearcolor = get_color_from_hex(self._theme.surface)
        screen = HomeScreen(theme=self._theme)
        screen.ink_canvas.bind(on_stroke_begin=self._on_stroke_begin, on_stroke=self._on_stroke)
        screen.toolbar.bind(
            on_clear=lambda _: self.clear(), on_recognise=lambda _: self.recognise()
        )
        self.model.subscribe(self._show)
        return screen

    def on_start(self) -> None:
        """Load the model as soon as the first frame is on the screen."""
        Window.bind(on_key_down=self._on_key_down)
        Window.bind(on_flip=self._on_first_frame)

    def on_stop(self) -> None:
        """Read nothing any more."""
        self.worker.stop()

    def open_settings(self, *_: object) -> bool:
        """Kivy's own settings panel stays shut; its key is F1."""
        return False

    def recognise(self) -> None:
        """Read the ink."""
        request = self.model.request()
        if request is not None:
            self.worker.submit(request)

    def clear(self) -> None:
        """Take the ink away."""
        self.root.ink_canvas.cancel_stroke()
        self.model.clear()

    def _on_first_frame(self, *_: object) -> None:
        Window.unbind(on_flip=self._on_first_frame)
        self.worker.start()

    def _on_stroke_begin(self, _: object) -> None:
        self.model.begin_stroke()

    def _on_stroke(self, _: object, stroke: Stroke) -> None:
        self.model.end_stroke(stroke)

    def _on_key_down(self, _: object, key: int, *__: object) -> bool:
        if key in KEYS_RECOGNISE:
            self.recognise()
        elif key in KEYS_CLEAR and not is_mobile():
            self.clear()
        else:
            return False
        return True

    @mainthread
    def _deliver(self, request: Request, result: Prediction | Exception) -> None:
        if isinstance(result, Exception):
            self.model.reject(request, str(result))
        else:
            self.model.accept(request, result)

    def _show(self) -> None:
        model, screen = self.model, self.root
        screen.ink_canvas.show(model.strokes)
        screen.toolbar.can_clear = not model.blank
        screen.toolbar.can_recognise = model.readable
        screen.answer_line.answer = model.answer
        screen.answer_line.message = model.error or ""
        self.title = NAME if model.answer is None else f"{model.answer.text} — {NAME}"
        if model.waiting:
            Clock.schedule_once(self._show_waiting, SHOW_WAITING_S)

    def _show_waiting(self, _: float) -> None:
        if self.model.waiting:
            self.root.answer_line.message = "Reading…"
