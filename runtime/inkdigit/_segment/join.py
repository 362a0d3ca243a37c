"""Atoms in, lines of digit hypotheses out: what strokes and marks on a picture have in common.

An atom is a stroke, a mark (what is connected on a picture), or a piece of one that was cut. A
hypothesis is a few atoms that lie close together. Nothing is decided here; `decode` picks the
hypotheses that cover each line best.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit.ink import Box

__all__ = [
    "Atoms",
    "Hypothesis",
    "Layout",
    "Line",
    "Part",
    "build_line",
    "group_lines",
    "largest",
    "usual_height",
]

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
SLANT = 0.35  # run over rise of usual writing, which leans to the right
SPECK = 0.12  # smaller both ways is a dot or a tap: 0.7 % of training digits have such a stroke
JOIN_GAP_X = 0.15  # 99 % of training digits' strokes are no further apart than 0.12
JOIN_GAP_Y = 0.5  # the bar of a 5 may hang well above it
MAX_WIDTH = 1.8  # of a digit: 99 % of training digits are within 1.63 of their own height
MAX_HEIGHT = 2.0
COLUMN_GAP = 2.0  # what is further apart is another column
ROW_OVERLAP = 0.3  # strokes of a row share this much of the smaller one's height
BODY = 0.3  # a lower stroke is a bar or a mark and goes with its nearest neighbour
BAR_WIDTH = 1.2  # of its own height: what may be the bar of a 5, however steep
BAR_GAP = 0.15  # above its body, in heights of that
MAX_COLUMN = 2.5  # strokes high a digit may be: its rings, or a bar and a body
STACK_GAP = 0.1  # an 8 may be two rings, one on the other,
STACK_HEIGHT = 1.8  # together no higher than so many usual strokes


@dataclass(frozen=True)
class Part:
    """A stroke or a mark, or a stretch of one that is cut.

    Attributes:
        stroke: Its number: a stroke's place in the ink.
        start: Where it begins: for a stroke as a share of its length, for a mark of its pieces.
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
        box: Left, top, right, bottom in pixels; see `Layout.scale`.
        strokes: The input strokes they are of, ascending; empty for pictures.
        parts: What they are made of, of strokes or of marks.
        cuts: How many cuts bound it, by which strokes were taken apart.
        spread: The widest gap that its parts leave, in heights of the line.
        lean: Leftmost and rightmost place along the usual slant, x + SLANT * y, in pixels; the
            box's edges where it is None.
    """

    atoms: tuple[int, ...]
    box: Box
    strokes: tuple[int, ...]
    parts: tuple[Part, ...]
    cuts: int = 0
    spread: float = 0.0
    lean: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Line:
    """One line of writing.

    Attributes:
        box: Left, top, right, bottom in pixels; see `Layout.scale`.
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
        scale: Input pixels that a unit of the boxes is wide and high.
    """

    lines: tuple[Line, ...]
    rasters: Callable[[Sequence[Hypothesis]], NDArray[np.float32]]
    key: Callable[[Hypothesis], Hashable]
    scale: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Atoms:
    """A stroke or a mark, divided.

    Attributes:
        boxes: (n, 4) of its n pieces in their order: left, top, right, bottom.
        leans: (n, 2) least and greatest x + SLANT * y of each.
        shares: n + 1 rising shares, 0 to 1, where the pieces begin and end.
        links: Pieces that may only join two digits.
    """

    boxes: NDArray[np.float64]
    leans: NDArray[np.float64]
    shares: tuple[float, ...] = (0.0, 1.0)
    links: tuple[int, ...] = ()


def largest(boxes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places of the boxes (n, 4) that are read: no dots, and the `MAX_STROKES` largest at most."""
    if not len(boxes):
        return np.zeros(0, np.int64)
    sizes = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    if len(sizes) > MAX_STROKES:
        least = np.partition(sizes, -MAX_STROKES)[-MAX_STROKES]
        kept = np.flatnonzero(sizes >= least)[:MAX_STROKES]
    else:
        kept = np.arange(len(sizes))
    usual = _weighted_median(sizes[kept])
    # A line's own height decides on the rest.
    bodies: NDArray[np.int64] = kept[sizes[kept] > SPECK / 2 * usual]
    return bodies


def _weighted_median(values: NDArray[np.float64]) -> float:
    """The median, each value counted as often as it is large."""
    ordered = np.sort(values)
    total = np.cumsum(ordered)
    return float(ordered[np.searchsorted(total, total[-1] / 2)])


