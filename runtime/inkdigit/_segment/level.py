"""Ink map in, the map with its rows level and its digits upright out.

Two things tell how a page lies: the feet of neighbours stand on a line (see `turn`), and its
digits read better upright. What each counts, against the expectation that a page lies as it should,
was fitted on made pages: `python -m inkdigit_train fit-level`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._framing.normalize import normalize
from inkdigit._framing.rasterize import RASTER_PX
from inkdigit._pixels.components import label
from inkdigit._pixels.transform import IDENTITY, Transform
from inkdigit._segment.turn import LEVEL, marks_by_size, row_evidence, turn_map
from inkdigit.labels import DIGITS

__all__ = ["Score", "level", "read_upright"]

Score: TypeAlias = Callable[[NDArray[np.float32]], NDArray[np.float64]]

DEGREES = np.arange(-45.0, 46.0)  # turns that are tried
SAMPLE = 12  # marks that are read each way: more tell hardly better
LARGE = 1.8  # of the usual size: a larger mark is rather several digits joined

# Expected, not measured: half of the pages are level, most others nearly so, the rest lie at any
# angle; few lie on their side or upside down, each of these as often.
LEVEL_PAGES = 0.5
NEARLY_LEVEL_PAGES, NEARLY_DEGREES = 0.4, 3.0
UPRIGHT_PAGES = 0.94
# Fitted:
PAIR_WEIGHT, PRIOR_WEIGHT = 0.90, 0.60  # of a pair on one line and of the expectation, small turns
READ_WEIGHT, STANDING_WEIGHT = 2.9, 0.57  # of a digit read and of a pair on one line, quarter turns


def level(ink_map: NDArray[np.float32], score: Score) -> tuple[NDArray[np.float32], Transform]:
    """Turn a map so that its rows are level and its digits upright.

    A map with too little written to tell stays as it is.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.
        score: Gives the (n, 11) log-probabilities of (n, 28, 28) rasters.

    Returns:
        The map, and from its pixels to those of the first.
    """
    evidence = row_evidence(ink_map, DEGREES)
    likeliest = (PAIR_WEIGHT * evidence + PRIOR_WEIGHT * _small_turns()).argmax(axis=1)
    turns = DEGREES[likeliest]
    standing = STANDING_WEIGHT * evidence[np.arange(4), likeliest]
    standing[1:] += math.log((1 - UPRIGHT_PAGES) / 3 / UPRIGHT_PAGES)
    first, to_map = turn_map(ink_map, float(turns[0]))
    rasters = sample(first)
    if not len(rasters):
        return ink_map, IDENTITY
    best, highest = 0, standing[0] + READ_WEIGHT * read_upright(rasters, score)
    for quarter in np.argsort(-standing[1:]) + 1:
        # Most pages need no other reading: not even every digit read surely would outdo the best.
        if standing[quarter] + READ_WEIGHT * len(rasters) > highest:
            drawn = rasters if quarter == 2 else sample(turn_map(ink_map, turns[quarter])[0])
            drawn = np.rot90(drawn, quarter, axes=(1, 2))
            total = standing[quarter] + READ_WEIGHT * read_upright(drawn, score)
            if total > highest:
                best, highest = int(quarter), total
    if best == 0:
        return first, to_map
    return turn_map(ink_map, 90.0 * best + float(turns[best]))


def read_upright(rasters: NDArray[np.float32], score: Score) -> float:
    """How many of some rasters are digits as they lie; a doubtful one counts for little."""
    if not len(rasters):
        return 0.0
    best = score(np.ascontiguousarray(rasters))[:, :DIGITS].max(axis=1)
    return float(np.exp(2 * best).sum())


def sample(ink_map: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 28, 28) rasters of up to `SAMPLE` marks that may be digits."""
    parts = label(ink_map >= LEVEL)
    if not len(parts):
        return np.zeros((0, RASTER_PX, RASTER_PX), np.float32)
    order, usual = marks_by_size(parts)
    mark_of = parts.label_map()
    rasters: list[NDArray[np.float32]] = []
    for mark in order.tolist():
        left, top, right, bottom = parts.boxes[mark].tolist()
        if len(rasters) < SAMPLE and max(right - left, bottom - top) <= LARGE * usual:
            area = slice(top, bottom), slice(left, right)
            rasters.append(normalize(ink_map[area] * (mark_of[area] == mark)))
    return np.array(rasters, np.float32).reshape(-1, RASTER_PX, RASTER_PX)


def _small_turns() -> NDArray[np.float64]:
    """(n,) log-probability of each of `DEGREES`."""
    near = np.exp(-0.5 * (DEGREES / NEARLY_DEGREES) ** 2)
    odds = NEARLY_LEVEL_PAGES * near / near.sum()
    odds += (1 - LEVEL_PAGES - NEARLY_LEVEL_PAGES) / len(DEGREES)
    odds[DEGREES == 0] += LEVEL_PAGES
    return np.asarray(np.log(odds), np.float64)
