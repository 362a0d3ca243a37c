"""Layout in, reading out: each row decoded, and the rows put together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.constraints import Constraints
from inkdigit._decode.hand import Hand
from inkdigit._decode.row import RowReading
from inkdigit._decode.rows import decode_rows
from inkdigit._decode.scoring import Scored
from inkdigit._decode.sift import without_print
from inkdigit._decode.texts import join_texts
from inkdigit._decode.written import LEAST_BY_HAND
from inkdigit._segment.layout import Layout
from inkdigit.labels import SIGNS, SPACE
from inkdigit.results import DigitReading, Reading

__all__ = ["compose", "read_layout"]


def read_layout(
    layout: Layout, scored: Scored, constraints: Constraints, hand: Hand | None = None
) -> Reading:
    """Decode each row of a layout.

    Args:
        layout: Rows in reading order.
        scored: The hypotheses of all rows, in their order.
        constraints: What is known of the reading.
        hand: What is remembered of the writer.

    Returns:
        The reading; boxes in pixels of the input.
    """
    readings = decode_rows(layout, scored, constraints, hand)
    readings, by_hand = without_print(layout, scored, readings, [constraints] * len(readings), hand)
    return compose(layout, range(len(readings)), readings, by_hand, constraints)


def compose(
    layout: Layout,
    rows: Sequence[int],
    readings: Sequence[RowReading],
    by_hand: NDArray[np.float64],
    constraints: Constraints,
) -> Reading:
    """Put some rows of a layout together.

    Args:
        layout: Rows in reading order.
        rows: Indices of the rows.
        readings: Of all rows of the layout.
        by_hand: (n,) how likely a hand wrote each of all rows.
        constraints: What is known of the reading.

    Returns:
        The reading; boxes in pixels of the input.
    """
    kept = [k for k in rows if by_hand[k] >= LEAST_BY_HAND]
    # Of a row of nothing but signs that are left out nothing is in the text.
    read = [k for k in kept if readings[k].glyphs]
    lines, separators = _lines([layout.rows[k].line for k in read], constraints.spaces)
    digits: list[DigitReading] = []
    texts: list[Sequence[tuple[str, float]]] = []
    wrong_length: list[int] = []
    left_out = [layout.to_input.box(box) for box in layout.unread]
    for k in kept:
        # A speck on a picture may be dust; of ink, somebody drew it.
        lost = readings[k].left_out
        if layout.from_ink:
            lost = (*lost, *readings[k].specks)
        left_out += [layout.to_input.box(hypothesis.box) for hypothesis in lost]
    for k, line in zip(read, lines, strict=True):
        reading, sure = readings[k], float(by_hand[k])
        numbers = [glyph for glyph in reading.glyphs if glyph.character not in SIGNS]
        if not constraints.fits(len(numbers)):
            wrong_length.append(line)
        doubtful = [g.confidence * sure < constraints.min_confidence for g in reading.glyphs]
        texts.append(_with_doubts(reading, doubtful))
        for glyph, doubt in zip(reading.glyphs, doubtful, strict=True):
            digits.append(
                DigitReading(
                    None if doubt else glyph.digit,
                    glyph.confidence * sure,
                    layout.to_input.box(glyph.hypothesis.box),
                    tuple((digit, p * sure) for digit, p in glyph.candidates),
                    glyph.hypothesis.sources if layout.from_ink else (),
                    line,
                    "?" if doubt else glyph.character,
                )
            )
    # What was left out for print, or might have been, is as much in doubt as what was read; and so
    # is where a gap parts two numbers.
    own = by_hand[list(rows)]
    right = float(np.where(own >= LEAST_BY_HAND, own, 1 - own).prod())
    right *= float(np.prod([layout.rows[k].parted for k in kept]))
    right *= math.prod(readings[k].alternatives[0][1] for k in kept if not readings[k].glyphs)
    if layout.unread:
        right = 0.0  # the text is not whole
    alternatives = tuple((text, p * right) for text, p in join_texts(texts, separators))
    text, confidence = alternatives[0]
    return Reading(
        text,
        tuple(digits),
        alternatives,
        confidence,
        tuple(dict.fromkeys(wrong_length)),
        tuple(left_out),
    )


def _lines(lines: Sequence[int], spaces: bool) -> tuple[list[int], list[str]]:
    """For each number its line in the text, from 0, and what stands before it."""
    indices: list[int] = []
    separators: list[str] = []
    for k, line in enumerate(lines):
        same = spaces and k > 0 and line == lines[k - 1]
        separators.append("" if not k else SPACE if same else "\n")
        indices.append(0 if not k else indices[-1] + (not same))
    return indices, separators


def _with_doubts(reading: RowReading, doubtful: Sequence[bool]) -> Sequence[tuple[str, float]]:
    """A row's alternatives, the first one with "?" for what is too doubtful."""
    if not any(doubtful):
        return reading.alternatives
    pairs = zip(reading.glyphs, doubtful, strict=True)
    text = "".join("?" if doubt else glyph.character for glyph, doubt in pairs)
    first = text, reading.alternatives[0][1]
    return [first, *(other for other in reading.alternatives[1:] if other[0] != text)]
