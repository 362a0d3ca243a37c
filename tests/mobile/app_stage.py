"""The app in the test's own process, and its user's input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop import until

from inkdigit_app.core.page import PenStroke

__all__ = ["Stage", "scroll_to"]


class Stage:
    """A running app, and its user's input."""

    def __init__(self, app: Any, window: Any, settle: Callable[[], None]) -> None:
        self.app, self.window, self.settle = app, window, settle

    @property
    def model(self) -> Any:
        return self.app.model

    @property
    def notice(self) -> str:
        return self.model.notice.text if self.model.notice else ""

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        def probe() -> Any:
            self.settle()
            return condition()

        return until(probe, what)

    def key(self, key: int, *modifiers: str) -> None:
        self.window.dispatch("on_key_down", key, 0, None, list(modifiers))
        self.settle()

    def write(self, strokes: list[PenStroke]) -> None:
        for stroke in strokes:
            self.model.begin_stroke()
            self.model.end_stroke(stroke)
        self.until(lambda: self.model.reading is not None, "a reading")

    def press(self, widget: Any) -> None:
        from kivy.tests.common import UnitTestTouch

        finger = UnitTestTouch(*widget.to_window(*widget.center))
        finger.touch_down()
        finger.touch_up()
        self.settle()

    def top(self) -> Any:
        return self.app.screens.top


def scroll_to(stage: Stage, widget: Any) -> None:
    """Bring a widget of a long screen into sight."""
    from kivy.uix.scrollview import ScrollView

    view = widget.parent
    while not isinstance(view, ScrollView):
        view = view.parent
    if view.do_scroll_x is False and view.height < view.viewport_size[1]:
        view.scroll_to(widget, animate=False)
    stage.settle()
