"""Where the marks of a page's glyphs stand: boxes on the screen in, outlines and chips out.

A row of large digits that stand apart has boxes with chips. Small digits, and all of them where a
chip would cover ink or another chip, have underlines with the digit below; where there is no room
for those either, only what is unsure is underlined. The text stays in the reading above the canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby, pairwise
from statistics import median
from typing import TypeAlias

from inkdigit_app.core.glyphs import Box, Certainty, Glyph, percentage

__all__ = ["Form", "Layout", "Mark", "Rect", "Sizes", "overlaps", "place"]

Rect: TypeAlias = Box  # here left, bottom, right, top in pixels of the screen, y up
ChipWidth: TypeAlias = Callable[[Glyph, bool], float]

CELL_CHIPS = 3  # side of a cell of the grid that finds what is near, in heights of a chip


class Form(Enum):
    """How a glyph is marked."""

    BOX = "box"
    LINE = "line"  # an underline
    NOTHING = "nothing"


@dataclass(frozen=True)
class Sizes:
    """Lengths in pixels."""

    margin: float  # from the ink to the outline
    gap: float  # between any two marks
    chip: float  # height of a chip
    label: float  # height of the digit below an underline
    label_width: float
    smallest: float  # digits at least this high have boxes


@dataclass(frozen=True)
class Mark:
    """What is drawn for one glyph."""

    glyph: Glyph
    form: Form
    box: Rect  # the outline, or the box whose lower edge is the underline
    chip: Rect | None = None  # with the digit; None without one
    percent: bool = False  # the chip has the percentage, too
    chosen: bool = False

    @property
    def look(self) -> tuple[object, ...]:
        """All that can be seen of it; with each digit written the others' confidences change."""
        glyph = self.glyph
        percent = percentage(glyph.confidence) if self.percent else ""
        what = glyph.text, glyph.certainty, glyph.corrected, percent
        return self.form, self.box, self.chip, self.chosen, what


