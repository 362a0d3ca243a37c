"""Ink map and mesh in, each mark's cell out. A digit that crosses a rule stays with its number.

The constants were chosen on the same tables as those of `pencils`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.components import Components, label
from inkdigit._pixels.measure import INK_LEVEL, weighted_median
from inkdigit._tables.mesh import Mesh, Span

__all__ = ["Placed", "cell_index", "place_marks", "usual_height"]

Floats: TypeAlias = NDArray[np.float64]
CellAt: TypeAlias = Callable[[Floats], NDArray[np.int32]]  # the cells of points (n, 2)

MAIN = 0.85  # of a mark's ink: a cell that holds so much of it has all of the mark
TALL, WIDE = 1.5, 1.6  # usual heights: a mark in two cells that is larger is two digits that touch
LEAST_PIECE = 0.12  # of a mark's ink: a smaller piece in another cell is not cut off
SAME_NUMBER = 0.6  # usual heights at most between digits of one number
CLEARER = 0.15  # usual heights: one gap is clearly narrower than another by more than this


@dataclass(frozen=True, eq=False)
class Placed:
    """Marks in cells.

    Attributes:
        ink: (H, W) float32, the ink map, cut where digits of two cells touch.
        cell_map: (H, W) int32, the index of the cell that each mark's pixels belong to; -1 for
            none.
    """

    ink: NDArray[np.float32]
    cell_map: NDArray[np.int32]


def place_marks(
    ink: NDArray[np.float32], mesh: Mesh, spans: Sequence[Span], scale: tuple[float, float]
) -> Placed:
    """Find the cell of each mark.

    Args:
        ink: (H, W) float32 in [0, 1], 1 = ink.
        mesh: Of the table.
        spans: Its cells.
        scale: The mesh's units over the ink map's pixels, across and down.
    """
    index = cell_index(mesh, spans)

    def cell_at(points: Floats) -> NDArray[np.int32]:
        row, column = mesh.locate(points * np.array(scale))
        found: NDArray[np.int32] = index[row + 1, column + 1]
        return found

    parts = label(ink >= INK_LEVEL)
    cell_map = np.full(ink.shape, -1, np.int32)
    if not len(parts):
        return Placed(ink, cell_map)
    of_pixel = parts.label_map()
    y, x = np.nonzero(parts.mask)
    mark = of_pixel[y, x]
    centres = np.stack(
        [np.bincount(mark, axis, len(parts)) / parts.areas + 0.5 for axis in (x, y)], axis=1
    )
    own = cell_at(centres)
    usual = _usual(parts)
    crossing = _crossing(parts, cell_at)
    parted = ink
    for k in np.flatnonzero(crossing).tolist():
        left, top, right, bottom = parts.boxes[k].tolist()
        area = np.s_[top:bottom, left:right]
        inside = of_pixel[area] == k
        rows, columns = np.nonzero(inside)
        cells = cell_at(np.stack([columns + left + 0.5, rows + top + 0.5], axis=1))
        found, counts = np.unique(cells, return_counts=True)
        if counts.max() >= MAIN * counts.sum():
            own[k] = found[counts.argmax()]
            crossing[k] = False
        elif bottom - top > TALL * usual or right - left > WIDE * usual:
            parted = parted.copy() if parted is ink else parted
            _part(parted[area], cell_map[area], inside, cells)
            own[k] = -2  # its pieces are placed
            crossing[k] = False
    _join_numbers(parts, own, crossing, cell_at, usual)
    whole = own[mark] != -2
    cell_map[y[whole], x[whole]] = own[mark[whole]]
    return Placed(parted, cell_map)


def cell_index(mesh: Mesh, spans: Sequence[Span]) -> NDArray[np.int32]:
    """(rows + 2, columns + 2) index of the cell at each row and column, from one before them."""
    index = np.full((mesh.size[0] + 2, mesh.size[1] + 2), -1, np.int32)
    for k, span in enumerate(spans):
        rows = slice(span.row + 1, span.row + span.rows + 1)
        index[rows, span.column + 1 : span.column + span.columns + 1] = k
    return index


def usual_height(ink: NDArray[np.float32]) -> float:
    """A usual mark's height in pixels, the median weighted by height; 0 without any mark."""
    parts = label(ink >= INK_LEVEL)
    return _usual(parts) if len(parts) else 0.0


