"""Corrections in, ink data sets out: JSON lines as `inkdigit_train --ink` reads them.

Digits go to one file, non-digits to another, as training takes them apart (`--ink` and
`--nondigits`). Corrections on pictures and in their tables have no ink, and the network does not
tell signs: all these are counted and left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inkdigit.files import write_json_lines
from inkdigit_app.core.glyphs import NO_DIGIT_TEXT, Glyph, text_of
from inkdigit_app.core.learning.lessons import stroke_groups
from inkdigit_app.core.page import Page, SavedPage

__all__ = ["Exported", "export_corrections"]

WRITER = "app"  # one device counts as one writer; no name, no number


@dataclass(frozen=True)
class Exported:
    """The result of an export."""

    digits: int  # number of records in the file of digits
    nondigits: int  # number of records in the file of non-digits
    # Corrections without ink, to a sign, or that share a stroke with a digit nobody corrected.
    left_out: int
    files: tuple[Path, ...]  # those written; there are none without records


def export_corrections(pages: Iterable[SavedPage], folder: Path, stamp: str) -> Exported:
    """Write the corrections of these pages.

    Args:
        pages: As `History.corrected` returns them.
        folder: Made where it is missing.
        stamp: Part of the files' names.

    Raises:
        OSError: If a file cannot be written.
    """
    digits: list[dict[str, Any]] = []
    nondigits: list[dict[str, Any]] = []
    left_out = 0
    for saved in pages:
        left_out += len(saved.page.sheet.cells)
        for glyphs in stroke_groups(saved.reading.glyphs):
            whole = all(glyph.corrected and not glyph.sign for glyph in glyphs)
            if not whole or not glyphs[0].strokes:
                left_out += sum(glyph.corrected for glyph in glyphs)
                continue
            label = text_of(glyphs)
            record = {"label": label, **_ink(saved.page, glyphs)}
            (nondigits if NO_DIGIT_TEXT in label else digits).append(record)
    files = []
    for name, records in (("digits", digits), ("nondigits", nondigits)):
        if records:
            path = folder / f"inkdigit-{name}-{stamp}.jsonl"
            write_json_lines(path, records)
            files.append(path)
    return Exported(len(digits), len(nondigits), left_out, tuple(files))


def _ink(page: Page, glyphs: list[Glyph]) -> dict[str, Any]:
    indices = sorted({stroke for glyph in glyphs for stroke in glyph.strokes})
    strokes = [page.strokes[index].stroke.points.tolist() for index in indices]
    return {
        "strokes": [[[round(x, 2), round(y, 2)] for x, y in stroke] for stroke in strokes],
        "writer": WRITER,
    }
