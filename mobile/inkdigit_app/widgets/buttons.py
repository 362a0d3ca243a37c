"""Icons, and the buttons and switches that people press."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, InstructionGroup, Line
from kivy.metrics import dp
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from inkdigit_app.core.icons import GRID, ICONS
from inkdigit_app.widgets.base import Themed
from inkdigit_app.widgets.shapes import Shapes

__all__ = ["Icon", "Toggle", "ToolButton"]

CORNER_DP = 8
PRESSED, CHOSEN, GREYED = 0.14, 0.12, 0.06  # how far a button is shaded; chosen by eye
LINE_DP = 1.8  # line width of an icon that is 24 dp large; chosen by eye


class Icon(Widget):
    """One of `inkdigit_app.core.icons.ICONS`, centred, as large as fits."""

    name = StringProperty("")  # empty for none
    color = ColorProperty("#000000")

    def __init__(self, **kwargs: Any) -> None:
        self._lines = InstructionGroup()
        self._color = Color()
        super().__init__(**kwargs)
        self.canvas.add(self._color)
        self.canvas.add(self._lines)
        self.bind(pos=self._draw, size=self._draw, name=self._draw, color=self._tint)
        self._tint()
        self._draw()

    def _tint(self, *_: object) -> None:
        self._color.rgba = self.color

    def _draw(self, *_: object) -> None:
        self._lines.clear()
        scale = min(self.width, self.height) / GRID
        left, top = self.center_x - scale * GRID / 2, self.center_y + scale * GRID / 2
        width = scale * LINE_DP / 2 if scale > dp(0.5) else dp(0.5)
        for path in ICONS.get(self.name, []):
            points = [value for x, y in path for value in (left + scale * x, top - scale * y)]
            self._lines.add(Line(points=points, width=width, cap="round", joint="round"))


class ToolButton(ButtonBehavior, Themed, BoxLayout):
    """A button with an icon, a word, or both."""

    icon = StringProperty("")
    word = StringProperty("")
    word_size = NumericProperty(18)  # in sp
    inset = NumericProperty(16)  # beside the word, in dp
    hint = StringProperty("")  # what the button does, for the tooltip
    main = BooleanProperty(False)  # the main action of its bar: filled with the accent
    destructive = BooleanProperty(False)  # in the warning colour: it cannot be undone
    chosen = BooleanProperty(False)  # of several
    outlined = BooleanProperty(False)  # as a key is
    inverse = BooleanProperty(False)  # on a dark notice rather than on the surface
    tint = ColorProperty("#000000")  # of icon and word

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        looks = ("theme", "state", "disabled", "main", "destructive", "chosen", "outlined")
        self._shapes = Shapes(self, self._draw_shapes, *looks)

    def _draw_shapes(self, shapes: Shapes) -> None:
        theme = self.theme
        shapes.radius = dp(CORNER_DP)
        warning = theme.no_digit if self.destructive else ""
        if self.main:
            colour = theme.surface if self.disabled else warning or theme.accent
            shapes.fill(get_color_from_hex(colour))
        shade = self._shade()
        if shade:
            colour = theme.accent if self.chosen else theme.text
            shapes.fill((*get_color_from_hex(colour)[:3], shade))
        if self.outlined:
            colour = theme.accent if self.chosen else warning or theme.outline
            shapes.outline(get_color_from_hex(colour))

    def _shade(self) -> float:
        if self.state == "down" and not self.disabled:
            return PRESSED
        if self.chosen:
            return CHOSEN
        return GREYED if self.disabled and self.main else 0.0


class Toggle(ButtonBehavior, Themed):
    """A switch. Pressing it only asks for a change: the owner of the setting sets `active`."""

    active = BooleanProperty(False)
