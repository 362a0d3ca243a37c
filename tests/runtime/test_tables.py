"""A picture of a table becomes rows of cells."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from tabled import table, turned

from inkdigit import Cell, Column, Ink, Recognizer, Table
from inkdigit.errors import InputError, InputTypeError

ROWS = [["12", "7", "35"], ["4", "", "60"], ["8", "9", "21"], ["5", "30", "2"]]


@pytest.fixture(scope="module")
def reader() -> Recognizer:
    return Recognizer()


@pytest.fixture(scope="module")
def read(reader) -> Table:
    return reader.read_table(table(ROWS))


def cell(text="7", confidence=0.99, row=0, column=0, **more) -> Cell:
    return Cell(
        text, confidence, (0, 0, 1, 1), ((0, 0), (1, 0), (1, 1), (0, 1)), row, column, **more
    )


def test_cells_are_read_in_their_rows_and_columns(read):
    assert read.texts() == ROWS
    assert read.columns == 3


def test_a_blank_cell_is_blank_and_says_how_surely(read):
    blank = read.rows[1][1]
    assert blank.blank
    assert blank.text == ""
    assert blank.confidence > 0.5


def test_cells_that_are_too_many_are_not_read_and_say_so(reader, monkeypatch):
    monkeypatch.setattr("inkdigit._segment.rows.MAX_IN_CELLS", 8)
    cells = reader.read_table(table(ROWS)).cells
    unread = [cell for cell in cells if cell.text == "?"]
    assert unread
    assert all(cell.confidence == 0 and cell.doubtful for cell in unread)
    expected = [text for row in ROWS for text in row]
    pairs = zip(cells, expected, strict=True)
    assert all(cell.text == text for cell, text in pairs if cell not in unread)


def test_a_cell_lies_where_it_was_drawn(read):
    left, top, right, bottom = read.rows[2][1].box
    assert np.allclose([left, top, right, bottom], [180, 200, 300, 270], atol=6)


def test_a_turned_table_is_read_alike(reader):
    picture = turned(table(ROWS), 20)
    assert reader.read_table(picture).texts() == ROWS


def test_rows_and_columns_without_rules_follow_from_the_numbers(reader):
    rows = [["12", "71", "35"], ["40", "50", "60"], ["18", "29", "21"]]
    assert reader.read_table(table(rows, ruled=False)).texts() == rows


def test_a_merged_cell_is_one_cell(reader):
    rows = [["12", "7", "35"], ["4", "6", "60"], ["8", "", "21"], ["5", "30", "2"]]
    found = reader.read_table(table(rows, merged=[(2, 0)]))
    first = found.rows[2][0]
    assert (first.text, first.column_span, first.row_span) == ("8", 2, 1)
    assert [cell.column for cell in found.rows[2]] == [0, 2]


def test_a_column_settles_what_its_numbers_are(reader):
    columns = {0: Column(allowed="0123456789", length=(1, 2), least=0, most=12)}
    found = reader.read_table(table(ROWS), columns=columns)
    assert [row[0].text for row in found.rows] == ["12", "4", "8", "5"]
    assert all(row[0].in_range for row in found.rows)


def test_a_number_out_of_range_is_doubtful(reader):
    found = reader.read_table(table(ROWS), columns={2: Column(least=300, most=400)})
    assert not any(row[2].in_range for row in found.rows)
    assert {(c.row, c.column) for c in found.doubtful} >= {(k, 2) for k in range(4)}


def test_an_empty_picture_is_a_table_without_text(reader):
    found = reader.read_table(np.full((200, 300), 230, np.uint8))
    assert all(not cell.text for cell in found.cells)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (40, 2)])
def test_the_smallest_pictures_are_tables_too(reader, size):
    assert not any(cell.text for cell in reader.read_table(np.zeros(size, np.uint8)).cells)


def test_ink_is_refused(reader):
    with pytest.raises(InputTypeError, match="use read for ink"):
        reader.read_table(Ink([[[0, 0], [1, 1]]]))


@pytest.mark.parametrize("columns", [[1], {"1": Column()}, {1: "0-9"}, {True: Column()}], ids=str)
def test_columns_of_another_type_are_refused(reader, columns):
    with pytest.raises(InputTypeError, match="columns"):
        reader.read_table(table(ROWS), columns=columns)


def test_a_column_below_the_first_is_refused(reader):
    with pytest.raises(InputError, match="index -1"):
        reader.read_table(table(ROWS), columns={-1: Column()})


def test_a_column_upside_down_is_refused():
    with pytest.raises(InputError, match="least is 5 and most 2"):
        Column(least=5, most=2)
    with pytest.raises(InputTypeError, match="least is"):
        Column(least=1.5)


def test_values_have_one_field_a_column_even_where_cells_are_merged():
    rows = ((cell("1", column_span=2), cell("2", column=2)), (cell("3\n4", row=1),))
    found = list(csv.reader(io.StringIO(Table(rows, 3).to_csv())))
    assert found == [["1", "", "2"], ["3\n4", "", ""]]


def test_some_columns_can_be_taken():
    rows = ((cell("1"), cell("2", column=1, column_span=2), cell("3", column=3)),)
    kept = Table(rows, 4).with_columns([1, 3])
    assert kept.texts() == [["2", "3"]]
    assert [c.column_span for c in kept.cells] == [1, 1]
    with pytest.raises(InputError, match="from 0 to 3"):
        Table(rows, 4).with_columns([4])


def test_what_is_not_sure_unreadable_or_out_of_range_is_doubtful():
    assert not cell().doubtful
    assert cell(confidence=0.9).doubtful
    assert cell("7?").doubtful
    assert cell(in_range=False).doubtful


def test_a_dictionary_is_ready_for_json():
    found = Table(((cell(), cell("", column=1)),), 2).to_dict()
    assert found["columns"] == 2
    assert [c["text"] for c in found["rows"][0]] == ["7", ""]
    assert found["doubtful"] == []


@pytest.mark.parametrize(
    ("text", "fits"), [("-3", True), ("-6", False), ("5", True), ("1" + "0" * 4000, False)]
)
def test_a_range_may_begin_below_zero_and_no_number_is_too_long(text, fits):
    assert Column(least=-5, most=5).fits(text) is fits
