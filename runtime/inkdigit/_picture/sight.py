"""A page as it is seen from some way off: how well, and how high its marks are."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.components import Components, label
from inkdigit._pixels.measure import INK_LEVEL, weighted_median

__all__ = ["BUNDLED_SIGHT", "FEATURES", "HEIGHTS", "Sight"]

BUNDLED_SIGHT = Path(__file__).parent / "sight.json"
FEATURES = ("count", "share", "sure", "mass", "scale")
HEIGHTS = (14.0, 64.0)  # the least and the greatest height in pixels at which marks are seen well
MOSTLY = 0.5  # of the ink; marks seen well that have less of it are the exception
WIDEST = 0.35  # width of a mark's strokes over its height: felt tip on made pages has 0.26


@dataclass(frozen=True, eq=False)
class Sight:
    """A page as it was seen at one scale.

    Attributes:
        ink: (H, W) float32 in [0, 1].
        rules: (H, W) float32 in [0, 1], how likely a rule runs through each pixel.
        scale: Its pixels over the picture's.
        usual: Height in pixels of the map of a usual mark, of those seen well if there are any; 0
            where there is none.
        features: (5,) what `FEATURES` names of the marks that are seen well, or None where there
            are none: the logarithm of their number, their fraction of the ink, and the logarithms
            of their sure ink and of all ink, both in pixels of the picture, and of the scale.
    """

    ink: NDArray[np.float32]
    rules: NDArray[np.float32]
    scale: float
    usual: float = 0.0
    features: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, ink: NDArray[np.float32], rules: NDArray[np.float32], scale: float) -> Sight:
        """Measure what was seen."""
        marks = label(ink >= INK_LEVEL)
        if not len(marks):
            return cls(ink, rules, scale)
        of_pixel = marks.label_map()
        heights = marks.boxes[:, 3] - marks.boxes[:, 1]
        well = (heights >= HEIGHTS[0]) & (heights <= HEIGHTS[1])
        well &= _stroke_widths(marks, of_pixel) <= WIDEST * heights
        values = ink[marks.mask]
        masses = np.bincount(of_pixel[marks.mask], values, len(marks))
        chosen = well if well.any() else np.ones(len(marks), bool)
        usual = weighted_median(heights[chosen], masses[chosen])
        if not well.any():
            return cls(ink, rules, scale, usual)
        # From too far off, ink is a pale blur.
        sure = np.bincount(of_pixel[marks.mask], np.maximum(2 * values - 1, 0), len(marks))
        features = [
            math.log(np.count_nonzero(well)),
            float(masses[well].sum() / masses.sum()),
            math.log(float(sure[well].sum()) / scale**2 + 1),
            math.log(float(masses.sum()) / scale**2 + 1),
            math.log(scale),
        ]
        return cls(ink, rules, scale, usual, np.array(features))

    @property
    def quality(self) -> float:
        """How well the page is seen, to compare with its other sights; -inf without a mark."""
        return -math.inf if self.features is None else float(self.features @ _weights())

    @property
    def height(self) -> float:
        """Height in pixels of the map of a usual mark: of all marks where few are seen well.

        On a page seen from too far off, a blot or an edge may be as high as a digit should be, and
        the digits are far smaller.
        """
        if self.features is None or self.features[1] >= MOSTLY:
            return self.usual
        marks = label(self.ink >= INK_LEVEL)
        heights = marks.boxes[:, 3] - marks.boxes[:, 1]
        masses = np.bincount(marks.label_map()[marks.mask], self.ink[marks.mask], len(marks))
        return weighted_median(heights, masses)


def _stroke_widths(marks: Components, of_pixel: NDArray[np.int32]) -> NDArray[np.float64]:
    """Mean width of each mark's strokes in pixels, (n,): twice its area over its outline."""
    around = np.pad(of_pixel, 1, constant_values=-1)
    sides = np.zeros(len(marks) + 1)
    for axis in (0, 1):
        first, second = np.moveaxis(around, axis, 0)[:-1], np.moveaxis(around, axis, 0)[1:]
        differs = first != second
        sides += np.bincount(first[differs] + 1, minlength=len(sides))
        sides += np.bincount(second[differs] + 1, minlength=len(sides))
    # Pixels' sides are 4 / pi times as long as a line at any angle, in the mean.
    return np.asarray(2 * marks.areas / (sides[1:] * np.pi / 4), np.float64)


@cache
def _weights() -> NDArray[np.float64]:
    weights = json.loads(BUNDLED_SIGHT.read_text())
    return np.array([weights[name] for name in FEATURES])
