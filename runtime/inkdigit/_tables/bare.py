"""What the cells hold besides the marks that are read: print, and ink too faint to be read.

The constants were chosen on the same tables as those of `pencils`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.measure import INK_LEVEL, SURE_LEVEL
from inkdigit._pixels.morphology import Grey, box_sum, closing, opening

__all__ = ["Bare", "look_at_cells"]

Floats: TypeAlias = NDArray[np.float64]

FAINT_PX = 9  # side of the square over which faint ink is averaged: three times a stroke's width
THIN_PX = 9  # print's strokes are narrower than this where its letters are as high as digits
PLENTY = 50  # pixels of sure ink, or of sure rules, that are enough to know their contrast
# Grey levels that are taken for it where there are fewer, as of pale print on white paper: set by
# judgement, no other value was tried.
CONTRAST = 100.0
DARK = 0.4  # of that contrast: a pixel at least this dark that is neither ink nor a rule is print


@dataclass(frozen=True, eq=False)
class Bare:
    """What n cells look like.

    Attributes:
        faint: (n,) 0 to 1: how inked the darkest spot of a cell is, without the marks that are
            read: the mean probability of ink over a few pixels, divided by `INK_LEVEL`, at most 1.
        printed: (n,) the fraction of a cell's pixels that are print.
    """

    faint: Floats
    printed: Floats


def look_at_cells(
    ink: NDArray[np.float32],
    read: NDArray[np.bool_],
    ruled: NDArray[np.float32],
    grey: Grey,
    cell_of: NDArray[np.int32],
    *,
    count: int,
) -> Bare:
    """Measure all cells.

    Args:
        ink: (H, W) float32 in [0, 1], 1 = ink.
        read: (H, W) whether each pixel belongs to a mark that may be read.
        ruled: (H, W) float32 in [0, 1], how likely a rule runs there.
        grey: (H, W) uint8, the picture at that size.
        cell_of: (H, W) index of the cell in which each pixel lies; below 0 for none.
        count: How many cells there are.
    """
    inside = cell_of >= 0
    cells = cell_of[inside]
    left = np.where(read | (ruled >= INK_LEVEL), np.float32(0), ink)
    mean = box_sum(left, FAINT_PX) / np.float32(FAINT_PX * 3)  # a stroke's part of the square
    faint = np.zeros(count)
    np.maximum.at(faint, cells, mean[inside])
    dark, light = closing(grey, THIN_PX) - grey, grey - opening(grey, THIN_PX)
    known = ink >= SURE_LEVEL
    if np.count_nonzero(known) < PLENTY:
        known = ruled >= SURE_LEVEL
    if np.count_nonzero(known) >= PLENTY:
        thin = dark if dark[known].mean() >= light[known].mean() else light
        contrast = float(np.median(thin[known]))
    else:
        thin, contrast = (dark if dark.mean() >= light.mean() else light), CONTRAST
    print_ = (thin >= DARK * contrast) & (ink < INK_LEVEL) & (ruled < INK_LEVEL)
    areas = np.bincount(cells, minlength=count)
    printed = np.bincount(cells, print_[inside], count) / np.maximum(areas, 1)
    return Bare(np.minimum(faint / INK_LEVEL, 1), printed)
