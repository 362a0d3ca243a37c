"""The ink that the network found in; out without the marks that nobody wrote: rules, edges, dirt.

The network sees a few dozen pixels around each pixel. What a mark is shows better in comparison
with the page's other marks, and by where it lies. The weights of both were fitted on made pages
whose ink is known: `python -m inkdigit_train fit-strays`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._fitted.odds import log_odds
from inkdigit._fitted.regression import Regression
from inkdigit._picture.missed import LEAST_SURE
from inkdigit._picture.shades import likeness_to_ink
from inkdigit._pixels.components import Components, label
from inkdigit._pixels.measure import INK_LEVEL, SURE_LEVEL, weighted_median
from inkdigit._pixels.morphology import Grey

__all__ = ["BUNDLED_STRAYS", "STRAY_FEATURES", "measure_marks", "without_strays"]

BUNDLED_STRAYS = Path(__file__).parent / "strays.json"
# No feature depends on the number of marks or the size of the picture: a page of 200 digits is as
# ordinary as one of 20.
STRAY_FEATURES = (
    "pale",  # log-odds of ink, mean over its pixels, below those of the page's usual mark; or 0
    "ruled",  # mean probability of a rule there
    "log_height",  # in heights of a usual mark, as the others are
    "log_width",
    "log_area",  # in squares of that height
    "filled",  # its area over that of its box
    "beside",  # from the nearer of the picture's left and right borders; 1 at most
    "above",  # from the nearer of its upper and lower borders; 1 at most
    "at_side",  # whether it touches the left or right border,
    "at_end",  # or one of the others
    "like_ink",  # how far it is from the paper's colour to that of sure ink, mean over its pixels,
    "uneven",  # and how much that varies
    "lighter",  # than the page's usual mark, in shades of `SHADES`
    "neighbours",  # marks of its height beside it; 2 at most
)
# A mark less likely to be written is left out. Of the marks at least half as high as a digit, on
# pages that the fit had not seen, this loses 2 of 3,822 written ones and removes 7 of 52 others;
# with 0.3 it is 5 and 12. A lost digit costs more than a mark too many.
UNLIKELY = 0.1
SHADES = 64.0
ALIKE = 0.5  # two heights are alike if their logarithms differ by less
GAP = 1.5  # heights of a mark to its neighbour at most
SHARED = 0.4  # of the lower one's height, which neighbours have in common at least
MANY = 1500  # marks beyond which a page is a texture: they all stay


def without_strays(
    ink: NDArray[np.float32], rules: NDArray[np.float32], seen: Grey
) -> NDArray[np.float32]:
    """Leave out the marks that nobody wrote.

    Args:
        ink: (H, W) float32 in [0, 1], what the network found.
        rules: (H, W) float32 in [0, 1], how likely a rule runs there.
        seen: (H, W) or (H, W, 3) uint8, the picture at the map's size.

    Returns:
        (H, W) float32 in [0, 1]; the map itself where every mark stays.
    """
    marks = label(ink >= INK_LEVEL)
    if not 0 < len(marks) <= MANY:
        return ink
    odds = _regression().log_odds(measure_marks(marks, ink, rules, seen))
    strays = odds < log_odds(UNLIKELY)
    if not strays.any():
        return ink
    return np.where(marks.select(strays), np.float32(0), ink)


def measure_marks(
    marks: Components, ink: NDArray[np.float32], rules: NDArray[np.float32], seen: Grey
) -> NDArray[np.float64]:
    """(n, 14) of n marks of a map, in the order of `STRAY_FEATURES`; see `without_strays`."""
    count, (tall, broad) = len(marks), ink.shape
    of_pixel = marks.label_map()[marks.mask]
    areas = marks.areas.astype(np.float64)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(of_pixel, values[marks.mask], count) / areas, np.float64)

    left, top, right, bottom = marks.boxes.T.astype(np.float64)
    height, width = bottom - top, right - left
    usual = weighted_median(height, areas)
    odds = log_odds(mean(ink))
    beside, above = np.minimum(left, broad - right), np.minimum(top, tall - bottom)
    sure = ink >= SURE_LEVEL
    if np.count_nonzero(sure) >= LEAST_SURE:
        likeness = likeness_to_ink(ink, seen, sure, 2 * int(usual) + 1)
    else:
        likeness = np.ones_like(ink)
    like = mean(likeness)
    grey = seen.astype(np.float32).reshape(tall, broad, -1).mean(axis=2)
    shade = mean(grey)
    return np.stack(
        [
            np.minimum(odds - weighted_median(odds, areas), 0),
            mean(rules),
            np.log(height / usual),
            np.log(width / usual),
            np.log(areas / usual**2),
            areas / (height * width),
            np.minimum(beside / usual, 1),
            np.minimum(above / usual, 1),
            beside < 1,
            above < 1,
            like,
            np.sqrt(np.maximum(mean(likeness**2) - like**2, 0)),
            (shade - weighted_median(shade, areas)) / SHADES,
            np.minimum(_neighbours(marks.boxes.astype(np.float64)), 2),
        ],
        axis=1,
    )


def _neighbours(boxes: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) how many marks of each one's height stand beside it."""
    left, top, right, bottom = boxes.T
    height = bottom - top
    alike = np.abs(np.log(height[:, None] / height)) < ALIKE
    gap = np.maximum(left - right[:, None], left[:, None] - right)
    shared = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    near = alike & (gap < GAP * height[:, None])
    near &= shared > SHARED * np.minimum(height[:, None], height)
    np.fill_diagonal(near, False)
    return np.asarray(near.sum(axis=1), np.int64)


@cache
def _regression() -> Regression:
    return Regression.load(BUNDLED_STRAYS, STRAY_FEATURES)
