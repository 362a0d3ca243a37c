"""The example that reads photos of tables into a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from tabled import table

from inkdigit import Cell

openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")

ROWS = [["12", "7", "35"], ["4", "", "60"], ["8", "9", "21"], ["5", "30", "2"]]


@pytest.fixture(scope="module")
def example(load_example: Callable[[str], ModuleType]) -> ModuleType:
    return load_example("table_to_spreadsheet")


def cell(text: str) -> Cell:
    return Cell(text, 0.5, (0, 0, 1, 1), ((0, 0), (1, 0), (1, 1), (0, 1)), 0, 0)


def test_numbers_are_cells_of_a_sheet(example: ModuleType, tmp_path: Path) -> None:
    photo, out = tmp_path / "marks.png", tmp_path / "out.xlsx"
    table(ROWS).save(photo)
    assert example.main([str(photo), str(out)]) == 0
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["1 marks"]
    values = [list(row) for row in book.active.iter_rows(values_only=True)]
    assert values == [[int(text) if text else None for text in row] for row in ROWS]


def test_a_photo_that_cannot_be_read_is_named(
    example: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    out = tmp_path / "out.xlsx"
    assert example.main([str(tmp_path / "broken.png"), str(out)]) == 1
    assert "expected" in capsys.readouterr().err
    assert out.exists()


def test_no_digit_is_lost(example: ModuleType) -> None:
    assert example.value_of(cell("20")) == 20
    assert example.value_of(cell("007")) == "007"
    assert example.value_of(cell("1" * 16)) == "1" * 16
    assert example.value_of(cell("1?")) == "1?"
    assert example.value_of(cell("")) is None


def test_a_doubtful_cell_is_yellow_with_a_note(example: ModuleType) -> None:
    sheet = openpyxl.Workbook().active
    assert example.fill(sheet, example.Table(((cell("3"),),), 1)) == 1
    assert sheet.cell(1, 1).fill.fgColor.rgb == "00FFF2A8"
    assert sheet.cell(1, 1).comment.text == "50% sure"
