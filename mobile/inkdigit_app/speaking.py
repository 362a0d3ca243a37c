"""Reads each new reading aloud once the pen rests, where the user wants it."""

from __future__ import annotations

from collections.abc import Callable

from kivy.clock import Clock, ClockEvent

from inkdigit_app.core.view_model import ViewModel

__all__ = ["Speaking"]

REST_S = 1.2  # without a stroke, after which a number is likely to be finished; not tuned


class Speaking:
    """Watches the model.

    Args:
        model: The app's state.
        speak: Reads its text aloud.
    """

    def __init__(self, model: ViewModel, speak: Callable[[], None]) -> None:
        self._model = model
        self._speak = speak
        self._said = ""
        self._resting: ClockEvent | None = None

    def update(self) -> None:
        """Speak soon, if there is something new. To be called after each change of the model."""
        model = self._model
        text = model.text if model.reading is not None else ""
        if model.page.blank:
            self._said = ""
        if self._resting is not None and (model.writing or not text or text == self._said):
            self._resting.cancel()
            self._resting = None
        if model.settings.read_aloud and text and text != self._said and not model.writing:
            if self._resting is not None:
                self._resting.cancel()
            self._resting = Clock.schedule_once(self._say, REST_S)

    def _say(self, _: float) -> None:
        self._resting = None
        self._said = self._model.text
        self._speak()
