"""Strokes in, one centred (28, 28) raster out, whatever the canvas size or the pen's width.

The one rasteriser: training draws its ink with it, and so do the evaluation, the app and the CLI.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit.errors import EmptyInkError
from inkdigit.ink import Ink

__all__ = ["DIGIT_BOX_PX", "PEN_PX", "RASTER_PX", "rasterize"]

RASTER_PX = 28  # side of MNIST's images, and of the model's input
DIGIT_BOX_PX = 20.0  # MNIST fits each digit in 20×20 inside 28×28 (LeCun 1998)
PEN_PX = 2.4  # pen width in raster pixels: the median stroke of MNIST's training images
MIN_STEP_PX = 0.3  # points closer than this to the one before cannot be seen in the raster
CHUNK_SEGMENTS = 256  # segments drawn at once: bounds memory at 256 × 28 × 28 floats a buffer


def rasterize(ink: Ink, size: int = RASTER_PX, pen_px: float = PEN_PX) -> NDArray[np.float32]:
    """Draw ink as one centred digit, the way MNIST frames its digits.

    The ink with its pen fits a box of 20/28 of the side with its aspect kept, and its centre of
    mass (by length of line) comes to the middle, as far as the frame allows. Edges are
    anti-aliased from the exact distance to the line.

    Args:
        ink: Strokes in canvas pixels, y down.
        size: Side of the square output in pixels.
        pen_px: Width of the line in raster pixels at size 28; it grows with the size. Training
            varies it; everything else leaves it alone.

    Returns:
        (size, size) float32 in [0, 1]; 1 is full ink.

    Raises:
        EmptyInkError: If no stroke has a point.
    """
    if not len(ink):
        raise EmptyInkError("the ink has no stroke to draw; check len(ink) first")
    ratio = size / RASTER_PX
    starts, ends = _segments(ink, ratio * (DIGIT_BOX_PX - pen_px))
    middle = _centre_of_mass(starts, ends)
    # Centred by mass, as far as the line stays inside the frame with a pixel of margin.
    low, high = np.minimum(starts, ends).min(axis=0), np.maximum(starts, ends).max(axis=0)
    margin = ratio * (pen_px / 2 + 1)
    shift = np.clip(size / 2 - middle, margin - low, size - margin - high)
    return _draw(starts + shift, ends + shift, size, ratio * pen_px / 2)


def _segments(ink: Ink, extent: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Line segments (n, 2), (n, 2) of the ink, scaled so that its longer side is `extent`."""
    left, top, right, bottom = ink.bounds
    longest = max(right - left, bottom - top)
    scale = extent / longest if longest > 0 else 0.0
    starts, ends = [], []
    for stroke in ink:
        points = (stroke.points.astype(np.float64) - (left, top)) * scale
        points = _thin_out(points)
        starts.append(points[:-1] if len(points) > 1 else points)
        ends.append(points[1:] if len(points) > 1 else points)
    return (
        np.concatenate(starts).astype(np.float32),
        np.concatenate(ends).astype(np.float32),
    )


def _thin_out(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep one point per `MIN_STEP_PX` of line, and always the first and the last."""
    if len(points) < 3:
        return points
    steps = np.abs(np.diff(points, axis=0)).sum(axis=1)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    cells = (travelled / MIN_STEP_PX).astype(np.int64)
    keep = np.empty(len(points), bool)
    keep[0] = keep[-1] = True
    keep[1:-1] = cells[1:-1] != cells[:-2]
    return points[keep]


def _centre_of_mass(starts: NDArray[np.float32], ends: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.sqrt(np.square(ends - starts).sum(axis=1, keepdims=True)) + np.float32(1e-3)
    weighted = (starts + ends) * (lengths / 2)
    centre: NDArray[np.float32] = weighted.sum(axis=0) / lengths.sum()
    return centre


def _draw(
    starts: NDArray[np.float32], ends: NDArray[np.float32], size: int, radius: float
) -> NDArray[np.float32]:
    """Coverage of each pixel by round-capped lines: 1 inside, 0 outside, a ramp one pixel wide."""
    centres = np.arange(size, dtype=np.float32) + np.float32(0.5)
    nearest = np.full((size, size), np.inf, np.float32)
    for first in range(0, len(starts), CHUNK_SEGMENTS):
        start = starts[first : first + CHUNK_SEGMENTS, :, None]
        step = ends[first : first + CHUNK_SEGMENTS, :, None] - start
        squared = np.maximum(np.square(step).sum(axis=1, keepdims=True), np.float32(1e-12))
        offset = centres - start  # (n, 2, size): the x of columns, the y of rows
        along = offset * (step / squared)
        t = along[:, 0, None, :] + along[:, 1, :, None]  # place on the segment, 0 to 1
        np.clip(t, 0, 1, out=t)
        dx = t * -step[:, 0, None]
        dx += offset[:, 0, None, :]
        t *= -step[:, 1, None]
        t += offset[:, 1, :, None]
        np.square(dx, out=dx)
        np.square(t, out=t)
        dx += t
        np.minimum(nearest, dx.min(axis=0), out=nearest)
    coverage: NDArray[np.float32] = np.clip(np.float32(radius + 0.5) - np.sqrt(nearest), 0, 1)
    return coverage
