"""Made tables of handwritten numbers with each cell's truth: ruled or not, photographed or scanned.

Unlike the kinds of `kinds`, which the networks are trained on, these measure and fit the reading of
whole tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inkdigit._pixels.transform import Transform
from inkdigit_train.data.pages.desks import laid_on_desk
from inkdigit_train.data.pages.geometry import turned_corners, warp
from inkdigit_train.data.pages.layout import draw_print, taken
from inkdigit_train.data.pages.page import Canvas
from inkdigit_train.data.pages.papers import Surface, draw_rules, line_colour, surface
from inkdigit_train.data.pages.pens import choose_pen
from inkdigit_train.data.pages.printed import draw_text, words
from inkdigit_train.data.pages.scribe import Scribe
from inkdigit_train.data.pages.sheets import PAGE_PENS
from inkdigit_train.data.pages.staging import between
from inkdigit_train.data.pages.writing import Writing

__all__ = ["RULINGS", "MadeTable", "TableCell", "Tables", "make_tables"]

Floats = NDArray[np.float64]
Range = tuple[float, float]

# How a table is ruled, and in what part of the tables; a comb has a box for each digit.
RULINGS = {"grid": 0.6, "open grid": 0.1, "rows": 0.07, "columns": 0.06, "none": 0.1, "comb": 0.07}
# How it was taken: a scan, a photo of a sheet on a desk, the same turned far, a page that fills it.
LEAST_CONTRAST = 12.0  # grey levels: a copier may leave nothing of a pale pen
INKED, BARE = 0.6, 0.05  # of a pixel that is covered
VIEWS = {"scan": 0.15, "desk": 0.4, "turned": 0.25, "page": 0.2}


@dataclass(frozen=True, eq=False)
class TableCell:
    """The truth of one cell.

    Attributes:
        row: Of its upper left corner, from 0; the heading is a row, too.
        column: Likewise; printed labels are a column, too.
        row_span: How many rows it takes.
        column_span: How many columns it takes.
        text: Its digits; "" where none is written.
        printed: Whether it holds print.
        corners: (4, 2) in pixels of the picture: top left, top right, bottom right, bottom left.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    printed: bool
    corners: Floats


@dataclass(frozen=True, eq=False)
class MadeTable:
    """A made picture of a table.

    Attributes:
        pixels: (H, W, 3) uint8.
        cells: All of its cells, row by row.
        ruling: One of `RULINGS`.
        view: One of `VIEWS`.
        ink: (H, W) float32 in [0, 1], how far a hand inked each pixel.
    """

    pixels: NDArray[np.uint8]
    cells: tuple[TableCell, ...]
    ruling: str
    view: str
    ink: NDArray[np.float32]

    @property
    def size(self) -> tuple[int, int]:
        """How many rows and columns it has."""
        return (
            max(cell.row + cell.row_span for cell in self.cells),
            max(cell.column + cell.column_span for cell in self.cells),
        )


def make_tables(writing: Writing, count: int, seed: int) -> list[MadeTable]:
    """Some tables, the same for the same seed."""
    rng = np.random.default_rng(seed)
    return [Tables().make(writing, rng) for _ in range(count)]


