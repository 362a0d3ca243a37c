"""Strokes in, the same strokes in an order and a direction that follow from their shape alone, out.

What is read must not depend on the order and direction of strokes. Everything that walks along
strokes, or adds numbers up over them, walks these instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inkdigit.ink import arc_length

__all__ = ["canonical_order", "goes_back", "rightward"]

TIE = 1e-9  # of a sum's terms: sums in float64 that differ by less may differ by rounding alone


def goes_back(points: NDArray[np.float32]) -> bool:
    """Whether a stroke, taken as a whole, goes left, and so is taken from its end to its start.

    A stroke and the same one reversed never get the same answer, unless they are the same points.

    Args:
        points: (n, 2), n >= 1.
    """
    forth, most = _drift(points)
    if abs(forth) > TIE * most:  # the other way round it is the same number below 0, nearly
        return forth < 0
    back, _ = _drift(points[::-1])
    if forth != back:
        return forth < back
    differing = np.flatnonzero(points != points[::-1])  # what goes neither way: by its end points
    if not len(differing):
        return False
    first = differing[0]
    return bool(points.flat[first] > points[::-1].flat[first])


def rightward(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """A stroke's points in the direction in which it goes right on the whole; see `goes_back`."""
    return np.ascontiguousarray(points[::-1]) if goes_back(points) else points


def canonical_order(strokes: Sequence[NDArray[np.float32]]) -> list[int]:
    """Indices of strokes that `rightward` gave, (n, 2) each: from left to right, whoever drew them.

    Equal strokes stay as they are: nothing can tell them apart.
    """
    if not strokes:
        return []
    lengths = np.array([len(points) for points in strokes])
    first = np.cumsum(lengths) - lengths
    joined = np.concatenate(strokes)
    low, high = np.minimum.reduceat(joined, first), np.maximum.reduceat(joined, first)
    keys = np.concatenate([low, high], axis=1).tolist()
    return sorted(range(len(strokes)), key=lambda k: (keys[k], lengths[k], strokes[k].tobytes()))


def _drift(points: NDArray[np.float32]) -> tuple[float, float]:
    """How far x grows along a stroke: its covariance with the distance travelled, times length.

    Returns:
        It, and the most that it could be.
    """
    xy = points.astype(np.float64)
    travelled = arc_length(xy)
    middles = (xy[1:, 0] + xy[:-1, 0]) / 2 - xy[:, 0].min()
    along = (travelled[1:] + travelled[:-1] - travelled[-1]) / 2
    terms = middles * along * (travelled[1:] - travelled[:-1])
    return float(terms.sum()), float(np.abs(terms).sum())
