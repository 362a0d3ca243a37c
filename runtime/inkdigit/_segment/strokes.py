"""Ink in, lines of digit hypotheses out: what might be one digit, with much overlap.

A stroke, or a piece of one cut where two digits may be joined, is an atom. What lies close together
in space is joined, whenever it was drawn: the bar of a 5 and the cross of a 7 come late.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inkdigit._framing.rasterize import rasterize_many
from inkdigit._segment.join import (
    MAX_CUTS,
    MAX_CUTS_IN_ALL,
    MAX_JOINS,
    SLANT,
    SPECK,
    Atoms,
    Hypothesis,
    Layout,
    Line,
    Part,
    build_line,
    group_lines,
    largest,
    usual_height,
)
from inkdigit.ink import Ink, Stroke

__all__ = ["InkSegmenter"]

# Sizes are in heights of the line.
CUT_HEIGHT = 0.4  # neither side of a cut is lower than this
CUT_WIDTH = 0.45  # a narrower stroke is not cut
CUT_OVERLAP = 0.22  # how far the sides of a cut may reach over each other
CUT_SLACK = 0.08  # where they reach no further than this over the least, they are as far apart
CUT_APART = 0.12  # cuts of one join that are closer are one
CUT_SLANTS = (0.0, 0.35)  # overlap is measured upright and along the usual slant
CUT_STEP = 0.03  # distance of the points a stroke may be cut at
MAX_CUT_POINTS = 4000  # of one stroke: past it the step grows


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
    leans: NDArray[np.float64]
    links: tuple[int, ...]

    @property
    def atoms(self) -> Atoms:
        """The pieces as `build_line` wants them."""
        steps = max(len(self.line) - 1, 1)
        shares = (0.0, *(bound / steps for bound in self.bounds[1:-1]), 1.0)
        return Atoms(self.boxes, self.leans, shares, self.links)


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
        boxes = _boxes(strokes)
        bodies = largest(boxes)
        boxes = boxes[bodies]
        lines: list[Line] = []
        shapes: dict[int, _Shape] = {}
        joins, cuts = MAX_JOINS, MAX_CUTS_IN_ALL
        for members in group_lines(boxes):
            line_boxes, line_strokes = boxes[members], bodies[members]
            height = usual_height(line_boxes)
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
            sources = {number: shapes[number].atoms for number in line_strokes.tolist()}
            line, joined = build_line(sources, height, joins, strokes=True)
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
    points, bounds = stroke.points, (0, len(stroke) - 1)
    _, leans = _extents(points, bounds)
    return _Shape(points, points, bounds, box[None], leans, ())


def _points(shape: _Shape, part: Part) -> NDArray[np.float32]:
    if (part.start, part.end) == (0.0, 1.0):
        return shape.points
    steps = len(shape.line) - 1
    return shape.line[round(part.start * steps) : round(part.end * steps) + 1]


def _boxes(strokes: Sequence[Stroke]) -> NDArray[np.float64]:
    """(n, 4): left, top, right, bottom of each stroke."""
    if not strokes:
        return np.zeros((0, 4))
    points = np.concatenate([stroke.points for stroke in strokes]).astype(np.float64)
    lengths = np.array([len(stroke) for stroke in strokes])
    first = np.cumsum(lengths) - lengths
    return np.concatenate(
        [np.minimum.reduceat(points, first, axis=0), np.maximum.reduceat(points, first, axis=0)],
        axis=1,
    )


def _cut(points: NDArray[np.float32], height: float) -> _Shape:
    """Divide a stroke where one digit may end and another begin.

    That is where what is drawn before lies left of what is drawn after, or nearly so, and both
    are high enough to be digits. Where such a place is long, it is the line that joins them: cut
    at both of its ends.
    """
    line = _resample(points, height)
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
    # Nothing lies before the first point or after the last one: neither is open.
    edges = np.flatnonzero(open_[1:] != open_[:-1]) + 1
    for start, stop in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
        place = start + int(overlap[start:stop].argmin())
        tight = np.flatnonzero(overlap[start:stop] <= overlap[place] + CUT_SLACK * height) + start
        # Where the tail of one digit begins, where it has left it, where the other's begins, ...
        wanted = [start, int(tight[0]), int(tight[-1]), stop - 1]
        step = float(np.hypot(np.diff(x), np.diff(y)).mean())
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
    boxes, leans = _extents(line, bounds)
    return _Shape(points, line, tuple(bounds), boxes, leans, tuple(links))


def _extents(
    line: NDArray[np.float32], bounds: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n, 4) box of each piece of a line, and its (n, 2) least and greatest x + SLANT * y."""
    axes = np.empty((3, len(line)), np.float32)
    axes[:2] = line.T
    axes[2] = line @ np.array([1, SLANT], np.float32)
    boxes, leans = np.empty((len(bounds) - 1, 4)), np.empty((len(bounds) - 1, 2))
    for k, (a, b) in enumerate(pairwise(bounds)):
        low, high = axes[:, a : b + 1].min(axis=1), axes[:, a : b + 1].max(axis=1)
        boxes[k, :2], boxes[k, 2:], leans[k] = low[:2], high[:2], (low[2], high[2])
    return boxes, leans


def _goes_right(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the pen moves to the right or turns round: nobody leaves a digit on its way down."""
    reach = 2  # points on each side, so that a tremble does not count
    places = np.arange(len(x))
    before, after = np.maximum(places - reach, 0), np.minimum(places + reach, len(x) - 1)
    turns = (y[after] - y) * (y - y[before]) <= 0
    goes: NDArray[np.bool_] = (x[after] > x[before]) | turns
    return goes


def _resample(points: NDArray[np.float32], height: float) -> NDArray[np.float32]:
    """Points along the line, evenly spaced; the first and the last stay."""
    xy = points.astype(np.float64)
    steps = xy[1:] - xy[:-1]
    travelled = np.zeros(len(xy))
    np.cumsum(np.hypot(steps[:, 0], steps[:, 1]), out=travelled[1:])
    count = int(min(travelled[-1] / (CUT_STEP * height), MAX_CUT_POINTS)) + 2
    places = np.arange(count) * (travelled[-1] / (count - 1))
    places[-1] = travelled[-1]
    line = np.empty((count, 2))
    for axis in range(2):
        line[:, axis] = np.interp(places, travelled, xy[:, axis])
    # Interpolation rounds: no point comes to lie outside the stroke's box.
    np.minimum(np.maximum(line, xy.min(axis=0), out=line), xy.max(axis=0), out=line)
    return line.astype(np.float32)
