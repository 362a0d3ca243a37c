"""A button: an icon, a word, or both. Everything in the app that is pressed is one."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.icon import Icon

__all__ = ["Icon", "ToolButton"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class ToolButton(ButtonBehavior, BoxLayout):
    """Something to press.

    Attributes:
        icon: Name of an icon, or empty.
        word: Beside the icon, or empty.
        hint: What it does, for the tooltip.
        main: Whether it is the main action of its bar: filled with the accent.
        chosen: Whether it is the one of several that holds.
        outlined: Whether it has an outline, as a key has.
        inverse: Whether it stands on the text's colour instead of the surface.
        tint: Of icon and word.
        word_size: In sp.
        theme: Colours.
    """

    icon = StringProperty("")
    word = StringProperty("")
    hint = StringProperty("")
    main = BooleanProperty(False)
    chosen = BooleanProperty(False)
    outlined = BooleanProperty(False)
    inverse = BooleanProperty(False)
    tint = ColorProperty("#000000")
    word_size = NumericProperty(18)
    theme = ObjectProperty(LIGHT, rebind=True)
