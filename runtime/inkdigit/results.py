"""What a reading is: plain, frozen results, JSON-ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SURE", "DigitReading", "Prediction", "Reading", "is_sure", "percent"]

SURE = 0.95  # confidence from which a person need not look again; the app's design sets it


def is_sure(confidence: float) -> bool:
    """Whether an answer of this confidence, 0 to 1, counts as sure."""
    return confidence >= SURE


def percent(confidence: float) -> int:
    """A confidence, 0 to 1, in whole per cent, rounded down: only certainty is 100."""
    return int(100 * confidence + 1e-9)  # 100 * 0.29 is 28.999999999999996


@dataclass(frozen=True, eq=False)
class Prediction:
    """The answer for one expected digit.

    Attributes:
        digit: 0 to 9, or None where the input is blank or not a digit.
        confidence: Calibrated probability, 0 to 1, that `digit` is right; for None, that there
            is no digit.
        probabilities: (10,) float32, sums to 1: which digit, if it is one. Read-only.
        not_digit: Probability, 0 to 1, that it is not a digit at all; 1 for a blank input.
        blank: Whether the input has no ink at all.
    """

    digit: int | None
    confidence: float
    probabilities: NDArray[np.float32]
    not_digit: float
    blank: bool = False

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
        digit: 0 to 9, or None for a glyph that is not a digit.
        confidence: Probability, 0 to 1, that this is a separate glyph and reads `character`; for
            "?", that it is neither a digit nor a sign, or, where `min_confidence` made a digit a
            "?", the confidence of that digit.
        box: Left, top, right, bottom in pixels of the input.
        candidates: (digit, probability) best first: that this is a separate glyph and reads that
            digit. They sum to at most 1.
        strokes: The input strokes it uses, ascending; empty for pictures. A stroke belongs to at
            most one digit, unless it was cut because digits were written without lifting the
            pen: then it belongs to each of them.
        line: Index of its row of writing, from 0.
        character: The digit or the sign, as in the text; "?" for what is neither, or is less sure
            than was asked for.
    """

    digit: int | None
    confidence: float
    box: tuple[float, float, float, float]
    candidates: tuple[tuple[int, float], ...]
    strokes: tuple[int, ...]
    line: int
    character: str = ""

    def __post_init__(self) -> None:
        if not self.character:
            object.__setattr__(self, "character", "?" if self.digit is None else str(self.digit))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "character": self.character,
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
        text: The digits, the signs that are allowed, "?" for any other glyph, lines joined by line
            breaks; "" for a blank input.
        digits: One entry a glyph, signs among them, in the order of the text.
        alternatives: (text, probability) best first; the first is `text`. They sum to at most 1.
        confidence: Probability, 0 to 1, that the whole text is right.
        wrong_length: Indices of the lines that could not be divided into as many glyphs as
            `length` asked for; none where it asked for nothing.
        left_out: Boxes, left, top, right, bottom in pixels of the input, of what is no part of the
            text: signs that are not allowed, and specks of ink that are taken for slips, with which
            `confidence` is lower the likelier they are signs; numbers beyond the 300 that are read
            of a page, and marks beyond its 1,000 largest, with which it is 0.
    """

    text: str
    digits: tuple[DigitReading, ...]
    alternatives: tuple[tuple[str, float], ...]
    confidence: float
    wrong_length: tuple[int, ...] = ()
    left_out: tuple[tuple[float, float, float, float], ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The text of each line; none for a blank input."""
        return tuple(self.text.split("\n")) if self.text else ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the same keys for ink and for pictures."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 6),
            "digits": [digit.to_dict() for digit in self.digits],
            "alternatives": [
                {"text": text, "probability": round(p, 6)} for text, p in self.alternatives
            ],
            "wrong_length": list(self.wrong_length),
            "left_out": [[round(edge, 3) for edge in box] for box in self.left_out],
        }