class _Space:
    """Rectangles in a grid, so that only near ones are compared."""

    def __init__(self, area: Rect, cell: float) -> None:
        self._area = area
        self._cell = max(cell, 1.0)
        self._cells: dict[tuple[int, int], list[Rect]] = {}

    def add(self, rect: Rect) -> None:
        for key in self._keys(rect):
            self._cells.setdefault(key, []).append(rect)

    def is_free(self, rect: Rect) -> bool:
        left, bottom, right, top = self._area
        inside = rect[0] >= left and rect[1] >= bottom and rect[2] <= right and rect[3] <= top
        return inside and not self.is_crowded(rect)

    def is_crowded(self, rect: Rect) -> bool:
        return any(overlaps(rect, self._cells.get(key, ())) for key in self._keys(rect))

    def _keys(self, rect: Rect) -> list[tuple[int, int]]:
        cell = self._cell
        across = range(int(rect[0] // cell), int(rect[2] // cell) + 1)
        upright = range(int(rect[1] // cell), int(rect[3] // cell) + 1)
        return [(x, y) for x in across for y in upright]


class Layout:
    """Lays out the marks of a page.

    Args:
        area: In which all marks lie.
        sizes: Of the marks.
        chip_width: The width of a glyph's chip, with or without the percentage.
    """

    def __init__(self, area: Rect, sizes: Sizes, chip_width: ChipWidth) -> None:
        self._area = area
        self._sizes = sizes
        self._chip_width = chip_width

    def marks(
        self,
        glyphs: Sequence[Glyph],
        inks: Sequence[Rect],
        left_out: Sequence[Rect] = (),
        chosen: int | None = None,
    ) -> list[Mark]:
        """Lay out the marks.

        Args:
            glyphs: In reading order.
            inks: What the ink of each glyph covers.
            left_out: What the ink covers that the reading left out.
            chosen: Index of the chosen glyph: it has a box and, where there is room, the
                percentage.

        Returns:
            A mark for each glyph, in their order; the chosen one's is to be drawn last.
        """
        inks = [_clipped(ink, self._area) for ink in inks]
        outlines = self._outlines(glyphs, inks)
        rows = [list(group) for _, group in groupby(range(len(glyphs)), lambda i: glyphs[i].line)]
        boxed = {
            k
            for k, row in enumerate(rows)
            if median(inks[i][3] - inks[i][1] for i in row) >= self._sizes.smallest
        }
        while True:
            self._space = _Space(self._area, CELL_CHIPS * self._sizes.chip)
            for rect in (*inks, *left_out, *(outlines[i] for k in boxed for i in rows[k])):
                self._space.add(rect)
            marks: dict[int, Mark] = {}
            for k in sorted(boxed):
                marks |= self._boxes(rows[k], glyphs, outlines)
            if len(marks) == sum(len(rows[k]) for k in boxed):
                break
            boxed = set()  # one crowded row, and all are underlined: a mixture looks restless
        for k, row in enumerate(rows):
            if k not in boxed:
                marks |= self._lines(row, glyphs, inks)
        if chosen is not None and chosen < len(glyphs):
            marks[chosen] = self._chosen(marks[chosen], outlines[chosen])
        return [marks[i] for i in range(len(glyphs))]

    def _outlines(self, glyphs: Sequence[Glyph], inks: Sequence[Rect]) -> list[Rect]:
        """The boxes round the ink; those of close neighbours meet half-way and do not cross."""
        margin, gap, area = self._sizes.margin, self._sizes.gap, self._area
        margins = [[margin, margin] for _ in glyphs]  # left, right
        for i, k in pairwise(range(len(glyphs))):
            apart = inks[k][0] - inks[i][2]
            if glyphs[i].line == glyphs[k].line and apart < 2 * margin + gap:
                margins[i][1] = margins[k][0] = max((apart - gap) / 2, 0.0)
        return [
            _clipped((ink[0] - left, ink[1] - margin, ink[2] + right, ink[3] + margin), area)
            for ink, (left, right) in zip(inks, margins, strict=True)
        ]

    def _boxes(
        self, row: Sequence[int], glyphs: Sequence[Glyph], outlines: Sequence[Rect]
    ) -> dict[int, Mark]:
        """Boxes with chips for a row, up to the first chip that is crowded out."""
        marks: dict[int, Mark] = {}
        for i in row:
            unsure = glyphs[i].certainty is Certainty.UNSURE and not glyphs[i].corrected
            mark = self._with_chip(Mark(glyphs[i], Form.BOX, outlines[i]), unsure)
            if mark.chip is not None:
                self._space.add(mark.chip)
            elif all(map(self._space.is_crowded, self._places(mark, False))):
                break  # rather than that the canvas ends here
            marks[i] = mark
        return marks

    def _with_chip(self, mark: Mark, with_percent: bool) -> Mark:
        for percent in (True, False) if with_percent else (False,):
            for chip in self._places(mark, percent):
                if self._space.is_free(chip):
                    return replace(mark, chip=chip, percent=percent)
        return mark

    def _places(self, mark: Mark, percent: bool) -> list[Rect]:
        width = self._chip_width(mark.glyph, percent)
        return place(mark.box, width, self._sizes.chip, self._sizes.gap)

    def _lines(
        self, row: Sequence[int], glyphs: Sequence[Glyph], inks: Sequence[Rect]
    ) -> dict[int, Mark]:
        """Underlines with digits for a row, or only what is unsure underlined."""
        gap, half = self._sizes.gap, self._sizes.label_width / 2
        marks, labels = {}, []
        for i in row:
            left, bottom, right, top = inks[i]
            middle, below = (left + right) / 2, bottom - 2 * gap
            label = (middle - half, below - self._sizes.label, middle + half, below)
            labels.append(label)
            marks[i] = Mark(glyphs[i], Form.LINE, (left, bottom - gap, right, top), label)
        fit = all(map(self._space.is_free, labels))
        if fit and not any(overlaps(one, [other]) for one, other in pairwise(labels)):
            for label in labels:
                self._space.add(label)
            return marks
        for i, mark in marks.items():
            sure = mark.glyph.certainty is Certainty.SURE
            marks[i] = replace(mark, chip=None, form=Form.NOTHING if sure else Form.LINE)
        return marks

    def _chosen(self, before: Mark, outline: Rect) -> Mark:
        """The chosen glyph's: a box, whatever its row has; its chip stays where it is if it can."""
        mark = Mark(before.glyph, Form.BOX, outline, chosen=True)
        boxed = before.form is Form.BOX
        if boxed and before.percent:
            return replace(mark, chip=before.chip, percent=True)
        if not boxed:
            self._space.add(outline)
        wide = self._with_chip(mark, not mark.glyph.corrected)
        return replace(mark, chip=before.chip) if boxed and not wide.percent else wide


def place(box: Rect, width: float, height: float, gap: float) -> list[Rect]:
    """Where a chip may stand outside a box, best first: above, below, beside."""
    left, bottom, right, top = box
    middle = (left + right - width) / 2
    corners = [(x, top + gap) for x in (left, right - width, middle)]
    corners += [(x, bottom - gap - height) for x in (left, right - width, middle)]
    corners += [(right + gap, top - height), (left - gap - width, top - height)]
    corners += [(right + gap, bottom), (left - gap - width, bottom)]
    return [(x, y, x + width, y + height) for x, y in corners]


def overlaps(rect: Rect, others: Iterable[Rect]) -> bool:
    """Whether a rectangle has a point in common with any of the others."""
    left, bottom, right, top = rect
    # Not any(): this is the inner loop of a page of digits.
    for x0, y0, x1, y1 in others:  # noqa: SIM110
        if left < x1 and x0 < right and bottom < y1 and y0 < top:
            return True
    return False


def _clipped(rect: Rect, area: Rect) -> Rect:
    x0, y0, x1, y1 = area
    left, bottom, right, top = rect
    if left >= x0 and bottom >= y0 and right <= x1 and top <= y1:
        return rect
    return (
        *(min(max(left, x0), x1), min(max(bottom, y0), y1)),
        *(min(max(right, x0), x1), min(max(top, y0), y1)),
    )
