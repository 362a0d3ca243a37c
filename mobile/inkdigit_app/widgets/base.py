"""What all widgets share: rules from .kv files, the theme, surfaces and text."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from kivy.event import EventDispatcher
from kivy.lang import Builder
from kivy.lang.parser import global_idmap
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from inkdigit_app.core.theme import LIGHT
from inkdigit_app.core.words import language
from inkdigit_app.widgets.shapes import Shapes

__all__ = ["Look", "Panel", "Paragraph", "Surface", "Text", "TextLine", "Themed", "lang", "look"]


class Look(EventDispatcher):
    """How the app looks now: set `look.theme`, and every widget follows."""

    theme = ObjectProperty(LIGHT)


class Language(EventDispatcher):
    """What texts are looked up with: set `lang.tr`, and every text of the .kv files follows."""

    tr = ObjectProperty(language.tr)


look = Look()
lang = Language()
global_idmap.update(look=look, lang=lang)  # names in all .kv files


class Themed(Widget):
    """Base of all widgets and screens: `class Toggle(Themed)`, `class Card(Themed, BoxLayout)`.

    A subclass loads the .kv file beside its module, and needs no empty handlers for its
    `__events__`.
    """

    theme = ObjectProperty(LIGHT, rebind=True)  # follows `look`

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for event in vars(cls).get("__events__", ()):
            if not hasattr(cls, event):
                setattr(cls, event, lambda *_: None)  # Kivy calls it after all other handlers
        rules = Path(inspect.getfile(cls)).with_suffix(".kv")
        if str(rules) not in Builder.files and rules.is_file():
            Builder.load_file(str(rules))


class Surface(Themed):
    """A filled area, with rounded corners, an outline or a hairline where they are set."""

    background = StringProperty("surface")  # name of a colour of the theme
    outline = StringProperty("")  # name of a colour of the theme; empty for none
    radius = NumericProperty(0)  # of the corners, in pixels
    hairline = StringProperty("")  # "top", "bottom", or empty for none

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        looks = ("theme", "background", "outline", "radius", "hairline")
        self._shapes = Shapes(self, self._draw_shapes, *looks)

    def _draw_shapes(self, shapes: Shapes) -> None:
        theme = self.theme
        shapes.radius = self.radius
        shapes.fill(get_color_from_hex(getattr(theme, self.background)))
        if self.outline:
            shapes.outline(get_color_from_hex(getattr(theme, self.outline)))
        if self.hairline:
            shapes.hairline(get_color_from_hex(theme.divider), self.hairline == "top")


class Panel(Surface, BoxLayout):
    """A surface with widgets on it; touches on it do not reach what is behind."""

    def on_touch_down(self, touch: Any) -> bool:
        """Offer the touch to the children, and keep it even if none takes it."""
        return bool(super().on_touch_down(touch)) or self.collide_point(*touch.pos)


class Text(Themed, Label):
    """A label, 18 sp unless set."""

    tone = StringProperty("text")  # name of a colour of the theme


class TextLine(Text):
    """One line that fills its box, shortened where it is too long."""


class Paragraph(Text):
    """Text that wraps at its width and grows in height."""
