"""Readings of rows in, those without print out: a page may have both in one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.constraints import Constraints
from inkdigit._decode.hand import Hand
from inkdigit._decode.row import Glyph, RowReading
from inkdigit._decode.rows import by_row, decode
from inkdigit._decode.scoring import Scored
from inkdigit._decode.written import GlyphLook, RowLook, judge_rows
from inkdigit._segment.layout import Layout, Row
from inkdigit.labels import SIGNS

__all__ = ["row_looks", "without_print"]

SIGN_READ = 0  # a sign that was read looks as likely written as a digit that is no 1


def row_looks(
    layout: Layout, scored: Scored, readings: Sequence[RowReading]
) -> list[RowLook] | None:
    """Each row as it looks and as it was read; None where the ink network was not asked."""
    looks = layout.looks()
    glyph_looks = layout.glyph_looks([g.hypothesis for r in readings for g in r.glyphs])
    if looks is None or glyph_looks is None:
        return None
    rows, first = [], 0
    for (ink, ruled, fills), (row, own), reading in zip(
        looks.tolist(), by_row(layout, scored), readings, strict=True
    ):
        seen = glyph_looks[first : first + len(reading.glyphs)].tolist()
        first += len(seen)
        glyphs = [
            _glyph_look(glyph, printed, look)
            for glyph, printed, look in zip(
                reading.glyphs, _printed(row, own, reading), seen, strict=True
            )
        ]
        rows.append(RowLook(ink, ruled, row.height, fills, glyphs))
    return rows


def _glyph_look(glyph: Glyph, printed: float, look: list[float]) -> GlyphLook:
    ink, core, ruled, red, green, blue = look
    box, colour = glyph.hypothesis.box, (red, green, blue)
    return GlyphLook(glyph.digit, glyph.confidence, printed, box, ink, core, ruled, colour)


def _printed(row: Row, scored: Scored, reading: RowReading) -> list[float]:
    """Log-odds that each glyph of a row's reading is print."""
    assert scored.printed is not None
    index = {id(hypothesis): k for k, hypothesis in enumerate(row.hypotheses)}
    return [float(scored.printed[index[id(glyph.hypothesis)]]) for glyph in reading.glyphs]


def without_print(
    layout: Layout,
    scored: Scored,
    readings: Sequence[RowReading],
    constraints: Sequence[Constraints],
    hand: Hand | None = None,
    *,
    signs_alone: bool = False,
) -> tuple[list[RowReading], NDArray[np.float64]]:
    """Find out what a hand wrote.

    Args:
        layout: Rows in reading order.
        scored: The hypotheses of all rows, in their order.
        readings: Of each row.
        constraints: What is known of each row.
        hand: What is remembered of the writer.
        signs_alone: Whether a sign alone may be a number.

    Returns:
        The readings, those of rows that are print in part without the print; and (n,) how likely a
        hand wrote each row, as far as it is in its reading.
    """
    rows = row_looks(layout, scored, readings)
    if rows is None:
        return list(readings), np.ones(len(readings))
    if signs_alone:
        rows = [_with_signs(look, reading) for look, reading in zip(rows, readings, strict=True)]
    judged = judge_rows(rows, drawn=layout.plain)
    kept = []
    for (row, part), reading, told, known in zip(
        by_row(layout, scored), readings, judged, constraints, strict=True
    ):
        if told.kept.all() or not told.kept.any():
            kept.append(reading)
            continue
        rest, left = row.without(_atoms_left_out(reading, told.kept))
        again = decode(rest, part.of(np.array(left)), known, hand)
        alternatives = tuple((text, p * told.apart) for text, p in again.alternatives)
        kept.append(replace(again, alternatives=alternatives))
    return kept, np.array([told.by_hand for told in judged])


def _with_signs(look: RowLook, reading: RowReading) -> RowLook:
    """A row's look in which its signs count as digits that were read."""
    glyphs = [
        glyph._replace(digit=SIGN_READ) if read.character in SIGNS else glyph
        for glyph, read in zip(look.glyphs, reading.glyphs, strict=True)
    ]
    return replace(look, glyphs=glyphs)


def _atoms_left_out(reading: RowReading, kept: NDArray[np.bool_]) -> set[int]:
    """The atoms of the glyphs that are not kept, and of what was left out beside them."""
    hypotheses = [glyph.hypothesis for glyph in reading.glyphs]
    gone = [h for h, keep in zip(hypotheses, kept, strict=True) if not keep]
    for other in (*reading.left_out, *reading.specks):
        nearest = min(hypotheses, key=lambda h: abs(h.centre - other.centre))
        if any(nearest is h for h in gone):
            gone.append(other)
    return {atom for h in gone for atom in h.atoms}
