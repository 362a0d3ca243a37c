"""A table's cells as they were read in, how likely each is right out.

What a cell's text, its marks and its surroundings say was weighed by a fit on made tables, apart
for cells with a text and for blank ones: `python -m inkdigit_train fit-cells`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._fitted.odds import log_odds, probability
from inkdigit._fitted.regression import Regression

__all__ = ["BLANK_FEATURES", "BUNDLED_CELLS", "TEXT_FEATURES", "CellLooks", "measure", "sure"]

Floats: TypeAlias = NDArray[np.float64]

BUNDLED_CELLS = Path(__file__).parent / "cells.json"
TEXT_FEATURES = (
    "text",  # log-odds of the text, as the decoder sees it
    "written",  # log-odds that its marks are handwriting, and those left out are not
    "page_written",  # median of that over the table's texts
    "printed",  # logarithm of the fraction of the cell that is print
    "faint",  # ink too faint to be read
    "glyphs",  # how many, signs too
)
BLANK_FEATURES = (
    "faint",
    "printed",
    "marks",  # log-odds that what was left out is no handwriting; as sure as can be where none was
    "page_faint",  # median faintness of the table's blank cells
)
LEAST_PRINT = 2e-3  # of a cell's pixels, so that its logarithm is finite
MOST_GLYPHS = 4  # more make no difference


@dataclass(frozen=True, eq=False)
class CellLooks:
    """What is known of n cells.

    Attributes:
        text: (n,) probability of the text, as the decoder sees it.
        written: (n,) probability that what was read is handwriting, and what was left out is not.
        glyphs: (n,) how many were read; 0 for a blank cell.
        faint: (n,) see `_tables.bare.Bare`.
        printed: (n,) likewise.
    """

    text: Floats
    written: Floats
    glyphs: NDArray[np.int64]
    faint: Floats
    printed: Floats


def measure(cells: CellLooks) -> tuple[Floats, Floats]:
    """(m, 6) features of the cells with a text and (n - m, 4) of the blank ones, in their order."""
    read = cells.glyphs > 0
    written = log_odds(cells.written)
    printed = np.log(cells.printed + LEAST_PRINT)
    texts = np.stack(
        [
            log_odds(cells.text),
            written,
            np.full(len(read), float(np.median(written[read])) if read.any() else 0.0),
            printed,
            cells.faint,
            np.minimum(cells.glyphs, MOST_GLYPHS).astype(np.float64),
        ],
        axis=1,
    )
    faint = float(np.median(cells.faint[~read])) if (~read).any() else 0.0
    blanks = np.stack([cells.faint, printed, written, np.full(len(read), faint)], axis=1)
    return texts[read], blanks[~read]


def sure(cells: CellLooks) -> Floats:
    """(n,) how likely each cell's text, or that it is blank, is right: 0 to 1."""
    texts, blanks = measure(cells)
    found = np.zeros(len(cells.glyphs))
    for of_kind, features, kind in (
        (cells.glyphs > 0, texts, "text"),
        (cells.glyphs == 0, blanks, "blank"),
    ):
        if of_kind.any():
            found[of_kind] = probability(_weights(kind).log_odds(features))
    return found


@cache
def _weights(kind: str) -> Regression:
    names = TEXT_FEATURES if kind == "text" else BLANK_FEATURES
    return Regression.parse(json.loads(BUNDLED_CELLS.read_text())[kind], names)
