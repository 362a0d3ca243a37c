"""Learnt shapes as thumbnails: glyphs in, the one tapped out."""

from __future__ import annotations

from typing import Any

import numpy as np
from kivy.graphics import Color, InstructionGroup, Line, Rectangle, RoundedRectangle
from kivy.graphics.texture import Texture
from kivy.metrics import dp
from kivy.properties import ListProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.utils import get_color_from_hex

from inkdigit.writer import RememberedGlyph
from inkdigit_app.widgets.base import Themed

__all__ = ["ShapeGrid"]

CELL_DP = 56  # 48 for the finger at the least; the shape is 28 × 28 pixels
GAP_DP = 8
MARGIN_DP = 4  # inside a cell


class ShapeGrid(ButtonBehavior, Themed):
    """Rows of cells, as many in a row as fit; one widget, however many shapes there are.

    Events:
        on_pick: A shape was tapped; with its `RememberedGlyph`.
    """

    __events__ = ("on_pick",)

    glyphs = ListProperty()  # of `RememberedGlyph`

    def __init__(self, **kwargs: Any) -> None:
        self._textures: dict[int, Any] = {}  # by id(glyph)
        self._drawing = InstructionGroup()
        super().__init__(**kwargs)
        self.canvas.add(self._drawing)
        self.size_hint_y = None
        for name in ("pos", "size", "glyphs", "theme", "state"):
            self.fbind(name, self._draw)
        self._draw()

    @property
    def columns(self) -> int:
        """Cells in a row."""
        return max(int((self.width + dp(GAP_DP)) // dp(CELL_DP + GAP_DP)), 1)

    def cell(self, index: int) -> tuple[float, float]:
        """The lower left corner of a cell."""
        row, column = divmod(index, self.columns)
        step = dp(CELL_DP + GAP_DP)
        return self.x + column * step, self.top - row * step - dp(CELL_DP)

    def on_release(self) -> None:
        """Tell which shape was tapped, if it was not beside all of them."""
        index = self._cell_at(*self.last_touch.pos)
        if index is not None:
            self.dispatch("on_pick", self.glyphs[index])

    def _cell_at(self, x: float, y: float) -> int | None:
        side = dp(CELL_DP)
        for index in range(len(self.glyphs)):
            left, bottom = self.cell(index)
            if left <= x <= left + side and bottom <= y <= bottom + side:
                return index
        return None

    def _draw(self, *_: object) -> None:
        self.height = -(-len(self.glyphs) // self.columns) * dp(CELL_DP + GAP_DP)
        shown = {id(glyph) for glyph in self.glyphs}
        self._textures = {key: t for key, t in self._textures.items() if key in shown}
        drawing, theme, side = self._drawing, self.theme, dp(CELL_DP)
        drawing.clear()
        pressed = self._cell_at(*self.last_touch.pos) if self.state == "down" else None
        for index, glyph in enumerate(self.glyphs):
            if id(glyph) not in self._textures:
                self._textures[id(glyph)] = _texture(glyph)
            x, y = self.cell(index)
            margin, corner = dp(MARGIN_DP), dp(8)
            drawing.add(Color(*get_color_from_hex(theme.canvas)))
            drawing.add(RoundedRectangle(pos=(x, y), size=(side, side), radius=[corner]))
            drawing.add(
                Color(*get_color_from_hex(theme.accent if index == pressed else theme.divider))
            )
            outline = (x + dp(0.5), y + dp(0.5), side - dp(1), side - dp(1), corner)
            drawing.add(Line(rounded_rectangle=outline, width=dp(1)))
            drawing.add(Color(*get_color_from_hex(theme.ink)))
            inner = side - 2 * margin
            drawing.add(
                Rectangle(
                    texture=self._textures[id(glyph)],
                    pos=(x + margin, y + margin),
                    size=(inner, inner),
                )
            )


def _texture(glyph: RememberedGlyph) -> Any:
    """White as opaque as there is ink, to be tinted."""
    height, width = glyph.raster.shape
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., 3] = np.rint(255 * glyph.raster)
    texture = Texture.create(size=(width, height), colorfmt="rgba")
    texture.mag_filter = "linear"
    texture.blit_buffer(np.ascontiguousarray(pixels[::-1]).tobytes(), colorfmt="rgba")
    return texture
