"""What a reading is: plain, frozen results, JSON-ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["DigitReading", "Prediction", "Reading"]


@dataclass(frozen=True, eq=False)
class Prediction:
    """The answer for one expected digit.

    Attributes:
        digit: 0 to 9, or None where the input is blank or no digit.
        confidence: Calibrated probability, 0 to 1, that `digit` is right; for None, that there
            is no digit.
        probabilities: (10,) float32, sums to 1: which digit, if it is one. Read-only.
        not_digit: Probability, 0 to 1, that it is no digit at all; 1 for a blank input.
    """

    digit: int | None
    confidence: float
    probabilities: NDArray[np.float32]
    not_digit: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: digit, confidence, probabilities, not_digit."""
        return {
            "digit": self.digit,
            "confidence": round(self.confidence, 6),
            "probabilities": [round(float(p), 6) for p in self.probabilities],
            "not_digit": round(self.not_digit, 6),
        }


@dataclass(frozen=True)
class DigitReading:
    """One glyph of a reading.

    Attributes:
        digit: 0 to 9, or None for a glyph that is no digit.
        confidence: Probability, 0 to 1, that a glyph is just there and is `digit`; for None, that
            it is no digit.
        box: Left, top, right, bottom in pixels of the input.
        candidates: (digit, probability) best first: that a glyph is just there and is that digit.
            They sum to at most 1.
        strokes: The input strokes it uses, ascending; empty for pictures. A stroke belongs to one
            digit at most, but for one that was cut because digits were written without lifting
            the pen: that belongs to each of them.
        line: The line it stands in, from 0.
    """

    digit: int | None
    confidence: float
    box: tuple[float, float, float, float]
    candidates: tuple[tuple[int, float], ...]
    strokes: tuple[int, ...]
    line: int

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "digit": self.digit,
            "confidence": round(self.confidence, 6),
            "box": [round(edge, 3) for edge in self.box],
            "candidates": [
                {"digit": digit, "probability": round(p, 6)} for digit, p in self.candidates
            ],
            "strokes": list(self.strokes),
            "line": self.line,
        }


@dataclass(frozen=True)
class Reading:
    """The answer for any number of digits.

    Attributes:
        text: The digits, "?" for a glyph that is no digit, lines joined by line breaks; "" for a
            blank input.
        digits: One entry a glyph, in the order of the text.
        alternatives: (text, probability) best first; the first is `text`. They sum to at most 1.
        confidence: Probability, 0 to 1, that the whole text is right.
    """

    text: str
    digits: tuple[DigitReading, ...]
    alternatives: tuple[tuple[str, float], ...]
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the same keys for ink and for pictures."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 6),
            "digits": [digit.to_dict() for digit in self.digits],
            "alternatives": [
                {"text": text, "probability": round(p, 6)} for text, p in self.alternatives
            ],
        }
