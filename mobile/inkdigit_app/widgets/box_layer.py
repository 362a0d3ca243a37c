"""Draws a box round each digit: glyphs in, outlines with chips out, as `core.marks` lays them out.

The colour and pattern of the outline show how sure the digit is, and so does a percentage where it
is unsure. What the reading left out has a dotted box that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, InstructionGroup, Line, Mesh, Rectangle, RoundedRectangle
from kivy.graphics.texture import Texture
from kivy.metrics import dp, sp
from kivy.properties import NumericProperty
from kivy.utils import get_color_from_hex

from inkdigit_app.core.glyphs import Box, Certainty, Glyph, percentage
from inkdigit_app.core.icons import GRID, ICONS
from inkdigit_app.core.marks import Form, Layout, Mark, Rect, Sizes, overlaps, place
from inkdigit_app.core.outline import outline, ring, underline
from inkdigit_app.core.smoothing import Point
from inkdigit_app.core.words.language import tr
from inkdigit_app.widgets.viewing.page_layer import PageLayer

__all__ = ["BoxLayer"]

# Sizes chosen by eye on a phone and a desktop.
MARGIN_DP = 5.5  # from the ink to the box
GAP_DP = 2.0  # between box and chip, and between any two marks
CORNER_DP = 8.0
LINE_DP = 2.0
CHOSEN_LINE_DP = 3.5
CHIP_DP = 20.0  # height
LABEL_DP = 14.0  # height of the digit below an underline
LABEL_WIDTH_DP = 9.0
SMALLEST_DP = 32.0  # below, a chip would look as large as its digit
TICK_DP = 12.0
PADDING_DP = 5.0  # inside a chip, beside the text
# How far from the ink a tap is meant for the digit rather than a dot of ink beside it. A point
# stands about 8 dp away.
REACH_DP = 2.0
CHIP_REACH_DP = 4.0  # a chip is smaller than a fingertip
# Between two digits whose boxes touch there is room for a point at their feet, for nothing else.
TOUCHING_DP = 2 * MARGIN_DP + GAP_DP
FEET = 0.25  # of their height
MIN_LINE_PX = 1.01  # Kivy draws a Line of width 1 as a hairline on any screen


Look: TypeAlias = tuple[object, ...]  # of a mark, or the box of what was left out


class BoxLayer(PageLayer):
    """Draws boxes over the ink."""

    pen_width = NumericProperty(0)  # of the page's widest pen, in the page's unit

    def __init__(self, **kwargs: Any) -> None:
        self.glyphs: tuple[Glyph, ...] = ()
        self.marks: list[Mark] = []  # of the glyphs, in their order
        self._selected: int | None = None
        self._left_out: tuple[Box, ...] = ()
        self._drawn: list[tuple[Look, InstructionGroup]] = []  # from back to front
        super().__init__(**kwargs)
        self.fbind("pen_width", self.lay_out)

    def show(
        self,
        glyphs: Sequence[Glyph],
        selected: int | None = None,
        left_out: Sequence[Box] = (),
    ) -> None:
        """Show these glyphs; what is drawn already is not drawn again.

        Args:
            glyphs: Those of the page.
            selected: Index of the chosen one.
            left_out: Boxes of what is no part of the text, in the page's own unit.
        """
        shown = (tuple(glyphs), selected, tuple(left_out))
        if shown == (self.glyphs, self._selected, self._left_out) and self._drawn:
            return
        self.glyphs, self._selected, self._left_out = shown
        unread = [self._ink(box) for box in self._left_out]
        layout = Layout(
            self._area(),
            Sizes(*map(dp, (MARGIN_DP, GAP_DP, CHIP_DP, LABEL_DP, LABEL_WIDTH_DP, SMALLEST_DP))),
            _chip_width,
        )
        inks = [self._ink(glyph.box) for glyph in self.glyphs]
        self.marks = layout.marks(self.glyphs, inks, unread, selected)
        order: list[Mark | Rect] = [mark for mark in self.marks if mark.form is not Form.NOTHING]
        order.sort(key=lambda mark: isinstance(mark, Mark) and mark.chosen)  # that one last
        self._draw_all([*unread, *order])

    def screen_box(self, glyph: Glyph) -> Box:
        """What a glyph's ink covers on the screen: left, bottom, right, top in pixels."""
        return self._covered(glyph.box, self.unit, self.origin_x, self.origin_y)

    def glyph_at(self, x: float, y: float) -> int | None:
        """Index of the glyph that a tap at a point of the window is for, or None.

        That is the one whose chip or ink is there, or the nearer of two with touching boxes.
        """
        best, nearest = None, 0.0
        x, y = self.as_drawn(x, y)
        for i, (mark, glyph) in enumerate(zip(self.marks, self.glyphs, strict=True)):
            distance = _outside(self._ink(glyph.box), x, y) - dp(REACH_DP)
            if mark.chip is not None:
                distance = min(distance, _outside(mark.chip, x, y) - dp(CHIP_REACH_DP))
            if distance <= nearest:
                best, nearest = i, distance
        return self._beside(x, y) if best is None else best

    def _beside(self, x: float, y: float) -> int | None:
        """Index of the nearer of two glyphs whose touching boxes have a point between them."""
        for i, (one, other) in enumerate(pairwise(self.glyphs)):
            left, right = self._ink(one.box), self._ink(other.box)
            bottom, top = min(left[1], right[1]), max(left[3], right[3])
            touching = one.line == other.line and right[0] - left[2] <= dp(TOUCHING_DP)
            large = min(left[3] - left[1], right[3] - right[1]) >= dp(SMALLEST_DP)
            feet = bottom + FEET * (top - bottom)
            if touching and large and left[2] <= x <= right[0] and feet <= y <= top:
                return i if x - left[2] <= right[0] - x else i + 1
        return None

    def refresh(self) -> None:
        """Draw everything again, text too: a pause may have lost the textures."""
        _text.cache_clear()
        self.lay_out()

    def _ink(self, box: Box) -> Rect:
        return self._covered(box, *self.laid_out)

    def _covered(self, box: Box, unit: float, x: float, y: float) -> Rect:
        left, top, right, bottom = box
        pen = unit * self.pen_width / 2
        return (
            x + unit * left - pen,
            y - unit * bottom - pen,
            x + unit * right + pen,
            y - unit * top + pen,
        )

    def _area(self) -> Rect:
        """Where marks may stand: on the canvas, and round ink that reaches beyond it."""
        _, x, y = self.laid_out
        left, top = min(self.x, x) + dp(1), max(self.top, y) - dp(1)
        right, bottom = self.right - dp(1), self.y + dp(1)
        inks = [self._ink(glyph.box) for glyph in self.glyphs]
        room = dp(MARGIN_DP + CHIP_DP + 2 * GAP_DP)
        if inks and max(ink[2] for ink in inks) > right:
            right = max(ink[2] for ink in inks) + room
        if inks and min(ink[1] for ink in inks) < bottom:
            bottom = min(ink[1] for ink in inks) - room
        return left, bottom, right, top

    def redraw(self) -> None:
        """Draw the marks again."""
        self._drawn.clear()
        self.show(self.glyphs, self._selected, self._left_out)

    def _draw_all(self, order: Sequence[Mark | Rect]) -> None:
        """Draw these from back to front, and nothing else.

        Usually one mark in hundreds is new, so what has stayed at both ends is left alone.
        """
        looks = {_look(mark): mark for mark in order}  # strokes left out may have the same box
        new, old = list(looks), self._drawn
        start = 0
        while start < min(len(new), len(old)) and old[start][0] == new[start]:
            start += 1
        end = 0
        while end < min(len(new), len(old)) - start and old[-1 - end][0] == new[-1 - end]:
            end += 1
        groups = dict(old[start : len(old) - end])
        middle = new[start : len(new) - end]
        for group in groups.values():
            self.drawing.remove(group)
        drawn = []
        for i, look in enumerate(middle, start):
            group = groups.get(look) or self._draw(looks[look])
            self.drawing.insert(i, group)
            drawn.append((look, group))
        self._drawn = [*old[:start], *drawn, *old[len(old) - end :]]

    def _draw(self, mark: Mark | Rect) -> InstructionGroup:
        group = InstructionGroup()
        if not isinstance(mark, Mark):
            self._add_left_out(group, mark)
            return group
        colour = _colour(self.theme.line_colour(mark.glyph.certainty))
        width = dp(CHOSEN_LINE_DP if mark.chosen else LINE_DP)
        if mark.chosen:
            group.add(Color(*colour[:3], 0.10))
            group.add(_rounded(mark.box, dp(CORNER_DP)))
        group.add(Color(*colour))
        if mark.form is Form.LINE:
            lines = underline(mark.box, width, mark.glyph.certainty)
            group.add(_ribbons(lines, width))
            if mark.chip is not None:
                text = _text(mark.glyph.text, sp(12), True)
                group.add(Color(*_colour(self.theme.text)))
                x, middle = (mark.chip[0] + mark.chip[2]) / 2, (mark.chip[1] + mark.chip[3]) / 2
                group.add(_label(text, x - text.width / 2, middle))
            return group
        polylines = outline(mark.box, dp(CORNER_DP), width, mark.glyph.certainty)
        if mark.glyph.certainty is Certainty.SURE:
            group.add(_line(polylines[0], width))
        else:
            group.add(_ribbons(polylines, width))
        if mark.chip is not None:
            self._add_chip(group, mark, mark.chip, colour)
        return group

    def _add_chip(
        self, group: InstructionGroup, mark: Mark, chip: Rect, colour: list[float]
    ) -> None:
        left, bottom, _, top = chip
        height = top - bottom
        group.add(Color(*_colour(self.theme.canvas)))
        group.add(_rounded(chip, height / 2))
        group.add(Color(*colour))
        group.add(_line(ring(chip, height / 2), dp(LINE_DP)))
        group.add(Color(*_colour(self.theme.text)))
        digit, percent = _chip_texts(mark.glyph, mark.percent)
        middle, x = (bottom + top) / 2, left + dp(PADDING_DP)
        group.add(_label(digit, x, middle))
        x += digit.width
        if mark.glyph.corrected:
            group.add(_tick(x + dp(3), middle))
        if percent is not None:
            group.add(_label(percent, x + dp(PADDING_DP), middle))

    def _add_left_out(self, group: InstructionGroup, ink: Rect) -> None:
        margin = dp(MARGIN_DP)
        box = (ink[0] - margin, ink[1] - margin, ink[2] + margin, ink[3] + margin)
        width = dp(LINE_DP)
        group.add(Color(*_colour(self.theme.no_digit)))
        group.add(_ribbons(outline(box, dp(CORNER_DP), width, Certainty.NO_DIGIT), width))
        word = _text(tr("left out"), sp(12), False)
        inks = [self._ink(glyph.box) for glyph in self.glyphs]
        taken = [rect for mark in self.marks for rect in (mark.box, mark.chip) if rect is not None]
        left, bottom, right, top = self._area()
        for spot in place(box, word.width, word.height, dp(GAP_DP)):
            inside = spot[0] >= left and spot[2] <= right and spot[1] >= bottom
            if inside and spot[3] <= top and not overlaps(spot, [*inks, *taken]):
                group.add(Color(*_colour(self.theme.text)))
                group.add(_label(word, spot[0], (spot[1] + spot[3]) / 2))
                return


