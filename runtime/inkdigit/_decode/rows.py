"""The rows of a layout and what their hypotheses scored in; a reading of each row out."""

from __future__ import annotations

from collections.abc import Iterator

from inkdigit._decode.constraints import Constraints
from inkdigit._decode.hand import Hand
from inkdigit._decode.row import RowReading, decode_row
from inkdigit._decode.scoring import Scored
from inkdigit._segment.layout import Layout, Row

__all__ = ["by_row", "decode", "decode_rows"]


def decode_rows(
    layout: Layout, scored: Scored, constraints: Constraints, hand: Hand | None = None
) -> list[RowReading]:
    """Decode each row of a layout; arguments as for `read_layout`."""
    return [decode(row, part, constraints, hand) for row, part in by_row(layout, scored)]


def decode(row: Row, scored: Scored, constraints: Constraints, hand: Hand | None) -> RowReading:
    """Decode one row, of whose hypotheses `scored` is."""
    return decode_row(
        row,
        scored.log_probabilities,
        length=constraints.length,
        allowed=constraints.digits,
        signs=constraints.signs,
        hand=hand,
        vectors=scored.vectors,
    )


def by_row(layout: Layout, scored: Scored) -> Iterator[tuple[Row, Scored]]:
    """Each row with what its hypotheses scored."""
    first = 0
    for row in layout.rows:
        last = first + len(row.hypotheses)
        yield row, scored.of(slice(first, last))
        first = last
