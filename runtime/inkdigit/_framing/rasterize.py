"""Strokes in, one centred (28, 28) raster out, whatever the canvas size or the pen's width.

Training, evaluation, app and command line all draw ink with this rasteriser.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkdigit._framing.canonical import canonical_order, rightward
from inkdigit.errors import EmptyInkError, InputError, InputTypeError
from inkdigit.ink import Ink

__all__ = ["DIGIT_BOX_PX", "PEN_PX", "RASTER_PX", "rasterize", "rasterize_many"]

RASTER_PX = 28  # side of MNIST's images, and of the model's input
DIGIT_BOX_PX = 20.0  # MNIST fits each digit in 20×20 inside 28×28 (LeCun 1998)
PEN_PX = 2.4  # pen width in raster pixels: the median stroke of MNIST's training images
MIN_STEP_PX = 0.3  # points closer than this to the one before cannot be seen in the raster
CHUNK_PIXELS = 1 << 17  # (segment, pixel) pairs measured at once: half a megabyte a buffer


class _Segments(NamedTuple):
    """Straight segments: (n, 2) starts and ends, and (n,) the index of each one's raster."""

    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    owners: NDArray[np.int64]


def rasterize(ink: Ink, size: int = RASTER_PX, pen_px: float = PEN_PX) -> NDArray[np.float32]:
    """Draw ink as one centred digit, the way MNIST frames its digits.

    The ink with its pen fits a box of 20/28 of the side with its aspect kept, and its centre of
    mass (by length of line) comes to the middle, as far as the frame allows. Edges are
    anti-aliased from the exact distance to the line.

    Args:
        ink: Strokes in canvas pixels, y down.
        size: Side of the square output in pixels.
        pen_px: Width of the line in raster pixels at size 28; it grows with the size. Only
            training varies it.

    Returns:
        (size, size) float32 in [0, 1]; 1 is full ink.

    Raises:
        EmptyInkError: If no stroke has a point.
        InputError: If the size or the pen's width is not positive.
        InputTypeError: If the ink is no `Ink`, or the size no whole number.
    """
    if not isinstance(ink, Ink):
        raise InputTypeError(f"ink is a {type(ink).__name__}; expected an inkdigit.Ink")
    if isinstance(size, bool) or not isinstance(size, int):
        raise InputTypeError(f"size is a {type(size).__name__}; expected a whole number of pixels")
    if size < 1 or not pen_px > 0:
        raise InputError(f"size is {size}, pen_px is {pen_px}; expected both above 0")
    if not len(ink):
        raise EmptyInkError("the ink has no stroke to draw; check len(ink) first")
    strokes = [rightward(stroke.points) for stroke in ink]
    drawing = [strokes[index] for index in canonical_order(strokes)]
    raster: NDArray[np.float32] = rasterize_many([drawing], size, pen_px)[0]
    return raster


def rasterize_many(
    drawings: Sequence[Sequence[NDArray[np.float32]]],
    size: int = RASTER_PX,
    pen_px: float = PEN_PX,
) -> NDArray[np.float32]:
    """Draw many inks at once, each as `rasterize` does, at a tenth of the cost.

    Args:
        drawings: For each raster the polylines to draw, (n, 2) points with n >= 1, y down; at
            least one each.
        size: Side of each square output in pixels.
        pen_px: Width of the line in raster pixels at size 28.

    Returns:
        (N, size, size) float32 in [0, 1]; 1 is full ink.

    Raises:
        EmptyInkError: If a drawing has no polyline.
    """
    counts = np.array([len(drawing) for drawing in drawings], np.int64)
    if not len(counts):
        return np.zeros((0, size, size), np.float32)
    if not counts.all():
        raise EmptyInkError(
            f"drawing {int(counts.argmin())} of {len(counts)} has no stroke to draw"
        )
    ratio = size / RASTER_PX
    polylines = [polyline for drawing in drawings for polyline in drawing]
    owner_of_polyline = np.repeat(np.arange(len(counts)), counts)
    starts, ends, owners = _segments(polylines, owner_of_polyline, ratio * (DIGIT_BOX_PX - pen_px))
    first = np.searchsorted(owners, np.arange(len(counts)))
    middle = _centres_of_mass(starts, ends, first)
    # Centred by mass, as far as the ink stays inside the frame with a pixel of margin.
    low = np.minimum.reduceat(np.minimum(starts, ends), first, axis=0)
    high = np.maximum.reduceat(np.maximum(starts, ends), first, axis=0)
    margin = np.float32(ratio * (pen_px / 2 + 1))
    shift = np.clip(np.float32(size / 2) - middle, margin - low, np.float32(size) - margin - high)
    shift = shift[owners]
    segments = _Segments(starts + shift, ends + shift, owners)
    return _draw(segments, len(counts), size, ratio * pen_px / 2)


