"""The widths of the pen, each shown as the dot it leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from inkdigit_app.core.settings import PEN_WIDTHS_DP
from inkdigit_app.core.theme import LIGHT

__all__ = ["PenMenu", "PenWidth"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class PenWidth(ButtonBehavior, Widget):
    """One width to choose.

    Attributes:
        pen_width: In dp.
        chosen: The width that holds, in dp.
        theme: Colours.
    """

    pen_width = NumericProperty(7)
    chosen = NumericProperty(7)
    theme = ObjectProperty(LIGHT, rebind=True)


class PenMenu(BoxLayout):
    """The widths side by side.

    Attributes:
        pen_width: The one that holds, in dp.
        theme: Colours.

    Events:
        on_choice: This width, in dp, is to hold.
    """

    __events__ = ("on_choice",)

    pen_width = NumericProperty(7)
    theme = ObjectProperty(LIGHT, rebind=True)

    def on_kv_post(self, base_widget: Widget) -> None:
        """Make a button for each width."""
        for width in PEN_WIDTHS_DP:
            button = PenWidth(pen_width=width, chosen=self.pen_width, theme=self.theme)
            self.fbind("theme", button.setter("theme"))
            self.fbind("pen_width", button.setter("chosen"))
            button.bind(on_release=lambda pressed: self.dispatch("on_choice", pressed.pen_width))
            self.add_widget(button)

    def on_touch_down(self, touch: Any) -> bool:
        """Keep what is pressed here from the ink behind it."""
        return bool(super().on_touch_down(touch)) or self.collide_point(*touch.pos)

    def on_choice(self, width: float) -> None:
        """For whoever binds to it."""
