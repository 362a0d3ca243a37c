"""Numbers in, the rows or columns they stand in out: for tables without rules one way or both."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._tables.rules import Rules

__all__ = ["clustered"]

Floats: TypeAlias = NDArray[np.float64]

SHRUNK = 0.15  # of a number's extent at both ends: neighbours may reach a little into each other
VALLEY = 0.3  # of the lower of two crests: where so little is written two columns part


def clustered(boxes: Floats, down: bool, slope: float, length: int, extent: float) -> Rules:
    """Lines between the rows, or between the columns where `down`, in which numbers stand.

    Args:
        boxes: (n, 4) of the numbers: left, top, right, bottom.
        down: Whether to part columns.
        slope: Of the lines: how far they move across for each step along.
        length: Of the map along the lines.
        extent: Of the map across them.
    """
    along = (boxes[:, 0] + boxes[:, 2]) / 2 if not down else (boxes[:, 1] + boxes[:, 3]) / 2
    low, high = (boxes[:, 0], boxes[:, 2]) if down else (boxes[:, 1], boxes[:, 3])
    places = np.array([0.5, max(length - 0.5, 1.5)])
    if not len(boxes):
        found = np.array([0.0, extent])
    else:
        shift = slope * (along - length / 2)
        low, high = low - shift, high - shift
        room = SHRUNK * (high - low)
        found = _parting(low + room, high - room)
        margin = 0.3 * float(np.median(high - low))
        found = np.concatenate([[low.min() - margin], found, [high.max() + margin]])
    offsets = slope * (places - length / 2)
    positions = found[:, None] + offsets[None]
    return Rules(places, positions, np.zeros_like(positions))


def _parting(low: Floats, high: Floats) -> Floats:
    """Where few or no intervals lie, between where many do."""
    steps = 1000
    start, end = float(low.min()), float(high.max())
    scale = steps / max(end - start, 1e-6)
    counts = np.zeros(steps + 2)
    np.add.at(counts, ((low - start) * scale).astype(int), 1)
    np.add.at(counts, np.minimum(((high - start) * scale).astype(int) + 1, steps + 1), -1)
    cover = np.cumsum(counts)[: steps + 1]
    changes = np.flatnonzero(np.diff(cover)) + 1
    starts = np.concatenate([[0], changes])
    ends = np.concatenate([changes, [len(cover)]])
    heights = cover[starts]
    runs = [[float(h), int(a), int(b)] for h, a, b in zip(heights, starts, ends, strict=True)]
    cuts: list[float] = []
    _split(runs, cuts)
    return np.array(sorted(cuts)) / scale + start


def _split(runs: list[list[float]], cuts: list[float]) -> None:
    """Cut at the deepest valley, then what is left and right of it."""
    if len(runs) < 3:
        return
    heights = np.array([run[0] for run in runs])
    before, after = np.maximum.accumulate(heights), np.maximum.accumulate(heights[::-1])[::-1]
    lower = np.minimum(before, after)
    depth = heights / np.maximum(lower, 1e-9)
    widths = np.array([run[2] - run[1] for run in runs])
    # Of equally deep valleys the widest.
    best = int(np.lexsort((-widths, depth))[0])
    if best in (0, len(runs) - 1) or depth[best] > VALLEY:
        return
    cuts.append((runs[best][1] + runs[best][2]) / 2)
    _split(runs[:best], cuts)
    _split(runs[best + 1 :], cuts)
