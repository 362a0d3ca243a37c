"""What an evaluation can be asked for: the names of its parts, and how many processes read."""

from __future__ import annotations

import os

__all__ = ["JOBS", "PARTS"]

# digits: one digit as a raster, ink or a photo. numbers: as ink, drawn, and on photos of pages.
# signs: rows with signs. pages: made pages by kind. pictures: labelled ones by source.
# tables: made tables by ruling, cell by cell.
# crops: cut at the box or shrunk. invariance: whether what means nothing changes the text.
# writers: what learning a hand gives. practice: photos of filled practice sheets.
PARTS = (
    "digits",
    "numbers",
    "signs",
    "pages",
    "tables",
    "pictures",
    "crops",
    "invariance",
    "writers",
    "practice",
)
JOBS = min(2, os.cpu_count() or 1)  # each holds its own recognizer and digits to make pages of
