"""What a caller knows of a reading: its length, and the digits and signs that may be in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from inkdigit.errors import InputError, InputTypeError
from inkdigit.labels import ALL_DIGITS, SIGNS, SPACE

__all__ = ["Constraints", "Length"]

Length: TypeAlias = int | tuple[int, int] | None


@dataclass(frozen=True)
class Constraints:
    """What a caller knows of a reading.

    Attributes:
        length: The least and the most glyphs of each row, or None for any number.
        digits: The digits that may be read, ascending.
        signs: The signs that may be read.
        spaces: Whether a wide gap in a line is read as a space; else another line begins there.
        min_confidence: A glyph that is less sure is read as "?".
    """

    length: tuple[int, int] | None
    digits: tuple[int, ...]
    signs: str = ""
    spaces: bool = False
    min_confidence: float = 0.0

    @classmethod
    def parse(
        cls, length: Length = None, allowed: str = ALL_DIGITS, min_confidence: float = 0.0
    ) -> Constraints:
        """Check what a caller gave; see `Recognizer.read`.

        Raises:
            InputError: If a length is below 1 or upside down, no digit is allowed, or a confidence
                is not from 0 to 1.
            InputTypeError: If one is of another type.
        """
        if not isinstance(allowed, str):
            raise InputTypeError(
                f"allowed is a {type(allowed).__name__}; expected a string of digits and signs"
            )
        characters = set(allowed)
        if not characters & set(ALL_DIGITS) or characters - set(ALL_DIGITS + SIGNS + SPACE):
            raise InputError(
                f"allowed is {allowed!r}; expected one or more of the digits, and any of the signs"
                f' "{SIGNS}" and a space beside them, as in "01" or "0123456789.-"'
            )
        if isinstance(min_confidence, bool) or not isinstance(min_confidence, (int, float)):
            raise InputTypeError(
                f"min_confidence is a {type(min_confidence).__name__}; expected a number"
            )
        if not 0 <= min_confidence <= 1:
            raise InputError(f"min_confidence is {min_confidence!r}; expected from 0 to 1")
        return cls(
            cls._limits(length),
            tuple(sorted(int(c) for c in characters & set(ALL_DIGITS))),
            "".join(sign for sign in SIGNS if sign in characters),
            SPACE in characters,
            float(min_confidence),
        )

    @staticmethod
    def _limits(length: Length) -> tuple[int, int] | None:
        if length is None:
            return None
        limits = (length, length) if isinstance(length, int) else length
        if (
            not isinstance(limits, (tuple, list))
            or len(limits) != 2
            or not all(isinstance(n, int) and not isinstance(n, bool) for n in limits)
        ):
            raise InputTypeError(
                f"length is {length!r}; expected a whole number, or two: (least, most)"
            )
        if not 1 <= limits[0] <= limits[1]:
            raise InputError(f"length is {length!r}; expected at least 1, and least <= most")
        return limits[0], limits[1]

    def fits(self, glyphs: int) -> bool:
        """Whether a row may have this many glyphs."""
        return self.length is None or self.length[0] <= glyphs <= self.length[1]
