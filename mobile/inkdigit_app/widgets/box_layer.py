"""Draws a box round each digit: glyphs in, outlines with chips out.

The colour and pattern of the outline and a percentage show how sure the digit is. What the reading
left out has a dotted box that says so.
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
from kivy.properties import NumericProperty
from kivy.utils import get_color_from_hex

from inkdigit_app.core.glyphs import Box, Certainty, Glyph, percentage
from inkdigit_app.core.icons import GRID, ICONS
from inkdigit_app.core.outline import outline
from inkdigit_app.core.smoothing import Point
from inkdigit_app.widgets.base import Themed

__all__ = ["BoxLayer"]

# Sizes chosen by eye on a phone and a desktop.
MARGIN_DP = 9.0  # from the pen's points to the box; the widest pen reaches 7 dp beyond them
CORNER_DP = 8.0
LINE_DP = 2.0
CHOSEN_LINE_DP = 3.5
CHIP_DP = 20.0  # height
TICK_DP = 12.0
LEFT_OUT = "left out"
MIN_LINE_PX = 1.01  # Kivy draws a Line of width 1 as a hairline on any screen


class BoxLayer(Themed):
    """Draws boxes over the ink."""

    unit = NumericProperty(1)  # pixels on the screen for a unit of the page
    origin_x = NumericProperty(0)  # of the page's left edge on the screen
    origin_y = NumericProperty(0)  # of the page's top edge on the screen

    def __init__(self, **kwargs: Any) -> None:
        self.glyphs: tuple[Glyph, ...] = ()  # those that have a box
        self._selected: int | None = None
        self._left_out: tuple[Box, ...] = ()
        self._left_out_marks = InstructionGroup()
        self._groups: dict[tuple[Glyph, bool], InstructionGroup] = {}
        super().__init__(**kwargs)
        for name in ("pos", "size", "unit", "origin_x", "origin_y", "theme"):
            self.fbind(name, self._redraw)

    def show(
        self,
        glyphs: Sequence[Glyph],
        selected: int | None = None,
        left_out: Sequence[Box] = (),
    ) -> None:
        """Show these glyphs; a box that is drawn already is not drawn again.

        Args:
            glyphs: Those of the page.
            selected: Index of the chosen one.
            left_out: Boxes of what is no part of the text, in the page's own unit.
        """
        if self._left_out != tuple(left_out):
            self._left_out = tuple(left_out)
            self._draw_left_out()
        self.glyphs, self._selected = tuple(glyphs), selected
        wanted = {(glyph, i == selected) for i, glyph in enumerate(self.glyphs)}
        for key in [key for key in self._groups if key not in wanted]:
            self.canvas.remove(self._groups.pop(key))
        for key in wanted:
            if key not in self._groups:
                self._groups[key] = self._draw(*key)
                self.canvas.add(self._groups[key])

    def on_touch_down(self, touch: object) -> bool:
        """Leave every touch to the canvas."""
        return False

    def screen_box(self, glyph: Glyph) -> Box:
        """A glyph's outline on the screen: left, bottom, right, top in pixels."""
        return self._on_screen(glyph.box)

    def _on_screen(self, box: Box) -> Box:
        left, top, right, bottom = box
        margin = dp(MARGIN_DP)
        return (
            max(self.origin_x + self.unit * left - margin, self.x + dp(LINE_DP)),
            max(self.origin_y - self.unit * bottom - margin, self.y + dp(LINE_DP)),
            min(self.origin_x + self.unit * right + margin, self.right - dp(LINE_DP)),
            min(self.origin_y - self.unit * top + margin, self.top - dp(LINE_DP)),
        )

    @property
    def margin(self) -> float:
        """Pixels between a digit's ink and its outline."""
        return float(dp(MARGIN_DP))

    def refresh(self) -> None:
        """Draw everything again, text too: a pause may have lost the textures."""
        _text.cache_clear()
        self._redraw()

    def _redraw(self, *_: object) -> None:
        for group in self._groups.values():
            self.canvas.remove(group)
        self._groups.clear()
        self._draw_left_out()
        self.show(self.glyphs, self._selected, self._left_out)

    def _draw_left_out(self) -> None:
        group = self._left_out_marks
        group.clear()
        self.canvas.remove(group)
        colour = get_color_from_hex(self.theme.no_digit)
        for box in map(self._on_screen, self._left_out):
            group.add(Color(*colour))
            group.add(
                _ribbons(outline(box, dp(CORNER_DP), dp(LINE_DP), Certainty.NO_DIGIT), dp(LINE_DP))
            )
            word = _text(LEFT_OUT, sp(12), False)
            group.add(Color(*get_color_from_hex(self.theme.text)))
            x = max(min(box[0], self.right - word.width), self.x)
            group.add(_label(word, x, box[1] - word.height / 2 - dp(1)))
        self.canvas.add(group)

    def _draw(self, glyph: Glyph, selected: bool) -> InstructionGroup:
        group = InstructionGroup()
        box = self.screen_box(glyph)
        colour = get_color_from_hex(self.theme.line_colour(glyph.certainty))
        width = dp(CHOSEN_LINE_DP if selected else LINE_DP)
        if selected:
            group.add(Color(*colour[:3], 0.10))
            group.add(_rounded(box, dp(CORNER_DP)))
        group.add(Color(*colour))
        polylines = outline(box, dp(CORNER_DP), width, glyph.certainty)
        if glyph.certainty is Certainty.SURE:
            points = [value for point in polylines[0] for value in point]
            group.add(Line(points=points, width=max(width / 2, MIN_LINE_PX), joint="round"))
        else:
            group.add(_ribbons(polylines, width))
        self._add_chip(group, glyph, box, colour)
        return group

    def _add_chip(
        self, group: InstructionGroup, glyph: Glyph, box: Box, colour: list[float]
    ) -> None:
        height, gap = dp(CHIP_DP), dp(5)
        digit = _text(glyph.text, sp(14), True)
        width = digit.width + (dp(TICK_DP) + dp(3) if glyph.corrected else 0) + 2 * gap
        # The percentage only where the chip with it is no wider than the box.
        percent = None if glyph.corrected else _text(percentage(glyph.confidence), sp(12), False)
        if percent is not None and width + percent.width + gap <= box[2] - box[0]:
            width += percent.width + gap
        else:
            percent = None
        left = min(box[0], self.right - width - dp(1))
        top = min(box[3] + height / 2, self.top - dp(1))
        chip = (left, top - height, left + width, top)
        group.add(Color(*get_color_from_hex(self.theme.canvas)))
        group.add(_rounded(chip, height / 2))
        group.add(Color(*colour))
        group.add(
            Line(rounded_rectangle=(left, top - height, width, height, height / 2), width=dp(1))
        )
        group.add(Color(*get_color_from_hex(self.theme.text)))
        middle, x = top - height / 2, left + gap
        group.add(_label(digit, x, middle))
        x += digit.width
        if glyph.corrected:
            group.add(_tick(x + dp(3), middle))
        if percent is not None:
            group.add(_label(percent, x + gap, middle))


