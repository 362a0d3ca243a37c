"""The history: pages in; open, delete, search and export out."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence

from kivy.clock import Clock
from kivy.core.image import Image as CoreImage
from kivy.properties import ObjectProperty, StringProperty

from inkdigit_app.core.page import HistoryEntry
from inkdigit_app.core.words.language import tr
from inkdigit_app.widgets.lists import Row, SearchField  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.overlay import Overlay

__all__ = ["HistoryRow", "HistoryScreen", "when"]

DAY_S = 86_400


class HistoryRow(Row):
    """A page: thumbnail, text, time, and a button that deletes it. `item` is a `HistoryEntry`."""

    text = StringProperty("")
    when = StringProperty("")  # in words
    texture = ObjectProperty(None, allownone=True)  # of the thumbnail
    delete = ObjectProperty(lambda entry: None)  # called with the entry when Delete is pressed

    def on_item(self, _: object, entry: HistoryEntry | None) -> None:
        """Show another page."""
        if entry is None:
            return
        self.text = " ".join(entry.text.split()) or tr("no digits")
        self.when = when(entry.changed, time.time()) + (
            " · " + tr("corrected") if entry.corrected else ""
        )
        self.texture = CoreImage(io.BytesIO(entry.thumbnail), ext="png").texture


class HistoryScreen(Overlay):
    """The pages kept, newest first.

    Events:
        on_open: A page was pressed; with its `HistoryEntry`.
        on_delete: A page's delete button was pressed; with its `HistoryEntry`.
        on_export: Export was pressed.
    """

    __events__ = ("on_open", "on_delete", "on_export")

    search = StringProperty("")

    def take_action(self, action: str) -> bool:
        """Go through the list by keyboard; Delete deletes the page marked."""
        entry, typing = self.ids.list.marked, self.ids.field.focused
        if action == "press" and typing:
            return False  # a space to search for
        if action == "delete" and entry is not None and not typing:
            self.dispatch("on_delete", entry)
            return True
        return bool(self.ids.list.take_action(action))

    def take_text(self, text: str) -> None:
        """Search for what is typed, though the field was not chosen first."""
        field = self.ids.field.ids.field
        if not field.focus:
            field.insert_text(text)
            # Not at once: it would take the same character again.
            Clock.schedule_once(lambda _: self.ids.field.choose())

    def show(self, entries: Sequence[HistoryEntry]) -> None:
        """List these pages."""
        self.ids.list.empty_text = (
            tr("No page contains {text}").format(text=self.search)
            if self.search
            else tr("Pages you write appear here")
        )
        self.ids.list.data = [
            {
                "item": entry,
                "choose": lambda entry: self.dispatch("on_open", entry),
                "delete": lambda entry: self.dispatch("on_delete", entry),
            }
            for entry in entries
        ]


def when(moment: float, now: float) -> str:
    """A time as people say it: "today, 14:05". Both in seconds since 1970."""
    then, today = time.localtime(moment), time.localtime(now)
    clock = time.strftime("%H:%M", then)
    if then[:3] == today[:3]:
        return tr("today, {clock}").format(clock=clock)
    if then[:3] == time.localtime(now - DAY_S)[:3]:
        return tr("yesterday, {clock}").format(clock=clock)
    return time.strftime(tr("%Y-%m-%d"), then) + f", {clock}"
