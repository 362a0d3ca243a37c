"""Rows as they were read in, how likely a hand wrote each out: some print is taken for ink.

What the ink network makes of a row's marks, and what the reader makes of its glyphs, was weighed by
a fit on made pages: `python -m inkdigit_train fit-written`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._fitted.odds import log_odds, probability
from inkdigit._fitted.regression import Regression

__all__ = [
    "BUNDLED_WRITTEN",
    "DRAWN_FEATURES",
    "WRITTEN_FEATURES",
    "RowLook",
    "measure_rows",
    "written",
]

BUNDLED_WRITTEN = Path(__file__).parent / "written.json"
WRITTEN_FEATURES = (
    "ink",  # log-odds of ink, mean over the row's marks
    "ruled",  # mean probability of a rule there
    "unread",  # fraction of its glyphs that are no digit
    "sure",  # mean confidence of its glyphs
    "ones",  # fraction that are ones
    "glyphs",  # logarithm of their number
    "height",  # logarithm of its height over the page's usual one
    "rows",  # logarithm of their number
    "page_ink",  # log-odds of ink, mean over the page's rows, weighted by their glyphs
    "page_unread",  # fraction of the page's glyphs that are no digit
    "over_page_ink",  # how much more of it the row has than the page
    "printed",  # log-odds of print, mean over its glyphs
    "page_printed",  # mean over the page's rows, weighted by their glyphs
    "fills",  # logarithm of its height over the picture's: a picture of one row is of that row
)
# A program's pen draws as evenly as print: on a plain canvas that says nothing.
DRAWN_FEATURES = tuple(name for name in WRITTEN_FEATURES if "printed" not in name)
LEAST_FILLED = 1e-3  # of a picture's height, so that its logarithm is finite


@dataclass(frozen=True, eq=False)
class RowLook:
    """A row as it looks and as it was read.

    Attributes:
        ink: Mean probability of ink over the pixels of its marks.
        ruled: Mean probability of a rule there.
        height: Of a usual digit in it, in pixels.
        digits: What was read; None for no digit.
        confidences: Of each.
        printed: Log-odds of print of each.
        fills: How much of the picture's height a usual digit takes.
    """

    ink: float
    ruled: float
    height: float
    digits: Sequence[int | None]
    confidences: Sequence[float]
    printed: Sequence[float]
    fills: float


def measure_rows(rows: Sequence[RowLook]) -> NDArray[np.float64]:
    """(n, 14) of a page's n rows, in the order of `WRITTEN_FEATURES`."""
    if not rows:
        return np.zeros((0, len(WRITTEN_FEATURES)))
    ink = log_odds([row.ink for row in rows])
    counts = np.array([max(len(row.digits), 1) for row in rows], np.float64)
    unread = np.array([sum(d is None for d in row.digits) for row in rows]) / counts
    ones = np.array([sum(d == 1 for d in row.digits) for row in rows]) / counts
    heights = np.array([row.height for row in rows])
    order = np.argsort(heights)
    middle = np.searchsorted(np.cumsum(counts[order]), counts.sum() / 2)
    page_ink = float((ink * counts).sum() / counts.sum())
    printed = np.array([float(np.mean(row.printed or [0.0])) for row in rows])
    count = len(rows)
    columns = [
        ink,
        np.array([row.ruled for row in rows]),
        unread,
        np.array([float(np.mean(row.confidences or [0.0])) for row in rows]),
        ones,
        np.log(counts),
        np.log(heights / heights[order][middle]),
        np.full(count, np.log(count)),
        np.full(count, page_ink),
        np.full(count, float((unread * counts).sum() / counts.sum())),
        ink - page_ink,
        printed,
        np.full(count, float((printed * counts).sum() / counts.sum())),
        np.log(np.clip([row.fills for row in rows], LEAST_FILLED, 1)),
    ]
    return np.stack(columns, axis=1)


def written(rows: Sequence[RowLook], *, drawn: bool = False) -> NDArray[np.float64]:
    """(n,) how likely a hand wrote each row of a page, 0 to 1; `drawn`: on a plain canvas."""
    features = measure_rows(rows)
    if drawn:
        features = features[:, [WRITTEN_FEATURES.index(name) for name in DRAWN_FEATURES]]
    return probability(_weights(drawn).log_odds(features))


@cache
def _weights(drawn: bool) -> Regression:
    fitted = json.loads(BUNDLED_WRITTEN.read_text())
    if drawn:
        return Regression.parse(fitted["drawn"], DRAWN_FEATURES)
    return Regression.parse(fitted["seen"], WRITTEN_FEATURES)
