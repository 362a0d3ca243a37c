"""A photo in; where the practice sheet's millimetres lie on it, out.

Corner marks are dark parts that are about as compact as a square; of the groups of four, the one
under which the sheet's frames lie where they are printed is taken. The mark with a hole tells which
way is up. The constants were chosen by eye on made photos of sheets filled by validation writers
and of handmade digits.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._pixels.components import label
from inkdigit._pixels.morphology import Grey
from inkdigit._pixels.transform import IDENTITY, Transform
from inkdigit._practice.layout import BOXES, MARK_MM, MARKS, SheetBox

__all__ = ["find_sheet", "frame_edges"]

Floats = NDArray[np.float64]

SEARCHED_PX = 1200  # longer side of the picture in which marks are looked for
WINDOW = 8  # the level of the paper is the mean of a window this part of the longer side wide
DARK = 0.8  # of that level; print is at half of it, a shadow's edge at 0.85
SIDES = (0.008, 0.07)  # of a mark's box over the longer side: the sheet takes a third of the photo
COMPACT = (0.55, 1.2)  # area over that of a square with the same moments: 1; with the hole 0.72
WHOLE = 0.85  # the same of the marks without a hole: digits have less
HOLED = 0.72  # what is expected of the mark with the hole
MOST_WHOLE, MOST_HOLED = 12, 30  # candidates of either kind, the squarest; a page may be all zeros
ALIKE = 2.5  # the largest of four marks over the smallest, in sides, as seen at an angle
LEAST_HOLE, MOST_HOLE = 0.4, 0.35  # levels of the middle of the mark with a hole, and of others
DEEPEST = 2.0  # the farthest mark's distance over the nearest's
STRETCHED = 1.6  # an edge between marks, in their sides, over what is printed; either way
# A copier may leave little of the frames: a made photo shows 0.25, noise shows none.
LEAST_FRAME = 0.002  # of the paper's level, by which frames are darker than what is beside them
ACROSS_MM = (-0.6, -0.3, 0.0, 0.3, 0.6)  # where a frame's line is looked for, and
BESIDE_MM = 1.25  # how far from it the paper is: the middle of what lies between two boxes
EACH, LOOKED_AT = 7, 40  # of such points that are looked at first, and groups of which at all then
ALONG = (0.1, 0.3, 0.5, 0.7, 0.9)  # of an edge, where it is looked at


@dataclass(frozen=True, eq=False)
class _Marks:
    middles: Floats  # (n, 2)
    sides: Floats  # (n,)
    holes: Floats  # (n,) level of the middle: 0 as the mark, 1 as the paper
    compact: Floats  # (n,) area over that of a square with the same moments
    long: Floats  # (n,) length over width


def find_sheet(grey: Grey) -> Transform | None:
    """Find the sheet.

    Args:
        grey: (H, W) uint8.

    Returns:
        From millimetres of the sheet to pixels of the picture; None where it is not seen whole.
    """
    image = Image.fromarray(grey)
    scale = min(1.0, SEARCHED_PX / max(image.size))
    size = max(8, round(image.width * scale)), max(8, round(image.height * scale))
    small = np.asarray(image.resize(size, Image.Resampling.BOX), np.float64)
    marks = _find_marks(small)
    lines = frame_edges(BOXES)
    is_whole = (marks.holes <= MOST_HOLE) & (marks.compact >= WHOLE)
    whole = _squarest(marks, is_whole, 1.0)[:MOST_WHOLE]
    holed = _squarest(marks, marks.holes >= LEAST_HOLE, HOLED)[:MOST_HOLED]
    few = [values[::EACH] for values in lines]
    ways = [
        (_contrast(small, way, *few), way)
        for first, others in itertools.product(holed, itertools.combinations(whole, 3))
        if (way := _way(marks, np.array([first, *others]))) is not None
    ]
    ways = heapq.nlargest(LOOKED_AT, ways, key=itemgetter(0))
    found = [(_contrast(small, way, *lines), way) for _, way in ways]
    most, best = max(found, key=itemgetter(0), default=(0.0, IDENTITY))
    if most <= LEAST_FRAME:
        return None
    return best.then(Transform.scaling(grey.shape[1] / size[0], grey.shape[0] / size[1]))


def frame_edges(boxes: tuple[SheetBox, ...]) -> tuple[Floats, Floats]:
    """Points on the boxes' frames, and which way the frame is crossed there: (n, 2) each."""
    points, across = [], []
    for box in boxes:
        for part in ALONG:
            x = box.left + part * (box.right - box.left)
            y = box.top + part * (box.bottom - box.top)
            points += [(x, box.top), (x, box.bottom), (box.left, y), (box.right, y)]
            across += [(0.0, 1.0), (0.0, 1.0), (1.0, 0.0), (1.0, 0.0)]
    return np.array(points), np.array(across)


