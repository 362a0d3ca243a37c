"""Scratching out: a stroke in, what it scribbles over out.

Measured on 5,000 strokes of digits by UNIPEN's development writers and the project's own handmade
ones, and on 1,000 made zigzags of 5 to 11 turns. Both limits have to be passed:

- Six swings. Of the digits, 4 strokes in 5,000 swing as often (a trembling pen; an 8 gets to 5, the
  bars of 4 and 7 to 1); of the zigzags, 92 in 100.
- 2.8 times as long as their diagonal. Those 4 trembling strokes get to 1.8; the shortest zigzag has
  2.9.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkdigit import Stroke
from inkdigit_app.core.glyphs import Box

__all__ = ["is_scratch", "scratched"]

MIN_SWINGS = 6
MIN_DENSITY = 2.8  # length over the diagonal of the box
SWING = 0.5  # a swing crosses this fraction of the stroke's extent in its direction
DIRECTIONS = 12  # 15° apart: people scribble upright, level and slanted
# Of a digit's box, so that a scribble may miss its ends but does not take the neighbour along.
MIN_COVERED = 0.5
MIN_SIDE = 8.0  # dp: a 1 is as narrow as its pen


def is_scratch(stroke: Stroke) -> bool:
    """Whether a stroke goes to and fro as no digit does."""
    points = stroke.points.astype(np.float64)
    diagonal = float(np.hypot(*np.ptp(points, axis=0)))
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    return length >= MIN_DENSITY * diagonal > 0 and _swings(stroke) >= MIN_SWINGS


def scratched(stroke: Stroke, boxes: Sequence[Box]) -> list[int]:
    """Indices of the boxes that a stroke scratches out; none where it is no scratch.

    Args:
        stroke: The newest on the page.
        boxes: Left, top, right, bottom of what could be scratched out, in dp.
    """
    if not boxes or not is_scratch(stroke):
        return []
    (left, top), (right, bottom) = stroke.points.min(axis=0), stroke.points.max(axis=0)
    over = []
    for i, box in enumerate(boxes):
        x0, y0, x1, y1 = _at_least(box)
        width, height = min(right, x1) - max(left, x0), min(bottom, y1) - max(top, y0)
        if min(width, height) > 0 and width * height >= MIN_COVERED * (x1 - x0) * (y1 - y0):
            over.append(i)
    return over


def _swings(stroke: Stroke) -> int:
    """How often the stroke goes to and fro, in the direction in which it does so most."""
    most = 0
    for angle in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
        along = stroke.points @ np.array([np.cos(angle), np.sin(angle)])
        most = max(most, _turns(along.tolist(), SWING * float(np.ptp(along))))
    return most


def _turns(values: Sequence[float], least: float) -> int:
    """How many runs up and down a sequence has, each of at least `least`."""
    low = high = values[0]
    count = direction = 0
    for value in values:
        low, high = min(low, value), max(high, value)
        if direction <= 0 and value - low >= least > 0:
            direction, high, count = 1, value, count + 1
        elif direction >= 0 and high - value >= least > 0:
            direction, low, count = -1, value, count + 1
    return count


def _at_least(box: Box) -> Box:
    left, top, right, bottom = box
    wider = max(MIN_SIDE - (right - left), 0) / 2
    higher = max(MIN_SIDE - (bottom - top), 0) / 2
    return left - wider, top - higher, right + wider, bottom + higher
