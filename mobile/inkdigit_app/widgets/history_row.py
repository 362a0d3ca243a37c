"""A line of the history: a thumbnail, what it reads, when, and a button that deletes it."""

from __future__ import annotations

import io
import time
from pathlib import Path

from kivy.core.image import Image as CoreImage
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.core.page import HistoryEntry
from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.tool_button import ToolButton

__all__ = ["HistoryRow", "when"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

DAY_S = 86_400


class HistoryRow(ButtonBehavior, BoxLayout):
    """One kept page.

    Attributes:
        entry: A `HistoryEntry`, or None.
        text: What it reads.
        when: When it was written.
        texture: Its thumbnail's.
        is_picture: Whether the thumbnail has colours of its own.
        delete: Called with the entry where its button is pressed.
        open: Called with the entry where the row is.
        theme: Colours.
    """

    entry = ObjectProperty(None, allownone=True)
    text = StringProperty("")
    when = StringProperty("")
    texture = ObjectProperty(None, allownone=True)
    is_picture = BooleanProperty(False)
    delete = ObjectProperty(lambda entry: None)
    open = ObjectProperty(lambda entry: None)
    theme = ObjectProperty(LIGHT, rebind=True)

    @property
    def delete_button(self) -> ToolButton:
        """The button that deletes the page."""
        return self.ids.delete

    def on_entry(self, _: object, entry: HistoryEntry | None) -> None:
        """Show another page."""
        if entry is None:
            return
        self.text = " ".join(entry.text.split("\n")) or "–"
        self.when = when(entry.changed, time.time()) + (" · corrected" if entry.corrected else "")
        self.is_picture = entry.is_picture
        self.texture = CoreImage(io.BytesIO(entry.thumbnail), ext="png").texture

    def on_release(self) -> None:
        """Open the page."""
        if self.entry is not None:
            self.open(self.entry)


def when(moment: float, now: float) -> str:
    """A moment as people say it; both in seconds since 1970."""
    then, today = time.localtime(moment), time.localtime(now)
    clock = time.strftime("%H:%M", then)
    if then[:3] == today[:3]:
        return f"today, {clock}"
    if then[:3] == time.localtime(now - DAY_S)[:3]:
        return f"yesterday, {clock}"
    return time.strftime("%Y-%m-%d, ", then) + clock
