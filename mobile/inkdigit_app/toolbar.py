"""The bar under the canvas: clear on one side, recognise on the other."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.bar_button import BarButton
from inkdigit_app.theme import LIGHT

__all__ = ["Toolbar"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Toolbar(BoxLayout):
    """What one can do with the ink.

    Attributes:
        can_clear: Whether there is ink to clear.
        can_recognise: Whether there is ink to read.
        theme: Colours.

    Events:
        on_clear: Take the ink away.
        on_recognise: Read the ink.
    """

    __events__ = ("on_clear", "on_recognise")

    can_clear = BooleanProperty(False)
    can_recognise = BooleanProperty(False)
    theme = ObjectProperty(LIGHT, rebind=True)

    @property
    def clear_button(self) -> BarButton:
        """The button that clears."""
        return self.ids.clear_button

    @property
    def recognise_button(self) -> BarButton:
        """The button that recognises."""
        return self.ids.recognise_button

    def on_clear(self) -> None:
        """For whoever binds to it."""

    def on_recognise(self) -> None:
        """For whoever binds to it."""
