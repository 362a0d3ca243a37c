"""Mask of ink in, the same without printed rules out: grids, frames, ruled paper.

The constants were chosen by eye on photographed sudoku cells and ruled paper.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.components import label
from inkdigit._pixels.morphology import Mask, grow

__all__ = ["without_rules"]

SURVEY_PX = 128  # rules are sought on a copy whose sides are about this or less
SLOPE = 0.09  # steepest rise of a rule over its run: about five degrees
COVERED = 0.85  # a rule is inked along this fraction of the picture's side
WIDEST = 0.14  # of the shorter side: anything wider is not a rule
TYPICAL_QUANTILE = 0.3  # of the thickness along a rule: that of the bare rule
RIM = 0.26  # of the side: a single rule further in may be a digit's own stroke
TEXTURE = 0.8  # of the rows of a large picture: that many at once are a texture
RULED = 2  # this many rules further in are ruled paper


def without_rules(mask: Mask) -> Mask:
    """Remove the rules that cross the whole picture, unless they are a digit's strokes.

    Args:
        mask: (H, W) bool, the ink.

    Returns:
        (H, W) bool; the mask itself where it has no rule.
    """
    across = _find_rules(mask) if mask[:, 0].any() and mask[:, -1].any() else None
    down = _find_rules(mask.T) if mask[0].any() and mask[-1].any() else None
    if across is None and down is None:
        return mask
    found = np.zeros_like(mask)
    if across is not None:
        found |= across
    if down is not None:
        found |= down.T
    rest = mask & ~found
    if across is None and _fills_picture(mask.T, rest.T, found.T):
        return mask
    if down is None and _fills_picture(mask, rest, found):
        return mask
    # A digit's stroke that crosses a rule stays in one piece.
    if across is not None:
        rest |= _bridges(rest, across)
    if down is not None:
        rest |= _bridges(rest.T, down).T
    return rest & mask


def _find_rules(mask: Mask) -> Mask | None:
    """The bands that hold the rules from the left border to the right.

    Returns:
        (H, W) bool, or None where there is no rule.
    """
    factor = -(-max(mask.shape) // SURVEY_PX)
    small = _pool(mask, factor)
    height, width = small.shape
    coverage, rises = _coverage(small)
    rows = np.flatnonzero(coverage.max(axis=0) >= COVERED * width)
    if not len(rows) or (factor > 1 and len(rows) > TEXTURE * height):
        return None
    rim = round(RIM * height)
    inner = rows[(rows >= rim) & (rows < height - rim)]
    if np.count_nonzero(np.diff(inner, prepend=-height) > 2) < RULED:
        coverage[:, rim : height - rim] = 0
    ends = _run_ends(mask)
    bands = None
    while coverage.max() >= COVERED * width:
        best, row = (int(v) for v in np.unravel_index(coverage.argmax(), coverage.shape))
        coverage[:, max(row - 2, 0) : row + 3] = 0
        line = factor * _straight_line(row, rises[best], width) + factor // 2
        band = _band(mask, line[np.arange(mask.shape[1]) // factor], 2 * factor, ends)
        if band is not None:
            bands = band if bands is None else bands | band
    return bands


def _coverage(mask: Mask) -> tuple[NDArray[np.int32], range]:
    """How many columns each straight line is inked in, by its rise and its row at the left."""
    height, width = mask.shape
    bold = mask.copy()  # a rule may waver by a pixel
    bold[1:] |= mask[:-1]
    bold[:-1] |= mask[1:]
    drift = max(1, round(SLOPE * width))
    sums = np.zeros((height + 2 * drift, width + 1), np.int32)
    np.cumsum(bold, axis=1, out=sums[drift:-drift, 1:])
    rises = range(-drift, drift + 1)
    coverage = np.zeros((len(rises), height), np.int32)
    for index, rise in enumerate(rises):
        # A line that rises by n pixels is n + 1 level pieces.
        line = _straight_line(0, rise, width)
        lefts = np.flatnonzero(np.diff(line, prepend=line[0] - 1))
        rights = np.append(lefts[1:], width)
        for left, right in zip(lefts, rights, strict=True):
            rows = slice(drift + line[left], drift + line[left] + height)
            coverage[index] += sums[rows, right] - sums[rows, left]
    return coverage, rises


def _straight_line(row: int, rise: int, width: int) -> NDArray[np.int64]:
    """The row in each column of the line that starts in `row` and ends `rise` rows below."""
    steps: NDArray[np.int64] = np.arange(width) * (abs(rise) + 1) // width
    return row + (steps if rise > 0 else -steps)


def _band(
    mask: Mask, line: NDArray[np.int64], reach: int, ends: tuple[NDArray[np.int64], ...]
) -> Mask | None:
    """The rows in each column that the rule's ink takes, or None if it is too wide for a rule."""
    columns = np.arange(mask.shape[1])
    last_row = len(mask) - 1
    middle = np.clip(line, 0, last_row)
    for shift in sorted(range(-reach, reach + 1), key=abs):
        middle = np.where(mask[middle, columns], middle, np.clip(line + shift, 0, last_row))
    hit = mask[middle, columns]
    above, below = (end[middle, columns] for end in ends)
    lengths = below - above - 1
    # Not the median: a digit's bar may lie along most of the rule, and a stroke thickens it.
    typical = float(np.quantile(lengths[hit], TYPICAL_QUANTILE)) if hit.any() else np.inf
    # Where a stroke crosses, the run is longer; the rule itself keeps its width.
    plain = hit & (lengths <= 1.5 * typical + 1)
    if typical > WIDEST * min(mask.shape) or not plain.any():
        return None
    above = np.interp(columns, columns[plain], above[plain]).round()
    below = np.interp(columns, columns[plain], below[plain]).round()
    rows = np.arange(len(mask))[:, None]
    band: Mask = (rows >= above) & (rows <= below)
    return band


