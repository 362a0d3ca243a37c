"""Boxes of strokes or marks in, rows of writing out, and the usual height of their digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.measure import weighted_median

__all__ = [
    "DIGIT",
    "MAX_IN_CELLS",
    "MAX_SOURCES",
    "SPECK",
    "group_rows",
    "keep_cells",
    "keep_largest",
    "usual_height",
]

MAX_SOURCES = 1000  # the largest strokes or marks are read: a page of writing has fewer
MAX_IN_CELLS = 1000  # marks of a table that are read: 400 cells of two digits and more

# In row heights. "Training digits" are the 3,825 digits of several strokes among UNIPEN's and
# pendigits' training digits; what has no source was chosen by eye on development pages.
SPECK = 0.12  # smaller both ways is a dot or a tap: 0.7 % of training digits have such a stroke
NEAR_GAP, FAR_GAP = 2.0, 5.0  # what is further apart is no row: see `gaps` for the numbers in it
ROW_OVERLAP = 0.3  # strokes of a row share this fraction of the smaller one's height,
FAR_OVERLAP = 0.6  # this if they are further apart than near: one cannot share it with two rows
MARK_REACH = 2.0  # heights of a stroke at which a bar or a mark still belongs to it
BODY = 0.3  # a lower stroke is a bar or a mark and goes with its nearest neighbour
BAR_WIDTH = 1.2  # of its own height: what may be the bar of a 5, however steep
BAR_GAP = 0.15  # above its body, in heights of that
MAX_COLUMN = 2.5  # strokes high a digit may be: its rings, or a bar and a body
STACK_GAP = 0.1  # an 8 may be two rings, one on the other,
STACK_HEIGHT = 1.8  # together no higher than this many usual strokes
DIGIT = 0.6  # of the usual height: what is lower may be part of a digit
LEAST_SPLIT = 4  # digits: fewer are no two rows, but may be digits of two strokes;
LEAST_STACKED = 2  # and so may a pair of strokes, one below the other
MAX_DEPTH = 10  # 50 joined rows are split in 6 steps; a thousand marks take 20 ms a step
MAX_STACKED = 64  # groups of one or two strokes: with more it is a page of single strokes


def keep_largest(boxes: NDArray[np.float64], least: float = SPECK / 2) -> NDArray[np.int64]:
    """Indices of the boxes (n, 4) to read: specks dropped, the `MAX_SOURCES` largest at most.

    Args:
        boxes: Of strokes or marks.
        least: Size below which something is a speck, in usual sizes.
    """
    if not len(boxes):
        return np.zeros(0, np.int64)
    sizes = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    kept = np.sort(np.argsort(-sizes, kind="stable")[:MAX_SOURCES])
    usual = _usual(sizes[kept])
    # Only what is a speck for any row; the row's own height decides on the rest.
    bodies: NDArray[np.int64] = kept[sizes[kept] > least * usual]
    return bodies


def keep_cells(
    boxes: NDArray[np.float64], cells: NDArray[np.int64]
) -> tuple[NDArray[np.int64], tuple[int, ...]]:
    """What of a table's marks to read: whole cells, `MAX_IN_CELLS` marks of them.

    Args:
        boxes: (n, 4) of the marks.
        cells: (n,) index of the cell of each, below 0 for none.

    Returns:
        Indices of the marks, without specks; and the cells that are too many to be read.
    """
    if not len(boxes):
        return np.zeros(0, np.int64), ()
    sizes = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    large = (cells >= 0) & (sizes > SPECK / 2 * _usual(sizes))
    found, counts = np.unique(cells[large], return_counts=True)
    beyond = found[np.cumsum(counts) > MAX_IN_CELLS]
    return np.flatnonzero(large & ~np.isin(cells, beyond)), tuple(beyond.tolist())


def _usual(values: NDArray[np.float64]) -> float:
    """The median, each value weighted by itself."""
    return weighted_median(values, values)


def usual_height(boxes: NDArray[np.float64]) -> float:
    """Height of a usual digit, from the boxes (n, 4) of a row's strokes or marks.

    Strokes above each other count as one: the bar of a 5 and its body, the rings of an 8.
    """
    if len(boxes) == 1:  # most cells of a table hold one mark: spare them the tables of pairs
        x, y, right, bottom = boxes[0].tolist()
        return float(max(bottom - y, 0.2 * (right - x), 1e-6))
    left, top, right, bottom = boxes.T
    overlap = np.minimum(right[:, None], right[None]) - np.maximum(left[:, None], left[None])
    narrower = np.minimum((right - left)[:, None], (right - left)[None])
    columns = _connected(overlap > 0.5 * narrower)
    heights = np.array([bottom[c].max() - top[c].min() for c in columns])
    # In a crowd, slanted strokes overlap into one column of many digits.
    height = min(_usual(heights), MAX_COLUMN * _usual(bottom - top))
    # Nothing but bars: a bar is about as long as a digit is high.
    return max(height, 0.2 * _usual(right - left), 1e-6)


def group_rows(boxes: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Group boxes (n, 4) into rows.

    Returns:
        The indices of each row's boxes, ascending; the rows in reading order.
    """
    if len(boxes) <= 1:
        return [np.arange(1)] * len(boxes)
    left, top, right, bottom = boxes.T
    heights = bottom - top
    taller = np.maximum(heights[:, None], heights[None])
    lower = np.minimum(heights[:, None], heights[None])
    gap_x = np.maximum(left[:, None], left[None]) - np.minimum(right[:, None], right[None])
    gap_y = np.maximum(top[:, None], top[None]) - np.minimum(bottom[:, None], bottom[None])
    near, far = gap_x <= NEAR_GAP * taller, gap_x <= FAR_GAP * taller
    shared = -gap_y / np.maximum(lower, 1e-9)
    linked = (near & (shared >= ROW_OVERLAP)) | (far & (shared >= FAR_OVERLAP))
    linked &= lower >= BODY * taller

    # The rings of an 8, one on the other: together no higher than a digit beside its neighbours.
    overlap_x = -gap_x > 0.5 * np.minimum((right - left)[:, None], (right - left)[None])
    together = np.maximum(bottom[:, None], bottom[None]) - np.minimum(top[:, None], top[None])
    linked |= (
        overlap_x & (gap_y <= STACK_GAP * taller) & (together <= STACK_HEIGHT * _usual(heights))
    )

    # Bars and marks go with the nearest stroke that is much larger.
    is_mark = ((heights[None] * BODY > heights[:, None]) & near & (gap_y <= taller)).any(axis=1)
    # So does a steep bar: wider than high, and resting on something higher.
    is_bar = (right - left > BAR_WIDTH * heights)[:, None] & (heights[:, None] < heights[None])
    is_mark |= (is_bar & ~linked & (gap_x < 0) & (gap_y <= BAR_GAP * taller)).any(axis=1)
    distance = np.hypot(np.maximum(gap_x, 0), np.maximum(gap_y, 0))
    distance = distance + 0.01 * np.hypot(
        (left + right)[:, None] - (left + right)[None],
        (top + bottom)[:, None] - (top + bottom)[None],
    )
    distance[:, is_mark] = np.inf
    for mark in np.flatnonzero(is_mark & ~is_mark.all()):
        nearest = int(distance[mark].argmin())
        linked[mark] = False
        linked[:, mark] = False
        if distance[mark, nearest] <= MARK_REACH * heights[nearest]:
            linked[mark, nearest] = linked[nearest, mark] = True
    groups = [
        part
        for group in _connected(linked)
        for part in _split(group, boxes, linked & (shared >= FAR_OVERLAP))
    ]
    return _in_reading_order(_stack(groups, boxes), boxes)


