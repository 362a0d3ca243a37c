"""Canvases of one colour: their ink is what differs from that colour, exact and quickly found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.measure import PEAK_QUANTILE
from inkdigit._pixels.morphology import Grey

__all__ = ["ink_on_flat", "opaque"]

TOLERANCE = 3  # grey levels by which a plain canvas may vary: JPEG's rounding
CONTRAST = 12  # grey levels that count as ink on a plain canvas
# Pixels, and rows of them, from which the darkness of a canvas's ink is taken first: about as many.
SAMPLES, ROWS = 10_000, 40
# Pixels between background and ink that a clean canvas may have, over those of its background.
# Drawings have some at the edges of their lines only: 0.2 % at most of those tried; pictures from a
# camera 6 % at least.
UNCLEAN = 0.01
CARD = 0.8  # a card covers at least this fraction of its box; strokes leave most of theirs open
CARD_INK = 0.002  # and so much of it is drawn on; with less it is a filled shape of one colour


def opaque(pixels: Grey, alpha: Grey | None) -> Grey:
    """A picture without transparency.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        alpha: (H, W) uint8, or None where the picture is opaque.

    Returns:
        (H, W) or (H, W, 3) uint8: the card where the picture is one on a transparent background,
        such as a card with round corners, its own colour filled in; otherwise the alpha, light on
        dark: whatever its colour, what is not transparent is the drawing.
    """
    if alpha is None or int(alpha.min()) == 255:
        return pixels
    seen = alpha > 127
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return alpha
    box = (rows[-1] + 1 - rows[0]) * (columns[-1] + 1 - columns[0])
    if np.count_nonzero(seen) < CARD * box:
        return alpha
    shown = pixels[seen]
    background = np.median(shown, axis=0)
    if np.mean(np.abs(shown - background) > CONTRAST) < CARD_INK:
        return alpha
    opacity = (alpha / np.float32(255)).reshape(alpha.shape + (1,) * (pixels.ndim - 2))
    return np.asarray(pixels * opacity + background * (1 - opacity), np.float32).astype(np.uint8)


def ink_on_flat(pixels: Grey) -> NDArray[np.float32] | None:
    """Ink as the difference from the background's one colour.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.

    Returns:
        (H, W) float32 in [0, 1], 1 = ink; None where the border has several colours and is not
        that of a clean canvas with ink on it, or where most of the picture has another colour than
        the border.
    """
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    background = np.median(edges, axis=0).astype(np.uint8)
    level = background.astype(np.int16)
    low, high = level - TOLERANCE, level + TOLERANCE
    drawn_on = bool((edges.min(axis=0) < low).any() or (edges.max(axis=0) > high).any())
    difference = _difference(pixels, background)
    empty = np.count_nonzero(difference <= TOLERANCE)
    if 2 * empty < difference.size:
        return None  # the border is a frame, not the background
    if drawn_on and np.count_nonzero(difference <= CONTRAST) - empty > UNCLEAN * empty:
        return None
    # A tenth of the rows of an ordinary canvas is enough to find how dark its ink is.
    step = max(1, min(difference.size // SAMPLES, len(difference) // ROWS))
    for sample in (difference[::step], difference):
        inked = sample[sample > CONTRAST]
        if len(inked):
            rank = int(PEAK_QUANTILE * (len(inked) - 1))
            peak = int(np.partition(inked, rank)[rank])
            ink = difference.astype(np.float32)
            ink /= np.float32(peak)
            return np.asarray(np.clip(ink, 0, 1, out=ink), np.float32)
    return np.zeros(difference.shape, np.float32)


def _difference(pixels: Grey, background: Grey) -> Grey:
    """(H, W) distance from the background's colour, in the channel where it is greatest.

    Yellow on white is as much ink as black is.
    """
    if not background.any():  # black and white canvases cost nothing
        difference = pixels
    elif background.min() == 255:
        difference = ~pixels
    else:
        difference = np.maximum(pixels, background) - np.minimum(pixels, background)
    if difference.ndim == 2:
        return difference
    red, green, blue = (difference[..., channel] for channel in range(3))
    return np.maximum(np.maximum(red, green), blue)
