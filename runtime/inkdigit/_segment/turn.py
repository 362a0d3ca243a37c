"""Ink map in, evidence of which way its rows run out, and the map turned.

The feet of neighbouring digits lie on a line along the row, so each pair of neighbours says which
way the row may run (as in O'Gorman, "The document spectrum for page layout analysis", 1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._pixels.components import Components, label
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._pixels.transform import Transform, warp

__all__ = ["marks_by_size", "row_evidence", "turn_map"]

MAX_MARKS = 400  # the largest are looked at: a page of writing rarely has more
MAX_POINTS = 20_000  # of their outlines: bounds the time for scribbles
SMALL = 0.4  # of the usual size: smaller marks are dots, or pieces of strokes that faded
NEIGHBOURS = 3  # nearest marks of each
REACH = 3.0  # usual sizes from one mark's middle to that of a neighbour
FOOT_SPREAD = 0.2  # usual sizes: how far the feet of a row stray from their line

Floats = NDArray[np.float64]


def turn_map(ink_map: NDArray[np.float32], degrees: float) -> tuple[NDArray[np.float32], Transform]:
    """Turn a map back by the turn of its rows.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.
        degrees: How far its rows are turned clockwise, any number.

    Returns:
        The turned map, large enough for all of the first; and from its pixels to those of the
        first.
    """
    quarter = round(degrees / 90)
    rest = degrees - 90 * quarter
    turned = np.ascontiguousarray(np.rot90(ink_map, quarter))
    if rest:
        high, wide = turned.shape
        origin = np.zeros(2)
        bounds = Transform.turn(-rest, origin, origin).box((0.0, 0.0, float(wide), float(high)))
        size = int(np.ceil(bounds[2] - bounds[0])), int(np.ceil(bounds[3] - bounds[1]))
        back = Transform.turn(rest, np.array(size) / 2, np.array([wide, high]) / 2)
        image = warp(Image.fromarray(turned), back, size)
        turned = np.asarray(np.clip(np.asarray(image), 0, 1), np.float32)
    middle, before = np.array(turned.shape[::-1]) / 2, np.array(ink_map.shape[::-1]) / 2
    return turned, Transform.turn(degrees, middle, before)


def marks_by_size(parts: Components) -> tuple[NDArray[np.int64], float]:
    """Indices of the marks that may be digits, the largest first; and a usual one's longer side.

    There is at least one part.
    """
    sizes = (parts.boxes[:, 2:] - parts.boxes[:, :2]).max(axis=1).astype(np.float64)
    order = np.argsort(-sizes, kind="stable")
    total = np.cumsum(sizes[order])
    # The median with each mark weighted by its size: fragments count for little.
    usual = float(sizes[order][np.searchsorted(total, total[-1] / 2)])
    return order[sizes[order] >= SMALL * usual], usual


def row_evidence(ink_map: NDArray[np.float32], degrees: Floats) -> Floats:
    """How many pairs of neighbours stand on one line, for rows turned by each angle.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.
        degrees: (n,) clockwise turns from -45 to 45.

    Returns:
        (4, n) sums over the pairs, each counted from 0 to 1: for rows turned by these angles, and
        by 90, 180 and 270 degrees more; all 0 where there is no pair.
    """
    evidence = np.zeros((4, len(degrees)))
    parts = label(ink_map >= INK_LEVEL)
    if len(parts) < 2:
        return evidence
    order, usual = marks_by_size(parts)
    kept = order[:MAX_MARKS]
    pairs = _neighbours(parts.boxes[kept].astype(np.float64), usual)
    if not len(pairs):
        return evidence
    outlines = _outlines(parts, kept)
    x, y = outlines.points.T[..., None]
    angles = np.deg2rad(degrees).astype(np.float32)
    along, across = x * np.cos(angles) + y * np.sin(angles), y * np.cos(angles) - x * np.sin(angles)
    # Down the page is down the map; a quarter turn clockwise later it is to the left, and so on.
    ways = [(np.maximum, across), (np.minimum, along), (np.minimum, across), (np.maximum, along)]
    for quarter, (extreme, axis) in enumerate(ways):
        feet = extreme.reduceat(axis, outlines.first, axis=0)
        apart = (feet[pairs[:, 0]] - feet[pairs[:, 1]]) / (FOOT_SPREAD * usual)
        evidence[quarter] = np.exp(-0.5 * apart * apart).sum(axis=0)
    return evidence


@dataclass(frozen=True, eq=False)
class _Outlines:
    """Points on the outlines of m marks.

    Attributes:
        points: (k, 2) float32 x, y, mark by mark.
        first: (m,) index of each mark's first point.
    """

    points: NDArray[np.float32]
    first: NDArray[np.int64]


def _outlines(parts: Components, kept: NDArray[np.int64]) -> _Outlines:
    rank = np.full(len(parts) + 1, -1)  # the last one is for -1: no mark
    rank[kept] = np.arange(len(kept))
    around = np.pad(parts.mask, 1)
    inside = around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:]
    y, x = np.nonzero(parts.mask & ~inside)
    mark = rank[parts.label_map()[y, x]]
    order = np.argsort(mark, kind="stable")[np.count_nonzero(mark < 0) :]
    first = np.searchsorted(mark[order], np.arange(len(kept)))
    step = 1 + len(order) // MAX_POINTS
    # However few points are kept, each mark keeps its first one.
    order = order[np.union1d(np.arange(0, len(order), step), first)]
    points = np.stack([x[order], y[order]], axis=1).astype(np.float32) + np.float32(0.5)
    return _Outlines(points, np.searchsorted(mark[order], np.arange(len(kept))))


def _neighbours(boxes: Floats, usual: float) -> NDArray[np.int64]:
    """(p, 2) marks with each of the `NEIGHBOURS` nearest to it."""
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    between = middles[:, None] - middles[None]
    distance = np.hypot(between[..., 0], between[..., 1])
    np.fill_diagonal(distance, np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :NEIGHBOURS]
    pairs = np.stack([np.repeat(np.arange(len(middles)), nearest.shape[1]), nearest.ravel()], 1)
    near = distance[pairs[:, 0], pairs[:, 1]] <= REACH * usual
    return np.asarray(pairs[near], np.int64)