def usual_height(boxes: NDArray[np.float64]) -> float:
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


def group_lines(boxes: NDArray[np.float64]) -> list[NDArray[np.int64]]:
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

    # The rings of an 8, one on the other: no higher together than one digit beside its neighbours.
    shared_x = -gap_x > 0.5 * np.minimum((right - left)[:, None], (right - left)[None])
    together = np.maximum(bottom[:, None], bottom[None]) - np.minimum(top[:, None], top[None])
    linked |= (
        shared_x
        & (gap_y <= STACK_GAP * taller)
        & (together <= STACK_HEIGHT * _weighted_median(heights))
    )

    # Bars and marks go with the nearest body that is large beside them.
    is_mark = ((heights[None] * BODY > heights[:, None]) & near & (gap_y <= taller)).any(axis=1)
    # So does a steep bar, which is wider than it is high and rests on what is higher than itself.
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


@dataclass(frozen=True, eq=False)
class _Piece:
    """A run of neighbouring pieces of one stroke, taken as one: often the whole of it."""

    part: Part
    box: Box
    lean: tuple[float, float]
    atoms: frozenset[int]
    cuts: int

    @property
    def stroke(self) -> int:
        return self.part.stroke


def build_line(
    sources: Mapping[int, Atoms], height: float, most_joins: int, *, strokes: bool
) -> tuple[Line, int]:
    """Number a line's atoms from left to right, and join them.

    Args:
        sources: The line's strokes or marks by their numbers.
        height: Of a usual digit in it.
        most_joins: Hypotheses of several strokes or marks to make at most.
        strokes: Whether the numbers are of input strokes.

    Returns:
        The line, and how many joins were made.
    """
    atoms = [(number, k) for number, source in sources.items() for k in range(len(source.boxes))]
    boxes = np.concatenate([source.boxes for source in sources.values()])
    order = np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")
    place = {atoms[k]: rank for rank, k in enumerate(order.tolist())}
    links = tuple(sorted(place[n, k] for n, source in sources.items() for k in source.links))
    pieces = [piece for n, source in sources.items() for piece in _pieces(n, source, place, height)]
    pieces.sort(key=lambda piece: (piece.box[0] + piece.box[2], piece.part.start, piece.part.end))
    found = {piece.atoms: _hypothesis([piece], 0.0, strokes) for piece in pieces}
    joins = _joins(pieces, height, most_joins)
    for group, spread in joins:
        atoms_of = frozenset().union(*(piece.atoms for piece in group))
        found.setdefault(atoms_of, _hypothesis(group, spread, strokes))
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Line(box, height, len(atoms), links, tuple(found.values())), len(joins)


def _pieces(
    number: int, source: Atoms, place: Mapping[tuple[int, int], int], height: float
) -> list[_Piece]:
    """The stroke or mark as a whole, whatever it is like, and the runs of it that may be digits."""
    count = len(source.boxes)
    boxes, leans = source.boxes.tolist(), source.leans.tolist()
    whole = (0, count - 1)
    runs = [whole]
    for first in range(count):
        for last in range(first, min(first + MAX_RUN, count)):
            box = _hull(boxes[first : last + 1])
            if last > first and box[2] - box[0] > MAX_WIDTH * height:
                break
            links_alone = all(k in source.links for k in range(first, last + 1))
            if (first, last) != whole and not links_alone:
                runs.append((first, last))
    pieces = []
    for first, last in runs:
        atoms = frozenset(place[number, k] for k in range(first, last + 1))
        cuts = (first > 0) + (last < count - 1)
        part = Part(number, source.shares[first], source.shares[last + 1])
        lefts, rights = zip(*leans[first : last + 1], strict=True)
        box = _hull(boxes[first : last + 1])
        pieces.append(_Piece(part, box, (min(lefts), max(rights)), atoms, cuts))
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


def _hypothesis(pieces: Sequence[_Piece], spread: float, strokes: bool) -> Hypothesis:
    return Hypothesis(
        tuple(sorted(frozenset().union(*(p.atoms for p in pieces)))),
        _hull([p.box for p in pieces]),
        tuple(sorted(p.stroke for p in pieces)) if strokes else (),
        tuple(p.part for p in sorted(pieces, key=lambda p: p.stroke)),
        sum(p.cuts for p in pieces),
        spread,
        (min(p.lean[0] for p in pieces), max(p.lean[1] for p in pieces)),
    )


def _hull(boxes: Sequence[Sequence[float]]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
