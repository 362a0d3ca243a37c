"""Ink in, rows of digit hypotheses out.

A stroke, or a piece of one cut where two digits may be joined, is an atom. Strokes that lie close
together are joined whenever they were drawn: the bar of a 5 and the cross of a 7 come late.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inkdigit._framing.canonical import canonical_order, goes_back
from inkdigit._framing.rasterize import rasterize_many
from inkdigit._segment.join import MAX_CUTS, MAX_JOINS, Atoms, find_rows
from inkdigit._segment.layout import SLANT, Hypothesis, Layout, Part
from inkdigit._segment.moments import of_polyline
from inkdigit.ink import Ink, arc_length

__all__ = ["StrokeCutter", "StrokeLayout", "stroke_boxes"]

# In row heights, chosen by eye on the training writers' numbers.
CUT_HEIGHT = 0.4  # neither side of a cut is lower than this
CUT_WIDTH = 0.45  # a narrower stroke is not cut
CUT_OVERLAP = 0.22  # how far the two sides of a cut may overlap
CUT_SLACK = 0.08  # an overlap within this of the least counts as the least
CUT_APART = 0.12  # closer cuts of one join are one
CUT_SLANTS = (0.0, SLANT)  # overlap is measured upright and along the usual slant
CUT_STEP = 0.03  # distance between the points at which a stroke may be cut
# px to the right for each px up or down from which the pen goes right. A digit's upright strokes
# lie on both sides of 0, where a pixel's rounding would decide. Chosen on development figures: of
# 539 numbers 512 are read right with 0.2, 511 with 0.1 and 510 with 0.
GOES_RIGHT = 0.2
MAX_CUT_POINTS = 4000  # of one stroke: beyond it the step grows


# A stroke of more points is drawn with so many, evenly spaced: 16 seconds at 120 a second.
MAX_STROKE_POINTS = 2000
# Points of all hypotheses together, beyond which strokes are drawn with fewer points: 1 second. A
# number has 30,000 at most.
MAX_DRAWN_POINTS = 300_000
LEAST_POINTS = 16  # of a stroke that is drawn with fewer


@dataclass(frozen=True, eq=False)
class _CutStroke:
    """A stroke and where it may be cut.

    Attributes:
        points: As they were drawn, or reversed.
        polyline: The stroke with a point at each cut.
        bounds: Piece k is polyline[bounds[k]] to polyline[bounds[k + 1]], both included.
        boxes: (n, 4) of the pieces.
        leans: (n, 2) of the pieces; see `Atoms.leans`.
        moments: (n, 6) of the pieces; see `Atoms.moments`.
        links: Pieces that may only join two digits.
        drawn: The points to draw, where those that were drawn are too many; else None.
    """

    points: NDArray[np.float32]
    polyline: NDArray[np.float32]
    bounds: tuple[int, ...]
    boxes: NDArray[np.float64]
    leans: NDArray[np.float64]
    moments: NDArray[np.float64]
    links: tuple[int, ...]
    drawn: NDArray[np.float32] | None = None

    @classmethod
    def whole(cls, points: NDArray[np.float32], box: NDArray[np.float64]) -> _CutStroke:
        """A stroke without cuts."""
        bounds = (0, len(points) - 1)
        _, leans = _extents(points, bounds)
        return cls(points, points, bounds, box[None], leans, of_polyline(points, bounds), ())

    @property
    def atoms(self) -> Atoms:
        """The pieces, as `find_rows` takes them."""
        steps = max(len(self.polyline) - 1, 1)
        bounds = (0.0, *(bound / steps for bound in self.bounds[1:-1]), 1.0)
        return Atoms(self.boxes, self.leans, self.moments, bounds, self.links)

    def indices(self, part: Part) -> tuple[int, int]:
        """Of the first and the last point of the polyline that a part of the stroke has."""
        steps = len(self.polyline) - 1
        return round(part.start * steps), round(part.end * steps)

    def stretch(self, part: Part) -> NDArray[np.float32]:
        """The points of a part of the stroke."""
        if part.is_whole:
            return self.points if self.drawn is None else self.drawn
        first, last = self.indices(part)
        return self.polyline[first : last + 1]


class StrokeCutter:
    """Cuts strokes where two digits may be joined, and remembers the cuts.

    Args:
        remember: How many strokes to remember; 0 for none.
    """

    def __init__(self, remember: int = 0) -> None:
        self._remember = remember
        self._known: dict[bytes, _CutStroke] = {}

    def cut(
        self, points: NDArray[np.float32], box: NDArray[np.float64], height: float
    ) -> _CutStroke:
        """Cut a stroke of a row whose usual digit height is `height` pixels."""
        width, tall = float(box[2] - box[0]), float(box[3] - box[1])
        if width < CUT_WIDTH * height or tall < CUT_HEIGHT * height or width < CUT_WIDTH * tall:
            return _CutStroke.whole(points, box)
        if not self._remember:
            return _cut(points, tall)
        key = points.tobytes()
        cut = self._known.pop(key, None) or _cut(points, tall)
        self._known[key] = cut
        while len(self._known) > self._remember:
            del self._known[next(iter(self._known))]
        return cut


class StrokeLayout(Layout):
    """The rows of an ink.

    Args:
        ink: Any number of strokes.
        cutter: Where to remember cuts, if the same strokes come again.
    """

    from_ink = True

    def __init__(self, ink: Ink, cutter: StrokeCutter | None = None) -> None:
        cutter = cutter or StrokeCutter()
        self._reversed = [goes_back(stroke.points) for stroke in ink]
        points = [
            np.ascontiguousarray(stroke.points[::-1]) if back else stroke.points
            for stroke, back in zip(ink, self._reversed, strict=True)
        ]
        order = canonical_order(points)
        points = [_evenly(points[index], MAX_STROKE_POINTS) for index in order]
        boxes = stroke_boxes(points)
        self._strokes: dict[int, _CutStroke] = {}

        def divide(rank: int, height: float, max_cuts: int) -> Atoms:
            stroke = _CutStroke.whole(points[rank], boxes[rank])
            if max_cuts > 0:
                cut = cutter.cut(points[rank], boxes[rank], height)
                stroke = cut if len(cut.boxes) <= max_cuts else stroke
            self._strokes[order[rank]] = stroke
            return stroke.atoms

        self.rows, self.unread, _ = find_rows(boxes, divide, MAX_JOINS, taps=True)
        if any(self._reversed) or order != list(range(len(order))):
            self.rows = tuple(
                replace(row, hypotheses=tuple(self._as_drawn(h, order) for h in row.hypotheses))
                for row in self.rows
            )
        self._draw_with_fewer_points()

    def _as_drawn(self, hypothesis: Hypothesis, order: Sequence[int]) -> Hypothesis:
        """A hypothesis of the strokes as they are sorted, in terms of those that were drawn."""
        parts = (Part(order[part.source], part.start, part.end) for part in hypothesis.parts)
        return replace(hypothesis, parts=tuple(map(self._turned, parts)))

    def _turned(self, part: Part) -> Part:
        """A part counted from the other end where its stroke is reversed."""
        if not self._reversed[part.source] or part.is_whole:
            return part
        return Part(part.source, 1 - part.end, 1 - part.start)

    def _draw_with_fewer_points(self) -> None:
        """Thin out the strokes where drawing all hypotheses would take too long."""
        counts = [
            len(self._strokes[part.source].stretch(self._turned(part)))
            for hypothesis in self.hypotheses
            for part in hypothesis.parts
        ]
        self._step = -(-sum(counts) // MAX_DRAWN_POINTS) if counts else 1
        if self._step > 1:
            self._strokes = {
                index: replace(
                    stroke,
                    drawn=_evenly(
                        stroke.points, max(LEAST_POINTS, len(stroke.points) // self._step)
                    ),
                )
                for index, stroke in self._strokes.items()
            }

    def rasters(self, hypotheses: Sequence[Hypothesis]) -> NDArray[np.float32]:
        """See `Layout.rasters`."""
        return rasterize_many([[self._stretch(p) for p in h.parts] for h in hypotheses])

    def _stretch(self, part: Part) -> NDArray[np.float32]:
        points = self._strokes[part.source].stretch(self._turned(part))
        if self._step > 1 and not part.is_whole:
            return _evenly(points, max(LEAST_POINTS, len(points) // self._step))
        return points

    def key(self, hypothesis: Hypothesis) -> Hashable:
        """See `Layout.key`."""
        return self._step, *(
            (
                self._strokes[part.source].points.tobytes(),
                *self._strokes[part.source].indices(self._turned(part)),
            )
            for part in hypothesis.parts
        )


def _evenly(points: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """A polyline with so many points at most, evenly spaced along it."""
    if len(points) <= count:
        return points
    travelled = arc_length(points)
    positions = np.linspace(0, travelled[-1], count)
    axes = [np.interp(positions, travelled, axis) for axis in points.T.astype(np.float64)]
    return np.stack(axes, axis=1).astype(np.float32)


def stroke_boxes(strokes: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    """(n, 4): left, top, right, bottom of each stroke's points, (m, 2)."""
    if not strokes:
        return np.zeros((0, 4))
    points = np.concatenate(strokes).astype(np.float64)
    lengths = np.array([len(stroke) for stroke in strokes])
    first = np.cumsum(lengths) - lengths
    return np.concatenate(
        [np.minimum.reduceat(points, first, axis=0), np.maximum.reduceat(points, first, axis=0)],
        axis=1,
    )


