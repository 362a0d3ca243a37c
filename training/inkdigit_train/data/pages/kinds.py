"""The kinds of made pictures by name."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from inkdigit_train.data.pages import cells, columns, desks, forms, sheets, single
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.errors import DataError

__all__ = ["KINDS", "Kind", "make_pages"]


class Kind(Protocol):
    """A generator of pictures with its own parameters."""

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One picture."""
        ...


KINDS: dict[str, Kind] = {
    "clean canvas": single.CleanCanvas(),
    "tight crop": single.TightCrop(),
    "neighbours": single.Neighbours(),
    "cell": cells.CellCrop(),
    "cell number": cells.CellCrop(digits=(1, 4), fill=(0.3, 0.75), blank=0.15),
    "blank cell": cells.CellCrop(blank=1.0),
    "bitmap": single.Bitmap(),
    "ruled digit": single.RuledDigit(),
    "numbers": sheets.Numbers(),
    "tight number": sheets.TightNumber(),
    "columns": columns.Columns(),
    "spread": columns.Spread(),
    "comb": forms.Comb(),
    "table": forms.Table(),
    "form": forms.Form(),
    "codes": sheets.Codes(),
    "print only": forms.Print(),
    "desk": desks.Desk(),
    "turned": desks.Turned(),
}


def make_pages(kind: str, writing: Writing, count: int, seed: int) -> list[Page]:
    """Pictures of one kind, the same for the same seed.

    Raises:
        DataError: If there is no such kind.
    """
    if kind not in KINDS:
        raise DataError(f"no kind of page is called {kind!r}; there are {', '.join(KINDS)}")
    rng = np.random.default_rng(seed)
    return [KINDS[kind].make(writing, rng) for _ in range(count)]