def _split(
    group: NDArray[np.int64],
    boxes: NDArray[np.float64],
    beside: NDArray[np.bool_],
    depth: int = MAX_DEPTH,
) -> list[NDArray[np.int64]]:
    """Split a group that holds several rows.

    One digit that reaches down or touches the next row is enough to join two. Digits one below the
    other are of two rows, digits side by side of one. The group is split at the line that has most
    pairs of the first kind on its two sides, and fewest of the second.

    Args:
        group: Indices of the strokes or marks.
        boxes: (n, 4) of all strokes or marks.
        beside: (n, n) which of them stand side by side.
        depth: How often the halves may be split again.

    Returns:
        The indices of each row's strokes or marks; `group` itself where it is one row.
    """
    heights = boxes[group, 3] - boxes[group, 1]
    digits = group[heights >= DIGIT * _usual(heights)]
    if len(digits) < LEAST_SPLIT or not depth:
        return [group]
    left, top, right, bottom = boxes[digits].T
    narrower = np.minimum((right - left)[:, None], (right - left)[None])
    lower = np.minimum((bottom - top)[:, None], (bottom - top)[None])
    across = np.minimum(right[:, None], right[None]) - np.maximum(left[:, None], left[None])
    down = np.minimum(bottom[:, None], bottom[None]) - np.maximum(top[:, None], top[None])
    stacked = (across > 0.5 * narrower) & (down < ROW_OVERLAP * lower)
    if not stacked.any():
        return [group]
    own = beside[np.ix_(digits, digits)]
    x, y = (left + right) / 2, (top + bottom) / 2
    first, second = np.nonzero(np.triu(own))
    run = x[second] - x[first]
    far = np.abs(run) > 0.5 * _usual(heights)
    slope = float(np.median((y[second] - y[first])[far] / run[far])) if far.any() else 0.0
    level = y - slope * x
    order = np.argsort(level, kind="stable")
    apart = _between(stacked[np.ix_(order, order)])
    gains = np.where(apart >= LEAST_STACKED, apart - _between(own[np.ix_(order, order)]), 0)
    best = int(gains.argmax())
    if gains[best] <= 0:
        return [group]
    upper, below = digits[order[: best + 1]], digits[order[best + 1 :]]
    others = np.setdiff1d(group, digits)
    nearest = _nearest(boxes[others], boxes[digits])
    is_upper = np.isin(digits[nearest], upper)
    parts = np.sort(np.r_[upper, others[is_upper]]), np.sort(np.r_[below, others[~is_upper]])
    return [part for half in parts for part in _split(half, boxes, beside, depth - 1)]


