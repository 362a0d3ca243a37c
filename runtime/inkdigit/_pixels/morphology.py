"""Neighbourhood operations on pictures and masks, by numpy and Pillow alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

__all__ = [
    "Grey",
    "Mask",
    "blur",
    "box_sum",
    "closing",
    "dilate",
    "grow",
    "opening",
    "reduce_picture",
]

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def dilate(grey: Grey, window: int) -> Grey:
    """Local maximum over squares.

    Args:
        grey: (H, W) uint8.
        window: Side of the square in pixels, odd.

    Returns:
        (H, W) uint8; what lies outside counts as 0.
    """
    reach = window // 2
    height, width = grey.shape
    room = np.zeros((height + 2 * reach, width + 2 * reach), np.uint8)
    room[reach : reach + height, reach : reach + width] = grey
    # Steps that double the reach take log2(window) passes instead of one a pixel.
    covered = 1
    while covered < window:
        step = min(covered, window - covered)
        room = np.maximum(room[:-step], room[step:])
        room = np.maximum(room[:, :-step], room[:, step:])
        covered += step
    return room


def closing(grey: Grey, window: int) -> Grey:
    """Local maximum, then local minimum, over squares: fills what is darker and narrower."""
    return ~dilate(~dilate(grey, window), window)


def opening(grey: Grey, window: int) -> Grey:
    """Local minimum, then local maximum, over squares: takes what is lighter and narrower."""
    return dilate(~dilate(~grey, window), window)


def blur(grey: Grey) -> Grey:
    """Mean over 3 × 3 pixels."""
    return np.asarray(Image.fromarray(grey).filter(ImageFilter.BoxBlur(1)))


def box_sum(values: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    """Sum over squares of odd side; what lies outside counts as 0."""
    # No further than the picture reaches: a window may be far larger than a thin strip.
    down, across = (min(window // 2, side) for side in values.shape)
    sums = np.pad(values.astype(np.float64), ((down + 1, down), (across + 1, across)))
    sums = sums.cumsum(axis=0).cumsum(axis=1)
    sums = sums[2 * down + 1 :] - sums[: -2 * down - 1]
    return (sums[:, 2 * across + 1 :] - sums[:, : -2 * across - 1]).astype(np.float32)


def grow(mask: Mask, reach: int = 1) -> Mask:
    """The mask and all pixels within `reach` of it, diagonals included."""
    return dilate(mask.view(np.uint8), 2 * reach + 1).view(np.bool_)


def reduce_picture(pixels: Grey, factor: int) -> Grey:
    """Mean over blocks of `factor` pixels a side; (H, W) or (H, W, 3) uint8."""
    if factor < 2:
        return pixels
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).reduce(factor))
