"""Ink in other proportions: tails lengthened, heads shortened, the whole narrowed.

People write nines with a small loop on a long stem and sevens with a short head, which MNIST and
forms with a box for each digit hardly hold.
"""

from __future__ import annotations

import numpy as np

from inkdigit import Ink, Stroke
from inkdigit_train.data.augment import (
    KNOT,
    LONGER_ABOVE,
    LONGER_BELOW,
    NARROWER,
    NARROWEST,
    SHORTER,
    WIDER,
)

__all__ = ["LOWER", "stretch", "stretch_about", "stretch_randomly"]

LOWER = 0.6  # of the digit's height is below the knot where only the lower part is stretched


def stretch(ink: Ink, *, upper: float = 1.0, lower: float = 1.0, width: float = 1.0) -> Ink:
    """Multiply the length of a digit's upper part and of its lower 60 %, and its width.

    Straight lines across the knot bend there; nothing else changes shape.
    """
    return stretch_about(ink, 1 - LOWER, upper, lower, width)


def stretch_randomly(ink: Ink, rng: np.random.Generator) -> Ink:
    """Stretch ink by chance, in the ranges that rasters are stretched in while training."""
    above = rng.random() < 0.5
    longest = LONGER_ABOVE if above else LONGER_BELOW
    factor = float(np.exp(rng.uniform(-np.log(SHORTER), np.log(longest))))
    upper, lower = (factor, 1.0) if above else (1.0, factor)
    width, knot = float(np.exp(rng.uniform(-np.log(NARROWER), np.log(WIDER)))), rng.uniform(*KNOT)
    left, top, right, bottom = ink.bounds
    tall = (knot * upper + (1 - knot) * lower) * (bottom - top)
    least = NARROWEST * tall / max(right - left, 1e-6)
    # What was slim, a 1 as a rule, becomes no slimmer.
    return stretch_about(
        ink, knot, upper, lower, max(width, min(least, tall / max(bottom - top, 1e-6)))
    )


def stretch_about(ink: Ink, knot: float, upper: float, lower: float, width: float) -> Ink:
    """Likewise, with the upper part above `knot`, a fraction of the height from the top."""
    _, top, _, bottom = ink.bounds
    turn = top + knot * (bottom - top)
    strokes = []
    for stroke in ink:
        x, y = stroke.points.astype(np.float64).T
        away = y - turn
        moved = np.where(away < 0, away * upper, away * lower)
        strokes.append(Stroke(np.stack([x * width, turn + moved], 1).astype(np.float32)))
    return Ink(strokes)
