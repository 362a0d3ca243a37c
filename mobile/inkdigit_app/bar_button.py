"""A button with a word on it: the one main action of a bar, or one of the others."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.label import Label

from inkdigit_app.theme import LIGHT

__all__ = ["BarButton"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class BarButton(ButtonBehavior, Label):
    """A word to press.

    Attributes:
        main: Whether it is the main action of its bar: filled with the accent.
        theme: Colours.
    """

    main = BooleanProperty(False)
    theme = ObjectProperty(LIGHT, rebind=True)
