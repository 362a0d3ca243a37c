"""Ink map in, the turn of its rows out, and the map turned level.

The feet of neighbouring digits lie on a line along the row, so each pair of neighbours says which
way the row may run (as in O'Gorman, "The document spectrum for page layout analysis", 1993). How
much a pair's word counts against the expectation that pages are level was fitted on made pages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._pixels.components import label
from inkdigit._pixels.transform import IDENTITY, Transform, warp

__all__ = ["find_turn", "row_evidence", "turn_map"]

LEVEL = 0.4  # of full ink: from here on a pixel belongs to a mark
MAX_MARKS = 400  # the largest are looked at: a page of writing rarely has more
MAX_POINTS = 20_000  # of their outlines: bounds the time for scribbles
SMALL = 0.4  # of the usual size: smaller marks are dots, or pieces of strokes that faded
NEIGHBOURS = 3  # nearest marks of each
REACH = 3.0  # usual sizes from one mark's middle to that of a neighbour
FOOT_SPREAD = 0.2  # usual sizes: how far the feet of a row stray from their line

MOST_DEGREES, STEP_DEGREES = 45.0, 1.0
LEVEL_PAGES, LEVEL_DEGREES = 0.85, 3.0  # most pages are nearly level, others lie at any angle
PAIR_WEIGHT, PRIOR_WEIGHT = 0.90, 0.60

Floats = NDArray[np.float64]


def find_turn(ink_map: NDArray[np.float32]) -> float:
    """How far the rows are turned clockwise, in degrees from -45 to 45.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.

    Returns:
        The turn; 0 where too little is written to tell.
    """
    degrees = np.arange(-MOST_DEGREES, MOST_DEGREES + STEP_DEGREES / 2, STEP_DEGREES)
    evidence = row_evidence(ink_map, degrees)[0]
    score = PAIR_WEIGHT * evidence + PRIOR_WEIGHT * _prior(degrees)
    return float(degrees[int(score.argmax())])


def turn_map(ink_map: NDArray[np.float32], degrees: float) -> tuple[NDArray[np.float32], Transform]:
    """Turn a map back by the turn of its rows.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.
        degrees: How far its rows are turned clockwise.

    Returns:
        The turned map, large enough for all of the first; and from its pixels to those of the
        first.
    """
    if degrees == 0:
        return ink_map, IDENTITY
    height, width = ink_map.shape
    origin = np.zeros(2)
    level = Transform.turn(-degrees, origin, origin)
    left, top, right, bottom = level.box((0.0, 0.0, float(width), float(height)))
    size = int(np.ceil(right - left)), int(np.ceil(bottom - top))
    middle = np.array([width / 2, height / 2])
    to_map = Transform.turn(degrees, np.array(size) / 2, middle)
    turned = np.asarray(warp(Image.fromarray(ink_map), to_map, size))
    return np.asarray(np.clip(turned, 0, 1), np.float32), to_map


def row_evidence(ink_map: NDArray[np.float32], degrees: Floats) -> Floats:
    """How many pairs of neighbours stand on one line, for rows turned by each angle.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.
        degrees: (n,) clockwise turns from -45 to 45.

    Returns:
        (4, n) sums over the pairs, each counted from 0 to 1: for rows turned by these angles, and
        by 90, 180 and 270 degrees more; all 0 where there is no pair.
    """
    marks = _marks(ink_map)
    pairs = _neighbours(marks)
    angles = np.deg2rad(degrees).astype(np.float32)
    x, y = marks.points.T[..., None]
    along, across = x * np.cos(angles) + y * np.sin(angles), y * np.cos(angles) - x * np.sin(angles)
    evidence = np.zeros((4, len(degrees)))
    if not len(pairs):
        return evidence
    # Down the page is down the map; a quarter turn clockwise later it is to the left, and so on.
    for quarter, (extreme, axis) in enumerate(
        [(np.maximum, across), (np.minimum, along), (np.minimum, across), (np.maximum, along)]
    ):
        feet = extreme.reduceat(axis, marks.first, axis=0)
        apart = (feet[pairs[:, 0]] - feet[pairs[:, 1]]) / (FOOT_SPREAD * marks.size)
        evidence[quarter] = np.exp(-0.5 * apart * apart).sum(axis=0)
    return evidence


def _prior(degrees: Floats) -> Floats:
    """(n,) log-probability of each turn, up to a constant."""
    level = np.exp(-0.5 * (degrees / LEVEL_DEGREES) ** 2)
    odds = LEVEL_PAGES * level / level.sum() + (1 - LEVEL_PAGES) / len(degrees)
    return np.asarray(np.log(odds), np.float64)


@dataclass(frozen=True, eq=False)
class _Marks:
    """The m marks of a map that may be digits.

    Attributes:
        boxes: (m, 4).
        points: (k, 2) float32 x, y of points on their outlines, mark by mark.
        first: (m,) index of each mark's first point.
        size: The longer side of a usual mark, in pixels.
    """

    boxes: Floats
    points: NDArray[np.float32]
    first: NDArray[np.int64]
    size: float


def _marks(ink_map: NDArray[np.float32]) -> _Marks:
    parts = label(ink_map >= LEVEL)
    if not len(parts):
        return _Marks(np.zeros((0, 4)), np.zeros((0, 2), np.float32), np.zeros(0, np.int64), 1.0)
    boxes = parts.boxes.astype(np.float64)
    sizes = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    ordered = np.sort(sizes)
    total = np.cumsum(ordered)
    usual = float(ordered[np.searchsorted(total, total[-1] / 2)])  # fragments count for little
    largest = np.argsort(-sizes, kind="stable")[:MAX_MARKS]
    kept = largest[sizes[largest] >= SMALL * usual]
    rank = np.full(len(parts) + 1, -1)  # the last one is for -1: no mark
    rank[kept] = np.arange(len(kept))
    mark_of = np.pad(rank[parts.label_map()], 1, constant_values=-1)
    inner = mark_of[1:-1, 1:-1]
    inside = (mark_of[:-2, 1:-1] >= 0) & (mark_of[2:, 1:-1] >= 0)
    inside &= (mark_of[1:-1, :-2] >= 0) & (mark_of[1:-1, 2:] >= 0)
    y, x = np.nonzero((inner >= 0) & ~inside)
    mark = inner[y, x]
    order = np.argsort(mark, kind="stable")
    step = 1 + len(order) // MAX_POINTS
    # Each mark keeps its first point, however few are kept of the others.
    starts = np.searchsorted(mark[order], np.arange(len(kept)))
    taken = np.union1d(np.arange(0, len(order), step), starts)
    order = order[taken]
    points = np.stack([x[order], y[order]], axis=1).astype(np.float32) + np.float32(0.5)
    return _Marks(boxes[kept], points, np.searchsorted(mark[order], np.arange(len(kept))), usual)


def _neighbours(marks: _Marks) -> NDArray[np.int64]:
    """(p, 2) marks with each of the `NEIGHBOURS` nearest to it."""
    middles = (marks.boxes[:, :2] + marks.boxes[:, 2:]) / 2
    between = middles[:, None] - middles[None]
    distance = np.hypot(between[..., 0], between[..., 1])
    np.fill_diagonal(distance, np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :NEIGHBOURS]
    pairs = np.stack([np.repeat(np.arange(len(middles)), nearest.shape[1]), nearest.ravel()], 1)
    near = distance[pairs[:, 0], pairs[:, 1]] <= REACH * marks.size
    return np.asarray(pairs[near], np.int64)