def _usual(parts: Components) -> float:
    """A usual mark's height in pixels, the median weighted by height."""
    heights = (parts.boxes[:, 3] - parts.boxes[:, 1]).astype(np.float64)
    return weighted_median(heights, heights)


def _crossing(parts: Components, cell_at: CellAt) -> NDArray[np.bool_]:
    """(n,) whether each mark's box reaches into two cells."""
    left, top, right, bottom = parts.boxes.T.astype(np.float64)
    x, y = (left + right) / 2, (top + bottom) / 2
    ends = [(left + 0.5, y), (right - 0.5, y), (x, top + 0.5), (x, bottom - 0.5)]
    cells = np.array([cell_at(np.stack(end, axis=1)) for end in ends])
    return np.asarray((cells != cells[0]).any(axis=0), bool)


def _part(
    ink: NDArray[np.float32],
    cell_map: NDArray[np.int32],
    inside: NDArray[np.bool_],
    cells: NDArray[np.int32],
) -> None:
    """Cut a mark along the rules: each pixel goes to the cell in which it lies."""
    found, counts = np.unique(cells, return_counts=True)
    main = found[counts.argmax()]
    small = found[counts < LEAST_PIECE * counts.sum()]
    cells = np.where(np.isin(cells, small), main, cells)
    of_pixel = np.full(inside.shape, -3, np.int32)
    of_pixel[inside] = cells
    # A gap of one pixel, so that the pieces are marks of their own, diagonals included.
    edge = np.zeros(inside.shape, bool)
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = of_pixel[: inside.shape[0] - dy, max(-dx, 0) : inside.shape[1] - max(dx, 0)]
        there = of_pixel[dy:, max(dx, 0) : inside.shape[1] - max(-dx, 0)]
        differs = (here != there) & (here != -3) & (there != -3)
        edge[: inside.shape[0] - dy, max(-dx, 0) : inside.shape[1] - max(dx, 0)] |= differs
    ink[edge] = 0
    cell_map[inside & ~edge] = of_pixel[inside & ~edge]


def _join_numbers(
    parts: Components,
    own: NDArray[np.int32],
    crossing: NDArray[np.bool_],
    cell_at: CellAt,
    usual: float,
) -> None:
    """Give a digit on a rule to the cell whose number stands nearer to it."""
    boxes = parts.boxes.astype(np.float64)
    y = (boxes[:, 1] + boxes[:, 3]) / 2
    sides = [
        cell_at(np.stack([boxes[:, 0] + 0.5, y], axis=1)),
        cell_at(np.stack([boxes[:, 2] - 0.5, y], axis=1)),
    ]
    large = boxes[:, 3] - boxes[:, 1] >= 0.4 * usual
    for k in np.flatnonzero(crossing & large & (sides[0] != sides[1])).tolist():
        gaps = []
        for cell, is_left in ((sides[0][k], True), (sides[1][k], False)):
            others = np.flatnonzero((own == cell) & large)
            others = others[others != k]
            shared = np.minimum(boxes[others, 3], boxes[k, 3]) - np.maximum(
                boxes[others, 1], boxes[k, 1]
            )
            others = others[shared > 0]
            gap = boxes[k, 0] - boxes[others, 2] if is_left else boxes[others, 0] - boxes[k, 2]
            gaps.append(float(gap.min(initial=np.inf)) if cell >= 0 else np.inf)
        nearer = int(gaps[1] < gaps[0])
        if (
            gaps[nearer] <= SAME_NUMBER * usual
            and gaps[1 - nearer] - gaps[nearer] > CLEARER * usual
        ):
            own[k] = sides[nearer][k]
