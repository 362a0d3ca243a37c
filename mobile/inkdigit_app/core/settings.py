"""What the user can choose, and which values are valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inkdigit.labels import ALL_DIGITS, SIGNS, SPACE
from inkdigit_app.core.learning.people import FIRST
from inkdigit_app.core.words.language import LANGUAGES

__all__ = ["LANGUAGE_CHOICES", "MAX_DIGITS", "PEN_WIDTHS_DP", "THEME_CHOICES", "Settings"]

THEME_CHOICES = ("system", "light", "dark")
LANGUAGE_CHOICES = ("system", *LANGUAGES)
PEN_WIDTHS_DP = (3.0, 5.0, 7.0, 10.0, 14.0)
CHOICES: dict[str, tuple[Any, ...]] = {
    "theme": THEME_CHOICES,
    "language": LANGUAGE_CHOICES,
    "pen_width": PEN_WIDTHS_DP,
}
SWITCHES = (
    "live", "signs", "left_handed", "scratch_out", "stylus_only", "keep_history", "knows_boxes",
    "read_aloud",
)  # fmt: skip
MAX_WINDOW_DP = 20_000  # more than a wall of screens
MAX_DIGITS = 30  # longer than any number written on one line


@dataclass(frozen=True)
class Settings:
    """The user's choices, with their defaults."""

    live: bool = True  # ink is read after each stroke, rather than on demand
    pen_width: float = 7.0  # one of `PEN_WIDTHS_DP`
    theme: str = "system"  # one of `THEME_CHOICES`
    digits: int | None = None  # how many each line has, or None for any number
    left_handed: bool = False  # the bars are mirrored
    scratch_out: bool = True  # scribbling over a digit deletes it
    stylus_only: bool = True  # fingers leave no ink while a stylus is near
    keep_history: bool = True  # pages are kept after they leave the canvas
    person: str = FIRST.key  # who writes: the key of a `Person`
    signs: bool = True  # ". , - / :" and wide gaps are read, too
    language: str = "system"  # one of `LANGUAGE_CHOICES`
    read_aloud: bool = False  # each reading, once the pen rests
    knows_boxes: bool = False  # the user has once chosen a digit's box: no hint any more
    window: tuple[int, int] | None = None  # width and height of a desktop's, in dp

    @property
    def allowed(self) -> str:
        """What may be read, as `inkdigit.Recognizer.read` takes it."""
        return ALL_DIGITS + SIGNS + SPACE if self.signs else ALL_DIGITS

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Settings:
        """Take the valid fields, and the defaults for all others."""
        known = {name: value for name, value in fields.items() if _is_valid(name, value)}
        if known.get("window") is not None:
            known["window"] = tuple(known["window"])
        return cls(**known)


def _is_valid(name: str, value: Any) -> bool:
    if name in CHOICES:
        return value in CHOICES[name]
    if name == "digits":
        return value is None or (type(value) is int and 1 <= value <= MAX_DIGITS)
    if name == "window":
        return value is None or _is_size(value)
    if name == "person":
        return isinstance(value, str) and value.isalnum()
    return name in SWITCHES and isinstance(value, bool)


def _is_size(value: Any) -> bool:
    sides = value if isinstance(value, (list, tuple)) else ()
    return len(sides) == 2 and all(type(n) is int and 0 < n <= MAX_WINDOW_DP for n in sides)
