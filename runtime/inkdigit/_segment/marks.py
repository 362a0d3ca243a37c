"""Ink map in, rows of digit hypotheses out: what might be one digit on a picture.

Connected pixels are a mark; a mark, or a piece of one cut where digits may touch, is an atom. Rows
and joins are found as for strokes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from inkdigit._framing.normalize import normalize
from inkdigit._framing.rasterize import RASTER_PX
from inkdigit._pixels.components import label
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._pixels.morphology import Mask, grow
from inkdigit._pixels.transform import IDENTITY, Transform
from inkdigit._segment.cuts import cut_mark, is_wide
from inkdigit._segment.gaps import Ruled
from inkdigit._segment.join import MAX_CUTS, Atoms, find_rows
from inkdigit._segment.layout import SLANT, Hypothesis, Layout
from inkdigit._segment.moments import of_pixels
from inkdigit._segment.touching import part_touching
from inkdigit.ink import Box

__all__ = ["MarkLayout"]

DARKEST = 0.55  # a mark has a pixel at least this dark; the rest of a shadow has none
MAX_JOINS = 1500  # hypotheses of several marks: drawing one takes longer than for strokes
MAX_LOOKED = 500  # pixels of a row at which its ink is measured
MAX_WIDE = 400  # marks of a page in which cuts are looked for: as many as cuts may be made
# Pixels of all marks' boxes, and of all hypotheses'. In writing, boxes overlap a little. Nested
# rings and long slanting lines have boxes as large as the map, each: such a map is read at a
# fraction of its size. A number has a million at most.
MAX_MARK_PIXELS = 24_000_000
MAX_DRAWN_PIXELS = 15_000_000
FRINGE_PX = 2  # the soft edge around a mark's pixels goes with it


# What is known of points (n, 2): (n,) or (n, k).
Shades: TypeAlias = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Number = TypeVar("Number", np.float32, np.int32)


@dataclass(frozen=True, eq=False)
class _Mark:
    """Index of a mark's first piece on the map of pieces, and how many it has."""

    first: int
    pieces: int


