"""Boxes round the digits: glyphs in, outlines with chips out.

How sure a digit is shows by the outline's colour, by its pattern and as a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, InstructionGroup, Line, Mesh, Rectangle, RoundedRectangle
from kivy.graphics.texture import Texture
from kivy.metrics import dp, sp
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from inkdigit_app.core.glyphs import Certainty, Glyph, percentage
from inkdigit_app.core.icons import GRID, ICONS
from inkdigit_app.core.outline import outline
from inkdigit_app.core.theme import LIGHT

__all__ = ["BoxLayer"]

MARGIN_DP = 9.0  # between the ink's own bounds and the box: the pen is round its points
CORNER_DP = 8.0
LINE_DP = 2.0
CHOSEN_LINE_DP = 3.5
CHIP_DP = 20.0  # height
TICK_DP = 12.0
THICKER_PX = 1.01  # a Line of width 1 is a hairline to Kivy, whatever the screen


class BoxLayer(Widget):
    """Draws a box round each glyph, in the axes of the page.

    Attributes:
        unit: Pixels of the screen to a unit of the page.
        origin_x: Where the page's left edge is on the screen.
        origin_y: Where its top edge is.
        theme: Colours.
    """

    unit = NumericProperty(1)
    origin_x = NumericProperty(0)
    origin_y = NumericProperty(0)
    theme = ObjectProperty(LIGHT, rebind=True)

    def __init__(self, **kwargs: Any) -> None:
        self._glyphs: tuple[Glyph, ...] = ()
        self._selected: int | None = None
        self._groups: dict[tuple[Glyph, bool], InstructionGroup] = {}
        super().__init__(**kwargs)
        for name in ("pos", "size", "unit", "origin_x", "origin_y", "theme"):
            self.fbind(name, self._redraw)

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """What there is a box round."""
        return self._glyphs

    def show(self, glyphs: Sequence[Glyph], selected: int | None = None) -> None:
        """Draw these; a box that is there already is left alone."""
        self._glyphs, self._selected = tuple(glyphs), selected
        wanted = {(glyph, i == selected) for i, glyph in enumerate(self._glyphs)}
        for key in [key for key in self._groups if key not in wanted]:
            self.canvas.remove(self._groups.pop(key))
        for key in wanted:
            if key not in self._groups:
                self._groups[key] = self._draw(*key)
                self.canvas.add(self._groups[key])

    def on_touch_down(self, touch: object) -> bool:
        """Touches are the canvas's."""
        return False

    def screen_box(self, glyph: Glyph) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of a glyph's outline on the screen."""
        left, top, right, bottom = glyph.box
        margin = dp(MARGIN_DP)
        return (
            max(self.origin_x + self.unit * left - margin, self.x + dp(LINE_DP)),
            max(self.origin_y - self.unit * bottom - margin, self.y + dp(LINE_DP)),
            min(self.origin_x + self.unit * right + margin, self.right - dp(LINE_DP)),
            min(self.origin_y - self.unit * top + margin, self.top - dp(LINE_DP)),
        )

    @property
    def margin(self) -> float:
        """How far an outline stands off its ink, in pixels."""
        return float(dp(MARGIN_DP))

    def refresh(self) -> None:
        """Draw everything anew, text included: after a pause its textures may be gone."""
        _text.cache_clear()
        self._redraw()

    def _redraw(self, *_: object) -> None:
        for group in self._groups.values():
            self.canvas.remove(group)
        self._groups.clear()
        self.show(self._glyphs, self._selected)

    def _draw(self, glyph: Glyph, selected: bool) -> InstructionGroup:
        group = InstructionGroup()
        box = self.screen_box(glyph)
        colour = get_color_from_hex(self.theme.line_colour(glyph.certainty))
        width = dp(CHOSEN_LINE_DP if selected else LINE_DP)
        if selected:
            group.add(Color(*colour[:3], 0.10))
            group.add(_rounded(box, dp(CORNER_DP)))
        group.add(Color(*colour))
        pieces = outline(box, dp(CORNER_DP), width, glyph.certainty)
        if glyph.certainty is Certainty.SURE:
            points = [value for point in pieces[0] for value in point]
            group.add(Line(points=points, width=max(width / 2, THICKER_PX), joint="round"))
        else:
            group.add(_ribbons(pieces, width))
        self._add_chip(group, glyph, box, colour)
        return group

    def _add_chip(
        self,
        group: InstructionGroup,
        glyph: Glyph,
        box: tuple[float, float, float, float],
        colour: list[float],
    ) -> None:
        height, gap = dp(CHIP_DP), dp(5)
        digit = _text(glyph.text, sp(14), True)
        tick = dp(TICK_DP) + dp(3) if glyph.corrected else 0
        chip = digit.width + tick + 2 * gap
        left, top = box[0], min(box[3] + height / 2, self.top - dp(1))
        share = None if glyph.corrected else _text(percentage(glyph.confidence), sp(12), False)
        # The percentage where it fits beside the digit without hanging over the next box.
        if share is not None and chip + share.width + gap <= box[2] - box[0]:
            chip += share.width + gap
        else:
            share = None
        left = min(left, self.right - chip - dp(1))
        place = (left, top - height, left + chip, top)
        group.add(Color(*get_color_from_hex(self.theme.canvas)))
        group.add(_rounded(place, height / 2))
        group.add(Color(*colour))
        group.add(
            Line(rounded_rectangle=(left, top - height, chip, height, height / 2), width=dp(1))
        )
        group.add(Color(*get_color_from_hex(self.theme.text)))
        middle, x = top - height / 2, left + gap
        group.add(_label(digit, x, middle))
        x += digit.width
        if glyph.corrected:
            group.add(_tick(x + dp(3), middle))
        if share is not None:
            group.add(_label(share, x + gap, middle))


