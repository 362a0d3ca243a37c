"""Levels of any depth in, 8 bits out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.morphology import Grey
from inkdigit.errors import ImageError, InputTypeError

__all__ = ["Levels", "scale_levels", "to_bytes"]

# Of floats in 0..255: a picture in [0, 1] stays below it, even after a filter's overshoot.
LEAST_WHITE = 2.0

WORDS = 1 << 16  # values of 16 bits


def to_bytes(array: NDArray[Any]) -> Grey:
    """Bring an array of pixels to 8 bits, of any shape.

    What counts as white follows from the values:

    - bool: True.
    - uint16: the next whole number of bits, at least 8. Values to 255 are levels of 8 bits, values
      to 4095 of 12.
    - Other integers: 255; all values must lie in 0..255.
    - Float: 1 where all values lie in [0, 1]; 255 where all lie in 0..255 and the greatest is at
      least 2. So a picture in 0..255 that is nearly black, with no value above 1, is taken for one
      in [0, 1]: divide it by 255. A greatest value between 1 and 2 is refused, as a picture in
      [0, 1] that a filter overshot is likelier.

    Args:
        array: uint8, uint16, bool, another integer or float, as above.

    Returns:
        The same shape, uint8.

    Raises:
        ImageError: If values lie outside the range.
        InputTypeError: If it is of another type.
    """
    if not isinstance(array, np.ndarray):
        raise InputTypeError(f"got a {type(array).__name__}; expected an array of pixels")
    if array.dtype == np.uint8:
        return array
    if not array.size:
        return np.zeros(array.shape, np.uint8)
    if array.dtype == bool:
        return np.asarray(np.where(array, 255, 0), np.uint8)
    if array.dtype == np.uint16:
        return scale_levels(array)
    if array.dtype.kind in "iu":
        return _integers_to_bytes(array)
    if array.dtype.kind == "f":
        return _floats_to_bytes(array)
    raise InputTypeError(
        f"an array of dtype {array.dtype}; expected bool, integers, or float in [0, 1] or 0..255:"
        " convert it with .astype(np.uint8)"
    )


def _integers_to_bytes(array: NDArray[Any]) -> Grey:
    low, high = int(array.min()), int(array.max())
    if low < 0 or high > 255:
        raise ImageError(
            f"an array of {array.dtype} from {low} to {high}; expected integers in 0..255: convert"
            " levels of 16 bits with .astype(np.uint16), and scale deeper ones"
        )
    return array.astype(np.uint8)


def _floats_to_bytes(array: NDArray[Any]) -> Grey:
    low, high = float(array.min()), float(array.max())
    # NaN fails every comparison.
    if low >= 0.0 and high <= 1.0:
        return _rounded(array.astype(np.float32) * np.float32(255))
    if low >= 0.0 and LEAST_WHITE <= high <= 255.0:
        return _rounded(array.astype(np.float32))
    raise ImageError(
        f"an array of {array.dtype} from {low:.6g} to {high:.6g}; expected [0, 1], or 0..255 with a"
        f" greatest value of at least {LEAST_WHITE:.0f}: divide by its full scale, or .clip it to"
        " its range"
    )


def scale_levels(values: NDArray[Any]) -> Grey:
    """Bring 10 to 16 bits, 32-bit integers or floats of a picture file to 8 bits.

    Raises:
        ImageError: If a pixel is NaN or infinite.
    """
    return Levels.over([values]).scale(values)


@dataclass(frozen=True)
class Levels:
    """What is black and what is white in a picture of many bits.

    Attributes:
        floor: The level that is black.
        full: How far above it white is.
    """

    floor: float
    full: float

    @classmethod
    def over(cls, parts: Iterable[NDArray[Any]]) -> Levels:
        """The levels of a picture, from the values of its parts.

        Raises:
            ImageError: If a pixel is NaN or infinite.
        """
        lows, highs, is_float = [], [], False
        for part in parts:
            lows.append(float(part.min()))
            highs.append(float(part.max()))
            is_float = part.dtype.kind == "f"
        if not np.isfinite([lows, highs]).all():
            raise ImageError(
                "the picture has pixels that are NaN or infinite; expected finite ones"
            )
        low, high = min(lows), max(highs)
        floor = min(low, 0.0)
        span = high - floor
        if is_float and span <= 1.0:
            return cls(floor, 1.0)
        # A camera's 12 bits come in words of 16: full scale is the next whole number of bits.
        return cls(floor, max(2.0 ** int(span).bit_length() - 1.0, 255.0))

    def scale(self, values: NDArray[Any]) -> Grey:
        """Bring some of the picture's values to 8 bits."""
        if values.dtype == np.uint16 and values.size > WORDS:
            # Each word once, instead of each pixel: four times as fast.
            return np.asarray(self.scale(np.arange(WORDS, dtype=np.uint16))[values], np.uint8)
        return _rounded((values.astype(np.float64) - self.floor) * (255 / self.full))


def _rounded(levels: NDArray[Any]) -> Grey:
    return np.asarray((levels + levels.dtype.type(0.5)).clip(0, 255), np.uint8)
