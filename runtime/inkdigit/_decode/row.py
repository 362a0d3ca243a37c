"""One row's scored hypotheses in, the best reading out, with others and their probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.lattice import Lattice, log_sum
from inkdigit._decode.texts import ALTERNATIVES, likeliest_texts, spell
from inkdigit._decode.weights import Weights
from inkdigit._segment.layout import Hypothesis, Row
from inkdigit.labels import DIGITS, NOT_DIGIT

__all__ = ["IN_NUMBERS", "Glyph", "RowReading", "decode_row"]

# A row holds numbers, or letters and digits mixed: where one glyph is not a digit, the others are
# more likely not to be digits either. The fractions of such rows, and of "?" among the glyphs of
# each kind, are assumed, not measured: they say what the reader is made for. With one mixed row in
# 10 instead of 50 more of validation writers' letters were marked, at the cost of few numbers.
MIXED_ROWS = 0.1
IN_NUMBERS, IN_MIXED = 0.001, 0.25
MAYBE_MIXED = 5e-3  # a row with fewer expected "?" is not scored as a mixed one

# With a fixed length, a non-digit is probably a stray sign (a percent sign, a comma): skip it
# rather than count it as one of the digits.
COUNTED_UNREADABLE = 0.1  # odds of a "?" that counts, against one that is skipped
SKIPPABLE_LOG_PROBABILITY = -5.0  # of being no digit: what is more clearly a digit is not skipped


@dataclass(frozen=True, eq=False)
class Glyph:
    """One digit, or "?", of a reading.

    Attributes:
        hypothesis: What it is made of.
        digit: 0 to 9, or None for "?".
        confidence: Probability that this is a separate glyph and reads `digit`.
        candidates: Digits with the probability that this is a separate glyph and reads that digit,
            best first.
    """

    hypothesis: Hypothesis
    digit: int | None
    confidence: float
    candidates: tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False)
class RowReading:
    """What a row reads.

    Attributes:
        glyphs: From left to right.
        alternatives: Texts with their probabilities, best first, which sum to at most 1. The
            first is the glyphs'.
    """

    glyphs: tuple[Glyph, ...]
    alternatives: tuple[tuple[str, float], ...]


def decode_row(
    row: Row,
    log_probabilities: NDArray[np.float64],
    *,
    length: tuple[int, int] | None = None,
    allowed: Sequence[int] = range(DIGITS),
    weights: Weights | None = None,
) -> RowReading:
    """Read a row.

    Args:
        row: Its atoms and hypotheses.
        log_probabilities: (n, 11) of each hypothesis's raster: the digits, then "not a digit".
        length: The least and the most glyphs. A non-digit may be skipped to meet it. Where the ink
            cannot be divided so, the nearest number of glyphs that it can be.
        allowed: The digits that may be read; "?" always may.
        weights: Others than the bundled ones.

    Returns:
        The best reading that fits, with others.
    """
    weights = weights or Weights.bundled()
    skippable: set[int] = set()
    if length is not None:  # whole strokes that may be no digit may be signs
        maybe = log_probabilities[:, NOT_DIGIT] >= SKIPPABLE_LOG_PROBABILITY
        skippable = {k for k in np.flatnonzero(maybe).tolist() if not row.hypotheses[k].cuts}
    lattice = Lattice(row, length is not None, skippable)
    scores = lattice.score(log_probabilities, weights)
    scores.labels[:, [digit for digit in range(DIGITS) if digit not in allowed]] = -math.inf
    finals = lattice.finals
    if length is not None and finals:
        scores.labels[:, NOT_DIGIT] += math.log(COUNTED_UNREADABLE)
        low, high = length
        misses = [max(low - lattice.counts[n], lattice.counts[n] - high, 0) for n in finals]
        finals = [node for node, miss in zip(finals, misses, strict=True) if miss == min(misses)]
    # The row as one of numbers and, where that may matter, as a mixed one.
    kinds = [lattice.weigh(scores, finals, 1 - MIXED_ROWS)]
    if kinds[0].unreadable >= MAYBE_MIXED:
        odds = (1 - IN_MIXED) / (1 - IN_NUMBERS), IN_MIXED / IN_NUMBERS
        kinds.append(lattice.weigh(scores.reweighted(*odds), finals, MIXED_ROWS))
    whole = log_sum([kind.log_weight for kind in kinds])
    read = np.zeros_like(scores.labels)
    for kind in kinds:
        if kind.log_weight > -math.inf:
            read += kind.read * math.exp(kind.log_weight - whole)
    texts = likeliest_texts([kind.paths for kind in kinds], whole)
    glyphs = []
    for index, label in spell(texts[0][0], [path for kind in kinds for path in kind.paths]):
        ranked = np.argsort(-read[index, :DIGITS], kind="stable").tolist()
        candidates = ((digit, float(read[index, digit])) for digit in ranked)
        glyphs.append(
            Glyph(
                row.hypotheses[index],
                None if label == NOT_DIGIT else label,
                min(float(read[index, label]), 1.0),
                tuple(candidate for candidate in candidates if candidate[1] > 0),
            )
        )
    return RowReading(tuple(glyphs), tuple(texts[:ALTERNATIVES]))
