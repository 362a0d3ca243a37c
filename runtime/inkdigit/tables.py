"""What a picture of a table holds: rows of cells, each with its text, confidence and place."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from inkdigit._decode.cells import CellReading
from inkdigit._decode.sure import CellLooks, sure
from inkdigit._tables.sheet import PRINTED, Sheet
from inkdigit.errors import InputError, InputTypeError
from inkdigit.results import Reading, is_sure

__all__ = [
    "Cell",
    "Column",
    "Table",
    "cell_looks",
    "compose_table",
    "decoder_probabilities",
    "parse_columns",
]

BEYOND = 0.01  # of the numbers of a column with a range lie beyond it; assumed, not measured

Box = tuple[float, float, float, float]
Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Column:
    """What is known of a column's numbers.

    Attributes:
        allowed: As for `Recognizer.read`; the table's where None.
        length: As for `Recognizer.read`; the table's where None.
        least: The least number that may be written there; below 0 where `allowed` has a minus.
        most: The greatest.
    """

    allowed: str | None = None
    length: int | tuple[int, int] | None = None
    least: int | None = None
    most: int | None = None

    def __post_init__(self) -> None:
        for name in ("least", "most"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
                raise InputTypeError(f"{name} is {value!r}; expected a whole number, or None")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise InputError(
                f"least is {self.least} and most {self.most}; expected the least not above the most"
            )

    def fits(self, text: str) -> bool:
        """Whether a text is a number from `least` to `most`; any text is where there is neither."""
        if self.least is None and self.most is None:
            return True
        if not re.fullmatch("-?[0-9]{1,4000}", text, re.ASCII):  # int() refuses longer ones
            return False
        value = int(text)
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: What is written: digits, and signs that are allowed; "?" for a glyph that is neither;
            "" where nothing is. Numbers one below the other have a line break between them. Of a
            table of more than 1,500 marks the last cells are not read: "?" with confidence 0.
        confidence: Probability, 0 to 1, that the text is right; for a blank cell, that it is blank.
        box: Left, top, right, bottom in pixels of the input: around its corners.
        corners: Top left, top right, bottom right, bottom left, x and y in pixels of the input.
        row: Of its upper left corner, from 0.
        column: Likewise.
        row_span: How many rows it takes; 1 unless it is merged.
        column_span: How many columns it takes.
        printed: Whether it holds print, as a heading does, and nothing written.
        in_range: Whether the text is from the column's `least` to its `most`.
        reading: All of what was read in it; None where it is blank.
    """

    text: str
    confidence: float
    box: Box
    corners: Corners
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    printed: bool = False
    in_range: bool = True
    reading: Reading | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing is written in it."""
        return not self.text

    @property
    def unreadable(self) -> bool:
        """Whether a glyph in it is neither a digit nor a sign that is allowed."""
        return "?" in self.text

    @property
    def doubtful(self) -> bool:
        """Whether a person should look at it: it is not sure, unreadable, or out of range."""
        return not is_sure(self.confidence) or self.unreadable or not self.in_range

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 6),
            "box": [round(edge, 3) for edge in self.box],
            "corners": [[round(x, 3), round(y, 3)] for x, y in self.corners],
            "row": self.row,
            "column": self.column,
            "row_span": self.row_span,
            "column_span": self.column_span,
            "blank": self.blank,
            "printed": self.printed,
            "unreadable": self.unreadable,
            "in_range": self.in_range,
            "doubtful": self.doubtful,
        }


@dataclass(frozen=True)
class Table:
    """A table as it was read.

    Attributes:
        rows: Its cells, row by row and from left to right. A merged cell is in the row where it
            begins, so a row may have fewer cells than the table has columns.
        columns: How many columns it has.
    """

    rows: tuple[tuple[Cell, ...], ...]
    columns: int

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All of its cells, row by row."""
        return tuple(cell for row in self.rows for cell in row)

    @property
    def doubtful(self) -> tuple[Cell, ...]:
        """The cells that a person should look at."""
        return tuple(cell for cell in self.cells if cell.doubtful)

    def texts(self) -> list[list[str]]:
        """The text of each row and column; "" where a merged cell goes on, and for print."""
        found = [[""] * self.columns for _ in self.rows]
        for cell in self.cells:
            found[cell.row][cell.column] = cell.text
        return found

    def to_csv(self) -> str:
        """Comma-separated values, a line for each row, as spreadsheets read them."""
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(self.texts())
        return stream.getvalue()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "columns": self.columns,
            "rows": [[cell.to_dict() for cell in row] for row in self.rows],
            "doubtful": [[cell.row, cell.column] for cell in self.doubtful],
        }

    def with_columns(self, columns: Iterable[int]) -> Table:
        """The table with some of its columns only, counted from 0, in its own order.

        A merged cell is kept where it begins in one of them.

        Raises:
            InputError: If the table has no such column.
        """
        kept = sorted(set(columns))
        if not kept or kept[0] < 0 or kept[-1] >= self.columns:
            raise InputError(
                f"columns {kept} were asked for; expected some from 0 to {self.columns - 1}, as the"
                f" table has {self.columns}"
            )
        place = {column: k for k, column in enumerate(kept)}
        rows = tuple(
            tuple(
                replace(
                    cell,
                    column=place[cell.column],
                    column_span=sum(
                        column in place
                        for column in range(cell.column, cell.column + cell.column_span)
                    ),
                )
                for cell in row
                if cell.column in place
            )
            for row in self.rows
        )
        return Table(rows, len(kept))


