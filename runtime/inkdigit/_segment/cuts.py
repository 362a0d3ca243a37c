"""A mark in, its pieces out: divided where digits may touch.

A cut runs between a valley of the mark's upper outline and the nearest point of its lower outline,
or the other way round. What it passes along there may be a wall, the line that two zeros share: a
wall becomes a piece of its own, and both neighbours may be drawn with it. Which cuts are kept is
fitted: `python -m inkdigit_train fit-cuts` learns from numbers whose digits are known what tells
the cuts between two digits from those through one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.measure import stroke_width
from inkdigit._pixels.morphology import Mask

__all__ = [
    "BUNDLED_CUTS",
    "CUT_FEATURES",
    "Cuts",
    "Pieces",
    "cut_mark",
    "is_wide",
    "propose",
    "reduced",
]

Values = NDArray[np.float64]

BUNDLED_CUTS = Path(__file__).parent / "cuts.json"

# In row heights.
# A narrower mark is not cut. Of 350 rows with signs by training writers, drawn, 241 are read right
# with 0.48 and 0.58, and 234 with 0.7: a 1 that touches is narrow. Plain numbers read alike.
CUT_FROM_WIDTH = 0.55
CUT_HEIGHT = 0.4  # neither side of a cut is lower than this
CUT_APART = 0.12  # of two cuts closer than this the better is kept
CUTS_PER_HEIGHT = 5  # of a mark's width
TALLEST = 4.0  # what is higher is no row of digits that touch
WORK_PX = 48  # a row is reduced to about this height to look for cuts: they need be no finer
VALLEY_DEPTH = 0.05  # below the outline on both sides: less is a tremor
VALLEY_REACH = 0.5  # on both sides
TILT = 0.3  # most that a cut leaves its slant inside the mark
WALL_HEIGHT = 0.12  # what is lower is a point of contact, not a wall
WALL_INK = 0.7  # fraction of a cut that passes along ink, if it is a wall
WALL_PURE = 0.9  # fraction of a wall's ink that is one piece, or it is not shared
SHARED = 1.15  # most of a wall that a side gets, in widths of the line
WALL_REACH = 1.3  # of a wall to each side of its middle, in widths of the line
SLANTS = (0.0, 0.25, 0.5, -0.25)  # of cuts, run over rise: most hands lean to the right

CUTS_AT_ONCE = 64  # to measure: a crowded page has thousands

# Log-odds that a cut separates two digits, below which it is not made. On training writers'
# touching digits 99 in 100 true cuts that are found at all are above it, and half of the others.
LEAST_QUALITY = -2.0

CUT_FEATURES = (
    "length", "hole", "shallow", "deep", "tilt", "slant", "severed", "broad", "narrow",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Pieces:
    """How a mark is divided.

    Attributes:
        index: (h, w) int64 of each pixel's piece, from left to right; each index from 0 to the
            largest has pixels of the mark.
        walls: Pieces that both of their neighbours may be drawn with.
        quality: Of the cut between each piece and the next: log-odds that it separates digits.
    """

    index: NDArray[np.int64]
    walls: tuple[int, ...] = ()
    quality: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Cuts:
    """n cuts that might be made.

    Attributes:
        left: (n, h) column at which each cut's right side begins in each row, its wall included.
        right: (n, h) column at which its left side ends; equal to `left` where there is no wall.
        features: (n, 9) in the order of `CUT_FEATURES`.
    """

    left: Values
    right: Values
    features: Values

    @property
    def is_wall(self) -> NDArray[np.bool_]:
        """(n,) whether the cut has a wall."""
        walls: NDArray[np.bool_] = (self.left != self.right).any(axis=1)
        return walls


def is_wide(shape: tuple[int, int], height: float) -> bool:
    """Whether a mark of (h, w) pixels may be two digits in a row of this height."""
    return shape[1] >= CUT_FROM_WIDTH * height and CUT_HEIGHT <= shape[0] / height <= TALLEST


def cut_mark(mark: Mask, height: float, max_cuts: int) -> Pieces:
    """Divide a mark where digits may touch.

    Args:
        mark: (h, w) bool, one connected mark.
        height: Of a usual digit in pixels.
        max_cuts: Cuts to make at most; a wall takes two.

    Returns:
        Its pieces; one where it is not cut.
    """
    if max_cuts < 1 or not is_wide(mark.shape, height):
        return Pieces(np.zeros(mark.shape, np.int64))
    small, small_height = reduced(mark, height)
    cuts = propose(small, small_height)
    quality = cuts.features @ _weights()[:-1] + _weights()[-1]
    kept = _keep(cuts, quality, small.shape[1], small_height, max_cuts)
    edges, edge_quality = [], []
    walls = cuts.is_wall
    for k in kept:
        edges += [cuts.left[k], cuts.right[k]] if walls[k] else [cuts.left[k]]
        edge_quality += [float(quality[k])] * (1 + int(walls[k]))
    columns = np.arange(small.shape[1])
    index = np.zeros(small.shape, np.int64)
    for edge in edges:
        index += columns >= edge[:, None]
    factor = _factor(height)
    index = index.repeat(factor, axis=0).repeat(factor, axis=1)[: mark.shape[0], : mark.shape[1]]
    used = np.flatnonzero(np.bincount(index[mark], minlength=len(edges) + 1))
    shared = {_piece_between(cuts, k, index[::factor, ::factor], small) for k in kept if walls[k]}
    # Pieces between crossing cuts may be empty; what is left is numbered anew.
    by_rank = [edge_quality[k] for k in np.argsort([e.mean() for e in edges], kind="stable")]
    return Pieces(
        np.searchsorted(used, index),
        tuple(k for k, piece in enumerate(used.tolist()) if piece in shared),
        tuple(max(by_rank[a:b]) for a, b in pairwise(used.tolist())),
    )


def reduced(mark: Mask, height: float) -> tuple[Mask, float]:
    """A mark made small, to look for cuts in it, inked where any pixel is; and its row's height."""
    factor = _factor(height)
    if factor == 1:
        return mark, height
    rows, columns = (-side % factor for side in mark.shape)
    padded = np.pad(mark, ((0, rows), (0, columns)))
    blocks = padded.reshape(padded.shape[0] // factor, factor, -1, factor)
    return np.asarray(blocks.any(axis=(1, 3))), height / factor


def _factor(height: float) -> int:
    return max(1, int(height / WORK_PX))


def propose(mark: Mask, height: float) -> Cuts:
    """Find all cuts of a mark from valley to outline, as in `cut_mark`.

    Returns:
        Those with both sides high enough to be digits.
    """
    tall, wide = mark.shape
    slant, x0, y0, x1, y1, top, bottom = _ends(mark, height).T[:, :, None]
    y = np.arange(tall)
    along = np.where(y1 > y0, np.clip((y - y0) / np.maximum(y1 - y0, 1), 0, 1), 0.5)
    line = x0 + (x1 - x0) * along - slant * (y - tall / 2)
    inside = (y >= y0) & (y <= y1)
    pen = max(stroke_width(mark.astype(np.float32)), 1.0)
    low, high = _run_around(mark, line, inside, pen)
    inked, length = (high > low).sum(axis=1), inside.sum(axis=1)
    wall = (inked >= WALL_HEIGHT * height) & (inked > WALL_INK * length)
    in_wall = wall[:, None] & (high > low)
    # Each side gets as much of a wall as a line is wide: all where it is one line, half of two.
    middle = np.where(in_wall, (low + high) / 2, line)
    left = np.where(in_wall, np.clip(high - SHARED * pen, low, middle), line)
    right = np.where(in_wall, np.clip(low + SHARED * pen, middle, high), line)
    severed = _crossed(mark, np.where(in_wall, low, line))
    severed += wall * _crossed(mark, np.where(in_wall, high, line))
    # Of each row's ink the first and the last column; both are beyond all cuts in a row without.
    first = np.where(mark.any(axis=1), mark.argmax(axis=1), wide)
    last = np.where(mark.any(axis=1), wide - 1 - mark[:, ::-1].argmax(axis=1), -1)
    on_left, on_right = first < right, last >= left
    widths = [
        np.where(on_left, np.minimum(last + 1, right), 0).max(axis=1),
        wide - np.where(on_right, np.maximum(first, left), wide).min(axis=1),
    ]
    features = np.stack(
        [
            np.minimum(length / height, 1.2),
            (length - inked) / height,
            np.minimum(np.minimum(top, bottom)[:, 0], 0.5),
            np.minimum(np.maximum(top, bottom)[:, 0], 0.6),
            np.abs(x1 - x0)[:, 0] / height,
            np.abs(slant)[:, 0],
            np.minimum(severed / height, 1),
            (in_wall * (high - low)).sum(axis=1) / np.maximum(inked, 1) / pen,
            np.minimum(np.minimum(*widths) / height, 0.8),
        ],
        axis=1,
    )
    least = CUT_HEIGHT * height
    both = (_extent(on_left) >= least) & (_extent(on_right) >= least)
    return Cuts(left[both], right[both], features[both])


def _ends(mark: Mask, height: float) -> Values:
    """Where cuts enter and leave a mark.

    Returns:
        (n, 7): the slant; x and y where the cut meets the ink from above and from below, x along
        the slant at the mark's middle row; how deep the outlines lie there, in row heights.
    """
    tall, wide = mark.shape
    rows, columns = np.nonzero(mark)
    room = round(max(np.abs(SLANTS)) * tall / 2) + 1
    apart, reach = max(1, round(CUT_APART * height)), max(1, round(TILT * height))
    # How far the upper and the lower outline lie inside the mark's box, along each slant.
    outlines = np.full((2, len(SLANTS), wide + 2 * room), tall)
    for of_slant, slant in enumerate(SLANTS):
        middle = np.floor(columns + slant * (rows - tall / 2)).astype(np.int64) + room
        # Of equal indices the last one counts.
        outlines[0, of_slant, middle[::-1]] = rows[::-1]
        outlines[1, of_slant, middle] = tall - 1 - rows
    depths = _depths(outlines, height) / height
    inked = np.where(outlines < tall, outlines, -wide)  # beside the mark there is no valley
    is_valley = _windows(inked, apart, -wide).argmax(axis=-1) == apart
    side, k, here = np.nonzero(is_valley & (depths >= VALLEY_DEPTH))
    # The other end: the shortest way through the ink, each column aside as long as a row.
    steps = np.arange(-reach, reach + 1)
    inwards = _windows(inked, reach, -wide)[1 - side, k, here] - np.abs(steps)
    there = np.clip(here + steps[inwards.argmax(axis=1)], 0, outlines.shape[2] - 1)
    upper, lower = np.where(side == 0, (here, there), (there, here))
    slants = np.array(SLANTS)[k]
    y0, y1 = outlines[0, k, upper], tall - 1 - outlines[1, k, lower]
    x0, x1 = upper - room + 0.5, lower - room + 0.5
    found = np.stack(
        [slants, x0, y0, x1, y1, depths[0, k, upper], depths[1, k, lower]], axis=1
    )[(y0 < tall) & (y1 >= 0)]  # fmt: skip
    # Many a cut is found along several slants.
    slants, x0, y0, x1, y1 = found[:, :5].T
    points = np.stack([x0 - slants * (y0 - tall / 2), y0, x1 - slants * (y1 - tall / 2), y1])
    coarse = np.round(points / max(1.0, CUT_APART / 2 * height)).astype(np.int64)
    _, distinct = np.unique(coarse, axis=1, return_index=True)
    return np.asarray(found[np.sort(distinct)], np.float64)


def _depths(outlines: NDArray[np.int64], height: float) -> NDArray[np.int64]:
    """How deep outlines lie below the higher points on both sides."""
    reach = max(1, round(VALLEY_REACH * height))
    lowest = int(outlines.max())
    highest = _windows(outlines, reach, lowest)
    left, right = highest[..., : reach + 1].min(axis=-1), highest[..., reach:].min(axis=-1)
    return np.asarray(outlines - np.maximum(left, right), np.int64)


def _windows(values: NDArray[np.int64], reach: int, outside: int) -> NDArray[np.int64]:
    """(..., n, 2 * reach + 1) what lies within `reach` of each of (..., n) values."""
    padded = np.full((*values.shape[:-1], values.shape[-1] + 2 * reach), outside)
    padded[..., reach : reach + values.shape[-1]] = values
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=-1)


