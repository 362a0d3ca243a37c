"""What a page reads: glyphs with their boxes, and how sure each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from inkdigit.labels import SIGNS, SPACE
from inkdigit.results import is_sure, percent
from inkdigit_app.core.pictures.table_reading import TableReading
from inkdigit_app.core.words.language import tr

if TYPE_CHECKING:
    from inkdigit import DigitReading, Reading

__all__ = [
    "NO_DIGIT_TEXT", "Box", "Certainty", "Glyph", "PageReading", "glyphs_of", "percentage",
    "quoted", "text_of",
]  # fmt: skip

Box: TypeAlias = tuple[float, float, float, float]

NO_DIGIT_TEXT = "?"


class Certainty(Enum):
    """How far a reading can be trusted."""

    SURE = "sure"
    UNSURE = "not sure"
    NO_DIGIT = "no digit"


@dataclass(frozen=True)
class Glyph:
    """One digit of a page, one sign, or one "?"."""

    digit: int | None  # None for a sign and for a non-digit
    confidence: float  # calibrated probability, 0 to 1; 1 where the user set the digit
    box: Box  # left, top, right, bottom in the page's own unit: dp for ink, pixels for a picture
    candidates: tuple[tuple[int, float], ...] = ()  # (digit, probability), best first
    strokes: tuple[int, ...] = ()  # indices of the page's, ascending; empty on a picture
    line: int = 0
    corrected: bool = False  # whether the user set the digit
    sign: str = ""  # one of `SIGNS`, or "" where it is none
    gap: bool = False  # a wide gap stands before it, a space in the text

    @classmethod
    def of(cls, read: DigitReading) -> Glyph:
        """Convert a glyph that the runtime read."""
        sign = read.character if read.character in SIGNS else ""
        return cls(
            *(read.digit, read.confidence, read.box, read.candidates, read.strokes, read.line),
            sign=sign,
        )

    @property
    def text(self) -> str:
        """The digit, the sign, or "?"."""
        return self.sign or (NO_DIGIT_TEXT if self.digit is None else str(self.digit))

    @property
    def known(self) -> bool:
        """Whether it is a digit or a sign."""
        return self.digit is not None or bool(self.sign)

    @property
    def choices(self) -> tuple[tuple[str, float], ...]:
        """What it may be, with the probability, best first; a sign is the first where it is one."""
        digits = tuple((str(digit), p) for digit, p in self.candidates)
        return ((self.sign, self.confidence), *digits) if self.sign else digits

    @property
    def certainty(self) -> Certainty:
        """How far the glyph can be trusted."""
        if not self.known:
            return Certainty.NO_DIGIT
        return Certainty.SURE if is_sure(self.confidence) else Certainty.UNSURE

    def corrected_to(self, label: str) -> Glyph:
        """The glyph after a correction: "0" to "9", a sign, or "?" for no digit."""
        digit = int(label) if label.isdecimal() else None
        sign = label if label in SIGNS else ""
        return replace(self, digit=digit, sign=sign, confidence=1.0, corrected=True)


@dataclass(frozen=True)
class PageReading:
    """What a whole page reads."""

    glyphs: tuple[Glyph, ...] = ()  # line by line, from left to right
    confidence: float = 1.0  # probability, 0 to 1, that the whole text is right
    left_out: tuple[Box, ...] = ()  # of what is no part of the text, in the page's own unit
    table: TableReading | None = None  # instead of glyphs, where a picture is read as a table

    @cached_property  # asked for several times while it is shown
    def text(self) -> str:
        """Digits and signs, "?" for what is neither, spaces for wide gaps; "" for a blank page.

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
        if not any(glyph.known for glyph in self.glyphs):
            return Certainty.NO_DIGIT
        sure = all(glyph.certainty is Certainty.SURE for glyph in self.glyphs)
        return Certainty.SURE if sure and not self.left_out else Certainty.UNSURE


def text_of(glyphs: Sequence[Glyph]) -> str:
    """The text of glyphs in reading order, with line breaks between lines."""
    lines = groupby(glyphs, key=lambda glyph: glyph.line)
    return "\n".join("".join(map(_with_gap, line)).removeprefix(SPACE) for _, line in lines)


def glyphs_of(reading: Reading) -> list[Glyph]:
    """The glyphs of what the runtime read, with the gaps before them."""
    gaps, gap = [], False
    for character in reading.text:
        if not character.isspace():
            gaps.append(gap)
        gap = character == SPACE
    return [replace(Glyph.of(d), gap=g) for d, g in zip(reading.digits, gaps, strict=True)]


def _with_gap(glyph: Glyph) -> str:
    return SPACE * glyph.gap + glyph.text


def quoted(text: str) -> str:
    """A number as it is, anything with a sign in quotes, to be part of a sentence."""
    return text if text.isdecimal() else tr("“{text}”").format(text=text)


def percentage(probability: float) -> str:
    """A probability, 0 to 1, as the user's language writes it: "97%"."""
    return tr("{number}%").format(number=percent(probability))