def _cut(points: NDArray[np.float32], height: float) -> _CutStroke:
    """Divide a stroke, which goes right on the whole, where one digit may end and another begin.

    That is where what comes before lies left of what comes after, or nearly so, and both
    are high enough to be digits. Where this holds for a long stretch, the stretch is the line that
    joins the two: cut at both of its ends.
    """
    polyline = _resample(points, height)
    x, y = polyline.astype(np.float64).T
    overlap = _overlap(x, y)
    tall_before = np.maximum.accumulate(y) - np.minimum.accumulate(y)
    tall_after = (np.maximum.accumulate(y[::-1]) - np.minimum.accumulate(y[::-1]))[::-1]
    least = CUT_HEIGHT * height
    may_cut = (overlap <= CUT_OVERLAP * height) & (tall_before >= least) & (tall_after >= least)
    may_cut &= _goes_right(x, y)
    step = float(np.hypot(np.diff(x), np.diff(y)).mean())
    apart = max(1, round(CUT_APART * height / max(step, 1e-9)))
    joins: list[tuple[float, list[int]]] = []
    # The first and the last point cannot be cut at, so edges come in pairs.
    edges = np.flatnonzero(may_cut[1:] != may_cut[:-1]) + 1
    stretches = edges.reshape(-1, 2)
    if len(stretches) > MAX_CUTS:  # each takes one at least: the others would not be chosen
        tightest = np.minimum.reduceat(np.where(may_cut, overlap, np.inf), stretches[:, 0])
        stretches = stretches[np.argsort(tightest, kind="stable")[:MAX_CUTS]]
    for start, stop in stretches.tolist():
        best = start + int(overlap[start:stop].argmin())
        tight = np.flatnonzero(overlap[start:stop] <= overlap[best] + CUT_SLACK * height) + start
        # Where the tail of one digit begins, where it ends, where the next digit begins, ...
        wanted = [start, int(tight[0]), int(tight[-1]), stop - 1]
        cuts = [start, *(b for a, b in pairwise(wanted) if b - a >= apart)]
        joins.append((float(overlap[best]), cuts if len(cuts) > 1 else [best]))
    left, chosen = MAX_CUTS, []
    for _, cuts in sorted(joins):
        left -= len(cuts)
        if left >= 0:
            chosen.append(cuts)
    bounds, links = [0], list[int]()
    for cuts in sorted(chosen):
        links += range(len(bounds), len(bounds) + len(cuts) - 1)
        bounds += cuts
    bounds.append(len(polyline) - 1)
    boxes, leans = _extents(polyline, bounds)
    moments = of_polyline(polyline, bounds)
    return _CutStroke(points, polyline, tuple(bounds), boxes, leans, moments, tuple(links))