def parse_columns(columns: Mapping[int, Column] | None) -> Mapping[int, Column]:
    """Check what a caller knows of columns; see `Recognizer.read_table`.

    Raises:
        InputError: If an index is below 0.
        InputTypeError: If something is of another type.
    """
    if columns is None:
        return {}
    if not isinstance(columns, Mapping):
        raise InputTypeError(
            f"columns is a {type(columns).__name__}; expected a mapping from a column's index to an"
            " inkdigit.Column"
        )
    for index, column in columns.items():
        if not isinstance(index, int) or isinstance(index, bool) or not isinstance(column, Column):
            raise InputTypeError(
                f"columns has {index!r}: {column!r}; expected an index from 0, and an"
                " inkdigit.Column"
            )
        if index < 0:
            raise InputError(f"columns has the index {index}; expected one from 0")
    return columns


def compose_table(
    sheet: Sheet,
    readings: Mapping[int, CellReading],
    columns: Mapping[int, Column],
    size: tuple[float, float],
) -> Table:
    """Put a table together.

    Args:
        sheet: Where its cells are.
        readings: What was read in them, by their index.
        columns: What is known of columns, by their index.
        size: Width and height of the input in pixels.
    """
    chosen = [
        _choose(readings.get(index), columns.get(span.column, Column()))
        for index, span in enumerate(sheet.spans)
    ]
    confidences = sure(cell_looks(sheet, readings, [text.probability for text in chosen]))
    confidences[list(sheet.layout.unread_cells)] = 0.0
    rows: list[list[Cell]] = [[] for _ in range(sheet.size[0])]
    for index, (span, choice) in enumerate(zip(sheet.spans, chosen, strict=True)):
        corners = np.clip(sheet.corners[index], 0, size)
        left, top = corners.min(axis=0).tolist()
        right, bottom = corners.max(axis=0).tolist()
        found = readings.get(index)
        rows[span.row].append(
            Cell(
                choice.text,
                float(confidences[index]),
                (left, top, right, bottom),
                tuple((float(x), float(y)) for x, y in corners),
                span.row,
                span.column,
                span.rows,
                span.columns,
                not choice.text and float(sheet.bare.printed[index]) >= PRINTED,
                choice.in_range,
                found.reading if found is not None and choice.text else None,
            )
        )
    return Table(tuple(map(tuple, rows)), sheet.size[1])


def cell_looks(
    sheet: Sheet, readings: Mapping[int, CellReading], probabilities: Sequence[float]
) -> CellLooks:
    """What is known of each cell of a sheet, with the probability of its text."""
    count = len(sheet.spans)
    written, glyphs = np.ones(count), np.zeros(count, np.int64)
    for index, found in readings.items():
        written[index] = found.written
        glyphs[index] = len(found.reading.digits)
    return CellLooks(
        np.array(probabilities, np.float64), written, glyphs, sheet.bare.faint, sheet.bare.printed
    )


def decoder_probabilities(sheet: Sheet, readings: Mapping[int, CellReading]) -> list[float]:
    """Of each cell's text, if it is handwriting."""
    return [_choose(readings.get(k), Column()).probability for k in range(len(sheet.spans))]


@dataclass(frozen=True)
class _Choice:
    """The text taken for a cell, its probability if it is handwriting, whether it is in range."""

    text: str
    probability: float
    in_range: bool


def _choose(found: CellReading | None, column: Column) -> _Choice:
    """A cell's likeliest text, by its ink and its column."""
    if found is None or not found.reading.text:
        return _Choice("", 1.0, True)
    texts = [(text, p / found.written) for text, p in found.reading.alternatives]
    # Who fills in a sheet may be wrong, too: a clear number beyond the range stays what it is.
    odds = [p * (1 - BEYOND if column.fits(text) else BEYOND) for text, p in texts]
    best = max(range(len(texts)), key=odds.__getitem__)
    # What is not among the alternatives may fit.
    rest = max(1.0 - sum(p for _, p in texts), 0.0) * (1 - BEYOND)
    text = texts[best][0]
    return _Choice(text, odds[best] / max(sum(odds) + rest, 1e-12), column.fits(text))
