"""Where the marks of a page's glyphs stand: boxes on the screen in, outlines and chips out.

A row of large digits that stand apart has boxes with chips; where chips would cover ink or each
other, or the digits are small, an underline with the digit below it; where that has no room either,
nothing but an underline below what is unsure. The reading above the canvas has the text in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby, pairwise
from statistics import median
from typing import TypeAlias

from inkdigit_app.core.glyphs import Box, Certainty, Glyph

__all__ = ["Form", "Mark", "Rect", "Sizes", "lay_out", "overlaps", "place"]

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
        near = (other for key in self._keys(rect) for other in self._cells.get(key, ()))
        return overlaps(rect, near)

    def _keys(self, rect: Rect) -> Iterator[tuple[int, int]]:
        left, bottom, right, top = (int(edge // self._cell) for edge in rect)
        return ((x, y) for x in range(left, right + 1) for y in range(bottom, top + 1))


def lay_out(
    glyphs: Sequence[Glyph],
    inks: Sequence[Rect],
    left_out: Sequence[Rect],
    chosen: int | None,
    area: Rect,
    sizes: Sizes,
    chip_width: ChipWidth,
) -> list[Mark]:
    """Lay out the marks of a page.

    Args:
        glyphs: In reading order.
        inks: What the ink of each glyph covers.
        left_out: What the ink covers that the reading left out.
        chosen: Index of the chosen glyph: it has a box and, where there is room, the percentage.
        area: In which all marks lie.
        sizes: Of the marks.
        chip_width: The width of a glyph's chip, with or without the percentage.

    Returns:
        A mark for each glyph, in their order; the chosen one's is to be drawn last.
    """
    inks = [_clipped(ink, area) for ink in inks]
    outlines = _outlines(glyphs, inks, area, sizes)
    rows = [list(group) for _, group in groupby(range(len(glyphs)), lambda i: glyphs[i].line)]
    boxed = {
        k
        for k, row in enumerate(rows)
        if median(inks[i][3] - inks[i][1] for i in row) >= sizes.smallest
    }
    while True:  # rows whose chips do not fit lose their boxes, which makes room for others
        space = _Space(area, CELL_CHIPS * sizes.chip)
        for ink in (*inks, *left_out):
            space.add(ink)
        for k in boxed:
            for i in rows[k]:
                space.add(outlines[i])
        marks: dict[int, Mark] = {}
        failed = set()
        for k in sorted(boxed):
            made = _boxes(rows[k], glyphs, outlines, space, sizes, chip_width)
            if made is None:
                failed.add(k)
            else:
                marks |= made
        if not failed:
            break
        boxed -= failed
    for k, row in enumerate(rows):
        if k not in boxed:
            marks |= _lines(row, glyphs, inks, space, sizes)
    if chosen is not None and chosen < len(glyphs):
        marks[chosen] = _chosen(
            glyphs[chosen], outlines[chosen], marks, chosen, space, sizes, chip_width
        )
    return [marks[i] for i in range(len(glyphs))]


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
    return any(left < x1 and x0 < right and bottom < y1 and y0 < top for x0, y0, x1, y1 in others)


def _clipped(rect: Rect, area: Rect) -> Rect:
    left, right = (min(max(x, area[0]), area[2]) for x in (rect[0], rect[2]))
    bottom, top = (min(max(y, area[1]), area[3]) for y in (rect[1], rect[3]))
    return left, bottom, right, top


def _outlines(
    glyphs: Sequence[Glyph], inks: Sequence[Rect], area: Rect, sizes: Sizes
) -> list[Rect]:
    """The boxes round the ink; between close neighbours they meet half-way rather than cross."""
    margins = [[sizes.margin, sizes.margin] for _ in glyphs]  # left, right
    for i, k in pairwise(range(len(glyphs))):
        apart = inks[k][0] - inks[i][2]
        if glyphs[i].line == glyphs[k].line and apart < 2 * sizes.margin + sizes.gap:
            margins[i][1] = margins[k][0] = max((apart - sizes.gap) / 2, 0.0)
    return [
        (
            max(ink[0] - left, area[0]),
            max(ink[1] - sizes.margin, area[1]),
            min(ink[2] + right, area[2]),
            min(ink[3] + sizes.margin, area[3]),
        )
        for ink, (left, right) in zip(inks, margins, strict=True)
    ]


def _boxes(
    row: Sequence[int],
    glyphs: Sequence[Glyph],
    outlines: Sequence[Rect],
    space: _Space,
    sizes: Sizes,
    chip_width: ChipWidth,
) -> dict[int, Mark] | None:
    """Boxes with chips for a row; None where a chip finds no room."""
    marks: dict[int, Mark] = {}
    for i in row:
        glyph = glyphs[i]
        with_percent = glyph.certainty is Certainty.UNSURE and not glyph.corrected
        mark = _with_chip(
            Mark(glyph, Form.BOX, outlines[i]), with_percent, space, sizes, chip_width
        )
        if mark.chip is not None:
            space.add(mark.chip)
        elif all(
            map(space.is_crowded, place(mark.box, chip_width(glyph, False), sizes.chip, sizes.gap))
        ):
            return None  # rather than that the canvas ends here
        marks[i] = mark
    return marks


def _with_chip(
    mark: Mark, with_percent: bool, space: _Space, sizes: Sizes, chip_width: ChipWidth
) -> Mark:
    for percent in (True, False) if with_percent else (False,):
        width = chip_width(mark.glyph, percent)
        for chip in place(mark.box, width, sizes.chip, sizes.gap):
            if space.is_free(chip):
                return replace(mark, chip=chip, percent=percent)
    return mark


def _lines(
    row: Sequence[int], glyphs: Sequence[Glyph], inks: Sequence[Rect], space: _Space, sizes: Sizes
) -> dict[int, Mark]:
    """Underlines with digits for a row, or only what is unsure underlined."""
    marks = {}
    for i in row:
        left, bottom, right, _ = inks[i]
        middle, below = (left + right) / 2, bottom - 2 * sizes.gap
        half = sizes.label_width / 2
        label = (middle - half, below - sizes.label, middle + half, below)
        marks[i] = Mark(glyphs[i], Form.LINE, (left, bottom - sizes.gap, right, inks[i][3]), label)
    labels = [mark.chip for mark in marks.values() if mark.chip is not None]
    fit = all(space.is_free(label) for label in labels)
    if not fit or any(overlaps(a, [b]) for a, b in pairwise(labels)):
        return {
            i: replace(
                mark,
                chip=None,
                form=Form.NOTHING if mark.glyph.certainty is Certainty.SURE else Form.LINE,
            )
            for i, mark in marks.items()
        }
    for label in labels:
        space.add(label)
    return marks


def _chosen(
    glyph: Glyph,
    outline: Rect,
    marks: dict[int, Mark],
    index: int,
    space: _Space,
    sizes: Sizes,
    chip_width: ChipWidth,
) -> Mark:
    """The chosen glyph's: a box, whatever the row has; its chip stays where it is if it can."""
    before = marks[index]
    mark = Mark(glyph, Form.BOX, outline, chosen=True)
    if before.form is Form.BOX and before.percent:
        return replace(mark, chip=before.chip, percent=True)
    if before.form is not Form.BOX:
        space.add(outline)
    wide = _with_chip(mark, not glyph.corrected, space, sizes, chip_width)
    if before.form is Form.BOX and not wide.percent:
        return replace(mark, chip=before.chip)
    return wide
