"""The history as a list: entries in; open, delete, search and export out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kivy.lang import Builder
from kivy.properties import NumericProperty, StringProperty

from inkdigit_app.core.page import HistoryEntry
from inkdigit_app.widgets.history_row import HistoryRow
from inkdigit_app.widgets.overlay import Overlay
from inkdigit_app.widgets.screen_header import ScreenHeader
from inkdigit_app.widgets.search_field import SearchField

__all__ = ["HistoryRow", "HistoryScreen", "ScreenHeader", "SearchField"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class HistoryScreen(Overlay):
    """Kept pages, newest first.

    Attributes:
        search: The digits that are looked for.
        count: How many pages are listed.
        empty_text: Instead of a list without a line.

    Events:
        on_open: A page is to be opened; with its `HistoryEntry`.
        on_delete: A page is to be deleted; with its `HistoryEntry`.
        on_export: The corrections are to be exported.
    """

    __events__ = ("on_open", "on_delete", "on_export")

    search = StringProperty("")
    count = NumericProperty(0)
    empty_text = StringProperty("")

    def show(self, entries: Sequence[HistoryEntry]) -> None:
        """List these."""
        self.count = len(entries)
        if entries:
            self.empty_text = ""
        elif self.search:
            self.empty_text = f"Nothing with {self.search} in it"
        else:
            self.empty_text = "What you write is kept here"
        self.ids.rows.data = [
            {
                "entry": entry,
                "theme": self.theme,
                "open": lambda entry: self.dispatch("on_open", entry),
                "delete": lambda entry: self.dispatch("on_delete", entry),
            }
            for entry in entries
        ]

    @property
    def rows(self) -> list[HistoryRow]:
        """The lines that can be seen, from the top."""
        shown = self.ids.rows.layout_manager.children
        return sorted(shown, key=lambda row: -row.y)

    def on_theme(self, *_: object) -> None:
        """Colour the lines anew."""
        if "rows" in self.ids:  # not while it is being built
            self.ids.rows.data = [{**row, "theme": self.theme} for row in self.ids.rows.data]

    def on_open(self, entry: HistoryEntry) -> None:
        """For whoever binds to it."""

    def on_delete(self, entry: HistoryEntry) -> None:
        """For whoever binds to it."""

    def on_export(self) -> None:
        """For whoever binds to it."""
