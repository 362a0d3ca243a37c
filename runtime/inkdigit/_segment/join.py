"""Atoms in, hypotheses out: which strokes, marks and pieces of them might be one digit."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkdigit._segment.gaps import Number, Ruled, part_numbers
from inkdigit._segment.layout import Hypothesis, Part, Row
from inkdigit._segment.moments import leaning
from inkdigit._segment.rows import (
    MAX_SOURCES,
    SPECK,
    group_rows,
    keep_cells,
    keep_largest,
    usual_height,
)
from inkdigit.ink import Box

__all__ = ["MAX_CUTS", "MAX_JOINS", "POINT", "Atoms", "Rows", "find_rows"]

# Bounds. They hold time and memory for any input; a page of writing comes nowhere near them.
MAX_JOINS = 3000  # hypotheses of several strokes, on one page: half a second
MAX_ROW_JOINS = 1500  # in one row: a number has 300 at most; 700 are too few for 200 digits
MAX_PER_STROKE = 24  # of those that start from one stroke
MAX_CUTS = 24  # in one stroke
MAX_CUTS_IN_ALL = 400
MAX_NUMBERS = 300  # on one page, outside of tables: those of the tallest digits are read
MANY_NUMBERS = 40  # on one page; with twice as many, half as many joins and cuts are tried in all,
FAIR_SHARE = 3  # and no number takes more than three times its share of what is left
MAX_JOINABLE = 1200  # in a row with more strokes and pieces, pieces are not joined to others
MAX_TRIES = 200_000  # groups of a row's strokes that are looked at: a second's worth
MAX_PARTS = 4  # strokes, or pieces of them, in one digit
MAX_RUN = 7  # neighbouring pieces of one stroke in one digit
# Each run of pieces may be drawn with the wall before it, and without.
MAX_HYPOTHESES = MAX_SOURCES + MAX_JOINS + 2 * (MAX_CUTS_IN_ALL + MAX_SOURCES) * MAX_RUN

# In row heights; for "training digits" see `rows`.
JOIN_GAP_X = 0.15  # 99 % of training digits' strokes are no further apart than 0.12
JOIN_GAP_Y = 0.5  # the bar of a 5 may hang well above it
MAX_WIDTH = 1.8  # of a digit: 99 % of training digits are within 1.63 of their own height
MAX_HEIGHT = 2.0  # of a digit: chosen by eye; a tall 1 beside small digits

# What is too small for a digit may be a sign of a row that it is no further from than this, in row
# heights; set by judgement, as is the size of a point. Whether it is one, `signs` weighs.
SPECK_BESIDE, SPECK_ABOVE, SPECK_BELOW = 0.8, 0.3, 0.5
MAX_SPECKS = 40  # of a row: with more it is dust, and the largest are kept
# A point on a picture is about as large as the pen is thick; what is smaller is dust. Pens of made
# pictures are 0.06 thick, and a mark as large as that was lost beside a wide digit.
LEAST_POINT = 0.04
POINT = 0.3  # a point of a colon is no larger,
POINTS_X, POINTS_Y = 0.25, 0.9  # and the two are no further apart


@dataclass(frozen=True, eq=False)
class Atoms:
    """A stroke or a mark, divided where digits may be joined.

    Attributes:
        boxes: (n, 4) of its n pieces in their order: left, top, right, bottom.
        leans: (n, 2) least and greatest x + SLANT * y of each.
        moments: (n, 6) sums over the ink of each; see `moments`.
        bounds: n + 1 ascending fractions, 0 to 1, at which the pieces begin and end.
        links: Pieces that may only join two digits.
        walls: Pieces that the digits on both sides may be drawn with.
        quality: Log-odds of each of the n - 1 cuts that it separates digits; empty where nothing is
            known of them.
    """

    boxes: NDArray[np.float64]
    leans: NDArray[np.float64]
    moments: NDArray[np.float64]
    bounds: tuple[float, ...] = (0.0, 1.0)
    links: tuple[int, ...] = ()
    walls: tuple[int, ...] = ()
    quality: tuple[float, ...] = ()


class Rows(NamedTuple):
    """What `find_rows` finds.

    Attributes:
        rows: In reading order, or cell by cell, `Row.line` the cell's index; none where there are
            only specks.
        unread: Boxes of what was too much to read.
        unread_cells: Indices of the cells of a table that were too many to be read.
    """

    rows: tuple[Row, ...]
    unread: tuple[Box, ...]
    unread_cells: tuple[int, ...] = ()


def find_rows(
    boxes: NDArray[np.float64],
    divide: Callable[[int, float, int], Atoms],
    max_joins: int,
    ruled: Ruled | None = None,
    *,
    taps: bool = False,
    cells: NDArray[np.int64] | None = None,
) -> Rows:
    """Group strokes or marks into rows of a number each, cut them, join what might be one digit.

    Time and memory are bounded whatever the input: the `rows.MAX_SOURCES` largest are read, or
    cells with `rows.MAX_IN_CELLS`, with `MAX_NUMBERS` numbers outside of tables, `MAX_CUTS_IN_ALL`
    cuts and `max_joins` joins at most.

    Args:
        boxes: (n, 4) of the strokes or marks: left, top, right, bottom.
        divide: Cuts one of them. Takes its index, the row's usual digit height in pixels and how
            many cuts may still be made.
        max_joins: Hypotheses of several strokes or marks to make at most.
        ruled: Where rules run, which may part numbers; nowhere if left out.
        taps: Whether even what has no size is drawn by hand, and may be a sign; else it is dust.
        cells: (n,) index of the cell of a table that each belongs to, below 0 for none: what is in
            one cell is one number, however wide its gaps, and what is in none is left out.
    """
    sizes = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) if len(boxes) else np.zeros(0)
    numbers, heights, bodies = [], [], []
    unread_cells: tuple[int, ...] = ()
    if cells is None:
        kept = keep_largest(boxes)
        parted = part_numbers(boxes[kept], group_rows(boxes[kept]), ruled)
    else:
        kept, unread_cells = keep_cells(boxes, cells)
        parted = _numbers_in_cells(boxes[kept], cells[kept])
    for number in parted:
        members = kept[number.members]
        height = usual_height(boxes[members])
        body = members[sizes[members] >= SPECK * height]
        if len(body):
            numbers.append(number)
            heights.append(height)
            bodies.append(body)
    unread = _too_many(boxes, sizes, kept) if cells is None else []
    if cells is None and len(numbers) > MAX_NUMBERS:
        by_height = np.argsort(-np.array(heights), kind="stable").tolist()
        tallest = sorted(by_height[:MAX_NUMBERS])
        unread += [_hull(boxes[bodies[k]].tolist()) for k in sorted(by_height[MAX_NUMBERS:])]
        numbers = [numbers[k] for k in tallest]
        heights = [heights[k] for k in tallest]
        bodies = [bodies[k] for k in tallest]
    usable = np.full(len(boxes), taps)
    usable[keep_largest(boxes, LEAST_POINT)] = True
    if cells is not None:
        usable &= (cells >= 0) & ~np.isin(cells, unread_cells)
    specks = _specks(boxes, sizes, usable, bodies, heights)
    rows = []
    cuts = MAX_CUTS_IN_ALL
    crowded = cells is None and len(numbers) > MANY_NUMBERS
    if crowded:
        cuts = cuts * MANY_NUMBERS // len(numbers)
        max_joins = max_joins * MANY_NUMBERS // len(numbers)
    left = range(len(numbers), 0, -1)  # numbers that share what is left, this one among them
    for sharing, number, height, body, beside in zip(
        left, numbers, heights, bodies, specks, strict=True
    ):
        shares = min(FAIR_SHARE, sharing) if crowded else sharing
        own_cuts, own_joins = (-(-whole * shares // sharing) for whole in (cuts, max_joins))
        sources: dict[int, Atoms] = {}
        for index in body.tolist():
            sources[index] = divide(index, height, own_cuts)
            made = len(sources[index].boxes) - 1
            own_cuts -= made
            cuts -= made
        small = {index: divide(index, height, 0) for index in beside.tolist()}
        row, joins = _build_row(sources, small, height, own_joins)
        max_joins -= joins
        rows.append(replace(row, line=number.row, parted=number.parted))
    return Rows(tuple(rows), tuple(unread), unread_cells)


def _too_many(
    boxes: NDArray[np.float64], sizes: NDArray[np.float64], kept: NDArray[np.int64]
) -> list[Box]:
    """One box round all that is no speck, but beyond the `MAX_SOURCES` largest; none without it."""
    if len(boxes) <= MAX_SOURCES or not len(kept):
        return []
    others = np.setdiff1d(np.arange(len(boxes)), kept)
    large = others[sizes[others] >= SPECK * usual_height(boxes[kept])]
    return [_hull(boxes[large].tolist())] if len(large) else []


def _numbers_in_cells(boxes: NDArray[np.float64], cells: NDArray[np.int64]) -> list[Number]:
    """The numbers of each cell: one, or one below the other."""
    numbers = []
    for cell in np.unique(cells).tolist():
        own = np.flatnonzero(cells == cell)
        rows: list[NDArray[np.int64]] = []
        for group in group_rows(boxes[own]):
            beside = [k for k, row in enumerate(rows) if _side_by_side(boxes[own], row, group)]
            if beside:
                rows[beside[0]] = np.sort(np.concatenate([rows[beside[0]], group]))
            else:
                rows.append(group)
        numbers += [Number(own[row], cell, 1.0) for row in rows]
    return numbers


def _side_by_side(
    boxes: NDArray[np.float64], one: NDArray[np.int64], other: NDArray[np.int64]
) -> bool:
    """Whether two groups of boxes share more height than width."""
    low = np.maximum(boxes[one, :2].min(axis=0), boxes[other, :2].min(axis=0))
    high = np.minimum(boxes[one, 2:].max(axis=0), boxes[other, 2:].max(axis=0))
    across, down = (high - low).tolist()
    return bool(down > across)


def _specks(
    boxes: NDArray[np.float64],
    sizes: NDArray[np.float64],
    usable: NDArray[np.bool_],
    bodies: Sequence[NDArray[np.int64]],
    heights: Sequence[float],
) -> list[NDArray[np.int64]]:
    """For each row the indices of what lies beside its bodies and is too small to be one."""
    free = usable.copy()
    for body in bodies:
        free[body] = False
    specks = np.flatnonzero(free)
    if not len(specks) or not bodies:
        return [specks[:0] for _ in bodies]
    hulls = np.array([_hull(boxes[body].tolist()) for body in bodies])
    tall = np.array(heights)
    x, y = (boxes[specks, :2] + boxes[specks, 2:]).T[:, :, None] / 2
    beside = np.maximum(np.maximum(hulls[:, 0] - x, x - hulls[:, 2]), 0) / tall
    above, below = (hulls[:, 1] - y) / tall, (y - hulls[:, 3]) / tall
    sizes = sizes[specks]
    near = (beside <= SPECK_BESIDE) & (above <= SPECK_ABOVE) & (below <= SPECK_BELOW)
    near &= sizes[:, None] < SPECK * tall
    distance = np.where(near, beside + np.maximum(np.maximum(above, below), 0), np.inf)
    nearest = distance.argmin(axis=1)
    found = []
    for row in range(len(bodies)):
        own = np.flatnonzero((nearest == row) & near.any(axis=1))
        largest = own[np.argsort(-sizes[own], kind="stable")[:MAX_SPECKS]]
        found.append(specks[np.sort(largest)])
    return found


@dataclass(frozen=True, eq=False)
class _Run:
    """Neighbouring pieces of one stroke or mark taken as one; often the whole of it."""

    part: Part
    box: Box
    lean: tuple[float, float]
    atoms: frozenset[int]
    cuts: int
    quality: float
    shared: int
    moments: NDArray[np.float64]
    speck: bool = False

    @property
    def source(self) -> int:
        return self.part.source


def _build_row(
    bodies: Mapping[int, Atoms], specks: Mapping[int, Atoms], height: float, max_joins: int
) -> tuple[Row, int]:
    """Number a row's atoms from left to right, and join them.

    Returns:
        The row, and how many joins were made.
    """
    sources = {**bodies, **specks}
    atoms = [(index, k) for index, source in sources.items() for k in range(len(source.boxes))]
    boxes = np.concatenate([source.boxes for source in sources.values()])
    order = np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")
    atom_of = {atoms[k]: rank for rank, k in enumerate(order.tolist())}
    links = sorted(atom_of[index, k] for index, source in sources.items() for k in source.links)
    runs = [
        run for index, source in bodies.items() for run in _runs(index, source, atom_of, height)
    ]
    small = [
        replace(run, speck=True)
        for index, source in specks.items()
        for run in _runs(index, source, atom_of, height)
    ]
    runs.sort(key=lambda run: (run.box[0] + run.box[2], run.part.start, run.part.end))
    joins = _joins(runs, height, min(max_joins, MAX_ROW_JOINS))
    points = _points(runs, small, height)
    found: dict[frozenset[tuple[Part, int]], Hypothesis] = {}
    for group, spread in [*(([run], 0.0) for run in runs + small), *joins, *points]:
        key = frozenset((run.part, run.shared) for run in group)
        found.setdefault(key, _hypothesis(group, spread, height))
    hull = _hull([box for body in bodies.values() for box in body.boxes.tolist()])
    row = Row(hull, height, len(atoms), tuple(links), tuple(found.values()))
    return row, len(joins)


def _points(
    runs: Sequence[_Run], specks: Sequence[_Run], height: float
) -> list[tuple[list[_Run], float]]:
    """Pairs that may be a colon: specks or small strokes, one above the other."""
    small = [run for run in runs if not run.cuts and _size(run.box) <= POINT * height]
    points = [*specks, *small[:MAX_SPECKS]]
    if len(points) < 2:
        return []
    boxes = np.array([run.box for run in points])
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2 / height
    across, down = np.abs(middles[:, None] - middles[None]).transpose(2, 0, 1)
    near = np.triu((across <= POINTS_X) & (down <= POINTS_Y), 1)
    pairs = np.argwhere(near)[:MAX_SPECKS].tolist()
    return [([points[a], points[b]], float(down[a, b])) for a, b in pairs]


def _size(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _runs(
    index: int, source: Atoms, atom_of: Mapping[tuple[int, int], int], height: float
) -> list[_Run]:
    """The whole stroke or mark, whatever its shape, and the runs of it that may be digits."""
    count = len(source.boxes)
    boxes, leans = source.boxes.tolist(), source.leans.tolist()
    whole = (0, count - 1)
    spans = [whole]
    for first in range(count):
        for last in range(first, min(first + MAX_RUN, count)):
            box = _hull(boxes[first : last + 1])
            if last > first and box[2] - box[0] > MAX_WIDTH * height:
                break
            links_alone = all(k in source.links for k in range(first, last + 1))
            if (first, last) != whole and not links_alone:
                spans.append((first, last))
    quality = (0.0, *(source.quality or [0.0] * (count - 1)), 0.0)
    runs = []
    for first, last in spans:
        atoms = frozenset(atom_of[index, k] for k in range(first, last + 1))
        cuts = (first > 0) + (last < count - 1)
        lefts, rights = zip(*leans[first : last + 1], strict=True)
        lean = (min(lefts), max(rights))
        likely = quality[first] + quality[last + 1]
        for start in (first, first - 1) if first - 1 in source.walls else (first,):
            part = Part(index, source.bounds[start], source.bounds[last + 1])
            box = _hull(boxes[start : last + 1])
            moments = source.moments[start : last + 1].sum(axis=0)
            runs.append(_Run(part, box, lean, atoms, cuts, likely, first - start, moments))
    return runs


def _joins(runs: list[_Run], height: float, max_joins: int) -> list[tuple[list[_Run], float]]:
    """Groups of 2 to `MAX_PARTS` runs of different strokes that lie close, each with its spread."""
    if len(runs) > MAX_JOINABLE:
        runs = [run for run in runs if not run.cuts]
    if len(runs) < 2:
        return []
    max_each = min(MAX_PER_STROKE, max_joins // len(runs))
    gaps = _gaps(runs, height)
    neighbours = [np.flatnonzero(np.isfinite(row)).tolist() for row in gaps]
    tries = MAX_TRIES
    joins: list[tuple[list[_Run], float]] = []
    for start in range(len(runs)):
        seen: set[frozenset[int]] = set()
        groups = [(frozenset([start]), 0.0)]
        made = 0
        while groups and made < max_each:
            grown: list[tuple[frozenset[int], float]] = []
            for group, spread in groups:
                used = {runs[k].source for k in group}
                # Each group is grown from its leftmost run only.
                others = [
                    (m, k) for m in group for k in neighbours[m][bisect(neighbours[m], start) :]
                ]
                for member, k in others:
                    if len(grown) == max_each - made or tries < 0:
                        break
                    tries -= 1
                    if runs[k].source in used or (wider := group | {k}) in seen:
                        continue
                    seen.add(wider)
                    if _may_be_digit(_hull([runs[m].box for m in wider]), height):
                        grown.append((wider, max(spread, float(gaps[member, k]))))
            joins += [([runs[m] for m in sorted(g)], spread) for g, spread in grown]
            made += len(grown)
            groups = [(g, spread) for g, spread in grown if len(g) < MAX_PARTS]
    return joins


def _gaps(runs: Sequence[_Run], height: float) -> NDArray[np.float64]:
    """(n, n) gap between two runs in row heights; infinite where they cannot be one digit."""
    left, top, right, bottom = np.array([run.box for run in runs]).T
    gap_x = np.maximum(left[:, None], left[None]) - np.minimum(right[:, None], right[None])
    gap_y = np.maximum(top[:, None], top[None]) - np.minimum(bottom[:, None], bottom[None])
    wide = np.maximum(right[:, None], right[None]) - np.minimum(left[:, None], left[None])
    tall = np.maximum(bottom[:, None], bottom[None]) - np.minimum(top[:, None], top[None])
    sources = np.array([run.source for run in runs])
    close = (
        (gap_x <= JOIN_GAP_X * height)
        & (gap_y <= JOIN_GAP_Y * height)
        & (wide <= MAX_WIDTH * height)
        & (tall <= MAX_HEIGHT * height)
        & (sources[:, None] != sources[None])
    )
    return np.where(close, np.maximum(np.maximum(gap_x, gap_y), 0) / height, np.inf)


def _may_be_digit(box: Box, height: float) -> bool:
    return box[2] - box[0] <= MAX_WIDTH * height and box[3] - box[1] <= MAX_HEIGHT * height


def _hypothesis(runs: Sequence[_Run], spread: float, height: float) -> Hypothesis:
    moments = sum((run.moments for run in runs[1:]), runs[0].moments)
    return Hypothesis(
        tuple(sorted(_atoms(runs))),
        _hull([run.box for run in runs]),
        tuple(sorted((run.part for run in runs), key=lambda part: part.source)),
        sum(run.cuts for run in runs),
        spread,
        (min(run.lean[0] for run in runs), max(run.lean[1] for run in runs)),
        sum(run.quality for run in runs),
        sum(run.shared for run in runs),
        any(run.speck for run in runs),
        *leaning(moments, height),
    )


def _atoms(runs: Sequence[_Run]) -> frozenset[int]:
    return frozenset().union(*(run.atoms for run in runs))


def _hull(boxes: Sequence[Sequence[float]]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