def _label(texture: Texture, x: float, middle: float) -> Rectangle:
    # In whole pixels: letters blur at fractions of one.
    pos = (round(x), round(middle - texture.height / 2))
    return Rectangle(texture=texture, pos=pos, size=texture.size)


def _tick(left: float, middle: float) -> Line:
    scale = dp(TICK_DP) / GRID
    (path,) = ICONS["tick"]
    points = [v for x, y in path for v in (left + scale * x, middle + scale * (GRID / 2 - y))]
    return Line(points=points, width=dp(1), cap="round", joint="round")


def _rounded(box: Box, radius: float) -> RoundedRectangle:
    left, bottom, right, top = box
    radius = min(radius, (right - left) / 2, (top - bottom) / 2)
    return RoundedRectangle(pos=(left, bottom), size=(right - left, top - bottom), radius=[radius])


def _ribbons(polylines: list[list[Point]], width: float) -> Mesh:
    """Draws the polylines as one mesh: an instruction for each dash would take a frame's time."""
    vertices: list[float] = []
    indices: list[int] = []
    for polyline in polylines:
        for (ax, ay), (bx, by) in pairwise(polyline):
            length = max(((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5, 1e-6)
            nx, ny = (ay - by) / length * width / 2, (bx - ax) / length * width / 2
            first = len(vertices) // 4
            vertices += (ax + nx, ay + ny, 0, 0, ax - nx, ay - ny, 0, 0)
            vertices += (bx - nx, by - ny, 0, 0, bx + nx, by + ny, 0, 0)
            indices += (first, first + 1, first + 2, first, first + 2, first + 3)
    return Mesh(vertices=vertices, indices=indices, mode="triangles")


@lru_cache(maxsize=256)
def _text(text: str, size: float, bold: bool) -> Texture:
    label = CoreLabel(text=text, font_size=size, bold=bold)
    label.refresh()
    return label.texture
