"""The pen's widths, each shown as the dot that it draws."""

from __future__ import annotations

from kivy.properties import NumericProperty
from kivy.uix.behaviors import ButtonBehavior

from inkdigit_app.core.settings import PEN_WIDTHS_DP
from inkdigit_app.widgets.base import Panel, Themed

__all__ = ["PenMenu", "PenWidth"]


class PenWidth(ButtonBehavior, Themed):
    """One width to choose."""

    pen_width = NumericProperty(7)  # of this button's dot, in dp
    chosen = NumericProperty(7)  # the width in use, in dp


class PenMenu(Panel):
    """The widths side by side.

    Events:
        on_choice: A width was pressed; with the width in dp.
    """

    __events__ = ("on_choice",)

    pen_width = NumericProperty(7)  # the width in use, in dp

    def on_kv_post(self, base_widget: object) -> None:
        """Make a button for each width."""
        for width in PEN_WIDTHS_DP:
            button = PenWidth(pen_width=width, chosen=self.pen_width)
            self.fbind("pen_width", button.setter("chosen"))
            button.bind(on_release=lambda pressed: self.dispatch("on_choice", pressed.pen_width))
            self.add_widget(button)
