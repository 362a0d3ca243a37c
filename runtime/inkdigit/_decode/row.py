"""One row's scored hypotheses in, the best reading out, with others and their probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.formats import Formats
from inkdigit._decode.hand import Hand
from inkdigit._decode.lattice import LEFT_OUT, OTHER, Lattice, Scores, log_sum
from inkdigit._decode.signs import SignNet, sign_features
from inkdigit._decode.texts import ALTERNATIVES, Text, character, likeliest_texts
from inkdigit._decode.weights import Weights
from inkdigit._segment.layout import Hypothesis, Row
from inkdigit.labels import ALL_DIGITS, DIGITS, NOT_DIGIT, SIGNS

__all__ = [
    "IN_NUMBERS",
    "Glyph",
    "RowReading",
    "decode_row",
    "likely_texts",
    "may_be_signs",
    "score_row",
]

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
# Of being no digit: what is more clearly a digit is not skipped.
PASSABLE_LOG_PROBABILITY = -5.0
# Who allows signs expects them: log-odds of each, over the rows that the weights were fitted on.
EXPECTED_SIGN = 1.0
LEAST_SIGN = 1e-3  # what is less likely a sign is not read as one: the lattice stays small


@dataclass(frozen=True, eq=False)
class Glyph:
    """One digit, sign or "?" of a reading.

    Attributes:
        hypothesis: What it is made of.
        character: A digit, one of `SIGNS`, or "?".
        confidence: Probability that this is a separate glyph and reads `character`.
        candidates: Digits with the probability that this is a separate glyph and reads that digit,
            best first.
    """

    hypothesis: Hypothesis
    character: str
    confidence: float
    candidates: tuple[tuple[int, float], ...]

    @property
    def digit(self) -> int | None:
        """The digit, or None for a sign and for "?"."""
        return int(self.character) if self.character in ALL_DIGITS else None


@dataclass(frozen=True, eq=False)
class RowReading:
    """What a row reads.

    Attributes:
        glyphs: From left to right.
        alternatives: Texts with their probabilities, best first, which sum to at most 1. The
            first is the glyphs'.
        left_out: Signs that may not be read, and were left out.
        specks: What was left out as too small to mean anything: a slip of the finger, or dust.
        complete: Probability, 0 to 1, that no sign was left out.
    """

    glyphs: tuple[Glyph, ...]
    alternatives: tuple[tuple[str, float], ...]
    left_out: tuple[Hypothesis, ...] = ()
    specks: tuple[Hypothesis, ...] = ()
    complete: float = 1.0


def decode_row(
    row: Row,
    log_probabilities: NDArray[np.float64],
    *,
    length: tuple[int, int] | None = None,
    allowed: Sequence[int] = range(DIGITS),
    signs: str = "",
    weights: Weights | None = None,
    sign_net: SignNet | None = None,
    formats: Formats | None = None,
    hand: Hand | None = None,
    vectors: NDArray[np.float32] | None = None,
) -> RowReading:
    """Read a row.

    Args:
        row: Its atoms and hypotheses.
        log_probabilities: (n, 11) of each hypothesis's raster: the digits, then "not a digit".
        length: The least and the most glyphs, signs not counted. A non-digit may be passed over to
            meet it. Where the ink cannot be divided so, the nearest number of glyphs that it can
            be.
        allowed: The digits that may be read; "?" always may.
        signs: The signs that may be read; others are left out.
        weights: Others than the bundled ones.
        sign_net: Another than the bundled one.
        formats: Others than the bundled ones; they count where signs may be read.
        hand: What is remembered of the writer.
        vectors: (n, d) of each hypothesis's raster, for `hand` to compare; 0 for specks.

    Returns:
        The best reading that fits, with others.
    """
    lattice, scores = score_row(
        row,
        log_probabilities,
        counted=length is not None,
        weights=weights,
        sign_net=sign_net,
        hand=hand,
        vectors=vectors,
    )
    read, passed, texts = _weigh(lattice, scores, length, allowed, signs)
    if signs:
        texts = _weighed_by_form(texts, read, passed, formats or Formats.bundled())
    glyphs, left_out, specks = [], [], []
    for step, column in texts[0].glyphs:
        index, read_as = step.hypothesis, character(step, column)
        if index is None:
            continue
        if not read_as:
            if row.hypotheses[index].speck:
                specks.append(row.hypotheses[index])
            continue
        if read_as in SIGNS and read_as not in signs:
            left_out.append(row.hypotheses[index])
            continue
        ranked = np.argsort(-read[index, :DIGITS], kind="stable").tolist()
        candidates = ((digit, float(read[index, digit])) for digit in ranked)
        share = passed[index, column] if step.passed else read[index, column]
        glyphs.append(
            Glyph(
                row.hypotheses[index],
                read_as,
                min(float(share), 1.0),
                tuple(candidate for candidate in candidates if candidate[1] > 0),
            )
        )
    kept, complete = _without(texts, signs)
    return RowReading(
        tuple(glyphs), tuple(kept[:ALTERNATIVES]), tuple(left_out), tuple(specks), complete
    )


def score_row(
    row: Row,
    log_probabilities: NDArray[np.float64],
    *,
    counted: bool,
    weights: Weights | None = None,
    sign_net: SignNet | None = None,
    hand: Hand | None = None,
    vectors: NDArray[np.float32] | None = None,
) -> tuple[Lattice, Scores]:
    """All ways to read a row, and what each of their steps weighs.

    Args:
        row: As for `decode_row`, as the others are.
        log_probabilities: Likewise.
        counted: Whether the number of glyphs is known. To meet it, whole strokes or marks that may
            be no digit may be left out, beside the specks, which always may.
        weights: Likewise.
        sign_net: Likewise.
        hand: Likewise.
        vectors: Likewise.
    """
    weights = weights or Weights.bundled()
    told = (sign_net or SignNet.bundled()).log_probabilities(sign_features(row, log_probabilities))
    if hand is not None and vectors is not None:
        told = hand.weigh_signs(told, vectors)
        log_probabilities = hand.weigh(log_probabilities, vectors)
    may_pass = may_be_signs(row, told)
    if counted:  # whole strokes that may be no digit may be signs
        whole = np.array([not h.cuts for h in row.hypotheses], bool)
        may_pass |= (log_probabilities[:, NOT_DIGIT] >= PASSABLE_LOG_PROBABILITY) & whole
    lattice = Lattice(row, counted, set(np.flatnonzero(may_pass).tolist()))
    scores = lattice.score(log_probabilities, weights, told)
    if counted and lattice.finals:
        unread = np.logaddexp(scores.labels[:, NOT_DIGIT], scores.passed[:, OTHER])
        scores.passed[:, LEFT_OUT] = np.where(lattice.is_speck, scores.passed[:, LEFT_OUT], unread)
        scores.passed[:, OTHER] = -math.inf  # a sign counts for nothing: it is left out
    return lattice, scores


def may_be_signs(row: Row, told: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) whether each of a row's hypotheses may be a sign, from (n, 7) log-probabilities.

    What stands alone always may: with nothing to measure it by, a dash is as high as its row.
    """
    return np.asarray((told[:, LEFT_OUT] < math.log1p(-LEAST_SIGN)) | (row.atom_count == 1))


