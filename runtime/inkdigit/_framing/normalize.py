"""Ink map in, one centred (28, 28) raster out, framed the way MNIST frames its digits.

The twin of `rasterize` for pictures: aspect kept, stroke width brought up to what the model
reads best, centre of mass in the middle (LeCun, Cortes, Burges, "The MNIST database").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._framing.rasterize import DIGIT_BOX_PX, RASTER_PX
from inkdigit._pixels.measure import PEAK_QUANTILE, ink_bounds, padded, stroke_width
from inkdigit.errors import EmptyInkError, ImageError, InputTypeError

__all__ = ["MIN_STROKE_PX", "dilate_disc", "normalize"]

MIN_STROKE_PX = 2.2  # thinner strokes are thickened to this: the standard pen less a little
THIN_BLOCKS = 1.15  # measured width, in blocks, of a line one block wide after averaging
GRID = 4  # work at 4 × 28 pixels: a quarter pixel is finer than the network can resolve
BLOCK_MEANS = np.repeat(np.eye(RASTER_PX, dtype=np.float32) / GRID, GRID, axis=1)


def normalize(ink_map: NDArray[np.float32]) -> NDArray[np.float32]:
    """Frame the one digit on an ink map.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink; all its ink is taken to be one digit.

    Returns:
        (28, 28) float32 in [0, 1]; 1 is full ink.

    Raises:
        EmptyInkError: If no pixel is inked.
        ImageError: If the shape is not (H, W).
        InputTypeError: If it is no array.
    """
    if not isinstance(ink_map, np.ndarray):
        raise InputTypeError(f"ink map is a {type(ink_map).__name__}; expected an (H, W) array")
    if ink_map.ndim != 2:
        raise ImageError(f"ink map of shape {ink_map.shape}; expected (H, W), one channel, 1 = ink")
    bounds = ink_bounds(ink_map)
    if bounds is None:
        raise EmptyInkError("the ink map has no ink to frame; check ink_bounds first")
    left, top, right, bottom = bounds
    digit, width = _shrink(ink_map[top:bottom, left:right])
    longest = max(digit.shape)
    width = min(width, float(min(digit.shape)))
    target = max(width * DIGIT_BOX_PX / longest, MIN_STROKE_PX)
    # The centre lines span the box less one stroke, so a thickened digit still fits the box.
    spine = longest - width
    # A dot has no centre line: it becomes as large as the standard stroke is wide.
    scale = (DIGIT_BOX_PX - target) / spine if spine > 0.5 * width else target / longest
    fine = _resize(digit, scale * GRID)
    fine = _thicken(fine, radius=GRID * (target - width * scale) / 2)
    return _centre(fine)


def _shrink(digit: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """Reduce a large crop to the working size; thin lines keep their full strength.

    Returns:
        The crop, (h, w) float32, and its stroke width in pixels.
    """
    factor = max(digit.shape) // int(GRID * DIGIT_BOX_PX)
    if factor < 2:
        return digit, stroke_width(digit)
    rows, columns = (-side % factor for side in digit.shape)
    if rows or columns:
        digit = np.pad(digit, ((0, rows), (0, columns)))
    mean = _over_rows(np.add, _over_rows(np.add, digit, factor).T, factor).T
    mean *= np.float32(1 / factor**2)
    width = stroke_width(mean)
    # The mean washes out a line thinner than a block, and leaves it about one block wide.
    if width >= THIN_BLOCKS:
        return mean, width
    darkest = _over_rows(np.maximum, _over_rows(np.maximum, digit, factor).T, factor).T
    return darkest, stroke_width(darkest)


def _over_rows(combine: np.ufunc, digit: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Combine each `factor` rows to one; slices are several times faster than a reduction."""
    combined = digit[::factor].copy()
    for row in range(1, factor):
        combine(combined, digit[row::factor], out=combined)
    return np.asarray(combined, np.float32)


def _resize(digit: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    height, width = (max(1, round(side * scale)) for side in digit.shape)
    # Resizing a padded copy keeps the outermost pixels' edges soft instead of cut.
    picture = Image.fromarray(padded(digit, 1))
    box = (1.0, 1.0, 1.0 + digit.shape[1], 1.0 + digit.shape[0])
    fine = np.array(picture.resize((width, height), Image.Resampling.BILINEAR, box=box))
    inked = fine[fine > 0.1]
    if len(inked):
        rank = int(PEAK_QUANTILE * (len(inked) - 1))
        fine *= np.float32(1 / max(float(np.partition(inked, rank)[rank]), 0.2))
    stretched: NDArray[np.float32] = np.clip(fine, 0.0, 1.0, out=fine)
    return stretched


def _thicken(fine: NDArray[np.float32], radius: float) -> NDArray[np.float32]:
    """Grey dilation by a disc; a fraction of a pixel mixes the two whole radii around it."""
    if radius < 0.1:
        return fine
    whole = int(radius)
    room = padded(fine, whole + 1)
    mixed = dilate_disc(room, whole + 1)
    mixed *= np.float32(radius - whole)
    mixed += dilate_disc(room, whole) * np.float32(whole + 1 - radius)
    return mixed


def dilate_disc(pictures: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """Grey dilation by a disc.

    Args:
        pictures: (..., H, W), not negative.
        radius: Of the disc in pixels; 0 changes nothing.

    Returns:
        The same shape and type.
    """
    if radius == 0:
        return pictures
    dilated: NDArray[np.float32] = pictures.copy()
    sideways = pictures.copy()
    half = 0
    for dy in range(radius, -1, -1):
        # Rows of the disc share their sideways maxima, which grow with the half-width.
        reach = min(int(np.sqrt((radius + 0.5) ** 2 - dy * dy)), radius)
        while half < reach:
            half += 1
            left, right = pictures[..., :-half], pictures[..., half:]
            np.maximum(sideways[..., half:], left, out=sideways[..., half:])
            np.maximum(sideways[..., :-half], right, out=sideways[..., :-half])
        if dy:
            upper, lower = dilated[..., :-dy, :], dilated[..., dy:, :]
            np.maximum(lower, sideways[..., :-dy, :], out=lower)
            np.maximum(upper, sideways[..., dy:, :], out=upper)
        else:
            np.maximum(dilated, sideways, out=dilated)
    return dilated


def _centre(fine: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put the centre of mass in the middle, as far as the frame allows, and average down."""
    side = GRID * RASTER_PX
    canvas = np.zeros((side, side), np.float32)
    corner = []
    for axis in (0, 1):
        profile = fine.sum(axis=1 - axis)
        middle = float(profile @ (np.arange(len(profile)) + 0.5)) / float(profile.sum())
        slack = max(side - len(profile), 0)
        corner.append(min(max(round(side / 2 - middle), 0), slack))
    part = fine[:side, :side]
    top, left = corner
    canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
    # Much faster than a reduction over such small blocks. Rounding may exceed 1 by a hair.
    mean = BLOCK_MEANS @ canvas @ BLOCK_MEANS.T
    return np.asarray(np.minimum(mean, np.float32(1)))
