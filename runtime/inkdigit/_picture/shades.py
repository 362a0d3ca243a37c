"""A picture and its ink in; how far each pixel's colour is from the background's out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.morphology import Grey, box_sum

__all__ = ["likeness_to_ink", "shades_of"]

BARE = 0.05  # ink of the network: what has less is background


def shades_of(ink: NDArray[np.float32], seen: Grey, window: int) -> NDArray[np.float32]:
    """Differences of colour from the background around each pixel.

    Args:
        ink: (H, W) float32 in [0, 1], what the network found.
        seen: (H, W) or (H, W, 3) uint8, the picture at the map's size.
        window: Side in pixels of the square over which the background's colour is taken, odd.

    Returns:
        (H, W, 1) or (H, W, 3) float32, -255 to 255; negative where a pixel is darker.
    """
    colours = seen.astype(np.float32).reshape(*ink.shape, -1)
    bare = (ink < BARE).astype(np.float32)
    count = np.maximum(box_sum(bare, window), 1)
    return np.stack(
        [
            colours[..., channel] - box_sum(bare * colours[..., channel], window) / count
            for channel in range(colours.shape[2])
        ],
        axis=2,
    )


def likeness_to_ink(
    ink: NDArray[np.float32], seen: Grey, sure: NDArray[np.bool_], window: int
) -> NDArray[np.float32]:
    """How far each pixel is from the background's colour to that of ink.

    Args:
        ink: (H, W) float32 in [0, 1], what the network found.
        seen: (H, W) or (H, W, 3) uint8, the picture at the map's size.
        sure: (H, W) where ink is certain; somewhere it is.
        window: Side in pixels of the square over which the background's colour is taken, odd.

    Returns:
        (H, W) float32: 0 on the background, 1 where it is as sure ink is in the mean.
    """
    away = shades_of(ink, seen, window)
    towards = away[sure].mean(axis=0)
    return np.asarray(away @ towards / max(float(towards @ towards), 1.0), np.float32)
