"""A switch that is on or off."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.widget import Widget

from inkdigit_app.core.theme import LIGHT

__all__ = ["Toggle"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Toggle(ButtonBehavior, Widget):
    """On or off; pressing it asks for the other.

    Attributes:
        active: Whether it is on.
        theme: Colours.
    """

    active = BooleanProperty(False)
    theme = ObjectProperty(LIGHT, rebind=True)