def _segments(
    polylines: Sequence[NDArray[np.float32]], owner_of_polyline: NDArray[np.int64], extent: float
) -> _Segments:
    """All polylines as segments.

    Each owner's are scaled so that the longer side of its box is `extent`, top left at 0, 0, and
    thinned out to a point per `MIN_STEP_PX`; the first and last point of a polyline always stay.
    """
    points = np.concatenate(polylines).astype(np.float64)
    lengths = np.array([len(polyline) for polyline in polylines], np.int64)
    line_ends = np.cumsum(lengths) - 1
    line_starts = line_ends - lengths + 1
    owners = np.repeat(owner_of_polyline, lengths)
    first = line_starts[np.searchsorted(owner_of_polyline, np.arange(owner_of_polyline[-1] + 1))]
    low = np.minimum.reduceat(points, first, axis=0)
    longest = (np.maximum.reduceat(points, first, axis=0) - low).max(axis=1)
    scale = np.divide(extent, longest, out=np.zeros_like(longest), where=longest > 0)
    points = (points - low[owners]) * scale[owners, None]

    steps = np.abs(np.diff(points, axis=0, prepend=points[:1])).sum(axis=1)
    steps[line_starts] = 0
    travelled = np.empty_like(steps)
    # One by one, so that each is thinned out alike whatever is drawn beside it.
    for start, end in zip(line_starts.tolist(), line_ends.tolist(), strict=True):
        np.cumsum(steps[start : end + 1], out=travelled[start : end + 1])
    cells = (travelled / MIN_STEP_PX).astype(np.int64)
    keep = np.empty(len(points), bool)
    keep[1:] = cells[1:] != cells[:-1]
    keep[line_starts] = keep[line_ends] = True

    kept = np.flatnonzero(keep)
    is_end = np.zeros(len(points), bool)
    is_end[line_ends] = lengths > 1  # a single point is a segment of no length
    starts = kept[~is_end[kept]]
    is_start = np.zeros(len(points), bool)
    is_start[line_starts] = lengths > 1
    ends = kept[~is_start[kept]]
    return _Segments(
        points[starts].astype(np.float32), points[ends].astype(np.float32), owners[starts]
    )


def _centres_of_mass(
    starts: NDArray[np.float32], ends: NDArray[np.float32], first: NDArray[np.int64]
) -> NDArray[np.float32]:
    lengths = np.sqrt(np.square(ends - starts).sum(axis=1, keepdims=True)) + np.float32(1e-3)
    weighted = np.add.reduceat((starts + ends) * (lengths / 2), first, axis=0)
    centres = weighted / np.add.reduceat(lengths, first, axis=0)
    return centres.astype(np.float32, copy=False)


def _draw(segments: _Segments, count: int, size: int, radius: float) -> NDArray[np.float32]:
    """Coverage of each pixel by round-capped lines: 1 inside, 0 outside, a ramp one pixel wide.

    Each segment is measured against the pixels that it can reach only, in square windows of a few
    sizes.
    """
    starts, ends, owners = segments
    reach = np.float32(radius + 0.5)
    low = np.ceil(np.minimum(starts, ends) - (reach + np.float32(0.5))).astype(np.int64)
    high = np.floor(np.maximum(starts, ends) + (reach - np.float32(0.5))).astype(np.int64)
    needed = (high - low).max(axis=1) + 1
    least = int(np.ceil(2 * reach)) + 1  # a window for short segments: most of them
    nearest = np.full(count * size * size, np.inf, np.float32)
    fitted = 0
    for window in (least, 2 * least, size):
        side = min(window, size)
        fitting = np.flatnonzero((needed > fitted) & ((needed <= side) | (side == size)))
        fitted = side
        step = max(1, CHUNK_PIXELS // (side * side))
        for first in range(0, len(fitting), step):
            here = fitting[first : first + step]
            corner = np.clip(low[here], 0, size - side)
            some = _Segments(starts[here], ends[here], owners[here])
            _measure(nearest, some, corner, side, size)
        if side == size:
            break
    coverage: NDArray[np.float32] = np.clip(reach - np.sqrt(nearest), 0, 1)
    return coverage.reshape(count, size, size)


def _measure(
    nearest: NDArray[np.float32],
    segments: _Segments,
    corners: NDArray[np.int64],
    side: int,
    size: int,
) -> None:
    """Lower `nearest`, squared distances, by each segment's in its own window."""
    starts, ends, owners = segments
    ticks = np.arange(side)
    start = starts[:, :, None]
    step = ends[:, :, None] - start
    squared = np.maximum(np.square(step).sum(axis=1, keepdims=True), np.float32(1e-12))
    pixels = corners[:, :, None] + ticks  # (n, 2, side): columns, rows
    offset = pixels.astype(np.float32) + np.float32(0.5) - start
    along = offset * (step / squared)
    t = along[:, 0, None, :] + along[:, 1, :, None]  # position on the segment, 0 to 1
    np.clip(t, 0, 1, out=t)
    dx = t * -step[:, 0, None]
    dx += offset[:, 0, None, :]
    t *= -step[:, 1, None]
    t += offset[:, 1, :, None]
    np.square(dx, out=dx)
    np.square(t, out=t)
    dx += t
    rows = (owners[:, None] * size + pixels[:, 1]) * size
    pixel_indices = rows[:, :, None] + pixels[:, 0, None, :]
    np.minimum.at(nearest, pixel_indices.ravel(), dx.ravel())
