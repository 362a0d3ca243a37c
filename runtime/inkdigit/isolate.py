"""Ink map in, the ink of its one digit out: specks, ruled lines and frames are dropped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit.components import Components, label
from inkdigit.morphology import Mask, grow, pool, run_ends

__all__ = ["isolate_digit"]

LEVEL = 0.25  # share of full ink from which a pixel joins its neighbours to one mark
ROUNDS = 3  # a frame around a faint digit hides a fainter one
FAINTEST = 0.08  # share of full ink below which nothing is a digit
FAINT = 0.6  # a digit below this share of full ink was stretched by a darker frame: stretch again
PEAK_QUANTILE = 0.9  # this quantile of the inked pixels counts as full ink

SURVEY_PX = 128  # lines are looked for on a copy of at most about this side
SLOPE = 0.09  # rise of a line over its run: about five degrees
COVERED = 0.85  # a line is inked along this share of the picture's side
LINE_WIDTH = 0.14  # of the shorter side: what is wider is no line
RIM_LINES = 0.26  # of the side: a line further in may be a digit's own stroke

RIM = 0.12  # of the shorter side: a mark that keeps to this rim of the picture is its frame
RIM_SHARE = 0.75  # so much of a mark has to lie in the rim to make it a frame
SPECK_INSIDE = 0.005  # of the digit's area: a part of it may be as small as this inside its box,
SPECK_NEAR = 0.02  # this near it,
SPECK_FAR = 0.35  # and anywhere
NEAR = 0.15  # of the digit's longer side


def isolate_digit(ink_map: NDArray[np.float32]) -> NDArray[np.float32]:
    """Drop what cannot be part of the one digit on an ink map.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.

    Returns:
        (H, W) float32 in [0, 1]: the map itself where all of it may be the digit.
    """
    for _ in range(ROUNDS):
        mask = ink_map >= LEVEL
        frame = _frame(mask)
        if frame is None:
            break
        ink_map = ink_map * ~grow(frame, max(1, max(mask.shape) // 100))
        inked = ink_map[ink_map > FAINTEST]
        if not len(inked):
            break
        peak = float(np.quantile(inked, PEAK_QUANTILE))
        if peak < FAINT:
            ink_map = np.minimum(ink_map / np.float32(peak), np.float32(1))
    parts = label(ink_map >= LEVEL)
    if len(parts) < 2:
        return ink_map
    keep = _digit(parts)
    return ink_map if keep.all() else ink_map * grow(parts.select(keep))


def _frame(mask: Mask) -> Mask | None:
    """The lines and marks of a mask that belong to the picture's border, None if there are none."""
    if not (mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()):
        return None
    rest = _without_lines(mask)
    parts = label(rest)
    framing = _frames(parts)
    if framing.all():
        framing[:] = False
    if rest is mask and not framing.any():
        return None
    return mask & ~parts.select(~framing)


def _without_lines(mask: Mask) -> Mask:
    """The mask less the straight lines near its rim that cross the whole picture."""
    across = down = None
    if mask[:, 0].any() and mask[:, -1].any():
        across = _lines(mask)
    if mask[0].any() and mask[-1].any():
        turned = _lines(mask.T)
        down = None if turned is None else turned.T
    if across is None and down is None:
        return mask
    found = np.zeros_like(mask)
    for lines in (across, down):
        if lines is not None:
            found |= lines
    rest = mask & ~found
    if (across is None or down is None) and _fills_picture(mask, rest, found, down is None):
        return mask
    # Where a digit's stroke crosses a line, it goes on across it.
    if across is not None:
        rest |= _bridge(rest, across) & mask
    if down is not None:
        rest |= _bridge(rest.T, down.T).T & mask
    return rest


def _fills_picture(mask: Mask, rest: Mask, found: Mask, across: bool) -> bool:
    """Whether the lines are strokes of a digit that reaches from border to border.

    A 7's bar and a 2's base cross a picture cut to the digit's size as a ruled line does, but the
    rest of the digit hangs on them and reaches the border on the other side.
    """
    parts = label(rest)
    if not len(parts):
        return True
    main = int(parts.areas.argmax())
    left, top, right, bottom = parts.boxes[main]
    if across:
        rows = np.flatnonzero(found.any(axis=1))
        far = bottom == len(mask) if rows[0] + rows[-1] < len(mask) else top == 0
    else:
        columns = np.flatnonzero(found.any(axis=0))
        far = right == mask.shape[1] if columns[0] + columns[-1] < mask.shape[1] else left == 0
    if not far:
        return False
    hanging = grow(parts.select(np.arange(len(parts)) == main)) & mask & found
    return bool(hanging.any())


