"""A line of the settings: what it is, what it does, and beside it what changes it."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.core.theme import LIGHT

__all__ = ["SettingRow"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class SettingRow(BoxLayout):
    """Two lines of text; what changes the setting is added as a child.

    Attributes:
        title: What it is.
        detail: What it does, or empty.
        theme: Colours.
    """

    title = StringProperty("")
    detail = StringProperty("")
    theme = ObjectProperty(LIGHT, rebind=True)
