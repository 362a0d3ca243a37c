"""What the user chose, kept in a small JSON file. No Kivy in here."""

from __future__ import annotations

import dataclasses
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["MAX_DIGITS", "PEN_WIDTHS_DP", "THEME_CHOICES", "Settings", "load", "save"]

THEME_CHOICES = ("system", "light", "dark")
PEN_WIDTHS_DP = (3.0, 5.0, 7.0, 10.0, 14.0)
MAX_DIGITS = 30  # longer than any number that is written in one line

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """Choices, each with what holds until it is made.

    Attributes:
        live: Whether ink is read after each stroke, rather than on demand.
        pen_width: In dp, one of `PEN_WIDTHS_DP`.
        theme: One of `THEME_CHOICES`.
        digits: How many digits each line has, or None for any number.
        left_handed: Whether the bars are mirrored.
        keep_history: Whether pages are kept after they leave the canvas.
    """

    live: bool = True
    pen_width: float = 7.0
    theme: str = "system"
    digits: int | None = None
    left_handed: bool = False
    keep_history: bool = True


def load(path: Path) -> Settings:
    """Read the file; what is missing or makes no sense is as in `Settings()`."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as exc:
        log.warning("the settings in %s cannot be read (%s); starting with the defaults", path, exc)
        return Settings()
    if not isinstance(fields, dict):
        return Settings()
    return Settings(**{name: value for name, value in fields.items() if _is_valid(name, value)})


def save(settings: Settings, path: Path) -> None:
    """Write the file, whole or not at all.

    Raises:
        OSError: If the disk is full or the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(dataclasses.asdict(settings), indent=1) + "\n", encoding="utf-8")
    new.replace(path)


def _is_valid(name: str, value: Any) -> bool:
    if name == "theme":
        return value in THEME_CHOICES
    if name == "pen_width":
        return value in PEN_WIDTHS_DP
    if name == "digits":
        return value is None or (type(value) is int and 1 <= value <= MAX_DIGITS)
    return name in ("live", "left_handed", "keep_history") and isinstance(value, bool)
