"""Made pages of held-out writers in, rows read exactly by kind out: the measure of development."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from inkdigit import Recognizer
from inkdigit_train.data.pages.kinds import KINDS, make_pages
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing, read_writing
from inkdigit_train.evaluation.drawn.mistakes import Mistake, mistake, save_mistakes
from inkdigit_train.evaluation.metrics import compare_rows
from inkdigit_train.evaluation.pictures import Reader, rules_reader
from inkdigit_train.evaluation.workers import spread

__all__ = ["BOXED", "KindScore", "evaluate_pages", "mode_of", "rows_of", "score_pages"]

PAGES = 80  # of each kind: some 2,100 rows in all
SHEETS = 250  # of each of these kinds beside that: 500 sheets
SHEET_KINDS = ("desk", "turned")
PAGES_SEED, SHEETS_SEED = 0, 1000
LOT = 20  # pages in memory at once; each lot has a seed of its own
BOXED = ("comb",)  # kinds with a box for each digit
NO_DIGITS = "print only"  # the kind without handwriting; it has a figure of its own


@dataclass(frozen=True)
class KindScore:
    """How a kind of page is read.

    Attributes:
        pages: Pages read.
        pages_exact: Of them those whose every row is read exactly, and nothing else.
        rows: Rows written. Where one digit is meant it is the row. A page without a digit counts as
            a row, too.
        rows_exact: Of them those read exactly, as `compare_rows` counts. A page without a digit is
            read exactly where no digit is read.
        mistakes: The pages that are not exact.
    """

    pages: int
    pages_exact: int
    rows: int
    rows_exact: int
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True)
class _Lot:
    """Pages to make and read in one go."""

    model: Path
    folder: Path | None
    kind: str
    count: int
    seed: int


def evaluate_pages(
    model: Path, folder: Path | None, limit: int | None, jobs: int, sheets: Path | None
) -> dict[str, Any]:
    """Measure the reading of made pages.

    Args:
        model: An exported model.
        folder: The data folder, whose held-out digits the pages are made of.
        limit: Only so many pages of each kind, and as many sheets.
        jobs: Processes.
        sheets: Folder for a sheet of mistakes of each kind; None for none.

    Returns:
        Ready for JSON: "kinds" with the score of each kind but print only, "rows" and "rows_exact"
        over them; "silent_on_print", the fraction of pages of print only on which no digit is read;
        "sheets" with the score of 500 sheets on desks and turned. Fractions are 0 to 1.

    Raises:
        DataError, DataNotFoundError: If a data file is missing or damaged.
    """
    count, sheet_count = min(limit or PAGES, PAGES), min(limit or SHEETS, SHEETS)
    kinds = _lots(model, folder, KINDS, count, PAGES_SEED)
    lots = [*kinds, *_lots(model, folder, SHEET_KINDS, sheet_count, SHEETS_SEED)]
    scores = spread(_read_lot, lots, jobs, "made pages")
    by_kind = {
        kind: _total(
            [s for lot, s in zip(kinds, scores[: len(kinds)], strict=True) if lot.kind == kind]
        )
        for kind in KINDS
    }
    total = _total([score for kind, score in by_kind.items() if kind != NO_DIGITS])
    on_desks = _total(scores[len(kinds) :])
    if sheets is not None:
        for name, score in {**by_kind, "sheets on desks and turned": on_desks}.items():
            path = sheets / "pages" / f"{name.replace(' ', '_')}.png"
            save_mistakes(score.mistakes, path, f"Made pages, {name}")
    return {
        "rows": total.rows,
        "rows_exact": total.rows_exact / total.rows,
        "silent_on_print": by_kind[NO_DIGITS].pages_exact / by_kind[NO_DIGITS].pages,
        "kinds": {k: _fractions(score) for k, score in by_kind.items() if k != NO_DIGITS},
        "sheets": _fractions(on_desks),
    }


def score_pages(reader: Reader, kind: str, pages: Iterable[Page], name: str = "") -> KindScore:
    """Read pages of a kind; `name` is for the sheet of mistakes."""
    scores = []
    for k, page in enumerate(pages):
        text = reader(page.pixels, mode_of(page))
        rows = rows_of(page)
        exact, rest = compare_rows(text, rows, kind in BOXED)
        right = exact == len(rows) and not rest
        wrong = () if right else (mistake(f"{name}{k}", "\n".join(rows), text, page.pixels),)
        scores.append(KindScore(1, right, max(len(rows), 1), exact if rows else right, wrong))
    return _total(scores)


def mode_of(page: Page) -> str:
    """How a page is to be read: "digit" where one is meant, else "read"."""
    return "read" if page.meant is None else "digit"


def rows_of(page: Page) -> tuple[str, ...]:
    """The rows that have digits; only the digit that is meant, where one is."""
    if page.meant is None:
        return tuple(row for row in page.rows if row)
    return tuple(g.label for g in page.glyphs if _is_meant(page, g.box))[:1]


def _is_meant(page: Page, box: tuple[int, int, int, int]) -> bool:
    """Whether the glyph in a box is the one that is meant: a neighbour's pieces are not."""
    left, top, right, bottom = box
    assert page.meant is not None
    own = page.meant[top:bottom, left:right].sum()
    return bool(own > 0.6 * page.ink[top:bottom, left:right].sum() and own > 0.5 * page.meant.sum())


def _lots(
    model: Path, folder: Path | None, kinds: Iterable[str], count: int, seed: int
) -> list[_Lot]:
    return [
        _Lot(model, folder, kind, min(LOT, count - first), seed + first // LOT)
        for kind in kinds
        for first in range(0, count, LOT)
    ]


def _read_lot(lot: _Lot) -> KindScore:
    pages = make_pages(lot.kind, _held_out(lot.folder), lot.count, lot.seed)
    return score_pages(_reader(lot.model), lot.kind, pages, f"{lot.kind}, seed {lot.seed}, ")


@lru_cache(maxsize=1)  # in each process
def _reader(model: Path) -> Reader:
    return rules_reader(Recognizer(model))


@lru_cache(maxsize=1)
def _held_out(folder: Path | None) -> Writing:
    return read_writing(folder, validation=True)


def _total(scores: Sequence[KindScore]) -> KindScore:
    return KindScore(
        sum(score.pages for score in scores),
        sum(score.pages_exact for score in scores),
        sum(score.rows for score in scores),
        sum(score.rows_exact for score in scores),
        tuple(m for score in scores for m in score.mistakes),
    )


def _fractions(score: KindScore) -> Mapping[str, float]:
    return {
        "pages": score.pages,
        "pages_exact": score.pages_exact / score.pages,
        "rows": score.rows,
        "rows_exact": score.rows_exact / score.rows,
    }
