"""Composed numbers, and the figures and the fit that use them."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit import Ink, Reading
from inkdigit._decode.features import FEATURES, GLYPH
from inkdigit._decode.lattice import Lattice
from inkdigit._decode.weights import BUNDLED_WEIGHTS, Weights
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.results import DigitReading
from inkdigit.session import BUNDLED_MODEL

compose = pytest.importorskip("inkdigit_train.data.compose")
numbers = pytest.importorskip("inkdigit_train.evaluation.numbers")
priors = pytest.importorskip("inkdigit_train.publish.decoder_weights")
records = pytest.importorskip("inkdigit_train.data.records")
DataNotFoundError = pytest.importorskip("inkdigit_train.errors").DataNotFoundError


def ring(height=100.0):
    turn = np.linspace(-np.pi / 2, 1.5 * np.pi, 30)
    return np.stack([30 + 30 * np.cos(turn), height / 2 * (1 + np.sin(turn))], 1)


def hand(count=30):
    """One writer's 0s, of one stroke, and 4s, of two."""
    four = [[[30, 0], [0, 60], [60, 60]], [[45, 30], [45, 100]]]
    return [
        records.InkRecord("04"[k % 2], Ink([ring()] if k % 2 == 0 else four), "w")
        for k in range(count)
    ]


LETTER = records.InkRecord("A", Ink([[[0, 100], [30, 0], [60, 100]], [[15, 60], [45, 60]]]), "v")


def test_the_same_seed_composes_the_same_numbers():
    one, other = (compose.compose_many(hand(), 5, seed=3) for _ in range(2))
    assert [(a.label, a.ink) for a in one] == [(b.label, b.ink) for b in other]


def test_every_stroke_tells_its_digit():
    for number in compose.compose_many(hand(), 20, seed=0, style=compose.Style(joined=0.0)):
        assert all(len(parts) == 1 for parts in number.parts)
        strokes = [
            sum(parts[0][0] == k for parts in number.parts) for k in range(len(number.label))
        ]
        assert strokes == [1 if digit == "0" else 2 for digit in number.label]


def test_joined_digits_share_a_stroke():
    style = compose.Style(length=(3, 3), joined=1.0, late=0.0)
    made = compose.compose_many([r for r in hand(60) if r.label == "0"], 4, 0, style)
    for number in made:
        assert len(number.ink) == 1
        assert [glyph for glyph, _, _ in number.parts[0]] == [0, 1, 2]


def test_letters_are_question_marks_and_never_all():
    style = compose.Style(letters=1.0)
    for number in compose.compose_many(hand(), 10, 0, style, [LETTER]):
        assert number.label.count("?") == len(number.label) - 1


def test_a_hypothesis_of_one_glyph_is_found_and_others_are_not():
    number = compose.compose_many(hand(), 1, 0, compose.Style(length=(3, 3), touching=0, joined=0))[
        0
    ]
    (line,) = StrokeLayout(number.ink).rows
    glyphs = {h.sources: compose.glyph_of(h, number) for h in line.hypotheses}
    for k in range(3):
        strokes = tuple(n for n, parts in enumerate(number.parts) if parts[0][0] == k)
        assert glyphs.pop(strokes) == k
    assert set(glyphs.values()) <= {None}


def test_the_gradient_of_the_fit_is_that_of_its_loss():
    rng = np.random.default_rng(0)
    number = compose.compose_many(hand(), 1, 1, compose.Style(length=(4, 4), joined=0.5))[0]
    line = StrokeLayout(number.ink).rows[0]
    table = np.log(rng.dirichlet(np.ones(11), len(line.hypotheses)))
    right = np.zeros(table.shape, bool)
    for k, hypothesis in enumerate(line.hypotheses):
        if compose.glyph_of(hypothesis, number) is not None:
            right[k, 0] = True
    example = priors.Example(Lattice(line), table, right)
    vector = rng.normal(0, 0.3, len(FEATURES))
    loss, gradient = priors._loss(vector, example)
    assert loss > 0
    for k, step in enumerate(np.eye(len(vector)) * 1e-5):
        slope = (
            priors._loss(vector + step, example)[0] - priors._loss(vector - step, example)[0]
        ) / 2e-5
        assert gradient[k] == pytest.approx(slope, abs=1e-5)


