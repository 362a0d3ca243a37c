"""A stroke's points or a mark's pixels in, sums over its ink out; from those, how the ink leans.

Sums add up: those of a few pieces together are the sum of theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["leaning", "of_pixels", "of_polyline"]

MOMENTS = 6  # of the ink: its amount, and it times x, y, x * x, x * y and y * y
# Row heights, added to how far ink reaches up and down: what has no height has no slant.
LEVEL = 0.05


def of_polyline(points: NDArray[np.float32], bounds: Sequence[int]) -> NDArray[np.float64]:
    """(n, 6) sums over n stretches of a polyline, by length.

    Args:
        points: (m, 2) px.
        bounds: Stretch k is points[bounds[k]] to points[bounds[k + 1]].
    """
    xy = points.astype(np.float64)
    a, b = xy[:-1], xy[1:]
    both = a + b
    sums = np.zeros((len(xy), MOMENTS))
    each = sums[1:]
    each[:, 0] = 1
    each[:, 1:3] = both / 2
    for column, (i, k) in enumerate(((0, 0), (0, 1), (1, 1)), 3):
        each[:, column] = (a[:, i] * a[:, k] + b[:, i] * b[:, k] + both[:, i] * both[:, k]) / 6
    each *= np.hypot(*(b - a).T)[:, None]
    return np.diff(np.cumsum(sums, axis=0)[np.asarray(bounds)], axis=0)


def of_pixels(x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.float64]:
    """(6,) sums over pixels, of whose centres `x` and `y` (n,) are."""
    return np.array([len(x), x.sum(), y.sum(), x @ x, x @ y, y @ y])


def leaning(sums: NDArray[np.float64], height: float) -> tuple[float, float]:
    """Slant and breadth of ink.

    Args:
        sums: (6,) over it.
        height: Of a usual digit, px.

    Returns:
        Run over rise of the line that goes through the ink best, positive where it leans to the
        right as a slash does; and how far the ink lies beside that line, its standard deviation in
        row heights: 0 for a straight stroke. Both are 0 for a tap.
    """
    amount, x, y, xx, xy, yy = sums.tolist()
    if amount <= 0:
        return 0.0, 0.0
    x, y = x / amount, y / amount
    xx, xy, yy = xx / amount - x * x, xy / amount - x * y, yy / amount - y * y
    slant = -xy / (yy + (LEVEL * height) ** 2)
    across = xx + 2 * slant * xy + slant * slant * yy
    return slant, math.sqrt(max(across, 0.0)) / height