def _run_around(
    mark: Mask, line: Values, inside: NDArray[np.bool_], pen: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n, h) where the run of ink at each of n lines begins and ends in each row.

    A run is cut off where it is much wider than the line that writes. It is empty outside `inside`,
    and where the nearest ink is further than one line's width away.
    """
    reach = max(1, round(WALL_REACH * pen))
    room = 2 * reach
    padded = np.zeros((mark.shape[0], mark.shape[1] + 2 * room), bool)
    padded[:, room:-room] = mark
    at = np.clip(np.floor(line).astype(np.int64), 0, mark.shape[1] - 1)
    steps = np.arange(2 * room + 1, dtype=np.int16)
    low, high = np.zeros_like(at), np.zeros_like(at)
    for block in range(0, len(line), CUTS_AT_ONCE):
        some = slice(block, block + CUTS_AT_ONCE)
        window = padded[np.arange(mark.shape[0])[:, None], at[some, :, None] + steps]
        distance = np.where(window, np.abs(steps - room), len(steps))
        start = distance.argmin(axis=2)
        inked = inside[some] & (distance.min(axis=2) <= pen)
        begins = np.where(window | (steps > start[..., None]), -1, steps).max(axis=2) + 1
        ends = np.where(window | (steps < start[..., None]), len(steps), steps).min(axis=2)
        centre = np.clip(start, reach, room + reach)
        begins = np.maximum(begins, centre - reach)
        ends = np.minimum(ends, centre + reach + 1)
        low[some] = np.where(inked, at[some] - room + begins, 0)
        high[some] = np.where(inked, at[some] - room + ends, 0)
    return low, high


def _crossed(mark: Mask, edges: Values) -> NDArray[np.int64]:
    """(n,) rows in which edges (n, h) have ink on both sides."""
    padded = np.zeros((mark.shape[0], mark.shape[1] + 2), bool)
    padded[:, 1:-1] = mark
    right = np.clip(np.ceil(edges).astype(np.int64) + 1, 1, mark.shape[1] + 1)
    y = np.arange(mark.shape[0])
    return np.asarray((padded[y, right] & padded[y, right - 1]).sum(axis=1), np.int64)


def _extent(present: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n,) rows from the first to the last that is present in (n, h)."""
    last = present.shape[1] - present[:, ::-1].argmax(axis=1)
    return np.where(present.any(axis=1), last - present.argmax(axis=1), 0)


