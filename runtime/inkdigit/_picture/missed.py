"""Marks that the network missed: it takes an upright one for a rule, and neat writing for print.

Such a mark stands alone beside digits that were found, is as high and as dark as they are, and does
not lie where the network sees a rule. The constants were chosen on made pages and on the labelled
development pictures; `LIKE_INK`, `KNOWN` and the least height on one photo of small, neat writing:
made pages are read as well with other values of these.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit._picture.shades import likeness_to_ink
from inkdigit._pixels.components import label
from inkdigit._pixels.measure import INK_LEVEL, SURE_LEVEL
from inkdigit._pixels.morphology import Grey

__all__ = ["HEIGHTS", "LEAST_SURE", "with_missed"]

LIKE_INK = 0.4  # of the way from the paper's colour to that of sure ink: from here on it is a mark
LEAST_SURE = 12  # pixels of sure ink, to know its colour
HEIGHTS = (0.45, 1.5)  # of the usual height: the smallest digit, and the longest one
KNOWN = 0.9  # a mark was found if the network found this fraction of its pixels
RULE = 0.5  # mean probability of a rule over a mark's pixels: then it is one
BORDER = 0.5  # usual heights that a mark keeps from the picture's border
WIDEST = 1.1  # greatest width of a mark over its height
SHARED = 0.6  # of a mark's height, which a digit beside it has in common with it
GAP = 1.5  # usual heights to that digit at most
MAX_ROUNDS = 8  # of adding marks beside those just added: few rows lack more neighbouring digits


def with_missed(
    ink: NDArray[np.float32], rules: NDArray[np.float32], seen: Grey, usual: float
) -> NDArray[np.float32]:
    """Add the marks that stand alone beside digits and are as dark as these.

    Args:
        ink: (H, W) float32 in [0, 1], what the network found.
        rules: (H, W) float32 in [0, 1], how likely a rule runs there; no mark on one is added.
        seen: (H, W) or (H, W, 3) uint8, the picture at the map's size.
        usual: Height of a usual digit in pixels.

    Returns:
        (H, W) float32 in [0, 1]; the map itself where there is nothing to add.
    """
    sure = ink >= SURE_LEVEL
    if np.count_nonzero(sure) < LEAST_SURE:
        return ink
    likeness = likeness_to_ink(ink, seen, sure, 2 * int(usual) + 1)
    marks = label(likeness >= LIKE_INK)
    of_pixel = marks.label_map()
    counted = np.bincount(of_pixel[marks.mask & (ink >= INK_LEVEL)], minlength=len(marks))
    known = counted >= KNOWN * marks.areas
    known |= np.bincount(of_pixel[marks.mask], rules[marks.mask], len(marks)) > RULE * marks.areas
    digits = label(ink >= INK_LEVEL).boxes
    digits = digits[digits[:, 3] - digits[:, 1] >= HEIGHTS[0] * usual]
    found = np.zeros(len(marks), bool)
    left = np.flatnonzero(~known & _may_be_digits(marks.boxes, usual, ink.shape)).tolist()
    for _ in range(MAX_ROUNDS):  # a mark beside one that was just added is added, too
        added = [k for k in left if _stands_by(marks.boxes[k], digits, usual)]
        if not added:
            break
        found[added] = True
        digits = np.concatenate([digits, marks.boxes[added]])
        left = [k for k in left if not found[k]]
    if not found.any():
        return ink
    return np.where(marks.select(found), np.maximum(ink, np.clip(likeness, 0, 1)), ink)


def _may_be_digits(
    boxes: NDArray[np.int64], usual: float, shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """(n,) which marks are as high as a digit, and not at the picture's border."""
    left, top, right, bottom = boxes.T
    height = bottom - top
    room = np.minimum(np.minimum(left, top), np.minimum(shape[1] - right, shape[0] - bottom))
    return np.asarray(
        (room >= BORDER * usual)
        & (height >= HEIGHTS[0] * usual)
        & (height <= HEIGHTS[1] * usual)
        & (right - left <= WIDEST * height)
    )


def _stands_by(box: NDArray[np.int64], digits: NDArray[np.int64], usual: float) -> bool:
    """Whether a mark is beside a digit."""
    left, top, right, bottom = box.tolist()
    height = bottom - top
    shared = np.minimum(digits[:, 3], bottom) - np.maximum(digits[:, 1], top)
    gap = np.maximum(digits[:, 0] - right, left - digits[:, 2])
    return bool(((shared >= SHARED * height) & (gap <= GAP * usual)).any())
