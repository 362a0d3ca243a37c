"""A short word about what has just happened, with Undo where it can be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.clock import Clock, ClockEvent
from kivy.lang import Builder
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.tool_button import ToolButton

__all__ = ["NoticeBar"]

STAYS_S = 6.0  # time to read it and to reach for Undo

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class NoticeBar(BoxLayout):
    """Shows a `Notice` for a while.

    Attributes:
        notice: What to say, or None.
        theme: Colours.

    Events:
        on_undo: Undo was pressed.
        on_gone: It has stood there long enough.
    """

    __events__ = ("on_undo", "on_gone")

    notice = ObjectProperty(None, allownone=True)
    theme = ObjectProperty(LIGHT, rebind=True)

    def __init__(self, **kwargs: object) -> None:
        self._leaving: ClockEvent | None = None
        super().__init__(**kwargs)

    @property
    def undo_button(self) -> ToolButton:
        """The button that takes it back."""
        return self.ids.undo

    def on_notice(self, _: object, notice: object) -> None:
        """Begin to count anew."""
        if self._leaving is not None:
            self._leaving.cancel()
        if notice is not None:
            self._leaving = Clock.schedule_once(lambda _: self.dispatch("on_gone"), STAYS_S)

    def on_touch_down(self, touch: Any) -> bool:
        """Keep what is pressed here from the ink behind it."""
        if self.notice is None:
            return False
        return bool(super().on_touch_down(touch)) or self.collide_point(*touch.pos)

    def on_undo(self) -> None:
        """For whoever binds to it."""

    def on_gone(self) -> None:
        """For whoever binds to it."""