def _keep(cuts: Cuts, quality: Values, wide: int, height: float, max_cuts: int) -> list[int]:
    """The best cuts that lie apart from each other."""
    max_cuts = min(max_cuts, max(1, round(CUTS_PER_HEIGHT * wide / height)))
    middle, walls = (cuts.left + cuts.right) / 2, cuts.is_wall
    kept: list[int] = []
    for k in np.argsort(-quality, kind="stable").tolist():
        if quality[k] < LEAST_QUALITY or max_cuts < 1:
            break
        apart = np.abs(middle[kept] - middle[k]).mean(axis=1)
        if max_cuts > int(walls[k]) and (apart >= CUT_APART * height).all():
            kept.append(k)
            max_cuts -= 1 + int(walls[k])
    return kept


def _piece_between(cuts: Cuts, k: int, index: NDArray[np.int64], mark: Mask) -> int:
    """The piece that is the wall of a cut; -1 where other cuts divide it."""
    columns = np.arange(mark.shape[1])
    wall = mark & (columns >= cuts.left[k][:, None]) & (columns < cuts.right[k][:, None])
    counts = np.bincount(index[wall], minlength=1)
    return int(counts.argmax()) if counts.max() >= WALL_PURE * counts.sum() > 0 else -1


@lru_cache(maxsize=1)
def _weights() -> Values:
    """(10,) of `CUT_FEATURES`, and the intercept."""
    named = json.loads(BUNDLED_CUTS.read_text())["weights"]
    return np.array([named[name] for name in (*CUT_FEATURES, "intercept")], np.float64)