def _look(mark: Mark | Rect) -> Look:
    return mark.look if isinstance(mark, Mark) else mark


def _outside(rect: Rect, x: float, y: float) -> float:
    """How far a point is outside a rectangle; negative inside it."""
    left, bottom, right, top = rect
    return max(left - x, x - right, bottom - y, y - top)


def _chip_texts(glyph: Glyph, with_percent: bool) -> tuple[Texture, Texture | None]:
    digit = _text(glyph.text, sp(14), True)
    return digit, _text(percentage(glyph.confidence), sp(12), False) if with_percent else None


def _chip_width(glyph: Glyph, with_percent: bool) -> float:
    digit, percent = _chip_texts(glyph, with_percent)
    tick = dp(TICK_DP) + dp(3) if glyph.corrected else 0
    more = percent.width + dp(PADDING_DP) if percent is not None else 0
    return float(digit.width + tick + more + 2 * dp(PADDING_DP))


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


def _line(polyline: list[Point], width: float) -> Line:
    # Not as a `rounded_rectangle`, which takes Kivy four times as long.
    points = [value for point in polyline for value in point]
    return Line(points=points, width=max(width / 2, MIN_LINE_PX), joint="round")


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


@lru_cache(maxsize=64)
def _colour(name: str) -> list[float]:
    return list(get_color_from_hex(name))


@lru_cache(maxsize=256)
def _text(text: str, size: float, bold: bool) -> Texture:
    label = CoreLabel(text=text, font_size=size, bold=bold)
    label.refresh()
    return label.texture
