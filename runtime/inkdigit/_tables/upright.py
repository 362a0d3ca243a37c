"""Digits 1 that the network took for rules: upright strokes where no rule of the table runs.

A thin upright 1 looks like a piece of a rule. Where the table's rules are known, it cannot be one.
The constants were chosen on the same tables as those of `pencils`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit._picture.missed import HEIGHTS, LEAST_SURE, with_missed
from inkdigit._picture.shades import likeness_to_ink
from inkdigit._pixels.components import label
from inkdigit._pixels.measure import SURE_LEVEL
from inkdigit._pixels.morphology import Grey
from inkdigit._tables.cells import usual_height

__all__ = ["with_upright"]

# Of the way from the paper's colour to that of sure ink: a thin stroke is paler than a broad one.
LEAST_LIKE = 0.25
LIKE_RULE = 0.3  # least mean probability of a rule on a stroke that was taken for one
DARKEN = 2.0  # factor on a pale stroke's likeness to ink, so that it counts as ink
WIDEST = 0.6  # greatest width of such a stroke over its height


def with_upright(
    ink: NDArray[np.float32], ruled: NDArray[np.float32], rules: NDArray[np.bool_], seen: Grey
) -> NDArray[np.float32]:
    """Add the strokes that were taken for rules, or missed.

    Args:
        ink: (H, W) float32 in [0, 1], what the network found.
        ruled: (H, W) float32 in [0, 1], how likely a rule runs there, as the network sees it.
        rules: (H, W) where the table's rules run.
        seen: (H, W) or (H, W, 3) uint8, the picture at the map's size.

    Returns:
        (H, W) float32 in [0, 1]; the map itself where there is nothing to add.
    """
    usual = usual_height(ink)
    sure = ink >= SURE_LEVEL
    if np.count_nonzero(sure) < LEAST_SURE:
        return ink
    likeness = likeness_to_ink(ink, seen, sure, 2 * int(usual) + 1)
    marks = label((likeness >= LEAST_LIKE) & ~rules)
    of_pixel = marks.label_map()
    wide, high = (marks.boxes[:, 2:] - marks.boxes[:, :2]).T
    taken = np.bincount(of_pixel[marks.mask], ruled[marks.mask], len(marks)) / marks.areas
    chosen = (taken >= LIKE_RULE) & (wide <= WIDEST * high)
    chosen &= (high >= HEIGHTS[0] * usual) & (high <= HEIGHTS[1] * usual)
    if chosen.any():
        ink = np.where(marks.select(chosen), np.maximum(ink, np.clip(DARKEN * likeness, 0, 1)), ink)
    return with_missed(ink, np.where(rules, ruled, np.float32(0)), seen, usual)
