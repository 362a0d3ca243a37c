"""Marks in cells in; which of them were written out: removed rules leave pieces behind.

What counts is how a mark looks and where in its cell it lies. The weights were fitted on made
tables whose ink is known: `python -m inkdigit_train fit-remnants`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._fitted.odds import log_odds
from inkdigit._fitted.regression import Regression
from inkdigit._pixels.components import Components
from inkdigit._pixels.measure import weighted_median

__all__ = ["BUNDLED_REMNANTS", "REMNANT_FEATURES", "inside", "measure_marks", "written_marks"]

Floats: TypeAlias = NDArray[np.float64]

BUNDLED_REMNANTS = Path(__file__).parent / "remnants.json"
REMNANT_FEATURES = (
    "pale",  # log-odds of ink, mean over its pixels, below those of the table's usual mark; or 0
    "ruled",  # mean probability of a rule there
    "height",  # logarithms, in heights of a usual mark
    "width",
    "area",  # in squares of that height
    "edge",  # from its middle to the nearest side of its cell, in the same heights
    "share",  # logarithm of its area over that of the largest mark in its cell
)
LIMIT = 1.0  # usual heights beyond which a distance makes no difference


def measure_marks(
    marks: Components,
    ink: NDArray[np.float32],
    ruled: NDArray[np.float32],
    cells: NDArray[np.int32],
    corners: Floats,
) -> Floats:
    """(n, 7) of n marks, in the order of `REMNANT_FEATURES`.

    Args:
        marks: Of the ink map.
        ink: (H, W) float32 in [0, 1].
        ruled: (H, W) float32 in [0, 1], how likely a rule runs there.
        cells: (n,) of the cell in which each mark lies; -1 for none.
        corners: (k, 4, 2) of the cells in pixels of the map: top left, top right, bottom right,
            bottom left.
    """
    of_pixel = marks.label_map()[marks.mask]
    count = len(marks)
    odds = log_odds(np.bincount(of_pixel, ink[marks.mask], count) / marks.areas)
    over_rules = np.bincount(of_pixel, ruled[marks.mask], count) / marks.areas
    left, top, right, bottom = marks.boxes.T.astype(np.float64)
    usual = weighted_median(bottom - top, bottom - top)
    largest = np.zeros(len(corners) + 1)
    np.maximum.at(largest, cells, marks.areas)  # the last is of marks in no cell
    middles = np.stack([left + right, top + bottom], axis=1) / 2
    edge = inside(middles, corners[cells]) if len(corners) else np.zeros(count)
    return np.stack(
        [
            np.minimum(odds - weighted_median(odds, marks.areas), 0),
            over_rules,
            np.log((bottom - top) / usual),
            np.log((right - left) / usual),
            np.log(marks.areas / usual**2),
            np.clip(edge / usual, -LIMIT, LIMIT),
            np.log(marks.areas / largest[cells]),
        ],
        axis=1,
    )


def written_marks(features: Floats) -> NDArray[np.bool_]:
    """(n,) whether each mark was probably written."""
    return np.asarray(_regression().log_odds(features) >= 0, bool)


def inside(points: Floats, quads: Floats) -> Floats:
    """(n,) how far each point (n, 2) is inside its own quadrilateral (n, 4, 2); below 0 outside."""
    sides = np.roll(quads, -1, axis=1) - quads
    reach = points[:, None] - quads
    across = sides[..., 0] * reach[..., 1] - sides[..., 1] * reach[..., 0]
    lengths = np.hypot(sides[..., 0], sides[..., 1])
    return np.asarray((across / np.maximum(lengths, 1e-9)).min(axis=1), np.float64)


@cache
def _regression() -> Regression:
    return Regression.load(BUNDLED_REMNANTS, REMNANT_FEATURES)