def test_fitting_raises_the_likelihood():
    made = compose.compose_many(hand(), 4, 1, compose.Style(joined=0.0))
    rng = np.random.default_rng(0)
    found = []
    for number in made:
        for line in StrokeLayout(number.ink).rows:
            table = np.log(rng.dirichlet(np.ones(11), len(line.hypotheses)))
            right = np.zeros(table.shape, bool)
            for k, hypothesis in enumerate(line.hypotheses):
                glyph = compose.glyph_of(hypothesis, number)
                if glyph is not None:
                    right[k, int(number.label[glyph])] = True
            found.append(priors.Example(Lattice(line), table, right))
    _, before = priors.fit(found, iterations=0)
    weights, after = priors.fit(found, iterations=8)
    assert after < before
    assert set(weights) == set(FEATURES)


def test_weights_are_fitted_to_a_model(monkeypatch, tmp_path):
    monkeypatch.setattr(priors, "PLAIN", 4)
    monkeypatch.setattr(priors, "WITH_LETTERS", 2)
    ink, others, out = (tmp_path / name for name in ("ink.jsonl", "letters.jsonl", "priors.json"))
    records.write_records(ink, hand())
    records.write_records(others, [LETTER])
    assert not priors.is_fitted(out, BUNDLED_MODEL)
    priors.fit_to_model(BUNDLED_MODEL, [ink], [others], out)
    assert priors.is_fitted(out, BUNDLED_MODEL)
    assert len(Weights.load(out).glyph) == len(GLYPH)
    with pytest.raises(DataNotFoundError):
        priors.fit_to_model(BUNDLED_MODEL, [ink], [], out)


def test_the_bundled_weights_are_fitted_to_the_bundled_model():
    assert priors.is_fitted(BUNDLED_WEIGHTS, BUNDLED_MODEL)


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("", "", 0), ("12", "12", 0), ("12", "2", 1), ("719", "179", 2)]
)
def test_edit_distance(one, other, expected):
    assert numbers.edit_distance(one, other) == expected


class Parrot:
    """Says the same of any ink."""

    def __init__(self, *glyphs):
        digits = tuple(DigitReading(d, 1.0, (0, 0, 1, 1), (), s, 0) for d, s in glyphs)
        text = "".join("?" if d.digit is None else str(d.digit) for d in digits)
        self.reading = Reading(text, digits, ((text, 1.0),), 1.0)

    def read(self, ink, length=None):
        return self.reading


def test_real_numbers_are_counted():
    made = [records.InkRecord(label, Ink([[[0, 0], [1, 1]]])) for label in ("12", "13")]
    figures = numbers.real_numbers(Parrot((1, (0,)), (2, (1,))), made)
    assert (figures["exact"], figures["digit_error_rate"]) == (0.5, 0.25)
    assert [m["label"] for m in figures["misread"]] == ["13"]


def test_letters_and_the_digits_beside_them_are_counted():
    number = compose.Composed(
        "4?", Ink([[[0, 0]], [[1, 1]], [[2, 2]]]), (((0, 0, 0),), ((0, 0, 0),), ((1, 0, 0),)),
        np.zeros((2, 4)),
    )  # fmt: skip
    right = numbers.letters(Parrot((4, (0, 1)), (None, (2,))), [number])
    assert (right["letters_marked"], right["digits_right"]) == (1.0, 1.0)
    wrong = numbers.letters(Parrot((4, (0,)), (7, (1, 2))), [number])
    assert (wrong["letters_marked"], wrong["digits_right"]) == (0.0, 0.0)
