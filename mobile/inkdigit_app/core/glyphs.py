"""What a page reads: glyphs with their places, and how sure each is. No Kivy in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import TypeAlias

from inkdigit import DigitReading

__all__ = ["NO_DIGIT_TEXT", "Box", "Certainty", "Glyph", "PageReading", "percentage", "text_of"]

Box: TypeAlias = tuple[float, float, float, float]

SURE_CONFIDENCE = 0.95  # from here on an answer needs no second look
NO_DIGIT_TEXT = "?"


class Certainty(Enum):
    """How far a reading can be trusted."""

    SURE = "sure"
    UNSURE = "not sure"
    NO_DIGIT = "no digit"


@dataclass(frozen=True)
class Glyph:
    """One digit of a page, or one "?".

    Attributes:
        digit: 0 to 9, or None for what is no digit.
        confidence: Calibrated probability, 0 to 1, that this is right; 1 where the user said so.
        box: Left, top, right, bottom in the page's own unit: dp for ink, pixels for a picture.
        candidates: (digit, probability), best first.
        strokes: The page's strokes it uses, ascending; empty on a picture.
        line: The line it stands in, from 0.
        corrected: Whether the user said what it is.
    """

    digit: int | None
    confidence: float
    box: Box
    candidates: tuple[tuple[int, float], ...] = ()
    strokes: tuple[int, ...] = ()
    line: int = 0
    corrected: bool = False

    @classmethod
    def of(cls, reading: DigitReading) -> Glyph:
        """The glyph that the runtime read."""
        return cls(
            reading.digit,
            reading.confidence,
            reading.box,
            reading.candidates,
            reading.strokes,
            reading.line,
        )

    @property
    def text(self) -> str:
        """The digit, or "?"."""
        return NO_DIGIT_TEXT if self.digit is None else str(self.digit)

    @property
    def certainty(self) -> Certainty:
        """How far it can be trusted."""
        if self.digit is None:
            return Certainty.NO_DIGIT
        return Certainty.SURE if self.confidence >= SURE_CONFIDENCE else Certainty.UNSURE


@dataclass(frozen=True)
class PageReading:
    """What a whole page reads.

    Attributes:
        glyphs: Line by line, from left to right.
        confidence: Probability, 0 to 1, that the whole text is right.
    """

    glyphs: tuple[Glyph, ...] = ()
    confidence: float = 1.0

    @property
    def text(self) -> str:
        """The digits, "?" for what is none, a line break between lines; "" for a blank page."""
        return text_of(self.glyphs)

    @property
    def certainty(self) -> Certainty:
        """Of the whole text."""
        if not any(glyph.digit is not None for glyph in self.glyphs):
            return Certainty.NO_DIGIT
        sure = all(glyph.certainty is Certainty.SURE for glyph in self.glyphs)
        return Certainty.SURE if sure else Certainty.UNSURE


def text_of(glyphs: Sequence[Glyph]) -> str:
    """The text of glyphs that stand in reading order."""
    lines = groupby(glyphs, key=lambda glyph: glyph.line)
    return "\n".join("".join(glyph.text for glyph in line) for _, line in lines)


def percentage(probability: float) -> str:
    """Whole per cent, rounded down: 100 % is for certainty alone."""
    return f"{int(probability * 100 + 1e-9)} %"
