"""A layer over the page: drawn for one place and scale, it moves along until the scale changes."""

from __future__ import annotations

from typing import Any

from kivy.graphics import InstructionGroup, PopMatrix, PushMatrix, Scale, Translate
from kivy.properties import BooleanProperty, NumericProperty

from inkdigit_app.core.smoothing import Point
from inkdigit_app.widgets.base import Themed

__all__ = ["PageLayer"]


class PageLayer(Themed):
    """Base of what is drawn in pixels of the screen over the page; a subclass has `redraw`."""

    unit = NumericProperty(1)  # pixels on the screen for a unit of the page
    origin_x = NumericProperty(0)  # of the page's left edge on the screen
    origin_y = NumericProperty(0)  # of the page's top edge on the screen
    zooming = BooleanProperty(False)  # fingers are changing the scale

    def __init__(self, **kwargs: Any) -> None:
        self.drawing = InstructionGroup()
        self.laid_out = (1.0, 0.0, 0.0)  # unit and origin that the drawing is for
        self._shift, self._scale = Translate(0, 0, 0), Scale(1, 1, 1)
        super().__init__(**kwargs)
        self.laid_out = (self.unit, self.origin_x, self.origin_y)
        for part in (PushMatrix(), self._shift, self._scale, self.drawing, PopMatrix()):
            self.canvas.add(part)
        for name in ("size", "theme"):
            self.fbind(name, self.lay_out)
        for name in ("pos", "unit", "origin_x", "origin_y", "zooming"):
            self.fbind(name, self._follow)

    def on_touch_down(self, touch: object) -> bool:
        """Leave every touch to the canvas."""
        return False

    def redraw(self) -> None:
        """Draw everything into `drawing`, which is empty, for `laid_out`."""
        raise NotImplementedError

    def lay_out(self, *_: object) -> None:
        """Draw everything anew for where the page is now."""
        self.laid_out = (self.unit, self.origin_x, self.origin_y)
        self._shift.x = self._shift.y = 0
        self._scale.xyz = (1, 1, 1)
        self.drawing.clear()
        self.redraw()

    def as_drawn(self, x: float, y: float) -> Point:
        """Where a point of the window is in the drawing."""
        return (x - self._shift.x) / self._scale.x, (y - self._shift.y) / self._scale.y

    def at(self, x: float, y: float) -> Point:
        """Where a point of the page is in the drawing."""
        unit, left, top = self.laid_out
        return left + unit * x, top - unit * y

    def _follow(self, *_: object) -> None:
        unit, x, y = self.laid_out
        if self.unit != unit and not self.zooming:
            self.lay_out()
            return
        scale = self.unit / unit
        shift = (self.origin_x - scale * x, self.origin_y - scale * y)
        if scale == 1:  # in whole pixels: letters blur at fractions of one
            shift = (round(shift[0]), round(shift[1]))
        self._shift.x, self._shift.y = shift
        self._scale.xyz = (scale, scale, 1)
