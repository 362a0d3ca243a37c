"""A field for the digits that are looked for."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.textinput import TextInput

from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.icon import Icon

__all__ = ["Icon", "SearchField"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class SearchField(BoxLayout):
    """Takes digits and "?".

    Attributes:
        text: What is in it.
        focused: Whether keys go into it.
        theme: Colours.
    """

    text = StringProperty("")
    focused = BooleanProperty(False)
    theme = ObjectProperty(LIGHT, rebind=True)

    @property
    def input(self) -> TextInput:
        """The field itself."""
        return self.ids.field
