"""Made pages in; their rows as the reader sees them, and what of each a hand wrote, out.

The pages are by writers held out from training, and are read with both networks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.constraints import Constraints
from inkdigit._decode.rows import decode_rows
from inkdigit._decode.scoring import score_hypotheses
from inkdigit._decode.sift import row_looks
from inkdigit._decode.steady import steady
from inkdigit._decode.written import RowLook
from inkdigit._picture.find import find_ink
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._segment.marks import MarkLayout
from inkdigit.session import OnnxInkSession, OnnxSession
from inkdigit_train.data.pages.kinds import KINDS
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.evaluation.workers import spread

__all__ = ["PageLook", "read_pages"]

Floats = NDArray[np.float64]

PAGES = {  # how many of each kind
    "numbers": 300,
    "tight number": 100,
    "cell number": 100,
    "columns": 200,
    "spread": 160,
    "comb": 300,
    "table": 500,
    "form": 900,
    "desk": 400,
    "codes": 300,
    "print only": 1000,
}
LOT = 20  # pages that are made and read in one go
PRINTED = "codes"  # the kind whose print is meant to be read
BY_HAND = 0.5  # of the pixels of a row or a glyph that are written: then it is


@dataclass(frozen=True, eq=False)
class PageLook:
    """A page as it was read.

    Attributes:
        rows: As they look; nothing is known of whether their glyphs are print.
        by_hand: (rows,) whether each is handwriting.
        written: (glyphs,) whether each glyph of all rows is.
        printed: (glyphs,) whether each is print: a code is read though it is.
        rasters: (glyphs, 28, 28) float32.
        embedding: (glyphs, 64) float32.
    """

    rows: list[RowLook]
    by_hand: NDArray[np.bool_]
    written: NDArray[np.bool_]
    printed: NDArray[np.bool_]
    rasters: NDArray[np.float32]
    embedding: NDArray[np.float32]

    def judged(self, printed: Floats) -> list[RowLook]:
        """The rows with other log-odds that their glyphs are print, (glyphs,)."""
        odds = iter(printed.tolist())
        return [
            replace(row, glyphs=[glyph._replace(printed=next(odds)) for glyph in row.glyphs])
            for row in self.rows
        ]


@dataclass(frozen=True, eq=False)
class _Lot:
    """Pages to make and read in one go."""

    model: Path
    ink_model: Path
    writing: Writing
    kind: str
    count: int
    seed: tuple[int, int]


def read_pages(
    model: Path, ink_model: Path, writing: Writing, seed: int, jobs: int
) -> list[PageLook]:
    """Make pages and read them.

    Args:
        model: The digit network's file.
        ink_model: The ink network's.
        writing: What the pages are made of.
        seed: Of the pages.
        jobs: Processes.

    Returns:
        Those on which there is something to read, in a random order.
    """
    sizes = [
        (kind, min(LOT, count - first))
        for kind, count in PAGES.items()
        for first in range(0, count, LOT)
    ]
    lots = [
        _Lot(model, ink_model, writing, kind, size, (seed, number))
        for number, (kind, size) in enumerate(sizes)
    ]
    pages = [page for lot in spread(_read_lot, lots, jobs, "pages") for page in lot]
    order = np.random.default_rng(seed).permutation(len(pages)).tolist()
    return [pages[k] for k in order]


def _read_lot(lot: _Lot) -> list[PageLook]:
    rng = np.random.default_rng(lot.seed)
    made = (KINDS[lot.kind].make(lot.writing, rng) for _ in range(lot.count))
    return list(_looks(made, *_sessions(lot.model, lot.ink_model)))


@lru_cache(maxsize=1)  # in each process
def _sessions(model: Path, ink_model: Path) -> tuple[OnnxSession, OnnxInkSession]:
    return OnnxSession(model), OnnxInkSession(ink_model)


def _looks(
    pages: Iterable[Page], session: OnnxSession, ink_session: OnnxInkSession
) -> Iterable[PageLook]:
    for page in pages:
        found = find_ink(page.pixels, ink_session.run)
        layout = MarkLayout(
            found.ink,
            found.to_picture,
            found.ruled_from(found.to_picture),
            shades=found.shades_from(found.to_picture),
        )
        scored = score_hypotheses(layout.hypotheses, layout, steady(session.run))
        readings = decode_rows(layout, scored, Constraints.parse())
        rows = row_looks(layout, scored, readings)
        if not rows:
            continue
        hypotheses = [glyph.hypothesis for reading in readings for glyph in reading.glyphs]
        if not hypotheses:
            continue
        rasters = np.ascontiguousarray(layout.rasters(hypotheses))
        written = np.array([_is_written(page, layout, layout.points_of(h)) for h in hypotheses])
        yield PageLook(
            rows,
            np.array([_is_written(page, layout, points) for points in layout.points()]),
            written,
            ~written | (page.kind == PRINTED),
            rasters,
            session.run(rasters[:, None])[1],
        )


def _is_written(page: Page, layout: MarkLayout, points: Floats) -> bool:
    """Whether most of some pixels are true ink."""
    height, width = page.ink.shape
    x, y = np.floor(layout.to_input.points(points)).astype(int).T
    true = page.ink[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    return bool(len(points) and (true >= INK_LEVEL).mean() >= BY_HAND)
