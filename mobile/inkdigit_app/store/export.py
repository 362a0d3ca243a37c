"""Corrections in, ink data sets out: JSON lines as `inkdigit_train --ink` reads them.

No Kivy in here. Digits that the user named go to one file, what the user called no digit to
another, since training takes the two apart (`--ink` and `--nondigits`). Corrections on pictures
have no ink; they are counted and left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inkdigit_app.core.glyphs import NO_DIGIT_TEXT, Glyph, text_of
from inkdigit_app.core.page import Page, SavedPage

__all__ = ["Exported", "export_corrections"]

WRITER = "app"  # one device is one hand, as far as anybody can tell; no name, no number


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        digits: Records in the file of digits.
        nondigits: Records in the file of what is no digit.
        left_out: Corrections without ink, or beside digits that nobody corrected and that were
            written with the same stroke.
        files: The files, those of no record not among them.
    """

    digits: int
    nondigits: int
    left_out: int
    files: tuple[Path, ...]


def export_corrections(pages: Iterable[SavedPage], folder: Path, stamp: str) -> Exported:
    """Write the corrections of these pages.

    Args:
        pages: As `History.corrected` gives them.
        folder: Is made where it is missing.
        stamp: Goes into the files' names.

    Returns:
        What was written.

    Raises:
        OSError: If a file cannot be written.
    """
    digits: list[dict[str, Any]] = []
    nondigits: list[dict[str, Any]] = []
    left_out = 0
    for kept in pages:
        for glyphs in _groups(kept.reading.glyphs):
            if not all(glyph.corrected for glyph in glyphs) or not glyphs[0].strokes:
                left_out += sum(glyph.corrected for glyph in glyphs)
                continue
            label = text_of(glyphs)
            record = {"label": label, **_ink(kept.page, glyphs)}
            (nondigits if NO_DIGIT_TEXT in label else digits).append(record)
    files = []
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in (("digits", digits), ("nondigits", nondigits)):
        if records:
            path = folder / f"inkdigit-{name}-{stamp}.jsonl"
            lines = (json.dumps(record, separators=(",", ":")) + "\n" for record in records)
            path.write_text("".join(lines), encoding="utf-8")
            files.append(path)
    return Exported(len(digits), len(nondigits), left_out, tuple(files))


def _groups(glyphs: tuple[Glyph, ...]) -> list[list[Glyph]]:
    """Glyphs by themselves, or together where they share a stroke: a record takes whole strokes."""
    groups: list[list[Glyph]] = []
    for glyph in glyphs:
        last = groups[-1] if groups else []
        if any(not set(glyph.strokes).isdisjoint(other.strokes) for other in last):
            last.append(glyph)
        else:
            groups.append([glyph])
    return groups


def _ink(page: Page, glyphs: list[Glyph]) -> dict[str, Any]:
    numbers = sorted({stroke for glyph in glyphs for stroke in glyph.strokes})
    strokes = [page.strokes[number].stroke.points.tolist() for number in numbers]
    return {
        "strokes": [[[round(x, 2), round(y, 2)] for x, y in stroke] for stroke in strokes],
        "writer": WRITER,
    }
