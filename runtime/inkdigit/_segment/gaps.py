"""Rows of writing in, rows of one number each out: which gaps part two numbers.

A gap is judged by its width against its row's and its page's, by a rule that runs through it, and
by the rows above and below. What each counts, and each product of two, was fitted on made pages:
`python -m inkdigit_train fit-gaps`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._fitted.regression import Regression
from inkdigit._segment.rows import usual_height

__all__ = [
    "BUNDLED_GAPS",
    "GAP_FEATURES",
    "Gaps",
    "Number",
    "Ruled",
    "measure_gaps",
    "part_numbers",
]

Floats: TypeAlias = NDArray[np.float64]
# How likely a rule runs through each of the points (n, 2), (n,) in [0, 1].
Ruled: TypeAlias = Callable[[Floats], Floats]

BUNDLED_GAPS = Path(__file__).parent / "gaps.json"
GAP_FEATURES = (
    "width",  # of the gap, as a logarithm of row heights
    "over_row",  # that, less the row's narrow gaps'
    "over_page",  # less the page's narrow gaps'
    "over_next",  # less the wider one of the gaps beside it
    "single",  # whether it is the row's only gap
    "uneven",  # standard deviation of the row's gaps
    "pitch",  # from the middle of one digit to that of the next, as a logarithm of row heights
    "over_pitch",  # that, less the row's median
    "uneven_pitch",  # standard deviation over the row: digits spread evenly are one number
    "rank",  # fraction of the row's gaps that are wider
    "ruled",  # whether a rule runs down through it
    "page_ruled",  # mean of that over the page's gaps
    "digits_ruled",  # the same of its digits: squared paper
    "aligned",  # fraction of the other rows with a gap in the same place
    "gaps",  # how many the row has,
    "rows",  # and how many rows the page has
)
NARROW = 0.25  # quantile of a row's or a page's gaps that counts as narrow
MOST = 8  # rows and gaps: more make no difference
LEAST_WIDTH = 0.1  # row heights, added so that the logarithm is finite
ACROSS, DOWN = 33, 9  # points at which a gap is looked at for a rule
MIDDLE = 0.15  # row heights on both sides of a digit's middle, looked at likewise
BESIDE = 0.05  # row heights beside a gap's middle that are free of ink where rows align


@dataclass(frozen=True, eq=False)
class Gaps:
    """The gaps of a page's rows.

    Attributes:
        features: (n, 16) in the order of `GAP_FEATURES`.
        before: For each gap, the indices of the boxes left of it that overlap; see `after`.
        after: The same of those right of it. A row's boxes that overlap from left to right are one.
        row: (n,) index of each gap's row.
    """

    features: Floats
    before: list[NDArray[np.int64]]
    after: list[NDArray[np.int64]]
    row: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Number:
    """Boxes of one number.

    Attributes:
        members: Their indices, ascending.
        row: Index of the row that it is a part of.
        parted: Probability, 0 to 1, that its gaps, and the one behind it, were taken for what they
            are.
    """

    members: NDArray[np.int64]
    row: int
    parted: float


@dataclass(frozen=True, eq=False)
class _Row:
    """A row's boxes, those that overlap from left to right taken as one."""

    height: float
    members: list[NDArray[np.int64]]
    left: Floats
    right: Floats
    top: float
    bottom: float

    @classmethod
    def of(cls, boxes: Floats, group: NDArray[np.int64]) -> _Row:
        ordered = group[np.argsort(boxes[group, 0], kind="stable")]
        reach = np.maximum.accumulate(boxes[ordered, 2])
        starts = np.flatnonzero(boxes[ordered[1:], 0] > reach[:-1]) + 1
        own = boxes[group]
        return cls(
            usual_height(own),
            np.split(ordered, starts),
            boxes[ordered[np.concatenate([[0], starts])], 0],
            reach[np.concatenate([starts - 1, [len(ordered) - 1]])],
            float(own[:, 1].min()),
            float(own[:, 3].max()),
        )

    @property
    def widths(self) -> Floats:
        """(n,) of the gaps: logarithms of row heights."""
        return np.asarray(np.log(LEAST_WIDTH + (self.left[1:] - self.right[:-1]) / self.height))

    @property
    def pitches(self) -> Floats:
        """(n,) of the gaps, between the middles of what is beside them, likewise."""
        middles = (self.left + self.right) / 2
        return np.asarray(np.log(LEAST_WIDTH + np.diff(middles) / self.height))

    @property
    def middles(self) -> Floats:
        """(n,) of the gaps, in pixels."""
        return np.asarray((self.left[1:] + self.right[:-1]) / 2)


