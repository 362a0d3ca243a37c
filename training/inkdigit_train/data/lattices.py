"""Composed numbers in; their lattices out, scored by a network, with the right paths known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.lattice import LEFT_OUT, OTHER, PASSED, Lattice
from inkdigit._decode.row import may_be_signs
from inkdigit._decode.scoring import score_rasters
from inkdigit._decode.signs import SignNet, sign_features
from inkdigit._decode.steady import steady
from inkdigit._segment.layout import Layout, Row
from inkdigit._segment.marks import MarkLayout
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.labels import CLASSES, NOT_DIGIT, SIGNS
from inkdigit.session import Session
from inkdigit_train.data.compose import Composed, Style, compose_many
from inkdigit_train.data.hypotheses import glyph_of
from inkdigit_train.data.nondigits import LOOKALIKES
from inkdigit_train.data.pages.writing import ink_writing
from inkdigit_train.data.pictured import Pictured, draw_composed, shown_glyphs
from inkdigit_train.data.records import InkRecord
from inkdigit_train.data.signed import compose_signed
from inkdigit_train.data.touching import KINDS, make_touching

__all__ = ["Example", "examples", "picture_examples", "shares", "string_rows"]

# Numbers, numbers with letters, rows with signs; of each kind of touching digits, and of other
# numbers, as pictures.
ROWS = (2700, 900, 600, 120, 450)
STYLE = Style(gap=(-0.05, 0.8), touching=0.35, joined=0.15, sizes=0.2, late=0.1)


@dataclass(frozen=True, eq=False)
class Example:
    """One row of a composed number, scored."""

    lattice: Lattice  # the row's paths
    rasters: NDArray[np.uint8]  # (n, 28, 28) of its hypotheses, 255 = ink; specks are blank
    log_probabilities: NDArray[np.float64]  # (n, 11) of its hypotheses
    signs: NDArray[np.float64]  # (n, 7) log-probabilities of `SIGN_CLASSES`
    right: NDArray[np.bool_]  # (n, 11) True at the label of each that shows just one glyph
    right_passed: NDArray[np.bool_]  # (n, 7) at the sign, and where a speck is rightly left out

    @classmethod
    def of(
        cls,
        row: Row,
        rasters: NDArray[np.uint8],
        log_probabilities: NDArray[np.float64],
        right: NDArray[np.bool_],
        right_passed: NDArray[np.bool_],
        sign_net: SignNet,
    ) -> Example:
        """Score a row's signs, and lay out its paths as the decoder does."""
        told = sign_net.log_probabilities(sign_features(row, log_probabilities))
        lattice = Lattice(row, passable=set(np.flatnonzero(may_be_signs(row, told)).tolist()))
        return cls(lattice, rasters, log_probabilities, told, right, right_passed)

    @cached_property
    def pair_features(self) -> NDArray[np.float64]:
        """(edges, 7) of the lattice."""
        return self.lattice.pair_features()


def string_rows(
    digits: Sequence[InkRecord],
    symbols: Sequence[InkRecord],
    session: Session,
    sign_net: SignNet,
    scale: float = 1.0,
    seed: int = 0,
) -> list[Example]:
    """Rows of numbers to tune a network on, or to see what tuning gave.

    Args:
        digits: Of writers with names.
        symbols: Letters and signs.
        session: The network before tuning; signs are told by its answers.
        sign_net: Tells them.
        scale: How many: 1 makes about 6,000 rows.
        seed: Of the numbers.
    """
    letters = [record for record in symbols if record.label not in LOOKALIKES]
    plain, lettered, signed, touching, pictured = (round(scale * count) for count in ROWS)
    numbers = compose_many(digits, plain, seed, STYLE)
    numbers += compose_many(digits, lettered, seed + 1, replace(STYLE, letters=0.2), letters)
    numbers += [row.number for row in compose_signed(digits, symbols, signed, seed + 2)]
    writing = ink_writing(digits)
    pictures = [n for kind in KINDS for n in make_touching(kind, writing, touching, seed)]
    pictures += [draw_composed(n) for n in compose_many(digits, pictured, seed + 3, STYLE)]
    found = examples(numbers, session, sign_net)
    return found + picture_examples(pictures, session, sign_net)


def examples(numbers: Sequence[Composed], session: Session, sign_net: SignNet) -> list[Example]:
    """Segment and score composed numbers as ink, also where the lattice lacks the right reading."""
    found = []
    for number in numbers:
        layout = StrokeLayout(number.ink)
        right = np.zeros((len(layout.hypotheses), CLASSES), bool)
        passed = np.zeros((len(layout.hypotheses), PASSED), bool)
        for k, hypothesis in enumerate(layout.hypotheses):
            glyph = glyph_of(hypothesis, number)
            if glyph is not None:
                _mark(number.label[glyph], right[k], passed[k])
            if hypothesis.speck:
                passed[k, LEFT_OUT] = not any(number.parts[s] for s in hypothesis.sources)
        found += _by_row(layout, _rasters(layout), right, passed, session, sign_net)
    return found


def picture_examples(
    numbers: Sequence[Pictured], session: Session, sign_net: SignNet
) -> list[Example]:
    """The same of numbers without signs as pictures, where each speck is rightly left out."""
    found = []
    for number in numbers:
        layout = MarkLayout(1 - number.picture.astype(np.float32) / np.float32(255))
        hypotheses = layout.hypotheses
        rasters = layout.rasters(hypotheses)
        shown = shown_glyphs(layout, rasters, number)
        right = np.zeros((len(hypotheses), CLASSES), bool)
        passed = np.zeros((len(hypotheses), PASSED), bool)
        for k, glyph in zip(*np.nonzero(shown), strict=True):
            _mark(number.label[glyph], right[k], passed[k])
        passed[:, LEFT_OUT] = [hypothesis.speck for hypothesis in hypotheses]
        rasters[passed[:, LEFT_OUT]] = 0
        found += _by_row(layout, rasters, right, passed, session, sign_net)
    return found


def _mark(character: str, right: NDArray[np.bool_], passed: NDArray[np.bool_]) -> None:
    if character in SIGNS:
        passed[1 + SIGNS.index(character)] = True
    elif character == "?":  # a letter, or another sign: it reads the same
        right[NOT_DIGIT] = passed[OTHER] = True
    else:
        right[int(character)] = True


def _rasters(layout: Layout) -> NDArray[np.float32]:
    """(n, 28, 28) of all hypotheses; specks are blank."""
    hypotheses = layout.hypotheses
    rasters = layout.rasters(hypotheses)
    rasters[[hypothesis.speck for hypothesis in hypotheses]] = 0
    return rasters


def _by_row(
    layout: Layout,
    rasters: NDArray[np.float32],
    right: NDArray[np.bool_],
    passed: NDArray[np.bool_],
    session: Session,
    sign_net: SignNet,
) -> list[Example]:
    found, first = [], 0
    scores = score_rasters(rasters, layout.hypotheses, steady(session.run))
    drawn = np.rint(rasters * 255).astype(np.uint8)
    for row in layout.rows:
        own = slice(first, first + len(row.hypotheses))
        found.append(Example.of(row, drawn[own], scores[own], right[own], passed[own], sign_net))
        first = own.stop
    return found


def shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row's exponentials over their sum; zeros where all are -inf."""
    tops = scores.max(axis=1, keepdims=True)
    weights = np.exp(scores - np.where(np.isfinite(tops), tops, 0.0))
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300))
