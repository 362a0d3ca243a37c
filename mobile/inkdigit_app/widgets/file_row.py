"""A line of a folder: a folder or a picture to press."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.icon import Icon

__all__ = ["FileRow", "Icon"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class FileRow(ButtonBehavior, BoxLayout):
    """One folder or picture.

    Attributes:
        item: A `FileItem`, or None.
        choose: Called with the item when the row is pressed.
        theme: Colours.
    """

    item = ObjectProperty(None, allownone=True, rebind=True)
    choose = ObjectProperty(lambda item: None)
    theme = ObjectProperty(LIGHT, rebind=True)

    def on_release(self) -> None:
        """Choose it."""
        self.choose(self.item)
