"""Shows which region of a picture is read: the rest of it is dimmed."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Line, Rectangle
from kivy.metrics import dp
from kivy.utils import get_color_from_hex

from inkdigit_app.core.glyphs import Box
from inkdigit_app.widgets.viewing.page_layer import PageLayer

__all__ = ["CropLayer"]

DIM = 0.55  # of the surface's colour over what is not read; chosen by eye


class CropLayer(PageLayer):
    """The region that is read, or is being drawn."""

    def __init__(self, **kwargs: Any) -> None:
        self.region: Box | None = None
        self._whole: tuple[int, int] | None = None
        super().__init__(**kwargs)

    def show(self, region: Box | None, whole: tuple[int, int] | None) -> None:
        """Show a region of a picture of a size, or nothing."""
        if (region, whole) != (self.region, self._whole):
            self.region, self._whole = region, whole
            self.lay_out()

    def redraw(self) -> None:
        """Dim what is around the region."""
        if self.region is None or self._whole is None:
            return
        (left, top), (right, bottom) = self.at(*self.region[:2]), self.at(*self.region[2:])
        (x0, y1), (x1, y0) = self.at(0, 0), self.at(*self._whole)
        add = self.drawing.add
        add(Color(*get_color_from_hex(self.theme.surface)[:3], DIM))
        for low_x, low_y, high_x, high_y in (
            (x0, y0, left, y1), (right, y0, x1, y1), (left, y0, right, bottom),
            (left, top, right, y1),
        ):  # fmt: skip
            add(Rectangle(pos=(low_x, low_y), size=(high_x - low_x, high_y - low_y)))
        add(Color(*get_color_from_hex(self.theme.accent)))
        add(Line(rectangle=(left, bottom, right - left, top - bottom), width=dp(1)))