def _weigh(
    lattice: Lattice,
    scores: Scores,
    length: tuple[int, int] | None,
    allowed: Sequence[int],
    signs: str,
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[Text]]:
    """Weigh all ways to read a row.

    Args:
        lattice: From `score_row`.
        scores: Likewise; changed.
        length: As for `decode_row`, as the others are.
        allowed: Likewise.
        signs: Likewise.

    Returns:
        (n, 11) and (n, 7), fractions of the weight that read each hypothesis as each class, and
        that leave it out or read it as each sign; and the likeliest texts, best first.
    """
    scores.labels[:, [digit for digit in range(DIGITS) if digit not in allowed]] = -math.inf
    scores.passed[:, [1 + SIGNS.index(sign) for sign in signs]] += EXPECTED_SIGN
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
    whole_weight = log_sum([kind.log_weight for kind in kinds])
    read, passed = np.zeros_like(scores.labels), np.zeros_like(scores.passed)
    for kind in kinds:
        if kind.log_weight > -math.inf:
            share = math.exp(kind.log_weight - whole_weight)
            read += kind.read * share
            passed += kind.passed * share
    texts = likeliest_texts([kind.paths for kind in kinds], whole_weight)
    return read, passed, texts


def _weighed_by_form(
    texts: Sequence[Text],
    read: NDArray[np.float64],
    passed: NDArray[np.float64],
    formats: Formats,
) -> list[Text]:
    """Texts weighed by their forms, best first; the fractions of their glyphs change likewise.

    Args:
        texts: Best first.
        read: (n, 11) fraction of the weight that reads each hypothesis as each class; changed.
        passed: (n, 7) fraction that leaves it out, or reads it as each sign or another; changed.
        formats: How likely forms are.
    """
    before = np.array([text.probability for text in texts])
    odds = formats.log_odds([(text.text, text.probability) for text in texts])
    after = before * np.exp(odds - odds.max())
    if not after.sum() > 0:
        return list(texts)
    after *= before.sum() / after.sum()
    for text, change in zip(texts, (after - before).tolist(), strict=True):
        for step, column in text.glyphs:
            if step.hypothesis is not None:
                (passed if step.passed else read)[step.hypothesis, column] += change
    np.clip(read, 0.0, 1.0, out=read)
    np.clip(passed, 0.0, 1.0, out=passed)
    weighed = [replace(t, probability=p) for t, p in zip(texts, after.tolist(), strict=True)]
    return sorted(weighed, key=lambda text: -text.probability)


def likely_texts(
    row: Row, log_probabilities: NDArray[np.float64], signs: str
) -> list[tuple[str, float]]:
    """All texts that the decoder finds in a row, with their probabilities by the lattice alone."""
    lattice, scores = score_row(row, log_probabilities, counted=False)
    *_, texts = _weigh(lattice, scores, None, range(DIGITS), signs)
    return [(text.text, text.probability) for text in texts]


def _without(texts: Sequence[Text], signs: str) -> tuple[list[tuple[str, float]], float]:
    """Texts without the signs that may not be read, and how likely none had to be left out.

    A text that something was left out of is as likely as that nothing was.
    """
    unwanted = "".join(sign for sign in SIGNS if sign not in signs)
    removed = str.maketrans("", "", unwanted)
    found: dict[str, float] = {}
    complete = total = 0.0
    for text in texts:
        short = text.text.translate(removed)
        found[short] = found.get(short, 0.0) + text.probability
        complete += text.probability * (short == text.text)
        total += text.probability
    complete = min(complete / total, 1.0) if total else 1.0
    first = texts[0].text.translate(removed)
    ranked = sorted(found.items(), key=lambda item: (item[0] != first, -item[1]))
    most = ranked[0][1]
    return [(text, min(p, most) * complete) for text, p in ranked], complete
