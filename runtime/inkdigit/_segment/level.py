"""Ink map in, the ways it may lie out, each turned so that its rows would be level.

Two things tell how a page lies: the feet of neighbours stand on a line (see `turn`), and its
digits read better upright. What each counts, against the expectation that a page lies as it should,
was fitted on made pages: `python -m inkdigit_train fit-level`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._framing.normalize import normalize
from inkdigit._framing.rasterize import RASTER_PX
from inkdigit._pixels.components import label
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._pixels.transform import Transform
from inkdigit._segment.turn import marks_by_size, row_evidence, turn_map
from inkdigit.labels import DIGITS

__all__ = [
    "BUNDLED_LEVEL",
    "DEGREES",
    "WEIGHTS",
    "Score",
    "Way",
    "read_marks",
    "small_turns",
    "square_turns",
    "ways_up",
]

Score: TypeAlias = Callable[[NDArray[np.float32]], NDArray[np.float64]]

BUNDLED_LEVEL = Path(__file__).parent / "level.json"
# What counts: for small turns each pair on one line, and the expectation; for quarter turns each
# pair on one line, each digit that is read surely, and each one: many a stroke on its side reads 1.
WEIGHTS = ("pair", "prior", "standing", "read", "ones")
DEGREES = np.arange(-45.0, 46.0)  # turns that are tried
SAME_TURN = 3.0  # degrees: digits read alike
SAMPLE = 12  # marks that are read each way: more tell hardly better
LARGE = 1.8  # of the usual size: a larger mark is rather several digits joined

# Expected, not measured: half of the pages are level, most others nearly so, the rest lie at any
# angle; few lie on their side or upside down, each of these as often.
LEVEL_PAGES = 0.5
NEARLY_LEVEL_PAGES, NEARLY_DEGREES = 0.4, 3.0
UPRIGHT_PAGES = 0.97
UPRIGHT_DRAWINGS = 0.9999  # who draws on a canvas sees it upright, and level


@dataclass(frozen=True, eq=False)
class Way:
    """One way that a picture may lie.

    Attributes:
        ink_map: (H, W) float32 in [0, 1], 1 = ink, turned as if it lay so.
        to_map: From its pixels to those of the map as it was.
        standing: Log-odds of this way by how its marks stand, and by what is expected.
    """

    ink_map: NDArray[np.float32]
    to_map: Transform
    standing: float = 0.0

    def weigh(self, digits: Iterable[tuple[int | None, float]]) -> float:
        """Log-odds of this way, up to a constant, by its digits and their confidences.

        None stands for what is no digit.
        """
        return self.standing + float(_sure(digits) @ _weights()[-2:])


def ways_up(ink_map: NDArray[np.float32], score: Score, *, drawn: bool = False) -> list[Way]:
    """Turn a map so that its rows are level and its digits upright.

    A map with too little written to tell stays as it is.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.
        score: Gives the (n, 11) log-probabilities of (n, 28, 28) rasters.
        drawn: Whether it was drawn on a plain canvas, rather than photographed or scanned.

    Returns:
        How it probably lies. Where its marks read better on their side or upside down, that way
        too: then the whole readings have to decide, as a broken digit's pieces may read anything.
    """
    evidence = row_evidence(ink_map, DEGREES)
    pair, prior, on_line, read, _ = _weights()
    expected = small_turns(UPRIGHT_DRAWINGS if drawn else LEVEL_PAGES)
    likeliest = (pair * evidence + prior * expected).argmax(axis=1)
    turns = DEGREES[likeliest]
    standing = square_turns(UPRIGHT_DRAWINGS if drawn else UPRIGHT_PAGES)
    if not drawn:  # on a canvas there is no line to stand on: heads may be as level as feet
        standing += on_line * evidence[np.arange(4), likeliest]

    def turned(quarter: int) -> Way:
        moved, to_map = turn_map(ink_map, 90.0 * quarter + float(turns[quarter]))
        return Way(moved, to_map, float(standing[quarter]))

    upright = turned(0)
    rasters = sample(upright.ink_map)
    highest = upright.weigh(_read(rasters, score))
    # Most pages need no other look: not even with every mark read surely would it do better.
    others = [q for q in (1, 2, 3) if standing[q] + read * len(rasters) > highest]
    if not len(rasters) or not others:
        return [upright]
    best = 0
    for quarter in others:
        if abs(turns[quarter] - turns[0]) <= SAME_TURN:
            # A mark on its side is the same raster on its side, which takes no time to draw.
            own = np.ascontiguousarray(np.rot90(rasters, quarter, (1, 2)))
        else:
            own = sample(turned(quarter).ink_map)
        total = float(standing[quarter] + _sure(_read(own, score)) @ _weights()[-2:])
        if total > highest:
            best, highest = quarter, total
    return [upright, turned(best)] if best else [upright]


def _read(rasters: NDArray[np.float32], score: Score) -> list[tuple[int, float]]:
    """The likeliest digit of each raster, and its probability."""
    if not len(rasters):
        return []
    digits = np.exp(score(rasters)[:, :DIGITS])
    return list(zip(digits.argmax(axis=1).tolist(), digits.max(axis=1).tolist(), strict=True))


def sample(ink_map: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 28, 28) rasters of up to `SAMPLE` marks that may be digits."""
    parts = label(ink_map >= INK_LEVEL)
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


def read_marks(ink_map: NDArray[np.float32], score: Score) -> NDArray[np.float64]:
    """How surely a map's marks read as it is: (2,) for digits but ones, and for ones."""
    return _sure(_read(sample(ink_map), score))


def _sure(digits: Iterable[tuple[int | None, float]]) -> NDArray[np.float64]:
    """(2,) sums of the squared confidences of digits but ones, and of ones."""
    sums = np.zeros(2)
    for digit, confidence in digits:
        if digit is not None:
            sums[int(digit == 1)] += confidence * confidence
    return sums


def square_turns(upright: float = UPRIGHT_PAGES) -> NDArray[np.float64]:
    """(4,) log-odds of each quarter turn against none, where a part of the pages is upright."""
    odds = [1.0, *[(1 - upright) / 3 / upright] * 3]
    return np.asarray(np.log(odds), np.float64)


@cache
def _weights() -> NDArray[np.float64]:
    fitted = json.loads(BUNDLED_LEVEL.read_text())["weights"]
    return np.array([fitted[name] for name in WEIGHTS])


def small_turns(level: float = LEVEL_PAGES) -> NDArray[np.float64]:
    """(n,) log-probability of each of `DEGREES`, where a part of the pages is level."""
    near = np.exp(-0.5 * (DEGREES / NEARLY_DEGREES) ** 2)
    nearly = NEARLY_LEVEL_PAGES / (1 - LEVEL_PAGES)  # of the pages that are not level
    odds = (1 - level) * (nearly * near / near.sum() + (1 - nearly) / len(DEGREES))
    odds[DEGREES == 0] += level
    return np.asarray(np.log(odds), np.float64)
