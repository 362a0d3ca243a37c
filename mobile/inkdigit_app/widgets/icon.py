"""An icon on the screen: its name in, lines of the icon's colour out."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, InstructionGroup, Line
from kivy.metrics import dp
from kivy.properties import ColorProperty, StringProperty
from kivy.uix.widget import Widget

from inkdigit_app.core.icons import GRID, ICONS

__all__ = ["Icon"]

LINE_DP = 1.8  # thickness of the lines of an icon that is 24 dp large


class Icon(Widget):
    """One of `inkdigit_app.core.icons.ICONS`, centred, as large as fits.

    Attributes:
        name: Which; empty for none.
        color: RGBA.
    """

    name = StringProperty("")
    color = ColorProperty("#000000")

    def __init__(self, **kwargs: Any) -> None:
        self._lines = InstructionGroup()
        self._colour = Color()
        super().__init__(**kwargs)
        self.canvas.add(self._colour)
        self.canvas.add(self._lines)
        self.bind(pos=self._draw, size=self._draw, name=self._draw, color=self._tint)
        self._tint()
        self._draw()

    def _tint(self, *_: object) -> None:
        self._colour.rgba = self.color

    def _draw(self, *_: object) -> None:
        self._lines.clear()
        scale = min(self.width, self.height) / GRID
        left, top = self.center_x - scale * GRID / 2, self.center_y + scale * GRID / 2
        width = scale * LINE_DP / 2 if scale > dp(0.5) else dp(0.5)
        for path in ICONS.get(self.name, []):
            points = [value for x, y in path for value in (left + scale * x, top - scale * y)]
            self._lines.add(Line(points=points, width=width, cap="round", joint="round"))
