"""A close-up of one digit: its ink, or its region of the picture."""

from __future__ import annotations

from typing import Any

from kivy.graphics import (
    Color,
    InstructionGroup,
    PopMatrix,
    PushMatrix,
    Rectangle,
    Scale,
    Translate,
)
from kivy.metrics import dp

from inkdigit_app.core.glyphs import Glyph
from inkdigit_app.core.page import Page
from inkdigit_app.widgets.base import Surface
from inkdigit_app.widgets.stroke_drawing import StrokeDrawing

__all__ = ["InkPreview"]

MARGIN_DP = 6.0
MAX_SCALE = 1.0  # small ink is not magnified


class InkPreview(Surface):
    """One glyph of a page."""

    def __init__(self, **kwargs: object) -> None:
        self._shown: tuple[Page, Glyph] | None = None
        self.texture: Any = None  # of the picture's region, or None for ink
        self._drawing = InstructionGroup()
        super().__init__(**kwargs)
        self.bind(pos=self._draw, size=self._draw)

    def on_kv_post(self, base_widget: object) -> None:
        """Put the drawing after the ink's colour, which the .kv file sets."""
        self.canvas.add(self._drawing)

    def show(self, page: Page, glyph: Glyph, texture: Any = None) -> None:
        """Show a glyph of a page; `texture` is its picture's, or None for ink."""
        self._shown = (page, glyph)
        self.texture = None
        if texture is not None:
            left, top, right, bottom = glyph.box
            # Kivy counts the rows of a texture from the bottom.
            self.texture = texture.get_region(
                left, texture.height - bottom, right - left, bottom - top
            )
        self._draw()

    def _draw(self, *_: object) -> None:
        self._drawing.clear()
        if self._shown is None:
            return
        # Not `center`: Kivy may call this before it has noticed that its kept value is out of date.
        middle = self.x + self.width / 2, self.y + self.height / 2
        width, height = self.width - 2 * dp(MARGIN_DP), self.height - 2 * dp(MARGIN_DP)
        if self.texture is not None:
            scale = min(width / self.texture.width, height / self.texture.height)
            size = (scale * self.texture.width, scale * self.texture.height)
            corner = (middle[0] - size[0] / 2, middle[1] - size[1] / 2)
            self._drawing.add(Color(1, 1, 1, 1))
            self._drawing.add(Rectangle(texture=self.texture, pos=corner, size=size))
            return
        page, glyph = self._shown
        left, top, right, bottom = glyph.box
        strokes = [page.strokes[i] for i in glyph.strokes]
        pen = max((stroke.width for stroke in strokes), default=0.0)
        scale = min(width / (right - left + pen), height / (bottom - top + pen), dp(MAX_SCALE))
        self._drawing.add(PushMatrix())
        self._drawing.add(Translate(*middle))
        self._drawing.add(Scale(scale, -scale, 1))
        self._drawing.add(Translate(-(left + right) / 2, -(top + bottom) / 2))
        for stroke in strokes:
            self._drawing.add(StrokeDrawing.of(stroke))
        self._drawing.add(PopMatrix())
