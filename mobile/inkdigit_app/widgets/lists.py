"""Long lists: the list with its rows, and the field that searches it."""

from __future__ import annotations

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
    choose = ObjectProperty(lambda item: None)  # called with the item when the row is pressed


class RowList(Themed, FloatLayout):
    """A list that makes widgets only for the rows in sight."""

    row_class = StringProperty("Row")  # name of the subclass of `Row`
    row_height = NumericProperty(0)  # in pixels
    data = ListProperty()  # one dictionary a row: the row's attributes
    empty_text = StringProperty("")  # shown where there are no rows

    def scroll_to_top(self) -> None:
        """Show the first row."""
        self.ids.view.scroll_y = 1


class SearchField(Themed, BoxLayout):
    """Takes digits, signs, spaces and "?"."""

    text = StringProperty("")
    focused = BooleanProperty(False)  # keys go into the field