def _lines(mask: Mask) -> Mask | None:
    """The bands that hold the lines from the left border to the right, near top and bottom.

    Returns:
        (H, W) bool, or None where there is no line.
    """
    factor = -(-max(mask.shape) // SURVEY_PX)
    small = pool(mask, factor)
    height, width = small.shape
    bold = small.copy()  # a line may waver by a pixel
    bold[1:] |= small[:-1]
    bold[:-1] |= small[1:]
    drift = max(1, round(SLOPE * width))
    sums = np.zeros((height + 2 * drift, width + 1), np.int32)
    np.cumsum(bold, axis=1, out=sums[drift:-drift, 1:])
    rises = range(-drift, drift + 1)
    coverage = np.zeros((len(rises), height), np.int32)
    for total, rise in zip(coverage, rises, strict=True):
        # A line that rises by n pixels is n + 1 level pieces.
        ends = _pieces(width, rise)
        for step in range(len(ends) - 1):
            offset = drift + (step if rise > 0 else -step)
            rows = slice(offset, offset + height)
            total += sums[rows, ends[step + 1]] - sums[rows, ends[step]]
    rim = round(RIM_LINES * height)
    coverage[:, rim : height - rim] = 0

    columns = np.arange(mask.shape[1])
    above, below = run_ends(mask)
    bands = None
    while coverage.max() >= COVERED * width:
        index, row = (int(v) for v in np.unravel_index(coverage.argmax(), coverage.shape))
        rise = rises[index]
        ends = _pieces(width, rise)
        steps = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        line = factor * (row + np.sign(rise) * steps)[columns // factor] + factor // 2
        coverage[:, max(row - 2, 0) : row + 3] = 0
        middle = np.clip(line, 0, len(mask) - 1)
        for reach in range(1, 2 * factor + 1):
            for shift in (-reach, reach):
                moved = np.clip(line + shift, 0, len(mask) - 1)
                middle = np.where(mask[middle, columns], middle, moved)
        hit = mask[middle, columns]
        first, last = above[middle, columns], below[middle, columns]
        lengths = (last - first - 1)[hit]
        typical = float(np.median(lengths)) if len(lengths) else np.inf
        if typical > LINE_WIDTH * min(mask.shape):
            continue
        # Where a run is longer, a stroke crosses the line: take the line's width out of it.
        plain = hit & (last - first - 1 <= 1.5 * typical + 1)
        if not plain.any():
            continue
        first = np.interp(columns, columns[plain], first[plain]).round()
        last = np.interp(columns, columns[plain], last[plain]).round()
        rows = np.arange(len(mask))[:, None]
        band = (rows >= first) & (rows <= last)
        bands = band if bands is None else bands | band
    return bands


def _pieces(width: int, rise: int) -> NDArray[np.int64]:
    return np.linspace(0, width, abs(rise) + 2).round().astype(np.int64)


def _bridge(rest: Mask, bands: Mask) -> Mask:
    """The parts of the bands that have ink of the rest both above and below, in their column."""
    above, below = run_ends(bands)
    columns = np.arange(rest.shape[1])
    inner = bands & (above >= 0) & (below < len(bands))
    above, below = np.maximum(above, 0), np.minimum(below, len(bands) - 1)
    bridged: Mask = inner & rest[above, columns] & rest[below, columns]
    return bridged


def _digit(parts: Components) -> NDArray[np.bool_]:
    areas = parts.areas
    main = int(areas.argmax())
    keep = np.zeros(len(parts), bool)
    keep[main] = True
    box = parts.boxes[main].copy()
    reach = NEAR * max(box[2] - box[0], box[3] - box[1])
    while True:
        # The gap between boxes; parts that join widen the box, so that a broken digit is gathered.
        gaps = np.maximum(
            np.maximum(parts.boxes[:, :2] - box[2:], box[:2] - parts.boxes[:, 2:]).max(axis=1), 0
        )
        needed = np.where(gaps > reach, SPECK_FAR, np.where(gaps > 0, SPECK_NEAR, SPECK_INSIDE))
        joined = keep | (areas > needed * areas[main])
        if (joined == keep).all():
            return keep
        keep = joined
        box[:2] = parts.boxes[keep, :2].min(axis=0)
        box[2:] = parts.boxes[keep, 2:].max(axis=0)


def _frames(parts: Components) -> NDArray[np.bool_]:
    """Which parts touch the picture's border and keep to it."""
    height, width = parts.mask.shape
    left, top, right, bottom = parts.boxes.T
    touching = (left == 0) | (top == 0) | (right == width) | (bottom == height)
    if not touching.any():
        return touching
    rim = max(2, round(RIM * min(height, width)))
    inner = np.zeros_like(parts.mask)
    inner[rim:-rim, rim:-rim] = True
    labels = parts.label_map()[parts.mask & inner]
    inside = np.bincount(labels, minlength=len(parts))
    return touching & (inside <= (1 - RIM_SHARE) * parts.areas)
