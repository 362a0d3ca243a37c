"""Numbers in, the rows or columns they stand in out: for tables without rules one way or both.

The constants were chosen as those of `pencils`.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._picture.find import Found
from inkdigit._pixels.components import label
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._segment.gaps import part_numbers
from inkdigit._segment.rows import group_rows, keep_largest
from inkdigit._tables.rules import Rules

__all__ = ["with_clusters"]

Floats: TypeAlias = NDArray[np.float64]

SLOPES = np.arange(-0.6, 0.601, 0.01)  # that are tried
USUAL_SLOPE = 0.3  # standard deviation expected: the view is nearly level
SPREAD = 0.25  # heights by which the middles of one row's or column's numbers stray
LOWEST, HIGHEST = 0.4, 2.5  # usual heights of a number: lower is a dash or dust
WIDE_GAP = 0.9  # heights: digits of one number of made tables are no further apart than 0.3
TALL_BAND = 2.2  # heights of a number: less deep between two rules is one row
SHRUNK = 0.15  # of a number's extent at both ends: neighbours may reach a little into each other
VALLEY = 0.3  # of the lower of two crests: where so little is written two columns part


def with_clusters(
    found: Found, across: Rules, down: Rules, scale: tuple[float, float], size: tuple[int, int]
) -> tuple[Rules, Rules]:
    """The rules, completed where the numbers say that rows or columns are not ruled.

    Args:
        found: The ink.
        across: The rules across; fewer than two where rows are not ruled.
        down: Those down.
        scale: Units of the rules over pixels of the ink map, across and down.
        size: Height and width of the map of rules.

    Returns:
        Two rules each way at least.
    """
    high, wide = size
    boxes = _numbers(found) * np.array([*scale, *scale])
    boxes = _between(down, _between(across, boxes, 0), 1)
    across = _with_rows(across, boxes) if len(across) > 1 else _clustered(boxes, False, wide, high)
    if len(down) <= 2:
        # Two rules may be a frame, or the sheet's edges, around columns that are not ruled.
        by_numbers = _clustered(boxes, True, high, wide)
        if len(down) < 2 or len(by_numbers) > 2:
            down = by_numbers if len(down) < 2 else _inside(down, by_numbers)
    return across, down


def _numbers(found: Found) -> Floats:
    """(n, 4) boxes of the numbers on an ink map, in its pixels."""
    parts = label(found.ink >= INK_LEVEL)
    boxes = parts.boxes.astype(np.float64)
    boxes = np.asarray(boxes[keep_largest(boxes)], np.float64)
    if not len(boxes):
        return boxes
    groups = group_rows(boxes)
    numbers = part_numbers(boxes, groups, found.ruled_from(found.to_picture))
    members = [part for number in numbers for part in _apart(boxes, number.members)]
    hulls = np.array([[*boxes[m, :2].min(axis=0), *boxes[m, 2:].max(axis=0)] for m in members])
    heights = hulls[:, 3] - hulls[:, 1]
    order = np.argsort(heights)
    total = np.cumsum(heights[order])
    usual = heights[order][np.searchsorted(total, total[-1] / 2)]
    usable = (heights >= LOWEST * usual) & (heights <= HIGHEST * usual)
    return np.asarray(hulls[usable], np.float64)


def _apart(boxes: Floats, members: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """A number's boxes, parted at wide gaps: single digits, evenly spread, are columns here."""
    ordered = members[np.argsort(boxes[members, 0], kind="stable")]
    height = float((boxes[members, 3] - boxes[members, 1]).max())
    reach = np.maximum.accumulate(boxes[ordered, 2])[:-1]
    cuts = np.flatnonzero(boxes[ordered[1:], 0] - reach > WIDE_GAP * height) + 1
    return np.split(ordered, cuts)


def _between(rules: Rules, boxes: Floats, axis: int) -> Floats:
    """The boxes (n, 4) whose middles lie between the first and the last of some rules."""
    if len(rules) < 2 or not len(boxes):
        return boxes
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    at = rules.at(middles[:, axis])
    inside = (middles[:, 1 - axis] > at[0]) & (middles[:, 1 - axis] < at[-1])
    return np.asarray(boxes[inside], np.float64)


def _with_rows(across: Rules, boxes: Floats) -> Rules:
    """Rules across, with more between two of them where several rows of numbers stand."""
    if not len(boxes):
        return across
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    at = across.at(x)
    band = (at <= y[None]).sum(axis=0) - 1
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    positions, support = [across.positions[:1]], [across.support[:1]]
    for k in range(len(across) - 1):
        own = np.flatnonzero(band == k)
        upper, lower = across.positions[k], across.positions[k + 1]
        deep = float((lower - upper).mean())
        if len(own) > 1 and deep > TALL_BAND * height:
            # Where numbers stand between the rules: a band is rarely as deep at both ends.
            share = (boxes[own][:, [1, 3]] - at[k, own, None]) / (at[k + 1, own] - at[k, own])[
                :, None
            ]
            room = SHRUNK * (share[:, 1] - share[:, 0])
            for cut in _parting(share[:, 0] + room, share[:, 1] - room):
                positions.append((upper + cut * (lower - upper))[None])
                support.append(np.zeros_like(support[0]))
        positions.append(across.positions[k + 1 : k + 2])
        support.append(across.support[k + 1 : k + 2])
    return Rules(across.places, np.concatenate(positions), np.concatenate(support))


def _inside(frame: Rules, lines: Rules) -> Rules:
    """A frame's two rules with the inner ones of some lines between them."""
    inner = lines.at(frame.places)[1:-1]
    free = (inner > frame.positions[0]).all(axis=1) & (inner < frame.positions[1]).all(axis=1)
    inner = inner[free]
    positions = np.concatenate([frame.positions[:1], inner, frame.positions[1:]])
    support = np.concatenate([frame.support[:1], np.zeros_like(inner), frame.support[1:]])
    return Rules(frame.places, positions, support)


def _clustered(boxes: Floats, down: bool, length: int, extent: float) -> Rules:
    """Lines between the rows, or between the columns where `down`, in which numbers stand.

    Args:
        boxes: (n, 4) of the numbers: left, top, right, bottom.
        down: Whether to part columns.
        length: Of the map along the lines.
        extent: Of the map across them.
    """
    along = (boxes[:, 0] + boxes[:, 2]) / 2 if not down else (boxes[:, 1] + boxes[:, 3]) / 2
    low, high = (boxes[:, 0], boxes[:, 2]) if down else (boxes[:, 1], boxes[:, 3])
    places = np.array([0.5, max(length - 0.5, 1.5)])
    slope = (
        _slope(along, (low + high) / 2, float(np.median(boxes[:, 3] - boxes[:, 1])))
        if len(boxes)
        else 0.0
    )
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


def _slope(along: Floats, across: Floats, height: float) -> float:
    """How far rows, or columns, move across for each step along: so that they are sharpest."""
    weight = np.exp(-0.5 * (SLOPES / USUAL_SLOPE) ** 2)
    shifted = across[None] - SLOPES[:, None] * along[None]
    apart = (shifted[:, :, None] - shifted[:, None, :]) / (SPREAD * height)
    near = np.exp(-0.5 * apart * apart).sum(axis=(1, 2)) - len(along)
    return float(SLOPES[int((near * weight).argmax())])


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
