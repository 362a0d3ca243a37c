"""How remembered glyphs change what a raster may be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inkdigit._decode.hand import Hand, HandRule, character_of, class_of, describe
from inkdigit.labels import ALL_DIGITS, CLASSES, NOT_DIGIT, SIGNS

# Two dimensions; a vector's first says seven, its second one. No glyph fades.
RULE = HandRule(
    np.zeros((124, 2), np.float32),
    1.0,
    20.0,
    40.0,
    5.0,
    4.0,
    3.0,
    doubt=1.0,
    balance=0.5,
    fading=0.0,
)
SEVEN, ONE = np.eye(2, dtype=np.float32)


def guess(*likely):
    """(1, 11) log-probabilities, the rest shared evenly; pairs of class and probability."""
    table = np.full((1, CLASSES), 1e-4)
    for label, probability in likely:
        table[0, label] = probability
    return np.log(table / table.sum())


def hand(*glyphs, rule=RULE):
    vectors, labels, corrected = zip(*glyphs, strict=True)
    return Hand(np.stack(vectors), np.array(labels), np.array(corrected), rule)


def test_classes_and_characters_match():
    characters = ALL_DIGITS + "?" + SIGNS
    assert [character_of(class_of(c)) for c in characters] == list(characters)
    assert class_of("?") == NOT_DIGIT


def test_probabilities_sum_to_one_and_follow_the_formula():
    known = hand((SEVEN, 7, True), (SEVEN, 7, False))
    answer = np.exp(known.weigh(guess((1, 0.9), (7, 0.1)), SEVEN[None]))[0]
    plain = np.exp(guess((1, 0.9), (7, 0.1)))[0]
    against = np.ones(CLASSES)
    against[7] += 1  # one confirmed glyph
    against[NOT_DIGIT] = math.exp(0.5 * math.log(2) / 10)
    expected = plain.copy()
    expected[7] += math.exp(5) + math.exp(4)
    expected /= against
    np.testing.assert_allclose(answer, expected / expected.sum(), rtol=1e-6)


def test_a_correction_counts_for_more_than_a_confirmation():
    shared = (SEVEN + ONE) / np.sqrt(2)
    known = hand((SEVEN, 7, True), (ONE, 1, False))
    answer = known.weigh(guess((7, 0.5), (1, 0.5)), shared[None].astype(np.float32))[0]
    assert answer[7] > answer[1]


def test_the_newer_counts_for_more_where_glyphs_fade():
    rule = HandRule(**{**vars(RULE), "fading": 1.0})
    old = hand((SEVEN, 7, True), (ONE, 7, True), rule=rule)
    nearness = [old.weigh(guess((1, 0.99), (7, 0.01)), v[None])[0, 7] for v in (SEVEN, ONE)]
    assert nearness[0] < nearness[1]


def test_a_usual_shape_speaks_against_others_but_a_correction_does_not():
    unlike = ONE[None]
    table = guess((7, 0.5), (1, 0.5))
    usual = hand(*[(SEVEN, 7, False)] * 5).weigh(table, unlike)[0]
    odd = hand(*[(SEVEN, 7, True)] * 5).weigh(table, unlike)[0]
    assert usual[7] < usual[1]
    assert odd[7] == pytest.approx(odd[1], abs=1e-3)


def test_specks_stay_as_they_are():
    known = hand((SEVEN, 7, True), (ONE, class_of("-"), True))
    table = guess((7, 0.5), (1, 0.5))
    np.testing.assert_array_equal(known.weigh(table, np.zeros((1, 2), np.float32)), table)
    told = np.log(np.full((1, 7), 1 / 7))
    np.testing.assert_array_equal(known.weigh_signs(told, np.zeros((1, 2), np.float32)), told)


def test_a_remembered_sign_is_told_and_is_no_digit():
    known = hand((SEVEN, class_of("/"), True))
    told = np.log(np.array([[0.94, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]]))
    assert known.weigh_signs(told, SEVEN[None])[0].argmax() == 1 + SIGNS.index("/")
    assert known.weigh(guess((1, 0.9)), SEVEN[None])[0].argmax() == NOT_DIGIT
    # A remembered digit speaks against a sign of its shape.
    both = hand((ONE, 1, True), (SEVEN, class_of("/"), True))
    likely_sign = np.log(np.array([[0.3, 0.01, 0.01, 0.01, 0.66, 0.01, 0.01]]))
    assert both.weigh_signs(likely_sign, ONE[None])[0].argmax() == 0


def test_what_is_described_has_the_bundled_rules_length():
    rng = np.random.default_rng(0)
    rasters = rng.random((3, 28, 28), np.float32)
    rows = np.log(np.full((3, CLASSES), 1 / CLASSES))
    embedding = rng.normal(size=(3, 64)).astype(np.float32)
    described = describe(rasters, rows, embedding)
    rule = HandRule.bundled()
    assert described.shape == (3, rule.projection.shape[0])
    vectors = rule.vectors(rasters, rows, embedding)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rule.vectors(rasters, rows, 7 * embedding), vectors, atol=1e-5)