def measure_gaps(
    boxes: Floats, groups: Sequence[NDArray[np.int64]], ruled: Ruled | None = None
) -> Gaps:
    """Measure the gaps of a page.

    Args:
        boxes: (n, 4) of all strokes or marks: left, top, right, bottom.
        groups: Their indices, row by row.
        ruled: Where rules run; nowhere if left out.

    Returns:
        The gaps, row by row from left to right.
    """
    rows = [_Row.of(boxes, group) for group in groups]
    gaps = [len(row.left) - 1 for row in rows]
    if not any(gaps):
        return Gaps(np.zeros((0, len(GAP_FEATURES))), [], [], np.zeros(0, np.int64))
    of_page = np.concatenate([row.widths for row in rows])
    page_narrow = float(np.quantile(of_page, NARROW))
    through = _ruled_down(rows, [(row.right[:-1], row.left[1:]) for row in rows], ruled)
    spans = []
    for row in rows:
        middles, around = (row.left + row.right) / 2, MIDDLE * row.height
        spans.append((middles - around, middles + around))
    digits = _ruled_down(rows, spans, ruled)
    page_ruled = float(np.concatenate(through).mean())
    digits_ruled = float(np.concatenate(digits).mean())
    aligned = _aligned(rows)
    found = []
    for index, row in enumerate(rows):
        widths, pitches = row.widths, row.pitches
        count = len(widths)
        if not count:
            continue
        beside = np.pad(widths, 1, constant_values=-np.inf)
        wider = np.maximum(beside[:-2], beside[2:])
        columns = [
            widths,
            widths - np.quantile(widths, NARROW),
            widths - page_narrow,
            widths - np.where(np.isfinite(wider), wider, widths),
            np.full(count, count == 1),
            np.full(count, widths.std()),
            pitches,
            pitches - np.median(pitches),
            np.full(count, pitches.std()),
            (widths[:, None] < widths[None]).mean(axis=1),
            through[index],
            np.full(count, page_ruled),
            np.full(count, digits_ruled),
            aligned[index],
            np.full(count, min(count, MOST)),
            np.full(count, min(len(rows), MOST)),
        ]
        found.append(np.stack(columns, axis=1).astype(np.float64))
    return Gaps(
        np.concatenate(found),
        [member for row in rows for member in row.members[:-1]],
        [member for row in rows for member in row.members[1:]],
        np.repeat(np.arange(len(rows)), gaps),
    )


def part_numbers(
    boxes: Floats, groups: Sequence[NDArray[np.int64]], ruled: Ruled | None = None
) -> list[Number]:
    """Part rows where another number begins; arguments as for `measure_gaps`.

    Returns:
        The numbers in the order of the rows and from left to right in each.
    """
    gaps = measure_gaps(boxes, groups, ruled)
    odds = _weights().log_odds(gaps.features)
    right = 1 / (1 + np.exp(-np.abs(odds)))
    numbers = []
    for index, group in enumerate(groups):
        own = np.flatnonzero(gaps.row == index)
        if not (odds[own] > 0).any():
            numbers.append(Number(group, index, float(right[own].prod())))
            continue
        current, sure = [gaps.before[own[0]]], 1.0
        for gap in own.tolist():
            sure *= float(right[gap])
            if odds[gap] > 0:
                numbers.append(Number(np.sort(np.concatenate(current)), index, sure))
                current, sure = [], 1.0
            current.append(gaps.after[gap])
        numbers.append(Number(np.sort(np.concatenate(current)), index, sure))
    return numbers


def _ruled_down(
    rows: Sequence[_Row], spans: Sequence[tuple[Floats, Floats]], ruled: Ruled | None
) -> list[Floats]:
    """For each row (n,) in [0, 1]: whether a rule runs down it somewhere in each of n spans.

    Args:
        rows: The rows.
        spans: Of each row where its spans begin and end, (n,) each.
        ruled: Where rules run; nowhere if None.
    """
    counts = [len(left) for left, _ in spans]
    ends = np.cumsum(counts)[:-1]
    if ruled is None or not any(counts):
        return [np.zeros(count) for count in counts]
    left, right = (np.concatenate(edges) for edges in zip(*spans, strict=True))
    x = np.linspace(left, right, ACROSS, axis=1)
    tops = np.repeat([row.top for row in rows], counts)
    bottoms = np.repeat([row.bottom for row in rows], counts)
    y = np.linspace(tops, bottoms, DOWN, axis=1)
    points = np.stack(np.broadcast_arrays(x[..., None], y[:, None]), axis=-1)
    # All at once: a page may have a thousand rows.
    found = ruled(points.reshape(-1, 2)).reshape(len(left), ACROSS, DOWN)
    return np.split(np.asarray(found.mean(axis=2).max(axis=1), np.float64), ends)


def _aligned(rows: Sequence[_Row]) -> list[Floats]:
    """For each row's gaps (n,): of the other rows that reach so far, those with a gap there."""
    left = np.concatenate([row.left for row in rows])
    right = np.concatenate([row.right for row in rows])
    first = np.cumsum([0, *(len(row.left) for row in rows)])[:-1]
    start = np.array([row.left[0] for row in rows])
    end = np.array([row.right[-1] for row in rows])
    found = []
    for index, row in enumerate(rows):
        middles = row.middles[:, None]
        slack = BESIDE * row.height
        inked = np.logical_or.reduceat(
            (left - slack < middles) & (middles < right + slack), first, axis=1
        )
        reaching = (start < middles) & (middles < end)
        reaching[:, index] = False
        count = reaching.sum(axis=1)
        free = (reaching & ~inked).sum(axis=1)
        found.append(np.where(count > 0, free / np.maximum(count, 1), 0.5))
    return found


@cache
def _weights() -> Regression:
    return Regression.load(BUNDLED_GAPS, GAP_FEATURES)
