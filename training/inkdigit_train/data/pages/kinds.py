"""The kinds of made pictures by name."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from inkdigit_train.data.pages import desks, sheets, single
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing

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
    "cell": single.CellCrop(),
    "cell number": single.CellCrop(digits=(1, 4), fill=(0.3, 0.75), blank=0.15),
    "blank cell": single.CellCrop(blank=1.0),
    "bitmap": single.Bitmap(),
    "ruled digit": single.RuledDigit(),
    "numbers": sheets.Numbers(),
    "comb": sheets.Comb(),
    "table": sheets.Table(),
    "form": sheets.Form(),
    "codes": sheets.Codes(),
    "print only": sheets.Print(),
    "desk": desks.Desk(),
    "turned": desks.Turned(),
}


def make_pages(kind: str, writing: Writing, count: int, seed: int) -> list[Page]:
    """Pictures of one kind, the same for the same seed.

    Raises:
        KeyError: If there is no such kind.
    """
    rng = np.random.default_rng(seed)
    return [KINDS[kind].make(writing, rng) for _ in range(count)]
