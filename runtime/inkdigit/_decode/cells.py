"""A table's scored layout in, a reading of each cell out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inkdigit._decode.constraints import Constraints
from inkdigit._decode.hand import Hand
from inkdigit._decode.reading import compose
from inkdigit._decode.rows import by_row, decode
from inkdigit._decode.scoring import Scored
from inkdigit._decode.sift import without_print
from inkdigit._decode.written import LEAST_BY_HAND
from inkdigit._segment.layout import Layout
from inkdigit.results import Reading

__all__ = ["CellReading", "read_cells"]


@dataclass(frozen=True, eq=False)
class CellReading:
    """What was read in a cell.

    Attributes:
        reading: Its text with others and their probabilities.
        written: Probability that what was read is handwriting, and what was left out is not; a
            factor of the reading's probabilities.
    """

    reading: Reading
    written: float


def read_cells(
    layout: Layout,
    scored: Scored,
    constraints: Sequence[Constraints],
    hand: Hand | None = None,
) -> Mapping[int, CellReading]:
    """Decode what is written in each cell of a table.

    Args:
        layout: `Row.line` is the index of the row's cell.
        scored: The hypotheses of all rows, in their order.
        constraints: What is known of each cell.
        hand: What is remembered of the writer.

    Returns:
        The reading of each cell with marks by its index; "?" with confidence 0 for what was too
        much to read. How likely a row is handwriting is judged on the table as a whole.
    """
    rows: dict[int, list[int]] = {}
    for index, row in enumerate(layout.rows):
        rows.setdefault(row.line, []).append(index)
    known = [constraints[row.line] for row in layout.rows]
    readings = [
        decode(row, part, own, hand)
        for (row, part), own in zip(by_row(layout, scored), known, strict=True)
    ]
    readings, by_hand = without_print(layout, scored, readings, known, hand, signs_alone=True)
    right = np.where(by_hand >= LEAST_BY_HAND, by_hand, 1 - by_hand)
    unread = Reading("?", (), (("?", 0.0),), 0.0)
    return {
        cell: CellReading(
            compose(layout, indices, readings, by_hand, constraints[cell]),
            float(right[indices].prod()),
        )
        for cell, indices in rows.items()
    } | {cell: CellReading(unread, 1.0) for cell in layout.unread_cells}