def _between(pairs: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n - 1,) how many pairs have one before and one behind each place in their order."""
    ahead = np.triu(pairs).sum(axis=1) - np.triu(pairs).sum(axis=0)
    return np.asarray(np.cumsum(ahead)[:-1], np.int64)


def _nearest(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) for each of some boxes the index of the nearest of others."""
    first, second = boxes[:, None], others[None]
    gap_x = np.maximum(first[..., 0], second[..., 0]) - np.minimum(first[..., 2], second[..., 2])
    gap_y = np.maximum(first[..., 1], second[..., 1]) - np.minimum(first[..., 3], second[..., 3])
    middles = (first[..., :2] + first[..., 2:] - second[..., :2] - second[..., 2:]) / 2
    apart = np.hypot(np.maximum(gap_x, 0), np.maximum(gap_y, 0))
    # Of several that overlap it, the one whose middle is nearest.
    return np.asarray((apart + 0.01 * np.hypot(*middles.T).T).argmin(axis=1), np.int64)


def _connected(linked: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """The connected parts of a graph given as a symmetric (n, n) matrix."""
    groups, unseen = [], np.ones(len(linked), bool)
    for start in range(len(linked)):
        if not unseen[start]:
            continue
        group = np.zeros(len(linked), bool)
        frontier = np.zeros(len(linked), bool)
        frontier[start] = True
        while frontier.any():
            group |= frontier
            frontier = linked[frontier].any(axis=0) & ~group
        unseen &= ~group
        groups.append(np.flatnonzero(group))
    return groups


def _stack(groups: list[NDArray[np.int64]], boxes: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Join groups of one or two strokes that stand on each other and touch: an 8 of two rings."""
    small = [k for k, group in enumerate(groups) if len(group) <= 2]
    if len(small) > MAX_STACKED:
        return groups
    outer = {
        k: (*boxes[groups[k], :2].min(axis=0), *boxes[groups[k], 2:].max(axis=0)) for k in small
    }
    gone: set[int] = set()
    for i in small:
        for j in small:
            if i in gone or j in gone or i == j:
                continue
            upper, below = outer[i], outer[j]
            height = max(upper[3] - upper[1], below[3] - below[1])
            overlap = min(upper[2], below[2]) - max(upper[0], below[0])
            narrow = min(upper[2] - upper[0], below[2] - below[0])
            touching = abs(below[1] - upper[3]) <= STACK_GAP * height
            if touching and overlap > 0.5 * narrow:
                groups[i] = np.sort(np.concatenate([groups[i], groups[j]]))
                gone.add(j)
                outer[i] = (
                    min(upper[0], below[0]),
                    min(upper[1], below[1]),
                    max(upper[2], below[2]),
                    max(upper[3], below[3]),
                )
    return [group for k, group in enumerate(groups) if k not in gone]


def _in_reading_order(
    groups: list[NDArray[np.int64]], boxes: NDArray[np.float64]
) -> list[NDArray[np.int64]]:
    """From top to bottom, and what stands side by side from left to right."""
    spans = [
        (float(boxes[g, 1].min()), float(boxes[g, 3].max()), float(boxes[g, 0].min()), g)
        for g in groups
    ]
    spans.sort(key=lambda span: span[0] + span[1])
    ordered: list[NDArray[np.int64]] = []
    row: list[tuple[float, float, float, NDArray[np.int64]]] = []
    for span in spans:
        if row:
            first = row[0]
            overlap = min(first[1], span[1]) - max(first[0], span[0])
            if overlap < 0.5 * min(first[1] - first[0], span[1] - span[0]):
                ordered += [g for *_, g in sorted(row, key=lambda member: member[2])]
                row = []
        row.append(span)
    return ordered + [g for *_, g in sorted(row, key=lambda member: member[2])]