def _squarest(marks: _Marks, chosen: NDArray[np.bool_], compact: float) -> list[int]:
    """Indices of the chosen ones, those first that are most like a square of this compactness."""
    away = np.abs(np.log(marks.compact / compact)) + np.log(marks.long)
    return [k for k in np.argsort(away, kind="stable").tolist() if chosen[k]]


def _find_marks(small: Floats) -> _Marks:
    longest = max(small.shape)
    paper = _window_mean(small, max(3, longest // WINDOW // 2))
    parts = label(small < DARK * paper)
    wide = (parts.boxes[:, 2:] - parts.boxes[:, :2]).astype(np.float64)
    fits = (wide >= SIDES[0] * longest).all(1) & (wide <= SIDES[1] * longest).all(1)
    chosen = np.flatnonzero(fits & (parts.areas > 0.25 * wide.prod(1)))
    of_pixel = parts.label_map()
    middles, sides, holes, compactness, lengths = [], [], [], [], []
    for part in chosen.tolist():
        left, top, right, bottom = parts.boxes[part].tolist()
        y, x = np.nonzero(of_pixel[top:bottom, left:right] == part)
        spread = np.cov(np.stack([x, y])) + np.eye(2) / 12  # a pixel is not a point
        compact = len(x) / (12 * np.sqrt(max(float(np.linalg.det(spread)), 1e-9)))
        if not COMPACT[0] <= compact <= COMPACT[1]:
            continue
        middle = np.array([left + x.mean() + 0.5, top + y.mean() + 0.5])
        # A mark with a hole is all dark around it: the mean of all its pixels is its middle too.
        dark = float(np.quantile(small[top + y, left + x], 0.25))
        column, row = (middle - 0.5).round().astype(int).tolist()
        level = float(small[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2].mean())
        middles.append(middle)
        sides.append(np.sqrt(12 * np.sqrt(max(float(np.linalg.det(spread)), 1e-9))))
        compactness.append(compact)
        short, long = np.linalg.eigvalsh(spread).tolist()
        lengths.append(np.sqrt(long / max(short, 1e-9)))
        holes.append((level - dark) / max(float(paper[row, column]) - dark, 1.0))
    return _Marks(
        np.array(middles).reshape(-1, 2),
        *(np.array(values) for values in (sides, holes, compactness, lengths)),
    )


def _way(marks: _Marks, group: NDArray[np.int64]) -> Transform | None:
    """From the sheet to the picture if these four are its marks, or None if they cannot be.

    The first is the one with a hole.
    """
    sides = marks.sides[group]
    if sides.max() > ALIKE * sides.min():
        return None
    middles = marks.middles[group]
    from_middle = middles - middles.mean(axis=0)
    clockwise = np.argsort(np.arctan2(from_middle[:, 1], from_middle[:, 0]))
    corners = middles[clockwise]
    edges = np.roll(corners, -1, axis=0) - corners
    turns = edges[:, 0] * np.roll(edges, -1, axis=0)[:, 1]
    turns = turns - edges[:, 1] * np.roll(edges, -1, axis=0)[:, 0]
    lengths = np.hypot(*edges.T)
    if not (turns > 0).all():
        return None
    first = int(np.flatnonzero(clockwise == 0)[0])
    printed = np.hypot(*(np.roll(MARKS, -1, axis=0) - MARKS).T) / MARK_MM
    ratios = np.roll(lengths, -first) / sides.mean() / printed
    if ratios.min() < 1 / STRETCHED or ratios.max() > STRETCHED:
        return None
    try:
        way = Transform.between(MARKS, np.roll(corners, -first, axis=0))
    except np.linalg.LinAlgError:
        return None
    *_, along_x, along_y, _ = way.matrix
    depths = 1 + along_x * MARKS[:, 0] + along_y * MARKS[:, 1]
    return way if depths.min() > 0 and depths.max() < DEEPEST * depths.min() else None


def _contrast(small: Floats, way: Transform, points: Floats, across: Floats) -> float:
    """How much darker the frames are than the paper beside them, as part of its level."""

    def levels(offset: float) -> Floats:
        at = way.points(points + offset * across)
        column = np.clip(at[:, 0].astype(int), 0, small.shape[1] - 1)
        row = np.clip(at[:, 1].astype(int), 0, small.shape[0] - 1)
        return np.asarray(small[row, column], np.float64)

    def darkest(middle: float) -> Floats:
        return np.asarray(np.min([levels(middle + at) for at in ACROSS_MM], axis=0), np.float64)

    # The darkest of as many, so that noise alone makes no difference.
    beside = (darkest(-BESIDE_MM) + darkest(BESIDE_MM)) / 2
    return float(np.median((beside - darkest(0.0)) / np.maximum(beside, 1.0)))


def _window_mean(levels: Floats, reach: int) -> Floats:
    padded = np.pad(levels, reach, mode="edge")
    sums = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    wide = 2 * reach + 1
    total = sums[wide:, wide:] - sums[:-wide, wide:] - sums[wide:, :-wide] + sums[:-wide, :-wide]
    return np.asarray(total / wide**2, np.float64)
