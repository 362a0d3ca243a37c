"""A short notice of what has just happened, with Undo where it can be undone."""

from __future__ import annotations

from kivy.clock import Clock, ClockEvent
from kivy.properties import ObjectProperty

from inkdigit_app.widgets.base import Panel
from inkdigit_app.widgets.buttons import ToolButton  # noqa: F401  # for the .kv file

__all__ = ["NoticeBar"]

SHOWN_S = 6.0  # time to read the notice and to reach for Undo; chosen by use


class NoticeBar(Panel):
    """Shows a `Notice` for a while.

    Events:
        on_undo: Undo was pressed.
        on_gone: The notice has been shown long enough.
    """

    __events__ = ("on_undo", "on_gone")

    notice = ObjectProperty(None, allownone=True)  # None for nothing

    def __init__(self, **kwargs: object) -> None:
        self._timer: ClockEvent | None = None
        super().__init__(**kwargs)

    def on_notice(self, _: object, notice: object) -> None:
        """Show each new notice for the full time."""
        if self._timer is not None:
            self._timer.cancel()
        if notice is not None:
            self._timer = Clock.schedule_once(lambda _: self.dispatch("on_gone"), SHOWN_S)
