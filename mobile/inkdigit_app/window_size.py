"""Keeps the size of a desktop's window in the settings, for the next start."""

from __future__ import annotations

from kivy.clock import Clock, ClockEvent
from kivy.core.window import Window
from kivy.metrics import dp

from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.platforms.environment import WINDOW_DP

__all__ = ["WindowSize"]

REST_S = 0.5  # after which a window that is dragged larger has its size


class WindowSize:
    """Watches the window.

    Args:
        model: Whose settings keep the size.
    """

    def __init__(self, model: ViewModel) -> None:
        self._model = model
        self._resting: ClockEvent | None = None
        Window.bind(on_resize=self._on_resize)

    def close(self) -> None:
        """Keep the size as it is now, and watch no more."""
        Window.unbind(on_resize=self._on_resize)
        if self._resting is not None:
            self._resting.cancel()
            self._keep(0.0)

    def _on_resize(self, *_: object) -> None:
        if self._resting is not None:
            self._resting.cancel()
        self._resting = Clock.schedule_once(self._keep, REST_S)

    def _keep(self, _: float) -> None:
        self._resting = None
        width, height = (round(side / dp(1)) for side in Window.size)
        before = self._model.settings.window or WINDOW_DP
        if width > 0 and height > 0 and (width, height) != before:
            self._model.change(window=(width, height))
