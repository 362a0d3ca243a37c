"""Marks in; the cuts between their rows or columns out, where these are not ruled.

The gap between each pair of neighbouring marks tells how likely a cut lies there. A cut separates
all pairs whose gap it runs through, in any row, and should not run through a mark. The best set of
cuts is found exactly, by dynamic programming, for each way that the lines may lean and fan out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cuts", "Gaps", "Stretches", "best_cuts"]

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]

CROSSED = 3.0  # cost in log-odds of a cut through a mark
CUT = 2.0  # cost in log-odds of each cut: it takes more than one pair to make a row or a column
# Of what the table's usual cut is worth, which each cut has to be worth at least: in a table of ten
# rows, one gap in a heading makes no column. Seven made tables by validation writers lost cells
# with 0, and with CUT = 4.5 instead; none did with 0.15.
FEWER = 0.15
STEP = 0.2  # usual heights between the positions that are tried for a cut,
MOST_STEPS = 320  # and how many are tried at most
LEVEL = 0.5  # log-odds: positions beside the best one that are worse by less are as good
USUAL_LEAN = 0.3  # standard deviation expected, of the lean and of the fan


@dataclass(frozen=True, eq=False)
class Stretches:
    """Where n marks lie, in usual heights from the middle.

    Attributes:
        low: (n,) where they begin, across the lines.
        high: (n,) where they end.
        along: (n,) where they lie along the lines.
    """

    low: Floats
    high: Floats
    along: Floats


@dataclass(frozen=True, eq=False)
class Gaps:
    """Stretches between two marks, each with what a cut in it is worth.

    Attributes:
        low: (k,) where they begin, across the lines, in usual heights.
        high: (k,) where they end.
        along: (k,) where they lie along the lines.
        weight: (k,) log-odds that a cut separates the marks.
    """

    low: Floats
    high: Floats
    along: Floats
    weight: Floats


@dataclass(frozen=True, eq=False)
class Cuts:
    """Lines position = cut + (lean + fan * cut) * along, all in usual heights.

    Attributes:
        cuts: (n,) ascending.
        lean: Of the line through 0.
        fan: How much the lean grows from line to line.
        worth: Log-odds of all.
        ends: Before the first mark, and after the last.
        asked: (n,) log-odds of each cut alone.
    """

    cuts: Floats
    lean: float
    fan: float
    worth: float
    ends: tuple[float, float]
    asked: Floats


def best_cuts(marks: Stretches, gaps: Gaps, leans: Floats, extent: float) -> Cuts:
    """Find the lines that separate the marks best.

    Args:
        marks: One at least.
        gaps: Between the marks.
        leans: What is tried, evenly spaced.
        extent: Half of the map across the lines: the fan is measured over it.
    """

    def tried(lean: float, fan: float, cost: float = CUT) -> Cuts:
        return _cuts(marks, gaps, lean, fan, cost)

    def prior(cuts: Cuts) -> float:
        off = (cuts.lean**2 + (cuts.fan * extent) ** 2) / USUAL_LEAN**2
        return cuts.worth - off

    best = max((tried(float(lean), 0.0) for lean in leans), key=prior)
    step = float(leans[1] - leans[0]) if len(leans) > 1 else 0.0
    if step:
        fans = np.linspace(-0.12, 0.12, 5) / extent
        best = max([best, *(tried(best.lean, float(fan)) for fan in fans if fan)], key=prior)
        finer = best.lean + step * np.array([-0.5, -0.25, 0.25, 0.5])
        best = max([best, *(tried(float(lean), best.fan) for lean in finer)], key=prior)
    cost = FEWER * float(np.median(best.asked)) if len(best.asked) else 0.0
    return tried(best.lean, best.fan, cost) if cost > CUT else best


def _cuts(marks: Stretches, gaps: Gaps, lean: float, fan: float, cost: float) -> Cuts:
    def upright(across: Floats, at: Floats) -> Floats:
        return (across - lean * at) / np.maximum(1 + fan * at, 0.2)

    low, high = upright(marks.low, marks.along), upright(marks.high, marks.along)
    start, end = float(low.min()), float(high.max())
    count = int(np.clip((end - start) / STEP, 3, MOST_STEPS))
    positions = np.linspace(start, end, count)
    gap = _between(upright(gaps.low, gaps.along), upright(gaps.high, gaps.along), positions)
    mark = _between(low, high, positions)
    own = _covered(*gap, gaps.weight, count) - CROSSED * _covered(*mark, None, count)
    both = _covered_at_once(*gap, gaps.weight, count)
    worth = own - cost
    before = np.full(count, -1)
    for k in range(1, count):
        # Pairs that the cut before separates as well count only once.
        previous = worth[:k] - both[k, :k]
        best = int(previous.argmax())
        if previous[best] > 0:
            worth[k] += previous[best]
            before[k] = best
    last = int(worth.argmax())
    if worth[last] <= 0:
        return Cuts(np.zeros(0), lean, fan, 0.0, (start, end), np.zeros(0))
    total, chosen, asked = float(worth[last]), [], []
    while last >= 0:
        chosen.append(_middle(own, last))
        asked.append(float(own[last]))
        last = int(before[last])
    cuts = np.interp(chosen[::-1], np.arange(count), positions)
    return Cuts(cuts, lean, fan, total, (start, end), np.array(asked[::-1]))


def _between(low: Floats, high: Floats, positions: Floats) -> tuple[Indices, Indices]:
    """(n,) the first of the ascending positions inside each stretch, and the first beyond it."""
    first = np.searchsorted(positions, low, "right")
    return first, np.maximum(np.searchsorted(positions, high, "left"), first)


def _covered(first: Indices, beyond: Indices, weight: Floats | None, count: int) -> Floats:
    """(count,) the weight of the stretches around each position; 1 each where none is given."""
    change = np.bincount(first, weight, count + 1) - np.bincount(beyond, weight, count + 1)
    return np.asarray(change.cumsum()[:count], np.float64)


def _covered_at_once(first: Indices, beyond: Indices, weight: Floats, count: int) -> Floats:
    """(count, count) the weight of all stretches that two positions both lie in."""
    side = count + 1
    change = np.zeros(side * side)
    for row, column, sign in (
        (first, first, 1), (first, beyond, -1), (beyond, first, -1), (beyond, beyond, 1)
    ):  # fmt: skip
        change += np.bincount(row * side + column, sign * weight, side * side)
    return change.reshape(side, side).cumsum(0).cumsum(1)[:count, :count]


def _middle(own: Floats, index: int) -> float:
    """The middle of the positions around one that are as good."""
    good = own >= own[index] - LEVEL
    first = last = index
    while first > 0 and good[first - 1]:
        first -= 1
    while last + 1 < len(good) and good[last + 1]:
        last += 1
    return (first + last) / 2