class MarkLayout(Layout):
    """The rows of a picture.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink; frames and rules already removed.
        to_input: From the map's pixels to those of the input.
        ruled: Where rules run, in the map's pixels; nowhere if left out.
        cell_map: (H, W) int, for each pixel of a mark the index of the table's cell to which the
            mark belongs, below 0 for none; see `join.find_rows`.
        plain: Whether the picture is a canvas of one colour, where even strokes are no sign of
            print.
        shades: How far the colour of points, in the map's pixels, is from the background's; 0 if
            left out.
    """

    from_ink = False

    def __init__(
        self,
        ink_map: NDArray[np.float32],
        to_input: Transform = IDENTITY,
        ruled: Ruled | None = None,
        cell_map: NDArray[np.int32] | None = None,
        *,
        plain: bool = False,
        shades: Shades | None = None,
    ) -> None:
        self.plain = plain
        parts = label(ink_map >= INK_LEVEL)
        factor = _factor(_area(parts.boxes), MAX_MARK_PIXELS)
        if factor > 1:
            to_map = Transform.scaling(factor, factor)
            ink_map, to_input = _darkest(ink_map, factor), to_map.then(to_input)
            cell_map = None if cell_map is None else _darkest(cell_map, factor)
            ruled, shades = _scaled(ruled, to_map), _scaled(shades, to_map)
            parts = label(ink_map >= INK_LEVEL)
        if cell_map is None:  # in a table the rules say which digits are below each other
            ink_map, parts = part_touching(ink_map, parts)
        self.to_input = to_input
        self._ruled, self._shades = ruled, shades
        self.ink_map = ink_map
        mark_of = parts.label_map()
        dark = np.bincount(
            mark_of[(mark_of >= 0) & (ink_map >= DARKEST)], minlength=len(parts)
        ).astype(bool)
        indices = np.flatnonzero(dark)
        self._pieces = np.full(ink_map.shape, -1, np.int32)
        self._marks: dict[int, _Mark] = {}
        self._count = 0
        self._wide = 0  # marks that may be two digits

        def divide(index: int, height: float, max_cuts: int) -> Atoms:
            mark = int(indices[index])
            left, top, right, bottom = parts.boxes[mark].tolist()
            shape = mark_of[top:bottom, left:right] == mark
            self._wide += is_wide(shape.shape, height)
            most = MAX_CUTS if self._wide <= MAX_WIDE else 0
            cut = cut_mark(shape, height, min(max_cuts, most))
            pieces = cut.index
            boxes, leans, moments = _extents(shape, pieces, (left, top))
            self._pieces[top:bottom, left:right][shape] = pieces[shape] + self._count
            self._marks[index] = _Mark(self._count, len(boxes))
            self._count += len(boxes)
            bounds = tuple(k / len(boxes) for k in range(len(boxes) + 1))
            return Atoms(boxes, leans, moments, bounds, walls=cut.walls, quality=cut.quality)

        boxes = parts.boxes[indices].astype(np.float64)
        cells = None
        if cell_map is not None:
            of_mark = np.full(len(parts) + 1, -1, np.int64)  # the last one is for -1: no mark
            of_mark[mark_of] = cell_map
            cells = of_mark[indices]
        found = find_rows(boxes, divide, MAX_JOINS, ruled, cells=cells)
        self.rows, self.unread, self.unread_cells = found
        # Specks do not count, even inside a digit's box.
        self._ink_map = ink_map * grow(self._pieces >= 0, FRINGE_PX)
        boxes = np.array([h.box for h in self.hypotheses if not h.speck]).reshape(-1, 4)
        # What is drawn of it: at a fraction of its size where that would be too much.
        self._shrunk = _factor(_area(boxes), MAX_DRAWN_PIXELS)
        self._drawn, self._drawn_pieces = self._ink_map, self._pieces
        if self._shrunk > 1:
            self._drawn = _darkest(self._ink_map, self._shrunk)
            self._drawn_pieces = _darkest(self._pieces, self._shrunk)

    def rasters(self, hypotheses: Sequence[Hypothesis]) -> NDArray[np.float32]:
        """See `Layout.rasters`."""
        drawn = np.empty((len(hypotheses), RASTER_PX, RASTER_PX), np.float32)
        own = np.zeros(self._count + 1, bool)  # the last one is for -1: no piece
        for k, hypothesis in enumerate(hypotheses):
            pieces = self._pieces_of(hypothesis)
            own[pieces] = True
            drawn[k] = self._draw(hypothesis.box, own)
            own[pieces] = False
        return drawn

    def _draw(self, box: Box, own: NDArray[np.bool_]) -> NDArray[np.float32]:
        if self._shrunk > 1:
            left, top, right, bottom = (edge / self._shrunk for edge in box)
            small = math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)
            lifted = _lift(self._drawn, self._drawn_pieces, small, own)
            # Another piece may have taken its pixels: then it is drawn as it is.
            if lifted.max(initial=0.0) >= INK_LEVEL:
                return normalize(lifted)
        return normalize(_lift(self._ink_map, self._pieces, box, own))

    def ink_of(self, hypothesis: Hypothesis) -> NDArray[np.float32]:
        """The ink of one hypothesis: (H, W) float32, 0 where the map's other ink is."""
        own = np.zeros(self._count + 1, bool)
        own[self._pieces_of(hypothesis)] = True
        height, width = self.ink_map.shape
        return _lift(self._ink_map, self._pieces, (0, 0, width, height), own)

    @property
    def may_be_print(self) -> bool:
        """See `Layout.may_be_print`."""
        return self._ruled is not None

    def looks(self) -> NDArray[np.float64] | None:
        """See `Layout.looks`."""
        if self._ruled is None:
            return None
        found = np.zeros((len(self.rows), 3))
        for index, points in enumerate(self.points()):
            x, y = points.astype(np.int64).T
            fills = self.rows[index].height / self.ink_map.shape[0]
            found[index] = self.ink_map[y, x].mean(), self._ruled(points).mean(), fills
        return found

    def glyph_looks(self, hypotheses: Sequence[Hypothesis]) -> NDArray[np.float64] | None:
        """See `Layout.glyph_looks`."""
        if self._ruled is None:
            return None
        found = np.zeros((len(hypotheses), 6))
        for k, hypothesis in enumerate(hypotheses):
            points = self.points_of(hypothesis)
            if not len(points):  # another mark has taken its pixels
                continue
            x, y = points.astype(np.int64).T
            ink = self.ink_map[y, x]
            found[k, :3] = ink.mean(), np.sort(ink)[-1 - len(ink) // 10], self._ruled(points).mean()
            if self._shades is not None:
                found[k, 3:] = ink @ self._shades(points) / ink.sum()
        return found

    def points_of(self, hypothesis: Hypothesis) -> NDArray[np.float64]:
        """The middles of a hypothesis's pixels, (n, 2), of a large one of some."""
        left, top, right, bottom = (int(edge) for edge in hypothesis.box)
        own = np.zeros(self._count + 1, bool)  # the last one is for -1: no piece
        own[self._pieces_of(hypothesis)] = True
        y, x = np.nonzero(own[self._pieces[top:bottom, left:right]])
        step = 1 + len(x) // MAX_LOOKED
        return np.stack([x[::step] + left + 0.5, y[::step] + top + 0.5], axis=1, dtype=np.float64)

    def points(self) -> list[NDArray[np.float64]]:
        """The middles of the pixels of each row's marks, (n, 2), of large ones some."""
        row_of = np.full(self._count, -1)
        for index, row in enumerate(self.rows):
            for source in {source for h in row.hypotheses for source in h.sources}:
                mark = self._marks[source]
                row_of[mark.first : mark.first + mark.pieces] = index
        y, x = np.nonzero(self._pieces >= 0)
        rows = row_of[self._pieces[y, x]]
        found = []
        for index in range(len(self.rows)):
            own = np.flatnonzero(rows == index)
            own = own[:: 1 + len(own) // MAX_LOOKED]
            found.append(np.stack([x[own], y[own]], axis=1).astype(np.float64) + 0.5)
        return found

    def raster_of_all(self) -> NDArray[np.float32]:
        """All the ink as one digit: (28, 28) float32 in [0, 1].

        Raises:
            EmptyInkError: If there is none.
        """
        return normalize(self.ink_map)

    def key(self, hypothesis: Hypothesis) -> Hashable:
        """See `Layout.key`."""
        return tuple(self._pieces_of(hypothesis))

    def _pieces_of(self, hypothesis: Hypothesis) -> list[int]:
        found: list[int] = []
        for part in hypothesis.parts:
            mark = self._marks[part.source]
            first, last = round(part.start * mark.pieces), round(part.end * mark.pieces)
            found += range(mark.first + first, mark.first + last)
        return sorted(found)


def _area(boxes: NDArray[Any]) -> float:
    sides = (boxes[:, 2:] - boxes[:, :2]).astype(np.float64)
    return float((sides[:, 0] * sides[:, 1]).sum())


def _factor(pixels: float, most: int) -> int:
    """By what to reduce a map so that no more pixels are left."""
    return max(1, math.ceil(math.sqrt(pixels / most)))


def _darkest(values: NDArray[Number], factor: int) -> NDArray[Number]:
    """The greatest value of each block of `factor` pixels a side: thin lines stay."""
    rows, columns = (-side % factor for side in values.shape)
    padded = np.pad(values, ((0, rows), (0, columns)), mode="edge")
    for axis in (0, 1):
        line = np.moveaxis(padded, axis, 0)
        padded = np.moveaxis(np.maximum.reduce([line[k::factor] for k in range(factor)]), 0, axis)
    return np.ascontiguousarray(padded)


def _scaled(of_points: Shades | None, to_map: Transform) -> Shades | None:
    """What is known of points, for those of a reduced map."""
    if of_points is None:
        return None
    whole = of_points
    return lambda points: whole(to_map.points(points))


def _lift(
    ink_map: NDArray[np.float32], piece_of: NDArray[np.int32], box: Box, pieces: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """The ink of the pieces that are True in `pieces`, with their soft edges."""
    left, top, right, bottom = (int(edge) for edge in box)
    rows = slice(max(top - FRINGE_PX, 0), bottom + FRINGE_PX)
    columns = slice(max(left - FRINGE_PX, 0), right + FRINGE_PX)
    around = piece_of[rows, columns]
    own = pieces[around]
    if (own == (around >= 0)).all():
        return ink_map[rows, columns]
    lifted: NDArray[np.float32] = ink_map[rows, columns] * (
        grow(own, FRINGE_PX) & (own | (around < 0))
    )
    return lifted


def _extents(
    shape: Mask, pieces: NDArray[np.int64], corner: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Boxes (n, 4), leans (n, 2) and moments (n, 6) of a mark's pieces; see `Atoms`.

    Args:
        shape: (H, W) True where the mark is, within its box.
        pieces: (H, W) index of the piece of each of its pixels.
        corner: Left and top of the box.
    """
    boxes, leans, moments = [], [], []
    for piece in range(int(pieces[shape].max()) + 1):
        rows, columns = np.nonzero(shape & (pieces == piece))
        x, y = columns + (corner[0] + 0.5), rows + (corner[1] + 0.5)
        boxes.append([x.min() - 0.5, y.min() - 0.5, x.max() + 0.5, y.max() + 0.5])
        along = x + SLANT * y
        leans.append([along.min() - 0.5, along.max() + 0.5])
        moments.append(of_pixels(x, y))
    return np.array(boxes), np.array(leans), np.array(moments)