def _label(texture: Texture, x: float, middle: float) -> Rectangle:
    # Whole pixels, else the letters are blurred.
    pos = (round(x), round(middle - texture.height / 2))
    return Rectangle(texture=texture, pos=pos, size=texture.size)


def _tick(left: float, middle: float) -> Line:
    scale = dp(TICK_DP) / GRID
    (path,) = ICONS["tick"]
    points = [v for x, y in path for v in (left + scale * x, middle + scale * (GRID / 2 - y))]
    return Line(points=points, width=dp(1), cap="round", joint="round")


def _rounded(box: tuple[float, float, float, float], radius: float) -> RoundedRectangle:
    left, bottom, right, top = box
    radius = min(radius, (right - left) / 2, (top - bottom) / 2)
    return RoundedRectangle(
        pos=(left, bottom), size=(right - left, top - bottom), radius=[(radius, radius)] * 4
    )


def _ribbons(lines: list[list[tuple[float, float]]], width: float) -> Mesh:
    """Short lines as one mesh: an instruction for each dash would cost a frame."""
    vertices: list[float] = []
    indices: list[int] = []
    for line in lines:
        for (ax, ay), (bx, by) in pairwise(line):
            length = max(((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5, 1e-6)
            nx, ny = (ay - by) / length * width / 2, (bx - ax) / length * width / 2
            first = len(vertices) // 4
            for x, y in (
                (ax + nx, ay + ny),
                (ax - nx, ay - ny),
                (bx - nx, by - ny),
                (bx + nx, by + ny),
            ):
                vertices += (x, y, 0, 0)
            indices += (first, first + 1, first + 2, first, first + 2, first + 3)
    return Mesh(vertices=vertices, indices=indices, mode="triangles")


@lru_cache(maxsize=256)
def _text(text: str, size: float, bold: bool) -> Texture:
    label = CoreLabel(text=text, font_size=size, bold=bold)
    label.refresh()
    return label.texture
