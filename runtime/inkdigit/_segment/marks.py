"""Ink map in, lines of digit hypotheses out: what might be one digit on a picture.

The twin of `segment` for pictures. What is connected is a mark; a mark, or a piece of one cut where
digits may touch, is an atom. Lines and joins are found as they are for strokes.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit._framing.normalize import normalize
from inkdigit._framing.rasterize import RASTER_PX
from inkdigit._picture.components import label
from inkdigit._picture.isolate import without_frame
from inkdigit._picture.morphology import Mask, grow
from inkdigit._segment.join import (
    MAX_CUTS,
    MAX_CUTS_IN_ALL,
    SLANT,
    SPECK,
    Atoms,
    Hypothesis,
    Layout,
    Line,
    build_line,
    group_lines,
    largest,
    usual_height,
)
from inkdigit.ink import Box

__all__ = ["segment_picture"]

LEVEL = 0.3  # share of full ink from which a pixel belongs to a mark
DARKEST = 0.55  # a mark has a pixel at least this dark; a shadow's rest has not
MOST_JOINS = 1500  # hypotheses of several marks: drawing one takes longer than for strokes
FRINGE_PX = 2  # the soft edge around a mark's pixels goes with it

# Sizes are in heights of the line.
CUT_FROM_WIDTH = 0.7  # a narrower mark is not cut
CUT_HEIGHT = 0.4  # neither side of a cut is lower than this
CUT_APART = 0.12  # cuts closer than this are one
CUT_CROSSES = 0.55  # a cut goes through no more ink than this
CUTS_PER_HEIGHT = 5  # of a mark's width
SLANTS = (0.0, 0.25, 0.5, -0.25)  # of cuts: run over rise, since most hands lean to the right
SLANT_COST = 0.08  # less ink that a cut may go through, for each run over rise of its slant


@dataclass(frozen=True, eq=False)
class _Mark:
    """What is connected: the number of its first piece on the map of pieces, and how many."""

    first: int
    pieces: int


def segment_picture(ink_map: NDArray[np.float32], scale: tuple[float, float] = (1, 1)) -> Layout:
    """Find the lines of a picture and what their digits may be.

    Time and memory are bounded whatever the picture: of its marks the largest
    `layout.MAX_STROKES` are read.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.
        scale: Input pixels that a pixel of the map is wide and high.

    Returns:
        The layout; without lines where there is nothing but specks.
    """
    ink_map = without_frame(ink_map)
    parts = label(ink_map >= LEVEL)
    mark_of = parts.label_map()
    numbers = _dark_marks(mark_of, ink_map, len(parts))
    boxes = parts.boxes[numbers].astype(np.float64)
    bodies = largest(boxes)
    numbers, boxes = numbers[bodies], boxes[bodies]
    piece_of = np.full(ink_map.shape, -1, np.int32)
    marks: dict[int, _Mark] = {}
    lines: list[Line] = []
    joins, cuts, count = MOST_JOINS, MAX_CUTS_IN_ALL, 0
    for members in group_lines(boxes):
        line_boxes, line_marks = boxes[members], numbers[members]
        height = usual_height(line_boxes)
        visible = (line_boxes[:, 2:] - line_boxes[:, :2]).max(axis=1) >= SPECK * height
        if not visible.any():
            continue
        sources: dict[int, Atoms] = {}
        for number in line_marks[visible].tolist():
            left, top, right, bottom = parts.boxes[number].tolist()
            shape = mark_of[top:bottom, left:right] == number
            pieces = _cut(shape, height, min(cuts, MAX_CUTS))
            piece_boxes, leans = _extents(shape, pieces)
            piece_boxes += np.array([left, top, left, top], np.float64)
            leans += left + SLANT * top
            piece_of[top:bottom, left:right][shape] = pieces[shape] + count
            steps = len(piece_boxes)
            marks[number] = _Mark(count, steps)
            sources[number] = Atoms(piece_boxes, leans, tuple(k / steps for k in range(steps + 1)))
            cuts -= steps - 1
            count += steps
        line, joined = build_line(sources, height, joins, strokes=False)
        joins -= joined
        lines.append(line)

    ink_map = ink_map * grow(piece_of >= 0, FRINGE_PX)  # specks are no part of what they lie in

    def pieces_in(hypothesis: Hypothesis) -> list[int]:
        found: list[int] = []
        for part in hypothesis.parts:
            mark = marks[part.stroke]
            first, last = round(part.start * mark.pieces), round(part.end * mark.pieces)
            found += range(mark.first + first, mark.first + last)
        return sorted(found)

    def rasters(hypotheses: Sequence[Hypothesis]) -> NDArray[np.float32]:
        drawn = np.empty((len(hypotheses), RASTER_PX, RASTER_PX), np.float32)
        own = np.zeros(count + 1, bool)  # the last one for what is of no piece, which is -1
        for k, hypothesis in enumerate(hypotheses):
            pieces = pieces_in(hypothesis)
            own[pieces] = True
            drawn[k] = normalize(_lift(ink_map, piece_of, hypothesis.box, own))
            own[pieces] = False
        return drawn

    def key(hypothesis: Hypothesis) -> Hashable:
        return tuple(pieces_in(hypothesis))

    return Layout(tuple(lines), rasters, key, scale)


def _dark_marks(
    mark_of: NDArray[np.int32], ink_map: NDArray[np.float32], count: int
) -> NDArray[np.int64]:
    """The numbers of the marks that have a dark pixel, which the rest of a shadow has not."""
    dark = mark_of[(mark_of >= 0) & (ink_map >= DARKEST)]
    return np.flatnonzero(np.bincount(dark, minlength=count)).astype(np.int64)


def _lift(
    ink_map: NDArray[np.float32], piece_of: NDArray[np.int32], box: Box, pieces: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """The ink of some pieces alone, which are marked in `pieces`, with their soft edges."""
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
    shape: Mask, pieces: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes (n, 4) and leans (n, 2) of a mark's pieces, within the mark's box."""
    boxes, leans = [], []
    for piece in range(int(pieces[shape].max()) + 1):
        rows, columns = np.nonzero(shape & (pieces == piece))
        boxes.append([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        along = columns + 0.5 + SLANT * (rows + 0.5)
        leans.append([along.min() - 0.5, along.max() + 0.5])
    return np.array(boxes, np.float64), np.array(leans, np.float64)


def _cut(shape: Mask, height: float, most: int) -> NDArray[np.int64]:
    """Divide a mark where digits may touch, along straight lines that cross little ink.

    Args:
        shape: (h, w) bool, the mark.
        height: Of a usual digit.
        most: Cuts to make at most.

    Returns:
        (h, w) int64: the number of each pixel's piece, from left to right; every number from 0 to
        the largest has pixels of the mark.
    """
    tall, wide = shape.shape
    if wide < CUT_FROM_WIDTH * height or tall < CUT_HEIGHT * height or most < 1:
        return np.zeros(shape.shape, np.int64)
    rows, columns = np.nonzero(shape)
    apart = max(1.0, CUT_APART * height)
    found: list[tuple[float, float, float]] = []
    for slant in SLANTS:
        # Where the line through a pixel crosses the mark's middle row.
        middle = columns + slant * (rows - tall / 2)
        crossed = np.bincount(np.maximum(middle, 0).astype(np.int64), minlength=wide)[:wide]
        smooth = np.convolve(crossed, [0.25, 0.5, 0.25], "same")
        cost = smooth + SLANT_COST * height * abs(slant)
        lowest = _local_minima(cost, round(apart))
        lowest = lowest[cost[lowest] <= CUT_CROSSES * height]
        found += [(float(cost[x]), float(x) + 0.5, slant) for x in lowest.tolist()]
    most = min(most, max(1, round(CUTS_PER_HEIGHT * wide / height)))
    kept: list[tuple[float, float]] = []
    for _, x, slant in sorted(found):
        if len(kept) < most and all(abs(x - other) >= apart for other, _ in kept):
            side = columns + slant * (rows - tall / 2) < x
            if _is_high(rows[side], height) and _is_high(rows[~side], height):
                kept.append((x, slant))
    y, x_grid = np.indices(shape.shape)
    piece = np.zeros(shape.shape, np.int64)
    for x, slant in kept:
        piece += x_grid + slant * (y - tall / 2) >= x
    # Cuts of different slants may leave nothing between them.
    used = np.unique(piece[shape])
    return np.searchsorted(used, piece)


def _is_high(rows: NDArray[np.int64], height: float) -> bool:
    return len(rows) > 0 and int(rows.max()) + 1 - int(rows.min()) >= CUT_HEIGHT * height


def _local_minima(values: NDArray[np.float64], reach: int) -> NDArray[np.int64]:
    """Places that nothing within `reach` lies under, the first of equal ones."""
    padded = np.pad(values, reach, constant_values=np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    return np.flatnonzero(windows.argmin(axis=1) == reach)
