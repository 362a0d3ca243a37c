"""Corrects one cell of a table: what it looks like, what it says, and a keypad."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from inkdigit_app.core.glyphs import Glyph, percentage
from inkdigit_app.core.page import Page
from inkdigit_app.core.pictures.table_reading import TableCell
from inkdigit_app.core.words.language import tr
from inkdigit_app.widgets.base import Panel
from inkdigit_app.widgets.buttons import ToolButton
from inkdigit_app.widgets.ink_preview import InkPreview  # noqa: F401  # for the .kv file

__all__ = ["CellPanel"]

KEYS = "1234567890.,-/:"
MAX_LENGTH = 40  # characters: longer than any number in a cell


class CellPanel(Panel):
    """A keypad for the text of a cell.

    The first key begins a new text; the backspace takes from the old one.

    Events:
        on_text: The cell says this; "" for nothing.
        on_next: Go on with the next cell to look at.
        on_close: Leave the cell as it is.
    """

    __events__ = ("on_text", "on_next", "on_close")

    text = StringProperty("")
    edited = BooleanProperty(False)
    content_height = NumericProperty(0)  # that all of it needs, in pixels

    def on_kv_post(self, base_widget: object) -> None:
        """Make the keys."""
        self._cell: TableCell | None = None
        for label in KEYS:
            key = ToolButton(word=label, outlined=True)
            key.size_hint_x = 1
            key.bind(on_release=lambda pressed: self.type(pressed.word))
            self.ids.keypad.add_widget(key)

    def show(self, page: Page, cell: TableCell, texture: Any) -> None:
        """Show a cell of a table; `texture` is the picture's."""
        if cell == self._cell:
            return
        self._cell = cell
        self.ids.preview.show(page, Glyph(None, cell.confidence, cell.box), texture)
        self.text, self.edited = cell.text, False
        where = tr("Row {row}, column {column}").format(row=cell.row + 1, column=cell.column + 1)
        sure = tr("{percentage} sure").format(percentage=percentage(cell.confidence))
        self.ids.summary.text = f"{where}\n{tr('You wrote this') if cell.corrected else sure}"

    def type(self, character: str) -> None:
        """Add a character."""
        if character in KEYS:
            self.text = (self.text if self.edited else "") + character
            self.text, self.edited = self.text[:MAX_LENGTH], True

    def erase(self) -> None:
        """Take the last character away."""
        self.text, self.edited = self.text[:-1], True

    def accept(self) -> None:
        """Let the cell say what stands here, and go on with the next one."""
        if self.edited:
            self.dispatch("on_text", self.text)
        self.dispatch("on_next")
