"""Ink in, lines of digit hypotheses out: what might be one digit, with much overlap.

A stroke, or a piece of one cut where two digits may be joined, is an atom. A hypothesis is a few
atoms that lie close together in space, whenever they were drawn: the bar of a 5 and the cross of a
7 come late. Nothing is decided here; `decode` picks the hypotheses that cover each line best.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inkdigit.ink import Box, Ink, Stroke
from inkdigit.rasterize import rasterize_many

__all__ = ["Hypothesis", "InkSegmenter", "Layout", "Line", "Part"]


# Bounds. They hold time and memory for any input; a page of writing comes nowhere near them.
MAX_STROKES = 1000  # the largest are read; the rest is taken for specks
MAX_JOINS = 5000  # hypotheses of several strokes, in all
MAX_PER_STROKE = 24  # of those that start from one stroke
MAX_CUTS = 24  # in one stroke
MAX_CUTS_IN_ALL = 400
MAX_JOINABLE = 1200  # in a line with more strokes and pieces, the pieces are not joined to others
MAX_PARTS = 4  # strokes, or pieces of them, in one digit
MAX_RUN = 7  # neighbouring pieces of one stroke in one digit
MAX_HYPOTHESES = MAX_STROKES + MAX_JOINS + (MAX_CUTS_IN_ALL + MAX_STROKES) * MAX_RUN

# Sizes are in heights of the line. "Of training digits" is of the 3,825 digits of several strokes
# among UNIPEN's and pendigits' training digits, their strokes' gaps in heights of the digit.
SPECK = 0.12  # smaller both ways is a dot or a tap: 0.7 % of training digits have such a stroke
JOIN_GAP_X = 0.15  # 99 % of training digits' strokes are no further apart than 0.12
JOIN_GAP_Y = 0.5  # the bar of a 5 may hang well above it
MAX_WIDTH = 1.8  # of a digit: 99 % of training digits are within 1.63 of their own height
MAX_HEIGHT = 2.0
COLUMN_GAP = 2.0  # what is further apart is another column
ROW_OVERLAP = 0.35  # strokes of a row share this much of the smaller one's height
BODY = 0.3  # a lower stroke is a bar or a mark and goes with its nearest neighbour
MAX_COLUMN = 2.5  # strokes high a digit may be: its rings, or a bar and a body
STACK_GAP = 0.1  # an 8 may be two rings, one on the other
CUT_HEIGHT = 0.4  # neither side of a cut is lower than this
CUT_WIDTH = 0.45  # a narrower stroke is not cut
CUT_OVERLAP = 0.22  # how far the sides of a cut may reach over each other
CUT_SLACK = 0.08  # where they reach no further than this over the least, they are as far apart
CUT_APART = 0.12  # cuts of one join that are closer are one
CUT_SLANTS = (0.0, 0.35)  # overlap is measured upright and along the usual slant
CUT_STEP = 0.03  # distance of the points a stroke may be cut at
MAX_CUT_POINTS = 4000  # of one stroke: past it the step grows


@dataclass(frozen=True)
class Part:
    """A stroke, or a stretch of one that is cut.

    Attributes:
        stroke: Its place in the ink.
        start: Where it begins, as a share of the stroke's length.
        end: Where it ends.
    """

    stroke: int
    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """Some atoms of a line that might be one digit.

    Attributes:
        atoms: Their places in the line, ascending.
        box: Left, top, right, bottom in input pixels.
        strokes: The input strokes they are of, ascending; empty for pictures.
        parts: What of the strokes to draw; empty for pictures.
        cuts: How many cuts bound it, by which strokes were taken apart.
        spread: The widest gap that its parts leave, in heights of the line.
    """

    atoms: tuple[int, ...]
    box: Box
    strokes: tuple[int, ...]
    parts: tuple[Part, ...]
    cuts: int = 0
    spread: float = 0.0


@dataclass(frozen=True, eq=False)
class Line:
    """One line of writing.

    Attributes:
        box: Left, top, right, bottom in input pixels.
        height: Of a usual digit in it, in pixels.
        atoms: How many atoms it has; they are numbered from left to right.
        links: Atoms that may be left out: the line that joins two digits.
        hypotheses: What its digits may be; each atom is in one of its own at least.
    """

    box: Box
    height: float
    atoms: int
    links: tuple[int, ...]
    hypotheses: tuple[Hypothesis, ...]


@dataclass(frozen=True, eq=False)
class Layout:
    """The lines of an input, and how to see their hypotheses.

    Attributes:
        lines: In reading order: rows from top to bottom, each from left to right.
        rasters: Draws hypotheses: (N, 28, 28) float32 in [0, 1], 1 = ink.
        key: What a hypothesis looks like: those of equal keys have equal rasters, in this layout
            or another.
    """

    lines: tuple[Line, ...]
    rasters: Callable[[Sequence[Hypothesis]], NDArray[np.float32]]
    key: Callable[[Hypothesis], Hashable]


@dataclass(frozen=True, eq=False)
class _Shape:
    """A stroke as the segmenter sees it, whatever line it is in.

    `line` is the stroke with a point at each cut; piece k is line[bounds[k]] to
    line[bounds[k + 1]], both included. `boxes` are the pieces'. `links` are pieces that may only
    join two digits.
    """

    points: NDArray[np.float32]
    line: NDArray[np.float32]
    bounds: tuple[int, ...]
    boxes: NDArray[np.float64]
    links: tuple[int, ...]


class InkSegmenter:
    """Finds lines and hypotheses, and remembers where strokes may be cut.

    Args:
        remember: How many strokes to remember; 0 to keep nothing.
    """

    def __init__(self, remember: int = 0) -> None:
        self._remember = remember
        self._cut: dict[bytes, _Shape] = {}

    def segment(self, ink: Ink) -> Layout:
        """Find the lines of an ink and what their digits may be.

        Time and memory are bounded whatever the ink: at most `MAX_STROKES` strokes are read, the
        largest ones, and at most `MAX_HYPOTHESES` hypotheses come out.

        Args:
            ink: Any number of strokes.

        Returns:
            The layout; without lines where there is nothing but dots.
        """
        strokes = ink.strokes
        bodies, boxes = _without_specks(strokes)
        lines: list[Line] = []
        shapes: dict[int, _Shape] = {}
        joins, cuts = MAX_JOINS, MAX_CUTS_IN_ALL
        for members in _group_lines(boxes):
            line_boxes, line_strokes = boxes[members], bodies[members]
            height = _usual_height(line_boxes)
            sizes = (line_boxes[:, 2:] - line_boxes[:, :2]).max(axis=1)
            visible = sizes >= SPECK * height
            if not visible.any():
                continue
            line_boxes, line_strokes = line_boxes[visible], line_strokes[visible]
            for number, box in zip(line_strokes.tolist(), line_boxes, strict=True):
                shape = self._shape(strokes[number], box, height)
                if len(shape.boxes) > cuts:
                    shape = _uncut(strokes[number], box)
                cuts -= len(shape.boxes) - 1
                shapes[number] = shape
            line, joined = _build_line(line_strokes.tolist(), shapes, height, joins)
            joins -= joined
            lines.append(line)

        def rasters(hypotheses: Sequence[Hypothesis]) -> NDArray[np.float32]:
            return rasterize_many(
                [[_points(shapes[p.stroke], p) for p in h.parts] for h in hypotheses]
            )

        def key(hypothesis: Hypothesis) -> Hashable:
            return tuple(
                (strokes[p.stroke].points.tobytes(), p.start, p.end) for p in hypothesis.parts
            )

        return Layout(tuple(lines), rasters, key)

    def _shape(self, stroke: Stroke, box: NDArray[np.float64], height: float) -> _Shape:
        width, tall = float(box[2] - box[0]), float(box[3] - box[1])
        if width < CUT_WIDTH * height or tall < CUT_HEIGHT * height or width < CUT_WIDTH * tall:
            return _uncut(stroke, box)
        if not self._remember:
            return _cut(stroke.points, tall)
        name = stroke.points.tobytes()
        shape = self._cut.pop(name, None) or _cut(stroke.points, tall)
        self._cut[name] = shape
        while len(self._cut) > self._remember:
            del self._cut[next(iter(self._cut))]
        return shape


def _uncut(stroke: Stroke, box: NDArray[np.float64]) -> _Shape:
    return _Shape(stroke.points, stroke.points, (0, len(stroke) - 1), box[None], ())


def _points(shape: _Shape, part: Part) -> NDArray[np.float32]:
    if (part.start, part.end) == (0.0, 1.0):
        return shape.points
    steps = len(shape.line) - 1
    return shape.line[round(part.start * steps) : round(part.end * steps) + 1]


def _without_specks(
    strokes: Sequence[Stroke],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The numbers of the strokes that are no dots, and their boxes (n, 4)."""
    if not strokes:
        return np.zeros(0, np.int64), np.zeros((0, 4))
    points = np.concatenate([stroke.points for stroke in strokes]).astype(np.float64)
    lengths = np.array([len(stroke) for stroke in strokes])
    first = np.cumsum(lengths) - lengths
    boxes = np.concatenate(
        [np.minimum.reduceat(points, first, axis=0), np.maximum.reduceat(points, first, axis=0)],
        axis=1,
    )
    sizes = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    if len(sizes) > MAX_STROKES:
        least = np.partition(sizes, -MAX_STROKES)[-MAX_STROKES]
        kept = np.flatnonzero(sizes >= least)[:MAX_STROKES]
    else:
        kept = np.arange(len(sizes))
    usual = _weighted_median(sizes[kept])
    kept = kept[sizes[kept] > SPECK / 2 * usual]  # a line's own height decides on the rest
    return kept, boxes[kept]


