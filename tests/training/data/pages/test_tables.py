"""Made tables keep what their truth promises."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit_train.data.pages.tables import RULINGS, VIEWS, MadeTable, make_tables
from inkdigit_train.data.pages.writing import Writing

COUNT = 12


@pytest.fixture(scope="module")
def tables(writing: Writing) -> list[MadeTable]:
    return make_tables(writing, COUNT, seed=3)


def test_same_seed_gives_the_same_table(writing: Writing, tables: list[MadeTable]) -> None:
    again = make_tables(writing, 2, seed=3)
    for one, other in zip(tables, again, strict=False):
        assert np.array_equal(one.pixels, other.pixels)
        assert [c.text for c in one.cells] == [c.text for c in other.cells]


def test_kinds_are_known(tables: list[MadeTable]) -> None:
    assert all(table.ruling in RULINGS and table.view in VIEWS for table in tables)
    assert sum(RULINGS.values()) == pytest.approx(1)
    assert sum(VIEWS.values()) == pytest.approx(1)


def test_cells_cover_the_table_once(tables: list[MadeTable]) -> None:
    for table in tables:
        covered = np.zeros(table.size, int)
        for cell in table.cells:
            rows = slice(cell.row, cell.row + cell.row_span)
            covered[rows, cell.column : cell.column + cell.column_span] += 1
        assert (covered == 1).all()


def test_cells_lie_on_the_picture(tables: list[MadeTable]) -> None:
    for table in tables:
        height, width = table.pixels.shape[:2]
        middles = np.array([cell.corners.mean(axis=0) for cell in table.cells])
        assert ((middles >= 0) & (middles <= [width, height])).all()


def test_what_is_written_is_digits_and_print_is_apart(tables: list[MadeTable]) -> None:
    cells = [cell for table in tables for cell in table.cells]
    assert any(cell.text for cell in cells)
    assert all(set(cell.text) <= set("0123456789") for cell in cells)
    assert not any(cell.printed and cell.text for cell in cells)
