"""A table as the app shows it: the runtime's table and the user's cells in, cells and text out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from inkdigit_app.core.smoothing import Point

if TYPE_CHECKING:
    from inkdigit import Table

__all__ = ["CellText", "TableCell", "TableReading", "with_cell"]

Box: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True)
class CellText:
    """What the user wrote into a cell of a table."""

    row: int  # from 0
    column: int
    text: str


@dataclass(frozen=True)
class TableCell:
    """One cell of a table."""

    row: int  # from 0
    column: int
    text: str  # "" where nothing is written
    confidence: float  # probability, 0 to 1, that the text is right; 1 where the user wrote it
    box: Box  # left, top, right, bottom in the picture's pixels
    corners: tuple[Point, ...]  # top left, top right, bottom right, bottom left
    doubtful: bool = False  # a person should look at it
    corrected: bool = False  # whether the user wrote the text


@dataclass(frozen=True)
class TableReading:
    """What a picture of a table reads."""

    cells: tuple[TableCell, ...] = ()  # row by row, from left to right
    rows: int = 0
    columns: int = 0

    @classmethod
    def of(cls, table: Table, offset: tuple[int, int] = (0, 0)) -> TableReading:
        """Convert the runtime's table of the part of a picture that begins at `offset`."""
        dx, dy = offset
        cells = tuple(
            TableCell(
                cell.row,
                cell.column,
                cell.text,
                cell.confidence,
                (cell.box[0] + dx, cell.box[1] + dy, cell.box[2] + dx, cell.box[3] + dy),
                tuple((x + dx, y + dy) for x, y in cell.corners),
                cell.doubtful,
            )
            for cell in table.cells
        )
        return cls(cells, len(table.rows), table.columns)

    def corrected(self, texts: Iterable[CellText]) -> TableReading:
        """With what the user wrote into cells."""
        own = {(text.row, text.column): text.text for text in texts}
        cells = tuple(
            replace(cell, text=own[key], confidence=1.0, doubtful=False, corrected=True)
            if (key := (cell.row, cell.column)) in own
            else cell
            for cell in self.cells
        )
        return replace(self, cells=cells)

    @property
    def doubtful(self) -> tuple[int, ...]:
        """Indices of the cells that a person should look at."""
        return tuple(i for i, cell in enumerate(self.cells) if cell.doubtful)

    @property
    def texts(self) -> list[list[str]]:
        """What each cell says, row by row; "" where nothing is written."""
        texts = [[""] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            texts[cell.row][cell.column] = cell.text
        return texts

    @property
    def text(self) -> str:
        """Cells with tabs between them, rows with line breaks: as spreadsheets take a table."""
        if not any(cell.text for cell in self.cells):
            return ""
        # A cell with a line break of its own would look like two rows.
        rows = ["\t".join(" ".join(text.split()) for text in row) for row in self.texts]
        return "\n".join(rows)

    def cell_at(self, x: float, y: float) -> int | None:
        """Index of the cell at a point of the picture, or None."""
        for i, cell in enumerate(self.cells):
            ring = (*cell.corners, cell.corners[0])
            sides = [
                (bx - ax) * (y - ay) - (by - ay) * (x - ax) for (ax, ay), (bx, by) in pairwise(ring)
            ]
            if min(sides) >= 0 or max(sides) <= 0:
                return i
        return None

    def next_to(self, index: int | None, step: int) -> int | None:
        """The cell to look at next: of the doubtful ones, or of all where there are none."""
        choice = self.doubtful or tuple(range(len(self.cells)))
        if not choice:
            return None
        if index is None:
            return choice[0 if step > 0 else -1]
        further = [i for i in choice if (i > index if step > 0 else i < index)]
        return (further[0] if step > 0 else further[-1]) if further else choice[::step][0]


def with_cell(cells: Iterable[CellText], changed: CellText) -> tuple[CellText, ...]:
    """The user's cells, with one more or another text."""
    key = (changed.row, changed.column)
    return (*(cell for cell in cells if (cell.row, cell.column) != key), changed)
