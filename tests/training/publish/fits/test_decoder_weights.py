"""The fit of the decoder's weights."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._decode.lattice import PASSED, Lattice
from inkdigit._decode.signs import SignNet
from inkdigit._decode.weights import BUNDLED_WEIGHTS, FEATURES, GLYPH, Weights
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.session import BUNDLED_MODEL, OnnxSession
from inkdigit_train.data.compose import Style, compose_many
from inkdigit_train.data.hypotheses import glyph_of
from inkdigit_train.data.lattices import Example, picture_examples
from inkdigit_train.data.pages.writing import ink_writing
from inkdigit_train.data.records import write_records
from inkdigit_train.data.touching import make_touching
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.publish.fits import decoder_weights


def example_of(row, table, right, rng):
    """A row with random odds of signs, the second hypothesis rightly a point."""
    signs = np.log(rng.dirichlet(np.ones(PASSED), len(row.hypotheses)))
    passed = np.zeros(signs.shape, bool)
    passed[1, 1] = True
    rasters = np.zeros((len(row.hypotheses), 28, 28), np.uint8)
    lattice = Lattice(row, passable=range(len(row.hypotheses)))
    return Example(lattice, rasters, table, signs, right, passed)


def test_the_gradient_of_the_fit_is_that_of_its_loss(hand):
    rng = np.random.default_rng(0)
    number = compose_many(hand, 1, 1, Style(length=(4, 4), joined=0.5))[0]
    row = StrokeLayout(number.ink).rows[0]
    table = np.log(rng.dirichlet(np.ones(11), len(row.hypotheses)))
    right = np.zeros(table.shape, bool)
    for k, hypothesis in enumerate(row.hypotheses):
        if glyph_of(hypothesis, number) is not None:
            right[k, 0] = True
    example = example_of(row, table, right, rng)
    vector = rng.normal(0, 0.3, len(FEATURES))
    loss, gradient = decoder_weights._loss(vector, example)
    assert loss > 0
    for k, step in enumerate(np.eye(len(vector)) * 1e-5):
        above, below = (decoder_weights._loss(vector + s, example)[0] for s in (step, -step))
        slope = (above - below) / 2e-5
        assert gradient[k] == pytest.approx(slope, abs=1e-5)


def test_fitting_raises_the_likelihood(hand):
    made = compose_many(hand, 4, 1, Style(joined=0.0))
    rng = np.random.default_rng(0)
    found = []
    for number in made:
        for row in StrokeLayout(number.ink).rows:
            table = np.log(rng.dirichlet(np.ones(11), len(row.hypotheses)))
            right = np.zeros(table.shape, bool)
            for k, hypothesis in enumerate(row.hypotheses):
                glyph = glyph_of(hypothesis, number)
                if glyph is not None:
                    right[k, int(number.label[glyph])] = True
            found.append(example_of(row, table, right, rng))
    _, before = decoder_weights.fit(found, iterations=0)
    weights, after = decoder_weights.fit(found, iterations=8)
    assert after < before
    assert set(weights) == set(FEATURES)


def test_pictures_have_right_readings(hand):
    numbers = make_touching("four and zero", ink_writing(hand), 6, 1)
    found = picture_examples(numbers, OnnxSession(BUNDLED_MODEL), SignNet.bundled())
    assert len(found) >= len(numbers)
    losses = [decoder_weights._loss(np.zeros(len(FEATURES)), example)[0] for example in found]
    assert any(loss > 0 for loss in losses)


def test_weights_are_fitted_to_a_model(monkeypatch, tmp_path, hand, letter):
    monkeypatch.setattr(decoder_weights, "PLAIN", 4)
    monkeypatch.setattr(decoder_weights, "WITH_LETTERS", 2)
    monkeypatch.setattr(decoder_weights, "PICTURES", 2)
    monkeypatch.setattr(decoder_weights, "TOUCHING", 1)
    ink, others, out = (tmp_path / name for name in ("ink.jsonl", "letters.jsonl", "weights.json"))
    write_records(ink, hand)
    write_records(others, [letter])
    assert not decoder_weights.is_fitted(out, BUNDLED_MODEL)
    decoder_weights.fit_to_model(BUNDLED_MODEL, [ink], [others], out)
    assert decoder_weights.is_fitted(out, BUNDLED_MODEL)
    assert len(Weights.load(out).glyph) == len(GLYPH)
    with pytest.raises(DataNotFoundError):
        decoder_weights.fit_to_model(BUNDLED_MODEL, [ink], [], out)


def test_the_bundled_weights_are_fitted_to_the_bundled_model():
    assert decoder_weights.is_fitted(BUNDLED_WEIGHTS, BUNDLED_MODEL)