def _fills_picture(mask: Mask, rest: Mask, found: Mask) -> bool:
    """Whether the rules found are strokes of a digit that reaches from border to border.

    In a picture cut to the digit's size, a 7's bar and a 2's base run from side to side like a
    rule, but the rest of the digit hangs on them and reaches the opposite border.
    """
    parts = label(rest)
    if not len(parts):
        return True
    main = int(parts.areas.argmax())
    _, top, _, bottom = parts.boxes[main]
    rows = np.flatnonzero(found.any(axis=1))
    rules_on_top = rows[0] + rows[-1] < len(mask)
    if not (bottom == len(mask) if rules_on_top else top == 0):
        return False
    hanging = grow(parts.select(np.arange(len(parts)) == main)) & mask & found
    return bool(hanging.any())


def _bridges(rest: Mask, bands: Mask) -> Mask:
    """The parts of the bands across that have ink of the rest both above and below them."""
    above, below = _run_ends(bands)
    inner = bands & (above >= 0) & (below < len(bands))
    thickness = (below - above)[inner]
    if not len(thickness):
        return inner
    # A slanting stroke leaves the band beside the point where it enters.
    wide = grow(rest, max(1, int(np.median(thickness)) // 2))
    rows = np.clip(np.stack([above, below]), 0, len(bands) - 1)
    columns = np.arange(rest.shape[1])
    bridges: Mask = inner & wide[rows[0], columns] & wide[rows[1], columns]
    return bridges


def _pool(mask: Mask, factor: int) -> Mask:
    """Reduce a mask by a whole factor: a block is set where any of its pixels is."""
    if factor < 2:
        return mask
    rows, columns = (-side % factor for side in mask.shape)
    blocks = np.pad(mask, ((0, rows), (0, columns)))
    blocks = blocks.reshape(len(blocks) // factor, factor, -1, factor)
    return np.asarray(blocks.any(axis=(1, 3)), bool)


def _run_ends(mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each pixel, the rows of the nearest empty pixel at or above it, and at or below it."""
    rows = np.arange(len(mask))[:, None]
    above = np.maximum.accumulate(np.where(mask, -1, rows), axis=0)
    below = np.minimum.accumulate(np.where(mask, len(mask), rows)[::-1], axis=0)[::-1]
    return above, below