@dataclass(frozen=True)
class Tables:
    """Tables of 8 to 200 cells.

    Attributes:
        height: Of a row in pixels.
        columns: Least and most columns of numbers.
        cells: Least and most cells of numbers.
        digit: Height of a digit over the row's.
        blank: Least and most part of the cells without a number.
    """

    height: Range = (34, 64)
    columns: tuple[int, int] = (2, 12)
    cells: tuple[int, int] = (8, 200)
    digit: Range = (0.4, 0.75)
    blank: Range = (0.0, 0.4)

    def make(self, writing: Writing, rng: np.random.Generator) -> MadeTable:
        """One picture, on which a person could read what is written."""
        while True:
            made = self._draw(writing, rng)
            if _contrast(made.pixels, made.ink) >= LEAST_CONTRAST:
                return made

    def _draw(self, writing: Writing, rng: np.random.Generator) -> MadeTable:
        """One picture."""
        ruling, view = (
            str(rng.choice(list(parts), p=list(parts.values()))) for parts in (RULINGS, VIEWS)
        )
        canvas, cells = _Drawing(self, ruling, writing, rng).draw()
        tall, wide = canvas.size
        if view != "scan" and rng.random() < 0.3:
            canvas, cells = _bent(canvas, cells, rng)
        if view in ("desk", "turned"):
            far = view == "turned"
            degrees = rng.uniform(-40, 40) if far else rng.normal(0, 4)
            corners = turned_corners(tall, wide, degrees)
            margin = (0.01, 0.2)
            seen, corners = laid_on_desk(canvas, corners, 0.04, margin, rng)
            cells = _seen_at(cells, (tall, wide), corners)
        elif view == "page":
            corners = turned_corners(tall, wide, rng.normal(0, 2))
            corners += rng.normal(0, 0.015 * max(tall, wide), (4, 2))
            corners -= corners.min(axis=0)
            width, height = np.ceil(corners.max(axis=0)).astype(int).tolist()
            paper = np.median(canvas.pixels[:8].reshape(-1, 3), axis=0)
            background = np.empty((height, width, 3), np.float32)
            background[:] = paper
            seen, _ = warp(canvas, corners, background)
            cells = _seen_at(cells, (tall, wide), corners)
        else:
            seen = canvas
        page = taken(seen, "table", rng, 0.4 if view == "scan" else 0.8)
        return MadeTable(page.pixels, tuple(cells), ruling, view, page.ink)


