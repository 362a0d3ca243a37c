from __future__ import annotations

from inkdigit_app.core.glyphs import Certainty, PageReading
from inkdigit_app.core.pictures.table_reading import (
    CellText,
    TableCell,
    TableReading,
    with_cell,
)


def cell(row: int, column: int, text: str, doubtful: bool = False) -> TableCell:
    x, y = 100.0 * column, 50.0 * row
    corners = ((x, y), (x + 100, y + 4), (x + 100, y + 54), (x, y + 50))
    return TableCell(row, column, text, 0.9, (x, y, x + 100, y + 54), corners, doubtful)


TABLE = TableReading(
    (cell(0, 0, "12"), cell(0, 1, "3,4", True), cell(1, 0, ""), cell(1, 1, "5\n6", True)), 2, 2
)


def test_a_table_is_text_with_tabs_and_rows_of_texts():
    assert TABLE.text == "12\t3,4\n\t5 6"
    assert TABLE.texts == [["12", "3,4"], ["", "5\n6"]]
    assert TableReading((cell(0, 0, ""),), 1, 1).text == ""


def test_a_merged_cell_is_blank_where_it_goes_on():
    assert (
        TableReading((cell(0, 0, "1"), cell(1, 0, "2"), cell(1, 1, "3")), 2, 2).text == "1\t\n2\t3"
    )


def test_what_the_user_wrote_is_certain_and_stays():
    table = TABLE.corrected((CellText(0, 1, "34"),))
    assert table.text == "12\t34\n\t5 6"
    assert table.cells[1].corrected
    assert table.doubtful == (3,)
    assert with_cell((CellText(0, 1, "34"),), CellText(0, 1, "35")) == (CellText(0, 1, "35"),)


def test_a_point_finds_its_cell_where_the_table_stands_askew():
    assert TABLE.cell_at(150, 52) == 1
    assert TABLE.cell_at(150, 58) == 3
    assert TABLE.cell_at(50, 1) is None
    assert TABLE.cell_at(500, 10) is None


def test_the_next_cell_to_look_at_is_the_next_in_doubt():
    assert TABLE.next_to(None, 1) == 1
    assert TABLE.next_to(1, 1) == 3
    assert TABLE.next_to(3, 1) == 1
    assert TABLE.next_to(1, -1) == 3
    sure = TABLE.corrected((CellText(0, 1, ""), CellText(1, 1, "")))
    assert sure.next_to(1, 1) == 2
    assert TableReading().next_to(None, 1) is None


def test_a_table_with_cells_in_doubt_is_not_sure():
    assert PageReading(table=TABLE).certainty is Certainty.UNSURE
    sure = TABLE.corrected((CellText(0, 1, ""), CellText(1, 1, "")))
    assert PageReading(table=sure).certainty is Certainty.SURE
    assert PageReading(table=TableReading()).certainty is Certainty.NO_DIGIT
