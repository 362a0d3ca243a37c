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
from kivy.uix.textinput import TextInput

from inkdigit_app.widgets.base import Themed
from inkdigit_app.widgets.buttons import Icon  # noqa: F401  # for the .kv file

__all__ = ["Row", "RowList", "SearchField"]


class Row(ButtonBehavior, Themed, BoxLayout):
    """A row to press; what it shows is up to the subclass.

    Attributes:
        item: What the row stands for, or None.
        choose: Called with the item when the row is pressed.
    """

    item = ObjectProperty(None, allownone=True, rebind=True)
    choose = ObjectProperty(lambda item: None)

    def on_release(self) -> None:
        """Choose the row's item."""
        self.choose(self.item)


class RowList(Themed, FloatLayout):
    """A list that makes widgets only for the rows in sight.

    Attributes:
        row_class: Name of the subclass of `Row`.
        row_height: In pixels.
        data: One dictionary a row: the row's attributes.
        empty_text: Shown where there are no rows.
    """

    row_class = StringProperty("Row")
    row_height = NumericProperty(0)
    data = ListProperty()
    empty_text = StringProperty("")

    @property
    def rows(self) -> list[Row]:
        """The rows in sight, from the top."""
        return sorted(self.ids.view.layout_manager.children, key=lambda row: -row.y)

    def scroll_to_top(self) -> None:
        """Show the first row."""
        self.ids.view.scroll_y = 1


class SearchField(Themed, BoxLayout):
    """Takes digits and "?".

    Attributes:
        text: What was typed.
        focused: Whether keys go into the field.
    """

    text = StringProperty("")
    focused = BooleanProperty(False)

    @property
    def input(self) -> TextInput:
        """The field that takes the keys."""
        return self.ids.field
