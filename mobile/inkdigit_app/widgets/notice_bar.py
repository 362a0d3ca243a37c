"""A short notice of what has just happened, with Undo where it can be undone."""

from __future__ import annotations

import re
from typing import Any

from kivy.clock import Clock, ClockEvent
from kivy.core.text import Label as CoreLabel
from kivy.metrics import dp, sp
from kivy.properties import NumericProperty, ObjectProperty

from inkdigit_app.core.view_model import Notice
from inkdigit_app.core.words.language import tr
from inkdigit_app.widgets.base import Panel
from inkdigit_app.widgets.buttons import ToolButton  # noqa: F401  # for the .kv file

__all__ = ["NoticeBar"]

PATH_BREAK = re.compile(r"(?<=[/\\-])(?=\S)")  # a line may end here
SHOWN_S = 6.0  # time to read the notice and to reach for Undo; chosen by use


class NoticeBar(Panel):
    """Shows a `Notice` for a while.

    Events:
        on_undo: Undo was pressed.
        on_gone: The notice has been shown long enough.
    """

    __events__ = ("on_undo", "on_gone")

    notice = ObjectProperty(None, allownone=True)  # None for nothing
    undo_width = NumericProperty(0)  # of Undo, in pixels
    wanted = NumericProperty(0)  # the width, in pixels, in which the text takes two lines

    def __init__(self, **kwargs: object) -> None:
        self._timer: ClockEvent | None = None
        super().__init__(**kwargs)

    def on_notice(self, _: object, notice: Notice | None) -> None:
        """Show each new notice for the full time."""
        if self._timer is not None:
            self._timer.cancel()
        if notice is not None:
            word = CoreLabel(font_size=sp(14)).get_extents(tr("Undo"))[0]
            self.undo_width = max(dp(80), word + dp(32))
            undo = self.undo_width if notice.undo else dp(8)
            self.wanted = _width_of_two_lines(notice.text) + undo + dp(32)  # the spaces between
            self._timer = Clock.schedule_once(lambda _: self.dispatch("on_gone"), SHOWN_S)

    def on_touch_down(self, touch: Any) -> bool:
        """Go at a touch beside Undo, so that what is behind can be reached."""
        if not self.collide_point(*touch.pos):
            return False
        if not self.ids.undo.collide_point(*touch.pos) or self.ids.undo.disabled:
            self.dispatch("on_gone")
            return True
        return bool(super().on_touch_down(touch))

    def wrap(self, text: str, width: float) -> str:
        """Break a text into lines of a width in pixels; Kivy would break a path inside a name."""
        lines = [""]
        for part in _parts(text):
            if lines[-1] and _extent(lines[-1] + part) > width:
                lines.append("")
            lines[-1] += part
        return "\n".join(line.rstrip() for line in lines)


def _width_of_two_lines(text: str) -> float:
    """The least width, in pixels, in which a text needs no third line."""
    parts = _parts(text)
    splits = [("".join(parts[:n]), "".join(parts[n:])) for n in range(1, len(parts) + 1)]
    return min(max(map(_extent, split)) for split in splits)


def _parts(text: str) -> list[str]:
    """The words of a text, with the space after them, and the parts of the paths in it."""
    words = re.findall(r"\S+\s*", text)
    parts = [re.split(PATH_BREAK, word) if re.search(r"[/\\]", word) else [word] for word in words]
    return [part for word in parts for part in word]


def _extent(line: str) -> float:
    return float(CoreLabel(font_size=sp(14)).get_extents(line.rstrip())[0])
