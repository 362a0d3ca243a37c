"""Made tables are scored cell by cell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigit import Cell, Table
from inkdigit_train.data.pages.tables import MadeTable, TableCell
from inkdigit_train.evaluation import made_tables
from inkdigit_train.evaluation.made_tables import evaluate_tables, match_cells, score_table

SIDE = 10


def corners(row: int, column: int) -> np.ndarray:
    left, top = column * SIDE, row * SIDE
    return np.array(
        [[left, top], [left + SIDE, top], [left + SIDE, top + SIDE], [left, top + SIDE]], float
    )


def made(*texts: str, printed: int = -1) -> MadeTable:
    """One row of cells."""
    cells = tuple(
        TableCell(0, k, 1, 1, text, k == printed, corners(0, k)) for k, text in enumerate(texts)
    )
    ink = np.zeros((SIDE, SIDE), np.float32)
    return MadeTable(np.zeros((SIDE, SIDE, 3), np.uint8), cells, "grid", "scan", ink)


def read(*texts: str, shift: int = 0, confidence: float = 0.99) -> Table:
    cells = tuple(
        Cell(
            text,
            confidence,
            (0, 0, 1, 1),
            tuple((float(x), float(y)) for x, y in corners(0, k)),
            0,
            k + shift,
        )
        for k, text in enumerate(texts)
    )
    return Table((cells,), len(texts) + shift)


def test_an_exact_table_is_exact() -> None:
    score = score_table(read("1", "", "23"), made("1", "", "23"))
    assert (score.tables_exact, score.cells, score.exact, score.placed) == (1, 3, 3, 3)
    assert (score.blank, score.blank_exact, score.sure, score.sure_and_wrong) == (1, 1, 3, 0)


def test_sure_and_wrong_is_counted() -> None:
    score = score_table(read("7", "", "23"), made("1", "", "23"))
    assert (score.exact, score.sure_and_wrong, score.tables_exact) == (2, 1, 0)
    doubtful = score_table(read("7", "", "23", confidence=0.5), made("1", "", "23"))
    assert (doubtful.sure, doubtful.sure_and_wrong) == (0, 0)


def test_print_read_as_a_number_is_wrong() -> None:
    score = score_table(read("5", "2"), made("", "2", printed=0))
    assert (score.cells, score.exact, score.printed, score.sure_and_wrong) == (1, 1, 1, 1)


def test_another_column_in_front_moves_no_cell() -> None:
    assert score_table(read("1", "2", "3", shift=1), made("1", "2", "3")).placed == 3


def test_a_cell_that_was_not_found_is_wrong() -> None:
    table = read("1", "2", "3")
    short = replace(table, rows=(table.rows[0][:2],))
    assert match_cells(short, made("1", "2", "3"))[2] is None
    assert score_table(short, made("1", "2", "3")).exact == 2


def test_figures_are_by_ruling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Reader:
        def read_table(self, _pixels: object) -> Table:
            return read("1", "2")

    monkeypatch.setattr(made_tables, "make_tables", lambda *_: [made("1", "2"), made("1", "3")])
    monkeypatch.setattr(made_tables, "_held_out", lambda _folder: None)
    monkeypatch.setattr(made_tables, "_recognizer", lambda _model: Reader())
    figures = evaluate_tables(tmp_path / "model.onnx", tmp_path, 2, 1)
    assert figures["exact"] == 0.75
    assert figures["rulings"]["grid"]["cells"] == 4
    assert figures["sure_and_wrong"] == 0.25
