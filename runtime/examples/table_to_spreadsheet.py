"""Reads photos of tables into a spreadsheet: `python table_to_spreadsheet.py SHEET.jpg OUT.xlsx`.

One sheet a photo. Numbers are numbers; a cell that a person should look at is yellow, with the
confidence in a note. Needs openpyxl: `pip install openpyxl`. For plain comma-separated values there
is `inkdigit SHEET.jpg --table --csv OUT.csv`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from inkdigit import Cell, InkDigitError, Recognizer, Table
from inkdigit.results import percent

YELLOW = PatternFill("solid", fgColor="FFF2A8")
NAME_LENGTH = 31  # of a sheet, at most
EXACT_DIGITS = 15  # a spreadsheet rounds longer numbers


def value_of(cell: Cell) -> int | str | None:
    """A number where the text is one, and none of its digits would be lost; else the text."""
    text = cell.text
    if not text.isdecimal():
        return text or None
    kept = len(text) <= EXACT_DIGITS and (text == "0" or not text.startswith("0"))
    return int(text) if kept else text


def fill(sheet: Any, table: Table) -> int:
    """Write a table's cells; returns how many are doubtful."""
    for cell in table.cells:
        row, column = cell.row + 1, cell.column + 1
        written = sheet.cell(row, column, value_of(cell))
        if cell.doubtful:
            written.fill = YELLOW
            written.comment = Comment(f"{percent(cell.confidence)}% sure", "inkdigit")
        if cell.row_span > 1 or cell.column_span > 1:
            sheet.merge_cells(
                start_row=row,
                start_column=column,
                end_row=row + cell.row_span - 1,
                end_column=column + cell.column_span - 1,
            )
    return len(table.doubtful)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0, or 1 where a photo could not be read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", nargs="+", type=Path, metavar="SHEET.jpg")
    parser.add_argument("out", type=Path, metavar="OUT.xlsx")
    args = parser.parse_args(argv)
    recognizer, book, status = Recognizer(), Workbook(), 0
    empty = book.active
    for number, photo in enumerate(args.photos, start=1):
        try:
            table = recognizer.read_table(photo)
        except InkDigitError as exc:
            sys.stderr.write(f"{photo}: {exc}\n")
            status = 1
            continue
        start = f"{number} "  # no two names are alike
        name = "".join("-" if c in r"[]:*?/\ " else c for c in photo.stem)
        doubtful = fill(book.create_sheet((start + name)[:NAME_LENGTH]), table)
        sys.stderr.write(f"{photo}: {len(table.cells)} cells, {doubtful} to look at\n")
    if len(book.sheetnames) > 1:
        book.remove(empty)
    book.save(args.out)
    return status


if __name__ == "__main__":
    sys.exit(main())