def _overlap(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) px by which what lies before each point reaches over what lies after it."""
    overlap = np.full(len(x), np.inf)
    for slant in CUT_SLANTS:
        upright = x + slant * y
        before = np.maximum.accumulate(upright)
        after = np.minimum.accumulate(upright[::-1])[::-1]
        np.minimum(overlap, before - after, out=overlap)
    return overlap


def _extents(
    polyline: NDArray[np.float32], bounds: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n, 4) boxes of a polyline's pieces, and their (n, 2) least and greatest x + SLANT * y."""
    axes = np.empty((3, len(polyline)), np.float32)
    axes[:2] = polyline.T
    axes[2] = polyline @ np.array([1, SLANT], np.float32)
    boxes, leans = np.empty((len(bounds) - 1, 4)), np.empty((len(bounds) - 1, 2))
    for k, (a, b) in enumerate(pairwise(bounds)):
        low, high = axes[:, a : b + 1].min(axis=1), axes[:, a : b + 1].max(axis=1)
        boxes[k, :2], boxes[k, 2:], leans[k] = low[:2], high[:2], (low[2], high[2])
    return boxes, leans


def _goes_right(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the pen moves right or turns: no one leaves a digit on the way down."""
    reach = 2  # points on each side, so that a tremor does not count
    index = np.arange(len(x))
    before, after = np.maximum(index - reach, 0), np.minimum(index + reach, len(x) - 1)
    turns = (y[after] - y) * (y - y[before]) <= 0
    goes: NDArray[np.bool_] = (
        x[after] - x[before] > GOES_RIGHT * np.abs(y[after] - y[before])
    ) | turns
    return goes


def _resample(points: NDArray[np.float32], height: float) -> NDArray[np.float32]:
    """Evenly spaced points along a stroke; the first and the last stay."""
    xy = points.astype(np.float64)
    travelled = arc_length(xy)
    count = int(min(travelled[-1] / (CUT_STEP * height), MAX_CUT_POINTS)) + 2
    positions = np.arange(count) * (travelled[-1] / (count - 1))
    positions[-1] = travelled[-1]
    polyline = np.stack([np.interp(positions, travelled, axis) for axis in xy.T], axis=1)
    # Interpolation rounds: keep every point inside the stroke's box.
    np.minimum(np.maximum(polyline, xy.min(axis=0), out=polyline), xy.max(axis=0), out=polyline)
    return polyline.astype(np.float32)
