"""Tables on the command line: values to stdout or to a file, doubtful cells to stderr."""

from __future__ import annotations

import csv
import json

import pytest
from PIL import Image
from tabled import table

from inkdigit import Column
from inkdigit.cli import main, parse_args

ROWS = [["12", "7"], ["4", ""], ["8", "9"]]


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    path = tmp_path_factory.mktemp("sheets") / "sheet.png"
    table(ROWS).save(path)
    return path


def test_rows_are_comma_separated(sheet, capsys):
    assert main([str(sheet), "--table"]) == 0
    captured = capsys.readouterr()
    assert list(csv.reader(captured.out.splitlines())) == ROWS
    assert all(line.startswith(f"inkdigit: {sheet}: row ") for line in captured.err.splitlines())


def test_a_folder_becomes_one_file_with_names(sheet, tmp_path, capsys):
    out = tmp_path / "all.csv"
    assert main([str(sheet.parent), "--table", "--csv", str(out), "--columns", "2"]) == 0
    assert capsys.readouterr().out == ""
    found = list(csv.reader(out.read_text(encoding="utf-8").splitlines()))
    assert found == [[str(sheet), row[1]] for row in ROWS]


def test_json_has_the_cells(sheet, capsys):
    assert main([str(sheet), "--table", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert [[c["text"] for c in row] for row in record["rows"]] == ROWS


def test_doubtful_cells_are_listed_with_their_own_column(sheet, capsys):
    argv = [str(sheet), "--table", "--columns", "2", "--column", "2:min=500"]
    assert main(argv) == 0
    assert "row 1, column 2: 7" in capsys.readouterr().err


def test_doubtful_cells_are_drawn(sheet, tmp_path, capsys):
    out = tmp_path / "drawn.png"
    argv = [str(sheet), "--table", "--annotate", str(out), "--column", "2:max=5"]
    assert main(argv) == 0
    assert capsys.readouterr().out.startswith("12,7")
    with Image.open(out) as drawn:
        assert (190, 20, 60) in {colour for _, colour in drawn.getcolors(1 << 24)}


def test_a_column_that_is_not_there_is_a_complaint(sheet, capsys):
    assert main([str(sheet), "--table", "--columns", "3-4"]) == 1
    assert "from 0 to 1" in capsys.readouterr().err


def test_ink_is_no_table(tmp_path, capsys):
    path = tmp_path / "ink.json"
    path.write_text('{"strokes": [[[0, 0], [9, 9]]]}')
    assert main([str(path), "--table"]) == 1
    assert "expected a picture of a table" in capsys.readouterr().err


def test_columns_are_parsed():
    args = parse_args(["a.png", "--table", "--columns", "1,3-4", "--column", "4:length=1-2,max=20"])
    assert args.tables.kept == (0, 2, 3)
    assert args.tables.known == {3: Column(length=(1, 2), most=20)}


def test_a_comma_may_be_allowed_in_a_column():
    args = parse_args(["a.png", "--table", "--column", "2:allowed=0123456789.,-,min=3"])
    assert args.tables.known == {1: Column(allowed="0123456789.,-", least=3)}


@pytest.mark.parametrize(
    "argv",
    [
        ["--columns", "3"],
        ["--table", "--columns", "0"],
        ["--table", "--columns", "5-2"],
        ["--table", "--columns", "a"],
        ["--table", "--column", "4"],
        ["--table", "--column", "0:max=3"],
        ["--table", "--column", "1:size=3"],
        ["--table", "--column", "1:max=x"],
        ["--table", "--column", "1:min=5,max=2"],
        ["--table", "--column", "1:length=0"],
        ["--table", "--column", "1:allowed=abc"],
        ["--table", "--column", "1:max=3", "--column", "1:min=1"],
        ["--table", "--json", "--csv", "x.csv"],
        ["--table", "--single"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_refused(argv, capsys):
    with pytest.raises(SystemExit) as exit_:
        parse_args(["a.png", *argv])
    assert exit_.value.code == 2
    assert capsys.readouterr().err


def test_a_range_of_digits_may_be_allowed_in_a_column():
    args = parse_args(["a.png", "--table", "--column", "2:allowed=0-35,min=-4"])
    assert args.tables.known[1] == Column(allowed="01235", least=-4)


def test_rows_never_overwrite_the_picture_that_they_were_read_from(tmp_path, capsys):
    picture = tmp_path / "sheet.png"
    table(ROWS).save(picture)
    before = picture.read_bytes()
    with pytest.raises(SystemExit) as exit_:
        main([str(picture), "--table", "--csv", str(tmp_path / "." / "sheet.png")])
    assert exit_.value.code == 2
    assert "is an input itself" in capsys.readouterr().err
    assert picture.read_bytes() == before
