"""Marks that reach from one row of writing into the next: digits that touch those below them.

Other marks show where the rows run. Between two rows such a mark is cut along the line that crosses
the least ink.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.components import Components, label
from inkdigit._pixels.measure import INK_LEVEL, weighted_median
from inkdigit._segment.rows import DIGIT, group_rows, keep_largest

__all__ = ["part_touching"]

Floats = NDArray[np.float64]

TALL = 1.5  # usual heights: what is lower is one digit
COVERED = 0.6  # of a row's height: a mark that has less of it does not belong to that row
REACH = 5.0  # usual heights from a mark to the digits that show where a row runs beside it
SHOWING = 4  # of them, the nearest
APART = 0.7  # usual heights from the middle of one row to that of the next at least
STRAIGHT = 0.2  # of a pixel of ink: what a cut at a row's middle costs more than one between rows
MAX_TALL, MAX_COLUMNS = 100, 20_000  # marks that are looked at, pixels of cuts: some 0.3 s each


def part_touching(
    ink_map: NDArray[np.float32], marks: Components
) -> tuple[NDArray[np.float32], Components]:
    """Cut marks that reach over several rows.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.
        marks: Its connected parts, of at least `INK_LEVEL`.

    Returns:
        The map without the ink along the cuts, and its parts; what was given where nothing is cut.
    """
    boxes = marks.boxes.astype(np.float64)
    kept = keep_largest(boxes)
    heights = boxes[:, 3] - boxes[:, 1]
    usual = weighted_median(heights[kept], heights[kept]) if len(kept) else 0.0
    tall = kept[heights[kept] >= TALL * usual]
    digits = kept[(heights[kept] >= DIGIT * usual) & (heights[kept] < TALL * usual)]
    if not len(tall) or not len(digits):
        return ink_map, marks
    rows = [boxes[digits[row]] for row in group_rows(boxes[digits])]
    cut, columns = None, 0
    of_pixel = marks.label_map()
    for mark in tall[:MAX_TALL].tolist():
        bands = _bands(boxes[mark], rows, usual)
        left, top, right, bottom = marks.boxes[mark].tolist()
        for (_, above), (below, _) in pairwise(bands):
            first, last = max(int(above), top), min(int(below) + 1, bottom)
            columns += right - left
            if last - first < 3 or columns > MAX_COLUMNS:
                continue
            own = of_pixel[first:last, left:right] == mark
            seam = _seam(np.where(own, ink_map[first:last, left:right], 0))
            cut = ink_map.copy() if cut is None else cut
            across = np.arange(right - left)
            # At each step up or down two pixels of a column: else ink passes at the corner.
            for down in (seam, np.r_[seam[:1], seam[:-1]]):
                along = own[down, across]
                cut[first + down[along], left + across[along]] = 0
    return (ink_map, marks) if cut is None else (cut, label(cut >= INK_LEVEL))


def _bands(box: Floats, rows: list[Floats], usual: float) -> list[tuple[float, float]]:
    """Rows that a mark belongs to, from top to bottom: heights above and below which each lies.

    A cut between two rows lies between the second of the upper one and the first of the lower.
    """
    left, top, right, bottom = box.tolist()
    found: list[tuple[float, float]] = []
    for row in rows:
        gap = np.maximum(row[:, 0] - right, left - row[:, 2])
        nearest = np.argsort(gap, kind="stable")[:SHOWING]
        near = row[nearest[gap[nearest] <= REACH * usual]]
        if not len(near):
            continue
        high, low = np.median(near[:, 1]), np.median(near[:, 3])
        covered = min(bottom, low) - max(top, high)
        if covered >= COVERED * (low - high):
            found.append((float(high), float(low)))
    found.sort(key=sum)
    bands: list[tuple[float, float]] = []
    for high, low in found:
        middle = (high + low) / 2
        if bands and middle - sum(bands[-1]) / 2 < APART * usual:
            continue  # the same row, on the mark's other side
        bands.append((high, low))
    return [((3 * h + w) / 4, (h + 3 * w) / 4) for h, w in bands]


def _seam(ink: NDArray[np.float32]) -> NDArray[np.int64]:
    """(w,) for each column of (h, w) ink the height of the cut from left to right."""
    high, wide = ink.shape
    off = np.abs(np.linspace(-1, 1, high)) * STRAIGHT
    cost = ink + off[:, None]
    total = cost[:, 0]
    steps = np.zeros((wide, high), np.int64)
    for column in range(1, wide):
        ahead = np.pad(total, 1, constant_values=np.inf)
        ways = np.stack([ahead[:-2], ahead[1:-1], ahead[2:]])
        steps[column] = ways.argmin(axis=0) - 1
        total = ways.min(axis=0) + cost[:, column]
    seam = np.zeros(wide, np.int64)
    seam[-1] = int(total.argmin())
    for column in range(wide - 1, 0, -1):
        seam[column - 1] = seam[column] + steps[column, seam[column]]
    return seam
