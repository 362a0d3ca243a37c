"""Readings of one picture: which of two is better, and its boxes cut at the picture's border."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inkdigit.labels import DIGITS
from inkdigit.results import DigitReading, Reading

__all__ = ["is_clear", "is_clearer", "is_doubtful", "within"]

# A glyph on a plain canvas that is less sure makes the ink network look, too; what that finds is
# taken where it has so many more digits that are likely right.
CLEAR, CLEARER = 0.9, 0.5


def is_clear(probabilities: NDArray[np.float32]) -> bool:
    """Whether one digit is certain enough, of probabilities (11,) of the classes."""
    return bool(probabilities[:DIGITS].max() >= CLEAR)


def is_doubtful(reading: Reading) -> bool:
    """Whether something of a plain canvas is hardly read: it may be more than a drawing."""
    return any(glyph.character == "?" or glyph.confidence < CLEAR for glyph in reading.digits)


def is_clearer(other: Reading, reading: Reading) -> bool:
    """Whether another reading of the same picture has more glyphs that are likely right.

    Where nothing is read but "?", it has: then what was taken for ink is something else.
    """
    clear = _clear(reading)
    return not clear or _clear(other) >= clear + CLEARER


def _clear(reading: Reading) -> float:
    """How many of its glyphs are likely right."""
    return sum(glyph.confidence for glyph in reading.digits if glyph.character != "?")


def within(reading: Reading, size: tuple[float, float]) -> Reading:
    """The reading with its boxes cut at the picture's border: those of a turned row reach over.

    Args:
        reading: In pixels of the picture.
        size: Its width and height.
    """
    limits = (*size, *size)

    def cut(digit: DigitReading) -> DigitReading:
        left, top, right, bottom = np.clip(digit.box, 0, limits).tolist()
        return replace(digit, box=(left, top, right, bottom))

    left_out = tuple(tuple(np.clip(box, 0, limits).tolist()) for box in reading.left_out)
    return replace(reading, digits=tuple(map(cut, reading.digits)), left_out=left_out)
