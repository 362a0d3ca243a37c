"""Made tables of held-out writers in, cells read and placed exactly by ruling out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from inkdigit import Cell, Recognizer, Table
from inkdigit_train.data.pages.tables import RULINGS, MadeTable, make_tables
from inkdigit_train.data.pages.writing import Writing, read_writing
from inkdigit_train.evaluation.workers import spread

__all__ = ["TableScore", "evaluate_tables", "match_cells", "score_table"]

TABLES = 60  # some 4,000 cells
SEED = 0
LOT = 4  # tables in memory at once; each lot has a seed of its own


@dataclass(frozen=True)
class TableScore:
    """How tables were read; counts, which add up.

    Attributes:
        tables: How many.
        tables_exact: Of them those whose every cell is exact.
        cells: Cells that are not printed, blank ones too.
        exact: Of them those read exactly in their place; blank ones that were read as blank.
        placed: Of them those found as one cell in their row and column. Rows and columns count from
            where most of the table's numbers say: a heading that is not ruled is no row.
        sure: Cells that were read without doubt.
        sure_and_wrong: Of them those read wrong, and printed ones read as numbers.
        blank: Cells where nothing is written.
        blank_exact: Of them those read so.
        printed: Cells with print.
        printed_told: Of them those told to be printed.
    """

    tables: int = 0
    tables_exact: int = 0
    cells: int = 0
    exact: int = 0
    placed: int = 0
    sure: int = 0
    sure_and_wrong: int = 0
    blank: int = 0
    blank_exact: int = 0
    printed: int = 0
    printed_told: int = 0

    def __add__(self, other: TableScore) -> TableScore:
        names = [field.name for field in fields(self)]
        return TableScore(*(getattr(self, name) + getattr(other, name) for name in names))


@dataclass(frozen=True)
class _Lot:
    """Tables to make and read in one go."""

    model: Path
    folder: Path | None
    count: int
    seed: int


def evaluate_tables(
    model: Path, folder: Path | None, limit: int | None, jobs: int
) -> dict[str, Any]:
    """Measure the reading of made tables.

    Args:
        model: An exported model.
        folder: The data folder, whose held-out digits the tables are made of.
        limit: Only so many tables.
        jobs: Processes.

    Returns:
        Ready for JSON: "tables", "cells" and fractions of `TableScore`, 0 to 1, over all and by
        "rulings".

    Raises:
        DataError, DataNotFoundError: If a data file is missing or damaged.
    """
    count = min(limit or TABLES, TABLES)
    lots = [
        _Lot(model, folder, min(LOT, count - first), SEED + first // LOT)
        for first in range(0, count, LOT)
    ]
    scores = [pair for lot in spread(_read_lot, lots, jobs, "made tables") for pair in lot]
    by_ruling = {
        ruling: _fractions(sum((s for name, s in scores if name == ruling), TableScore()))
        for ruling in RULINGS
        if any(name == ruling for name, _ in scores)
    }
    return {**_fractions(sum((s for _, s in scores), TableScore())), "rulings": by_ruling}


def match_cells(table: Table, made: MadeTable) -> list[Cell | None]:
    """For each true cell the one that was found around its middle, if one was."""
    cells = table.cells
    corners = np.array([cell.corners for cell in cells]).reshape(-1, 4, 2)
    sides = np.roll(corners, -1, axis=1) - corners
    found: list[Cell | None] = []
    for true in made.cells:
        to_middle = true.corners.mean(axis=0) - corners
        turn = sides[..., 0] * to_middle[..., 1] - sides[..., 1] * to_middle[..., 0]
        around = np.flatnonzero((turn > 0).all(axis=1))
        found.append(cells[int(around[0])] if len(around) else None)
    return found


def score_table(table: Table, made: MadeTable) -> TableScore:
    """Compare a table as it was read with its truth."""
    found = match_cells(table, made)
    offsets = Counter(
        (cell.row - true.row, cell.column - true.column)
        for true, cell in zip(made.cells, found, strict=True)
        if cell is not None and true.text
    )
    down, across = offsets.most_common(1)[0][0] if offsets else (0, 0)
    total = TableScore()
    for true, cell in zip(made.cells, found, strict=True):
        text = "" if cell is None else cell.text
        certain = cell is not None and not cell.doubtful
        if true.printed:
            wrong = bool(text) and certain
            told = cell is not None and cell.printed
            total += TableScore(printed=1, printed_told=told, sure_and_wrong=wrong)
            continue
        where = (true.row + down, true.column + across, true.row_span, true.column_span)
        placed = cell is not None and where == (
            cell.row, cell.column, cell.row_span, cell.column_span
        )  # fmt: skip
        # A blank cell that is not ruled has no place to find.
        exact = text == true.text and (placed or not true.text)
        blank = not true.text
        total += TableScore(
            cells=1,
            exact=exact,
            placed=placed or (blank and exact),
            sure=certain,
            sure_and_wrong=certain and text != true.text,
            blank=blank,
            blank_exact=blank and exact,
        )
    whole = int(total.exact == total.cells)
    return total + TableScore(tables=1, tables_exact=whole)


def read_tables(recognizer: Recognizer, tables: Iterable[MadeTable]) -> list[TableScore]:
    """Read made tables."""
    return [score_table(recognizer.read_table(made.pixels), made) for made in tables]


def _read_lot(lot: _Lot) -> list[tuple[str, TableScore]]:
    tables = make_tables(_held_out(lot.folder), lot.count, lot.seed)
    scores = read_tables(_recognizer(lot.model), tables)
    return [(made.ruling, score) for made, score in zip(tables, scores, strict=True)]


@lru_cache(maxsize=1)  # in each process
def _recognizer(model: Path) -> Recognizer:
    return Recognizer(model)


@lru_cache(maxsize=1)
def _held_out(folder: Path | None) -> Writing:
    return read_writing(folder, validation=True)


def _fractions(score: TableScore) -> dict[str, float]:
    def share(part: int, whole: int) -> float:
        return part / whole if whole else 1.0

    return {
        "tables": score.tables,
        "tables_exact": share(score.tables_exact, score.tables),
        "cells": score.cells,
        "exact": share(score.exact, score.cells),
        "placed": share(score.placed, score.cells),
        "sure": share(score.sure, score.cells),
        "sure_and_wrong": share(score.sure_and_wrong, score.cells + score.printed),
        "blank_exact": share(score.blank_exact, score.blank),
        "printed_told": share(score.printed_told, score.printed),
    }
