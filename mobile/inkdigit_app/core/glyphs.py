"""What a page reads: glyphs with their boxes, and how sure each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import groupby
from typing import TypeAlias

from inkdigit import DigitReading
from inkdigit.results import is_sure, percent
from inkdigit_app.core.pictures.table_reading import TableReading

__all__ = ["NO_DIGIT_TEXT", "Box", "Certainty", "Glyph", "PageReading", "percentage", "text_of"]

Box: TypeAlias = tuple[float, float, float, float]

NO_DIGIT_TEXT = "?"


class Certainty(Enum):
    """How far a reading can be trusted."""

    SURE = "sure"
    UNSURE = "not sure"
    NO_DIGIT = "no digit"


@dataclass(frozen=True)
class Glyph:
    """One digit of a page, or one "?"."""

    digit: int | None  # None for a non-digit
    confidence: float  # calibrated probability, 0 to 1; 1 where the user set the digit
    box: Box  # left, top, right, bottom in the page's own unit: dp for ink, pixels for a picture
    candidates: tuple[tuple[int, float], ...] = ()  # (digit, probability), best first
    strokes: tuple[int, ...] = ()  # indices of the page's, ascending; empty on a picture
    line: int = 0
    corrected: bool = False  # whether the user set the digit

    @classmethod
    def of(cls, read: DigitReading) -> Glyph:
        """Convert a glyph that the runtime read."""
        return cls(read.digit, read.confidence, read.box, read.candidates, read.strokes, read.line)

    @property
    def text(self) -> str:
        """The digit, or "?"."""
        return NO_DIGIT_TEXT if self.digit is None else str(self.digit)

    @property
    def certainty(self) -> Certainty:
        """How far the glyph can be trusted."""
        if self.digit is None:
            return Certainty.NO_DIGIT
        return Certainty.SURE if is_sure(self.confidence) else Certainty.UNSURE

    def corrected_to(self, label: str) -> Glyph:
        """The glyph after a correction: "0" to "9", or "?" for no digit."""
        digit = None if label == NO_DIGIT_TEXT else int(label)
        return replace(self, digit=digit, confidence=1.0, corrected=True)


@dataclass(frozen=True)
class PageReading:
    """What a whole page reads."""

    glyphs: tuple[Glyph, ...] = ()  # line by line, from left to right
    confidence: float = 1.0  # probability, 0 to 1, that the whole text is right
    left_out: tuple[Box, ...] = ()  # of what is no part of the text, in the page's own unit
    table: TableReading | None = None  # instead of glyphs, where a picture is read as a table

    @cached_property  # asked for several times while it is shown
    def text(self) -> str:
        """The digits, "?" for no digit, line breaks between lines; "" for a blank page.

        A table's cells have tabs between them.
        """
        return text_of(self.glyphs) if self.table is None else self.table.text

    @cached_property
    def certainty(self) -> Certainty:
        """How far the whole text can be trusted."""
        if self.table is not None:
            if not self.table.text:
                return Certainty.NO_DIGIT
            return Certainty.UNSURE if self.table.doubtful else Certainty.SURE
        if not any(glyph.digit is not None for glyph in self.glyphs):
            return Certainty.NO_DIGIT
        sure = all(glyph.certainty is Certainty.SURE for glyph in self.glyphs)
        return Certainty.SURE if sure and not self.left_out else Certainty.UNSURE


def text_of(glyphs: Sequence[Glyph]) -> str:
    """The text of glyphs in reading order."""
    lines = groupby(glyphs, key=lambda glyph: glyph.line)
    return "\n".join("".join(glyph.text for glyph in line) for _, line in lines)


def percentage(probability: float) -> str:
    """A probability, 0 to 1, as text: "97 %"."""
    return f"{percent(probability)} %"
