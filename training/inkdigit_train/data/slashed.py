"""Zeros with a bar through them, as many hands write them: rare in the data, common in use."""

from __future__ import annotations

import numpy as np

from inkdigit import Ink, Stroke

__all__ = ["slash"]

SLOPES_DEG = (-5.0, 80.0)  # from level to nearly upright
RISING = 0.9  # share of bars that rise to the right
BAR_REACH = (0.7, 1.9)  # from the middle, 1 being the loop


def slash(zero: Ink, rng: np.random.Generator) -> Ink:
    """The zero with a straight bar added through its middle, from inside the loop to well over it.

    Args:
        zero: Ink of a 0.
        rng: Where the bar's slope, length and place come from.

    Returns:
        The same strokes and one more.
    """
    left, top, right, bottom = zero.bounds
    half = np.array([max(right - left, 1e-3), max(bottom - top, 1e-3)]) / 2
    angle = np.deg2rad(rng.uniform(*SLOPES_DEG))
    way = np.array([np.cos(angle), -np.sin(angle)])  # y points down
    if rng.uniform() > RISING:
        way[0] = -way[0]
    # From the middle to the ellipse that the box holds, along the bar.
    reach = 1 / np.sqrt(np.square(way / half).sum())
    middle = np.array([left + right, top + bottom]) / 2 + rng.uniform(-0.15, 0.15, 2) * half
    ends = [
        middle - way * reach * rng.uniform(*BAR_REACH),
        middle + way * reach * rng.uniform(*BAR_REACH),
    ]
    return Ink([*zero, Stroke(np.stack(ends).astype(np.float32))])
