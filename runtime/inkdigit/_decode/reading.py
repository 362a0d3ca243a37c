"""Layout in, reading out: hypotheses scored in batches, and each row decoded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.hand import Hand, HandRule
from inkdigit._decode.printed import print_odds
from inkdigit._decode.row import Glyph, RowReading, decode_row
from inkdigit._decode.texts import join_texts
from inkdigit._decode.written import (
    LEAST_BY_HAND,
    GlyphLook,
    RowLook,
    judge_rows,
)
from inkdigit._segment.layout import Hypothesis, Layout, Row
from inkdigit.errors import InputError, InputTypeError
from inkdigit.labels import ALL_DIGITS, CLASSES, SIGNS, SPACE, log_softmax
from inkdigit.results import DigitReading, Reading

__all__ = [
    "Constraints",
    "Length",
    "Scored",
    "by_row",
    "compose",
    "decode",
    "decode_rows",
    "read_layout",
    "row_looks",
    "score_hypotheses",
    "score_rasters",
    "without_print",
]

Length: TypeAlias = int | tuple[int, int] | None
Engine: TypeAlias = Callable[
    [NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]
]  # `Session.run`

SIGN_READ = 0  # a sign that was read looks as likely written as a digit that is no 1
# Rasters scored at once. The engine keeps the memory of its largest batch: 4 MB here and 10 MB at
# 64, where a raster takes as long (161 and 160 µs).
MAX_BATCH = 16


@dataclass(frozen=True)
class Constraints:
    """What a caller knows of a reading.

    Attributes:
        length: The least and the most glyphs of each row, or None for any number.
        digits: The digits that may be read, ascending.
        signs: The signs that may be read.
        spaces: Whether a wide gap in a line is read as a space; else another line begins there.
        min_confidence: A glyph that is less sure is read as "?".
    """

    length: tuple[int, int] | None
    digits: tuple[int, ...]
    signs: str = ""
    spaces: bool = False
    min_confidence: float = 0.0

    @classmethod
    def parse(
        cls, length: Length = None, allowed: str = ALL_DIGITS, min_confidence: float = 0.0
    ) -> Constraints:
        """Check what a caller gave; see `Recognizer.read`.

        Raises:
            InputError: If a length is below 1 or upside down, no digit is allowed, or a confidence
                is not from 0 to 1.
            InputTypeError: If one is of another type.
        """
        if not isinstance(allowed, str):
            raise InputTypeError(
                f"allowed is a {type(allowed).__name__}; expected a string of digits and signs"
            )
        characters = set(allowed)
        if not characters & set(ALL_DIGITS) or characters - set(ALL_DIGITS + SIGNS + SPACE):
            raise InputError(
                f"allowed is {allowed!r}; expected one or more of the digits, and any of the signs"
                f' "{SIGNS}" and a space beside them, as in "01" or "0123456789.-"'
            )
        if isinstance(min_confidence, bool) or not isinstance(min_confidence, (int, float)):
            raise InputTypeError(
                f"min_confidence is a {type(min_confidence).__name__}; expected a number"
            )
        if not 0 <= min_confidence <= 1:
            raise InputError(f"min_confidence is {min_confidence!r}; expected from 0 to 1")
        return cls(
            cls._limits(length),
            tuple(sorted(int(c) for c in characters & set(ALL_DIGITS))),
            "".join(sign for sign in SIGNS if sign in characters),
            SPACE in characters,
            float(min_confidence),
        )

    @staticmethod
    def _limits(length: Length) -> tuple[int, int] | None:
        if length is None:
            return None
        limits = (length, length) if isinstance(length, int) else length
        if (
            not isinstance(limits, (tuple, list))
            or len(limits) != 2
            or not all(isinstance(n, int) and not isinstance(n, bool) for n in limits)
        ):
            raise InputTypeError(
                f"length is {length!r}; expected a whole number, or two: (least, most)"
            )
        if not 1 <= limits[0] <= limits[1]:
            raise InputError(f"length is {length!r}; expected at least 1, and least <= most")
        return limits[0], limits[1]

    def fits(self, glyphs: int) -> bool:
        """Whether a row may have this many glyphs."""
        return self.length is None or self.length[0] <= glyphs <= self.length[1]


@dataclass(frozen=True, eq=False)
class Scored:
    """What the network says of n hypotheses.

    Attributes:
        log_probabilities: (n, 11) of each.
        vectors: (n, d) float32 for `Hand` to compare, 0 for specks; None where none were asked for.
        printed: (n,) log-odds that each is print, 0 for specks; None where all is handwriting.
    """

    log_probabilities: NDArray[np.float64]
    vectors: NDArray[np.float32] | None = None
    printed: NDArray[np.float64] | None = None

    def of(self, rows: slice | NDArray[np.int64]) -> Scored:
        """Those of some hypotheses."""
        vectors, printed = self.vectors, self.printed
        return Scored(
            self.log_probabilities[rows],
            None if vectors is None else vectors[rows],
            None if printed is None else printed[rows],
        )


def score_hypotheses(
    hypotheses: Sequence[Hypothesis], layout: Layout, run: Engine, rule: HandRule | None = None
) -> Scored:
    """Score hypotheses, with one call of the engine for up to `MAX_BATCH` of them.

    Args:
        hypotheses: Of the layout.
        layout: To draw them.
        run: `Session.run`.
        rule: Makes their vectors, where there is a hand to compare them with.

    Raises:
        InferenceError: If the engine fails, or answers with NaN.
    """
    bodies = _bodies(hypotheses)
    scores = _unscored(hypotheses)
    vectors = None if rule is None else np.zeros((len(hypotheses), rule.size), np.float32)
    printed = np.zeros(len(hypotheses)) if layout.may_be_print else None
    for first in range(0, len(bodies), MAX_BATCH):
        block = bodies[first : first + MAX_BATCH]
        rasters = layout.rasters([hypotheses[k] for k in block])
        logits, embedding = run(np.ascontiguousarray(rasters)[:, None])
        scores[block] = log_softmax(logits)
        if rule is not None and vectors is not None:
            vectors[block] = rule.vectors(rasters, scores[block], embedding)
        if printed is not None:
            printed[block] = print_odds(rasters, embedding)
    return Scored(scores, vectors, printed)


def score_rasters(
    rasters: NDArray[np.float32], hypotheses: Sequence[Hypothesis], run: Engine
) -> NDArray[np.float64]:
    """The same for rasters (n, 28, 28) that are drawn already."""
    bodies = _bodies(hypotheses)
    scores = _unscored(hypotheses)
    for first in range(0, len(bodies), MAX_BATCH):
        block = bodies[first : first + MAX_BATCH]
        scores[block] = log_softmax(run(rasters[block][:, None])[0])
    return scores


def _bodies(hypotheses: Sequence[Hypothesis]) -> list[int]:
    """Those that may be digits: a raster of a speck says nothing."""
    return [k for k, hypothesis in enumerate(hypotheses) if not hypothesis.speck]


def _unscored(hypotheses: Sequence[Hypothesis]) -> NDArray[np.float64]:
    return np.full((len(hypotheses), CLASSES), -math.log(CLASSES))


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