class _Drawing:
    """A table on its sheet."""

    def __init__(
        self, kind: Tables, ruling: str, writing: Writing, rng: np.random.Generator
    ) -> None:
        self._kind, self._ruling, self._writing, self._rng = kind, ruling, writing, rng

    def draw(self) -> tuple[Canvas, list[TableCell]]:
        """The sheet, and its cells."""
        rng, kind = self._rng, self._kind
        self._side = side = between(rng, kind.height)
        columns = int(rng.integers(kind.columns[0], kind.columns[1] + 1))
        low, high = (max(2, -(-count // columns)) for count in kind.cells)
        rows = round(between(rng, (low, max(low, min(high, 22)))))
        comb = self._ruling == "comb"
        labels = not comb and rng.random() < 0.45
        heading = not comb and rng.random() < 0.6
        usual = side * (rng.uniform(0.7, 1.1) if comb else rng.uniform(1.3, 3.0))
        widths = usual * np.exp(rng.normal(0, 0.0 if rng.random() < 0.6 else 0.2, columns))
        if labels:
            widths = np.insert(widths, 0, side * rng.uniform(1.5, 4.0))
        heights = side * np.exp(rng.normal(0, 0.0 if rng.random() < 0.8 else 0.15, rows + heading))
        title = side * rng.uniform(0.8, 1.6) if rng.random() < 0.3 else 0.0
        open_border = self._ruling in ("open grid", "rows", "columns", "none")
        margins = side * rng.uniform(0.05 if open_border else 0.15, 1.2, 4)
        self._x = margins[0] + np.concatenate([[0], np.cumsum(widths)])
        self._y = margins[1] + title + np.concatenate([[0], np.cumsum(heights)])
        size = round(float(self._y[-1] + margins[3])), round(float(self._x[-1] + margins[2]))
        white = Surface(np.ones(3, np.float32))
        self._drawn_on = surface(rng, 0.02) if rng.random() < 0.85 else white
        canvas = Canvas(self._drawn_on.lay(*size, rng))
        self._colour = line_colour(self._drawn_on, rng, rng.random() < 0.35)
        spans = self._spans(heading, labels)
        self._rule(canvas, spans)
        if title:
            text = draw_text(words(rng, 4), 0.5 * side, rng)
            canvas.paint(text, self._colour, round(margins[0]), round(0.3 * margins[1]))
        return canvas, self._fill(canvas, spans, heading, labels)

    def _spans(self, heading: bool, labels: bool) -> dict[tuple[int, int], tuple[int, int]]:
        """Rows and columns of each cell by where it begins."""
        rng = self._rng
        rows, columns = len(self._y) - 1, len(self._x) - 1
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        free = np.ones((rows, columns), bool)
        may_merge = self._ruling in ("grid", "open grid")
        if may_merge and heading and columns - labels >= 4 and rng.random() < 0.3:
            first = int(rng.integers(labels, columns - 2))
            spans[0, first] = (1, int(rng.integers(2, columns - first)))
        if may_merge and rows - heading >= 4 and rng.random() < 0.2:
            at = int(rng.integers(heading, rows - 1)), int(rng.integers(labels, columns - 1))
            spans[at] = (2, 1) if rng.random() < 0.5 else (1, 2)
        for (row, column), (down, across) in spans.items():
            free[row : row + down, column : column + across] = False
        for row, column in zip(*np.nonzero(free), strict=True):
            spans[int(row), int(column)] = (1, 1)
        return dict(sorted(spans.items()))

    def _rule(self, canvas: Canvas, spans: dict[tuple[int, int], tuple[int, int]]) -> None:
        rng, x, y = self._rng, self._x, self._y
        thick = max(between(rng, (0.012, 0.05)) * self._side, 0.6)
        drift = float(rng.uniform(0, 0.02)) * self._side
        ruling = self._ruling
        across = ruling in ("grid", "open grid", "rows", "comb")
        down = ruling in ("grid", "open grid", "columns", "comb")
        inner = ruling == "open grid"
        bold = rng.random() < 0.2
        for is_down, wanted, at, ends in ((False, across, y, x), (True, down, x, y)):
            if not wanted:
                continue
            length = canvas.size[1 - is_down]
            for k in range(len(at)):
                if inner and k in (0, len(at) - 1):
                    continue
                width = thick * (2 if bold and k in (1, len(at) - 1) else 1)
                for first, last in _runs(spans, k, len(ends) - 1, is_down):
                    low, high = float(ends[first]), float(ends[last])
                    if inner:  # as on a torn piece: rules go on to the paper's edge
                        low = 0.0 if first == 0 else low
                        high = float(length) if last == len(ends) - 1 else high
                    share = (
                        max(low - width / 2, 0) / length,
                        min(high + width / 2, length) / length,
                    )
                    draw_rules(
                        canvas, at[k : k + 1], width, self._colour, rng, is_down,
                        drift=drift, ends=share,
                    )  # fmt: skip

    def _fill(
        self,
        canvas: Canvas,
        spans: dict[tuple[int, int], tuple[int, int]],
        heading: bool,
        labels: bool,
    ) -> list[TableCell]:
        rng, x, y, side = self._rng, self._x, self._y, self._side
        pen = choose_pen(self._drawn_on, rng, str(rng.choice(PAGE_PENS)))
        scribe = Scribe(self._writing, pen, side * between(rng, self._kind.digit), rng)
        blank = rng.uniform(*self._kind.blank) if rng.random() < 0.7 else 0.0
        if self._ruling in ("none", "rows", "columns"):
            blank *= 0.3  # a row or column without a rule and without a number is none
        longest = int(rng.integers(1, 4))
        print_px = side * rng.uniform(0.25, 0.4)
        cells = []
        for (row, column), (down, across) in spans.items():
            left, right = float(x[column]), float(x[column + across])
            top, bottom = float(y[row]), float(y[row + down])
            middle = (top + bottom) / 2
            is_print = (heading and row == 0) or (labels and column == 0)
            text, printed = "", False
            if is_print:
                printed = bool(rng.random() < 0.9)
                if printed:
                    at = left + 0.12 * side
                    room = right - left - 0.15 * side
                    draw_print(canvas, self._colour, at, middle, print_px, rng, room)
            elif rng.random() >= blank:
                text = self._number(canvas, scribe, row, (left, right, middle), longest)
            corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
            cells.append(TableCell(row, column, down, across, text, printed, corners))
        return cells

    def _number(
        self,
        canvas: Canvas,
        scribe: Scribe,
        row: int,
        cell: tuple[float, float, float],
        longest: int,
    ) -> str:
        rng = self._rng
        left, right, middle = cell
        wide = right - left
        foot = middle + scribe.height * (0.5 + rng.normal(0, 0.08))
        if self._ruling == "comb":
            drawn = scribe.digit()
            x = left + (wide - drawn.coverage.shape[1]) / 2 + rng.normal(0, 0.06) * wide
            scribe.put(canvas, drawn, x, foot, row, len(canvas.labels))
            return drawn.label
        length = longest if rng.random() < 0.6 else int(rng.integers(1, longest + 1))
        # Some numbers begin so late that they reach over the rule.
        start = left + rng.uniform(0.08, 0.35) * wide
        room = right + (0.1 * wide if rng.random() < 0.1 else -0.02 * wide)
        return scribe.number(canvas, start, foot, row, length, (0.0, 0.3), right=room)[0]


def _contrast(pixels: NDArray[np.uint8], ink: NDArray[np.float32]) -> float:
    """Grey levels between the ink and the paper around it; infinite where nothing is written."""
    inked = ink >= INKED
    if not inked.any():
        return np.inf
    grey = pixels.astype(np.float32).mean(axis=2)
    around = ndimage.binary_dilation(ink >= BARE, iterations=3) & (ink < BARE)
    return abs(float(grey[inked].mean()) - float(grey[around].mean()))


def _runs(
    spans: dict[tuple[int, int], tuple[int, int]], k: int, count: int, is_down: bool
) -> list[tuple[int, int]]:
    """Where rule k runs: from which crossing rule to which, merged cells left out."""
    covered = np.ones(count, bool)
    for (row, column), (down, across) in spans.items():
        start, span, first, other = (
            (column, across, row, down) if is_down else (row, down, column, across)
        )
        if start < k < start + span:
            covered[first : first + other] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], covered, [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _seen_at(cells: list[TableCell], size: tuple[int, int], corners: Floats) -> list[TableCell]:
    tall, wide = size
    before = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float64)
    seen = Transform.between(before, corners)
    return [replace(cell, corners=seen.points(cell.corners)) for cell in cells]


def _bent(
    canvas: Canvas, cells: list[TableCell], rng: np.random.Generator
) -> tuple[Canvas, list[TableCell]]:
    """A sheet that does not lie flat: its rows sag, its columns sway a little."""
    tall, wide = canvas.size
    sag = rng.normal(0, 0.015) * wide
    sway = rng.normal(0, 0.006) * tall
    lower = rng.uniform(0.2, 1.0)  # how far the sagging differs from the top to the bottom

    def moved(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Where points of the flat sheet come to; small enough to be its own way back, reversed."""
        along, down = x / wide, y / tall
        dy = sag * (4 * along * (1 - along) - 0.5) * (1 - lower * (1 - down))
        dx = sway * (4 * down * (1 - down) - 0.5)
        return x + dx, y + dy

    y, x = np.mgrid[0:tall, 0:wide].astype(np.float64)
    to_x, to_y = moved(x, y)
    where = np.stack([2 * y - to_y, 2 * x - to_x])
    bent = Canvas(
        np.stack(
            [
                ndimage.map_coordinates(canvas.pixels[..., k], where, order=1, mode="nearest")
                for k in range(3)
            ],
            axis=2,
        ).astype(np.float32)
    )
    bent.ink = ndimage.map_coordinates(canvas.ink, where, order=1).astype(np.float32)
    placed = [replace(cell, corners=np.stack(moved(*cell.corners.T), axis=1)) for cell in cells]
    return bent, placed
