"""The top of a screen that lies over the canvas: the way back, a title, and its own buttons."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.tool_button import ToolButton

__all__ = ["ScreenHeader"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class ScreenHeader(BoxLayout):
    """Back and a title. Buttons are added as children.

    Attributes:
        title: Of the screen.
        theme: Colours.

    Events:
        on_back: Back was pressed.
    """

    __events__ = ("on_back",)

    title = StringProperty("")
    theme = ObjectProperty(LIGHT, rebind=True)

    @property
    def back_button(self) -> ToolButton:
        """The way back."""
        return self.ids.back

    def on_back(self) -> None:
        """For whoever binds to it."""