def _weighted_median(values: NDArray[np.float64]) -> float:
    """The median, each value counted as often as it is large."""
    ordered = np.sort(values)
    total = np.cumsum(ordered)
    return float(ordered[np.searchsorted(total, total[-1] / 2)])


def _usual_height(boxes: NDArray[np.float64]) -> float:
    """Height of a usual digit, from the boxes of strokes.

    Strokes above each other count as one: the bar of a 5 and its body, the rings of an 8.
    """
    left, top, right, bottom = boxes.T
    shared = np.minimum(right[:, None], right[None]) - np.maximum(left[:, None], left[None])
    narrower = np.minimum((right - left)[:, None], (right - left)[None])
    columns = _connected(shared > 0.5 * narrower)
    heights = np.array([bottom[c].max() - top[c].min() for c in columns])
    # Slanted strokes of a crowd make one column of many digits.
    height = min(_weighted_median(heights), MAX_COLUMN * _weighted_median(bottom - top))
    # Nothing but bars: some size is needed, and a bar is about as long as a digit is high.
    return max(height, 0.2 * _weighted_median(right - left), 1e-6)


def _group_lines(boxes: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Places of each line's strokes, the lines in reading order."""
    if not len(boxes):
        return []
    left, top, right, bottom = boxes.T
    heights = bottom - top
    taller = np.maximum(heights[:, None], heights[None])
    lower = np.minimum(heights[:, None], heights[None])
    gap_x = np.maximum(left[:, None], left[None]) - np.minimum(right[:, None], right[None])
    gap_y = np.maximum(top[:, None], top[None]) - np.minimum(bottom[:, None], bottom[None])
    near = gap_x <= COLUMN_GAP * taller
    linked = near & (-gap_y >= ROW_OVERLAP * lower) & (lower >= BODY * taller)

    # Bars and marks go with the nearest body that is large beside them.
    is_mark = ((heights[None] * BODY > heights[:, None]) & near & (gap_y <= taller)).any(axis=1)
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
        if distance[mark, nearest] <= COLUMN_GAP * heights[nearest]:
            linked[mark, nearest] = linked[nearest, mark] = True
    return _in_reading_order(_stack(_connected(linked), boxes), boxes)


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
    """Join lines of one or two strokes that stand on each other and touch: an 8 of two rings."""
    small = [k for k, group in enumerate(groups) if len(group) <= 2]
    if len(small) > 64:  # a page of single strokes is no place for such an 8
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
            shared = min(upper[2], below[2]) - max(upper[0], below[0])
            narrow = min(upper[2] - upper[0], below[2] - below[0])
            touching = abs(below[1] - upper[3]) <= STACK_GAP * height
            if touching and shared > 0.5 * narrow:
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
    """Rows from top to bottom, and what stands in one row from left to right."""
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
            shared = min(first[1], span[1]) - max(first[0], span[0])
            if shared < 0.5 * min(first[1] - first[0], span[1] - span[0]):
                ordered += [g for *_, g in sorted(row, key=lambda member: member[2])]
                row = []
        row.append(span)
    return ordered + [g for *_, g in sorted(row, key=lambda member: member[2])]


def _cut(points: NDArray[np.float32], height: float) -> _Shape:
    """Divide a stroke where one digit may end and another begin.

    That is where what is drawn before lies left of what is drawn after, or nearly so, and both
    are high enough to be digits. Where such a place is long, it is the line that joins them: cut
    at both of its ends.
    """
    line = _resample(points, height)
    step = float(np.hypot(*np.diff(line, axis=0).T).mean())
    x, y = line.astype(np.float64).T
    tall_before = np.maximum.accumulate(y) - np.minimum.accumulate(y)
    tall_after = (np.maximum.accumulate(y[::-1]) - np.minimum.accumulate(y[::-1]))[::-1]
    overlap = np.full(len(x), np.inf)
    for slant in CUT_SLANTS:
        upright = x + slant * y
        before = np.maximum.accumulate(upright)
        after = np.minimum.accumulate(upright[::-1])[::-1]
        np.minimum(overlap, before - after, out=overlap)
    least = CUT_HEIGHT * height
    open_ = (overlap <= CUT_OVERLAP * height) & (tall_before >= least) & (tall_after >= least)
    open_ &= _goes_right(x, y)
    runs: list[tuple[float, list[int]]] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], open_, [False]]).astype(np.int8)))
    for start, stop in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
        place = start + int(overlap[start:stop].argmin())
        tight = np.flatnonzero(overlap[start:stop] <= overlap[place] + CUT_SLACK * height) + start
        # Where the tail of one digit begins, where it has left it, where the other's begins, ...
        wanted = [start, int(tight[0]), int(tight[-1]), stop - 1]
        apart = max(1, round(CUT_APART * height / max(step, 1e-9)))
        kept = [wanted[0]]
        kept += [b for a, b in pairwise(wanted) if b - a >= apart]
        runs.append((float(overlap[place]), kept if len(kept) > 1 else [place]))
    most = MAX_CUTS
    bounds, links = [0], list[int]()
    chosen = []
    for _, kept in sorted(runs):
        most -= len(kept)
        if most >= 0:
            chosen.append(kept)
    for kept in sorted(chosen):
        links += range(len(bounds), len(bounds) + len(kept) - 1)
        bounds += kept
    bounds.append(len(line) - 1)
    pieces = [line[a : b + 1] for a, b in pairwise(bounds)]
    boxes = np.array([[*p.min(axis=0), *p.max(axis=0)] for p in pieces], np.float64)
    return _Shape(points, line, tuple(bounds), boxes, tuple(links))


