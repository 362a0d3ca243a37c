"""Marks in, the rows or columns they stand in out: for tables without rules one way or both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._tables.partition import Cuts, Gaps, Stretches, best_cuts
from inkdigit._tables.rules import Rules

__all__ = ["digit_boxes", "off_rules", "with_clusters"]

Floats: TypeAlias = NDArray[np.float64]

LOWEST, HIGHEST = 0.4, 2.0  # usual heights of a digit: lower is a dash or dust
WIDEST = 3.0  # usual heights: wider is a rule
THIN = 0.3  # usual heights: what is at most as wide is a piece of a rule, or a 1
ON_RULE = 1.5  # cells of the map of rules at most, from such a piece's middle to its rule
SHRUNK = 0.15  # of a mark's extent, ignored at both ends: neighbours may overlap a little
TALL_BAND = 2.2  # usual heights between two rules: less is one row
# A gap as wide as PARTED, in usual heights, is as likely within a number as between columns; the
# log-odds grow by STEEP for each height. Of 506 gaps in numbers of made tables without rules down 1
# % are wider than 0.55, of 771 between columns 1 % narrower than 0.69 (validation writers). Real
# hands space more freely, so no gap counts for more than SUREST.
PARTED, STEEP, SUREST = 0.62, 8.0, 4.0
NEAR = 7.0  # usual heights across at most, between marks of which one may be in the row below
# Usual heights from middle to middle: a mark lower by BELOW is as likely in the row below as not,
# and one lower by less than LEAST_BELOW is not compared: digits of one row stray.
BELOW, LEAST_BELOW = 0.75, 0.5
AT_ONCE = 256  # marks that are compared with all others at once: bounds the memory
# Leans that are tried: of lines between two rules, of columns, and of rows.
NO_LEAN = np.zeros(1)
LEANS_DOWN = np.linspace(-0.32, 0.32, 17)
LEANS_ACROSS = np.linspace(-0.16, 0.16, 17)


def digit_boxes(boxes: Floats, usual: float) -> Floats:
    """The boxes (n, 4) of marks that may be digits, or several that touch."""
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    fitting = (high >= LOWEST * usual) & (high <= HIGHEST * usual) & (wide <= WIDEST * usual)
    return np.asarray(boxes[fitting], np.float64)


def off_rules(
    boxes: Floats, usual: float, rules: tuple[Rules, Rules], scale: tuple[float, float]
) -> Floats:
    """The boxes (n, 4) of marks that are not pieces of rules.

    Args:
        boxes: In pixels of the ink map.
        usual: Height of a usual mark there.
        rules: Those across and those down; perhaps none.
        scale: Units of the rules over pixels of the ink map, across and down.
    """
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2 * np.array(scale)
    on_rule = np.zeros(len(boxes), bool)
    for axis, direction in ((1, rules[0]), (0, rules[1])):
        if len(direction):
            apart = np.abs(direction.at(middles[:, 1 - axis]) - middles[None, :, axis])
            thin = boxes[:, axis + 2] - boxes[:, axis] <= THIN * usual
            on_rule |= thin & (apart.min(axis=0) <= ON_RULE)
    return np.asarray(boxes[~on_rule], np.float64)


def with_clusters(
    boxes: Floats,
    usual: float,
    rules: tuple[Rules, Rules],
    scale: tuple[float, float],
    size: tuple[int, int],
) -> tuple[Rules, Rules]:
    """The rules, with lines added where rows or columns of marks have no rule between them.

    Args:
        boxes: (n, 4) of the marks on the ink map, in its pixels.
        usual: Height of a usual one.
        rules: Those across and those down; fewer than two where rows or columns are not ruled.
        scale: Units of the rules over pixels of the ink map, across and down.
        size: Height and width of the map of rules.

    Returns:
        Two rules each way at least.
    """
    across, down = rules
    high, wide = size
    height = usual * scale[1]
    boxes = digit_boxes(boxes, usual) * np.array([*scale, *scale])
    boxes = _between(down, _between(across, boxes, 0), 1)
    if len(across) > 2:
        across = _with_rows(across, boxes, height)
    else:
        rows = _clustered(_row_gaps(boxes, height), boxes[:, [0, 2, 1, 3]], height, (wide, high))
        across = rows if len(across) < 2 else _inside(across, rows)
    if len(down) <= 2:
        # Two rules may be a frame, or the sheet's edges, around columns that are not ruled.
        gaps = _column_gaps(boxes, across, height)
        columns = _clustered(gaps, boxes[:, [1, 3, 0, 2]], height, (high, wide), LEANS_DOWN)
        down = columns if len(down) < 2 else _inside(down, columns)
    else:
        down = _with_columns(down, across, boxes, height)
    return across, down


def _between(rules: Rules, boxes: Floats, axis: int) -> Floats:
    """The boxes (n, 4) whose middles lie between the first and the last of some rules."""
    if len(rules) < 2 or not len(boxes):
        return boxes
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    at = rules.at(middles[:, axis])
    inside = (middles[:, 1 - axis] > at[0]) & (middles[:, 1 - axis] < at[-1])
    return np.asarray(boxes[inside], np.float64)


def _row_gaps(boxes: Floats, height: float) -> Floats:
    """(k, 4) the gaps between marks one above the other: along, low, high, weight."""
    blocks = [
        _row_gaps_of(np.arange(first, min(first + AT_ONCE, len(boxes))), boxes, height)
        for first in range(0, len(boxes), AT_ONCE)
    ]
    return np.concatenate(blocks) if blocks else np.zeros((0, 4))


def _row_gaps_of(own: NDArray[np.int64], boxes: Floats, height: float) -> Floats:
    """The same for some of the marks, by their indices."""
    left, top, right, bottom = boxes.T
    shared = np.minimum(right[own, None], right) - np.maximum(left[own, None], left)
    middle = (top + bottom) / 2
    distance = middle - middle[own, None]
    lower = (shared > -NEAR * height) & (distance > LEAST_BELOW * height)
    found: list[Floats] = []
    if lower.any():
        nearest = np.where(lower, distance, np.inf).argmin(axis=1)
        above = np.flatnonzero(lower.any(axis=1))
        k, n = own[above], nearest[above]
        apart = distance[above, n]
        weight = np.clip(STEEP * (apart / height - BELOW), -SUREST, SUREST)
        room = SHRUNK * height
        found.append(
            np.stack([(left + right)[k] / 2, bottom[k] - room, top[n] + room, weight], axis=1)
        )
    # Side by side, two digits of a number are in one row.
    gap = -shared
    overlap = np.minimum(bottom[own, None], bottom) - np.maximum(top[own, None], top)
    beside = (gap < PARTED * height) & (gap >= 0) & (overlap > 0)
    beside[np.arange(len(own)), own] = False
    k, n = np.nonzero(beside)
    k = own[k]
    ends = np.sort(np.stack([middle[k], middle[n]], axis=1), axis=1)
    same = np.full(len(k), -SUREST / 2)
    found.append(np.stack([(right[k] + left[n]) / 2, ends[:, 0], ends[:, 1], same], axis=1))
    return np.concatenate(found)


def _column_gaps(boxes: Floats, across: Rules, height: float) -> Floats:
    """(k, 4) the gaps between marks side by side in one row: along, low, high, weight."""
    left, top, right, bottom = boxes.T
    x, y = (left + right) / 2, (top + bottom) / 2
    row = (across.at(x) <= y[None]).sum(axis=0)
    found = []
    for one in np.unique(row):
        own = np.flatnonzero(row == one)
        own = own[np.argsort(left[own], kind="stable")]
        reach = np.maximum.accumulate(right[own])[:-1]
        following = own[1:]
        weight = np.clip(STEEP * ((left[following] - reach) / height - PARTED), -SUREST, SUREST)
        room = SHRUNK * height
        along = (y[own[:-1]] + y[following]) / 2
        found.append(np.stack([along, reach - room, left[following] + room, weight], axis=1))
    return np.concatenate(found) if found else np.zeros((0, 4))


def _clustered(
    gaps: Floats,
    boxes: Floats,
    height: float,
    size: tuple[float, float],
    leans: Floats = LEANS_ACROSS,
) -> Rules:
    """Lines between the rows, or between the columns, in which marks stand.

    Args:
        gaps: (k, 4) along, low, high, weight.
        boxes: (n, 4) of the marks: along the lines from and to, across them from and to.
        height: Of a usual mark.
        size: Of the map along the lines and across them.
        leans: Of the lines, that are tried.
    """
    length, extent = size
    knots = np.array([0.5, max(length - 0.5, 1.5)])
    if not len(boxes):
        positions = np.repeat(np.array([[0.0], [extent]]), 2, axis=1)
        return Rules(knots, positions, np.zeros_like(positions))
    cuts = _parted(gaps, boxes, height, size, leans)
    margin = 0.3
    lines = np.concatenate([[cuts.ends[0] - margin], cuts.cuts, [cuts.ends[1] + margin]])
    along = (knots - length / 2) / height
    positions = lines[:, None] + (cuts.lean + cuts.fan * lines[:, None]) * along[None]
    positions = positions * height + extent / 2
    return Rules(knots, positions, np.zeros_like(positions))


def _parted(
    gaps: Floats, boxes: Floats, height: float, size: tuple[float, float], leans: Floats
) -> Cuts:
    length, extent = size
    along = ((boxes[:, 0] + boxes[:, 1]) / 2 - length / 2) / height
    low, high = ((boxes[:, k] - extent / 2) / height for k in (2, 3))
    room = SHRUNK * (high - low)
    where = (gaps[:, 0] - length / 2) / height
    between = Gaps(
        (gaps[:, 1] - extent / 2) / height, (gaps[:, 2] - extent / 2) / height, where, gaps[:, 3]
    )
    marks = Stretches(low + room, high - room, along)
    return best_cuts(marks, between, leans, extent / 2 / height)


def _with_rows(across: Rules, boxes: Floats, height: float) -> Rules:
    """Rules across, with more between two of them where several rows of numbers stand."""

    def parted(flat: Floats, deep: float) -> Floats:
        if deep <= TALL_BAND * height:
            return np.zeros(0)
        size = (float(across.knots[-1]), deep)
        return _parted(_row_gaps(flat, height), flat[:, [0, 2, 1, 3]], height, size, NO_LEAN).cuts

    return _completed(across, boxes, height, 1, parted)


def _with_columns(down: Rules, across: Rules, boxes: Floats, height: float) -> Rules:
    """Rules down, with more between two of them where several columns of numbers stand."""

    def parted(flat: Floats, wide: float) -> Floats:
        size = (float(down.knots[-1]), wide)
        gaps = _column_gaps(flat, across, height)
        found = _parted(gaps, flat[:, [1, 3, 0, 2]], height, size, NO_LEAN)
        return found.cuts[found.asked > SUREST]  # a number spread wide is one column

    return _completed(down, boxes, height, 0, parted)


def _completed(
    rules: Rules,
    boxes: Floats,
    height: float,
    axis: int,
    parted: Callable[[Floats, float], Floats],
) -> Rules:
    """Some rules, with more between each two where the marks there stand in several lines.

    Args:
        rules: One way.
        boxes: (n, 4) of the marks.
        height: Of a usual one.
        axis: Across the rules: 0 for those down, 1 for those across.
        parted: From the boxes between two rules, their positions across the rules as if these
            were parallel, and the rules' distance, to the cuts between lines; in usual heights,
            from the middle between the rules.
    """
    if not len(boxes):
        return rules
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    at = rules.at(middles[:, 1 - axis])
    band = (at <= middles[None, :, axis]).sum(axis=0) - 1
    positions, support = [rules.positions[:1]], [rules.support[:1]]
    for k in range(len(rules) - 1):
        own = np.flatnonzero(band == k)
        first, second = rules.positions[k], rules.positions[k + 1]
        apart = float((second - first).mean())
        if len(own) > 1:
            # Where marks stand between the rules: these are rarely as far apart at both ends.
            flat = boxes[own].copy()
            ratio = apart / (at[k + 1, own] - at[k, own])
            for side in (axis, axis + 2):
                flat[:, side] = (flat[:, side] - at[k, own]) * ratio
            for cut in (parted(flat, apart) * height + apart / 2) / apart:
                positions.append((first + cut * (second - first))[None])
                support.append(np.zeros_like(support[0]))
        positions.append(rules.positions[k + 1 : k + 2])
        support.append(rules.support[k + 1 : k + 2])
    return Rules(rules.knots, np.concatenate(positions), np.concatenate(support))


def _inside(frame: Rules, lines: Rules) -> Rules:
    """A frame's two rules with the inner ones of some lines between them."""
    inner = lines.at(frame.knots)[1:-1]
    free = (inner > frame.positions[0]).all(axis=1) & (inner < frame.positions[1]).all(axis=1)
    inner = inner[free]
    positions = np.concatenate([frame.positions[:1], inner, frame.positions[1:]])
    support = np.concatenate([frame.support[:1], np.zeros_like(inner), frame.support[1:]])
    return Rules(frame.knots, positions, support)
