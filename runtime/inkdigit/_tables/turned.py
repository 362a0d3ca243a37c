"""Marks in, how far the rows in which they stand are turned: for tables without rules to say so."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["ink_turn"]

Floats: TypeAlias = NDArray[np.float64]

TURNS = np.arange(-48.0, 48.5, 1.0)  # degrees that are tried: a table is turned by 40 at most
USUAL_TURN = 25.0  # standard deviation expected
# Standard deviations in usual heights: of the middles of one row's marks, and of one column's.
STRAY_DOWN, STRAY_ACROSS = 0.2, 0.4
CLOSE = 1.2  # usual heights at most from a digit's middle to that of the next one in its number
UNEVEN = 12.0  # standard deviation in degrees of the direction from one to the next
NEUTRAL = 10.0  # with so many such pairs, they count as much as the rows do
# In standard deviations: a bin's width, and how far apart marks may be to be in one row or column.
BIN, FARTHEST = 0.1, 4.5
LEAST_MARKS = 4  # fewer marks tell nothing: they stand in rows at some turn or other
MOST_MARKS = 400  # that are used, evenly spaced


def ink_turn(boxes: Floats, height: float) -> float:
    """By how many degrees clockwise, as it is seen, the rows of a table are turned.

    Args:
        boxes: (n, 4) of the marks in pixels.
        height: Of a usual one.

    Returns:
        The turn at which the marks stand in the fewest rows and columns; 0 for few marks.
    """
    if len(boxes) < LEAST_MARKS:
        return 0.0
    middles = (boxes[:, :2] + boxes[:, 2:]) / (2 * height)
    middles = middles[:: 1 + len(middles) // MOST_MARKS]
    directions = _directions(boxes / height)
    scores = [_order(middles, directions, turn) for turn in TURNS]
    best = float(TURNS[int(np.argmax(scores))])
    finer = best + np.array([-0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75])
    return float(finer[int(np.argmax([_order(middles, directions, turn) for turn in finer]))])


def _directions(boxes: Floats) -> Floats:
    """(k,) the direction in degrees from each digit to the next one, where that is close."""
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    asked = np.arange(0, len(middles), 1 + len(middles) // MOST_MARKS)
    apart = middles[None] - middles[asked, None]
    distance = np.hypot(apart[..., 0], apart[..., 1])
    distance[np.arange(len(asked)), asked] = np.inf
    nearest = distance.argmin(axis=1)
    k = np.flatnonzero(distance.min(axis=1) < CLOSE)
    x, y = apart[k, nearest[k]].T
    degrees = (np.degrees(np.arctan2(y, x)) + 90) % 180 - 90
    return np.asarray(degrees, np.float64)


def _order(middles: Floats, directions: Floats, turn: float) -> float:
    """How well the marks fit rows and columns that are turned by so many degrees."""
    angle = np.radians(turn)
    across = np.array([-np.sin(angle), np.cos(angle)])
    along = np.array([np.cos(angle), np.sin(angle)])
    rows, columns = (
        _gathered(middles @ axis, stray)
        for axis, stray in ((across, STRAY_DOWN), (along, STRAY_ACROSS))
    )
    off = (directions - turn) / UNEVEN
    side_by_side = (np.exp(-0.5 * off * off).sum() + NEUTRAL) / (len(off) + NEUTRAL)
    return float((rows + columns) * side_by_side * np.exp(-0.5 * (turn / USUAL_TURN) ** 2))


def _gathered(positions: Floats, stray: float) -> float:
    """How many others each position has near it, on average.

    Each position is divided between the two nearest bins: comparing all pairs would take long.
    """
    bins = (positions - positions.min()) / (stray * BIN)
    lower = bins.astype(np.int64)
    fraction = bins - lower
    size = int(lower.max()) + 2
    counts = np.bincount(lower, 1 - fraction, size) + np.bincount(lower + 1, fraction, size)
    pairs = float(counts @ counts)
    for lag in range(1, min(round(FARTHEST / BIN) + 1, size)):
        pairs += 2 * float(counts[lag:] @ counts[:-lag]) * np.exp(-0.5 * (lag * BIN) ** 2)
    return float(pairs / len(positions)) - 1