def _goes_right(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the pen moves to the right or turns round: nobody leaves a digit on its way down."""
    reach = 2  # points on each side, so that a tremble does not count
    before, after = np.roll(np.arange(len(x)), reach), np.roll(np.arange(len(x)), -reach)
    before[:reach], after[-reach:] = 0, len(x) - 1
    turns = (y[after] - y) * (y - y[before]) <= 0
    goes: NDArray[np.bool_] = (x[after] > x[before]) | turns
    return goes


def _resample(points: NDArray[np.float32], height: float) -> NDArray[np.float32]:
    """Points along the line, evenly spaced; the first and the last stay."""
    xy = points.astype(np.float64)
    steps = np.hypot(*np.diff(xy, axis=0).T)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    count = int(min(travelled[-1] / (CUT_STEP * height), MAX_CUT_POINTS)) + 2
    places = np.linspace(0, travelled[-1], count)
    line = np.stack([np.interp(places, travelled, axis) for axis in xy.T], 1)
    clipped: NDArray[np.float32] = np.clip(line, xy.min(axis=0), xy.max(axis=0)).astype(np.float32)
    return clipped


@dataclass(frozen=True, eq=False)
class _Piece:
    """A run of neighbouring pieces of one stroke, taken as one: often the whole of it."""

    part: Part
    box: Box
    atoms: frozenset[int]
    cuts: int

    @property
    def stroke(self) -> int:
        return self.part.stroke


def _build_line(
    numbers: list[int], shapes: dict[int, _Shape], height: float, most_joins: int
) -> tuple[Line, int]:
    """Number a line's atoms from left to right, and join them; the line, and how many joins."""
    atoms = [(number, k) for number in numbers for k in range(len(shapes[number].boxes))]
    boxes = np.concatenate([shapes[number].boxes for number in numbers])
    order = np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")
    place = {atoms[k]: rank for rank, k in enumerate(order.tolist())}
    links = tuple(sorted(place[n, k] for n in numbers for k in shapes[n].links))
    pieces = [piece for n in numbers for piece in _pieces(n, shapes[n], place, height)]
    pieces.sort(key=lambda piece: (piece.box[0] + piece.box[2], piece.part.start, piece.part.end))
    found = {piece.atoms: _hypothesis([piece], 0.0) for piece in pieces}
    joins = _joins(pieces, height, most_joins)
    for group, spread in joins:
        found.setdefault(frozenset().union(*(p.atoms for p in group)), _hypothesis(group, spread))
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Line(box, height, len(atoms), links, tuple(found.values())), len(joins)


def _pieces(
    number: int, shape: _Shape, place: dict[tuple[int, int], int], height: float
) -> list[_Piece]:
    count = len(shape.boxes)
    steps = max(len(shape.line) - 1, 1)
    pieces = []
    for first in range(count):
        for last in range(first, count):
            whole = first == 0 and last == count - 1
            box = _hull(shape.boxes[first : last + 1].tolist())
            if not whole:
                if last - first >= MAX_RUN or (
                    last > first and box[2] - box[0] > MAX_WIDTH * height
                ):
                    break
                if all(k in shape.links for k in range(first, last + 1)):
                    continue  # links alone are no digit
            atoms = frozenset(place[number, k] for k in range(first, last + 1))
            cuts = (first > 0) + (last < count - 1)
            part = Part(number)
            if not whole:
                part = Part(number, shape.bounds[first] / steps, shape.bounds[last + 1] / steps)
            pieces.append(_Piece(part, box, atoms, cuts))
    return pieces


def _joins(pieces: list[_Piece], height: float, most: int) -> list[tuple[list[_Piece], float]]:
    """Groups of 2 to `MAX_PARTS` pieces of different strokes that lie close together."""
    if len(pieces) > MAX_JOINABLE:
        pieces = [piece for piece in pieces if not piece.cuts]
    if len(pieces) < 2:
        return []
    most_each = min(MAX_PER_STROKE, most // len(pieces))
    boxes = np.array([piece.box for piece in pieces])
    left, top, right, bottom = boxes.T
    gap_x = np.maximum(left[:, None], left[None]) - np.minimum(right[:, None], right[None])
    gap_y = np.maximum(top[:, None], top[None]) - np.minimum(bottom[:, None], bottom[None])
    wide = np.maximum(right[:, None], right[None]) - np.minimum(left[:, None], left[None])
    tall = np.maximum(bottom[:, None], bottom[None]) - np.minimum(top[:, None], top[None])
    strokes = np.array([piece.stroke for piece in pieces])
    close = (
        (gap_x <= JOIN_GAP_X * height)
        & (gap_y <= JOIN_GAP_Y * height)
        & (wide <= MAX_WIDTH * height)
        & (tall <= MAX_HEIGHT * height)
        & (strokes[:, None] != strokes[None])
    )
    gaps = np.maximum(np.maximum(gap_x, gap_y), 0) / height
    neighbours = [np.flatnonzero(row).tolist() for row in close]
    joins: list[tuple[list[_Piece], float]] = []
    for start in range(len(pieces)):
        seen: set[frozenset[int]] = set()
        groups: list[tuple[frozenset[int], float]] = [(frozenset([start]), 0.0)]
        made = 0
        while groups and made < most_each:
            grown: list[tuple[frozenset[int], float]] = []
            for group, spread in groups:
                used = {pieces[k].stroke for k in group}
                for member in group:
                    for k in neighbours[member]:
                        # Each group is grown from its leftmost piece only.
                        if k <= start or pieces[k].stroke in used or (wider := group | {k}) in seen:
                            continue
                        seen.add(wider)
                        box = _hull([pieces[m].box for m in wider])
                        if (
                            box[2] - box[0] <= MAX_WIDTH * height
                            and box[3] - box[1] <= MAX_HEIGHT * height
                        ):
                            grown.append((wider, max(spread, float(gaps[member, k]))))
            grown = grown[: most_each - made]
            joins += [([pieces[m] for m in sorted(g)], spread) for g, spread in grown]
            made += len(grown)
            groups = [(g, spread) for g, spread in grown if len(g) < MAX_PARTS]
    return joins


def _hypothesis(pieces: Sequence[_Piece], spread: float) -> Hypothesis:
    return Hypothesis(
        tuple(sorted(frozenset().union(*(p.atoms for p in pieces)))),
        _hull([p.box for p in pieces]),
        tuple(sorted(p.stroke for p in pieces)),
        tuple(p.part for p in sorted(pieces, key=lambda p: p.stroke)),
        sum(p.cuts for p in pieces),
        spread,
    )


def _hull(boxes: Sequence[Sequence[float]]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
