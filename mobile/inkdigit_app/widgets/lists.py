"""Long lists: the list with its rows, and the field that searches it."""

from __future__ import annotations

from typing import Any

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from inkdigit_app.widgets.base import Surface, Themed
from inkdigit_app.widgets.buttons import Icon  # noqa: F401  # for the .kv file

__all__ = ["Row", "RowList", "SearchField"]


class Row(ButtonBehavior, Surface, BoxLayout):
    """A row to press; what it shows is up to the subclass."""

    item = ObjectProperty(None, allownone=True, rebind=True)  # what the row stands for
    marked = BooleanProperty(False)  # the keyboard is at this row
    choose = ObjectProperty(lambda item: None)  # called with the item when the row is pressed


class RowList(Themed, FloatLayout):
    """A list that makes widgets only for the rows in sight."""

    row_class = StringProperty("Row")  # name of the subclass of `Row`
    row_height = NumericProperty(0)  # in pixels
    _marked: int | None = None  # index of the row that the keyboard is at
    data = ListProperty()  # one dictionary a row: the row's attributes
    empty_text = StringProperty("")  # shown where there are no rows

    def scroll_to_top(self) -> None:
        """Show the first row, and mark none."""
        self._marked = None
        self.ids.view.scroll_y = 1

    @property
    def marked(self) -> Any:
        """The item of the row that the keyboard is at, or None."""
        at = self._marked
        shown = at is not None and at < len(self.data) and self.data[at].get("marked")
        return self.data[at]["item"] if shown else None

    def take_action(self, action: str) -> bool:
        """Go up or down, or choose the row marked; False for other keys, and without one."""
        if action in ("up", "down"):
            self._mark(1 if action == "down" else -1)
            return bool(self.data)
        if action in ("read", "press") and self.marked is not None:
            row = self.data[self._marked]
            row["choose"](row["item"])
            return True
        return False

    def _mark(self, step: int) -> None:
        if not self.data:
            return
        at = self._marked if self.marked is not None else None
        start = -1 if step > 0 else len(self.data)
        self._marked = min(max((start if at is None else at) + step, 0), len(self.data) - 1)
        self.data = [{**row, "marked": n == self._marked} for n, row in enumerate(self.data)]
        self._bring_into_sight(self._marked)

    def _bring_into_sight(self, index: int) -> None:
        view, height = self.ids.view, len(self.data) * self.row_height
        hidden = height - view.height
        if hidden > 0:
            top = (1 - view.scroll_y) * hidden  # how far it is scrolled down
            row = index * self.row_height
            top = min(max(top, row + self.row_height - view.height), row)
            view.scroll_y = 1 - top / hidden


class SearchField(Themed, BoxLayout):
    """Takes digits, signs, spaces and "?"."""

    text = StringProperty("")
    focused = BooleanProperty(False)  # keys go into the field

    def choose(self) -> None:
        """Let keys go into the field, unless its screen was closed meanwhile."""
        if self.get_parent_window() is not None:
            self.ids.field.focus = True
