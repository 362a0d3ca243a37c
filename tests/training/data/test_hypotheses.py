"""Hypotheses in composed numbers: which glyph they show, and those taken for training."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from paths import HANDMADE

from inkdigit import Ink, Stroke
from inkdigit._segment.layout import Hypothesis, Part
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.compose import Composed, Style, compose_many
from inkdigit_train.data.hypotheses import glyph_of, ink_of, mine
from inkdigit_train.data.records import InkRecord


@pytest.fixture(scope="module")
def digits() -> list[InkRecord]:
    records = [json.loads(line) for line in HANDMADE.read_text().splitlines()]
    inks = [(r["label"], Ink(r["strokes"])) for r in records]
    return [InkRecord(label, ink, "one") for label, ink in inks] * 3


def test_a_hypothesis_of_one_glyph_is_found_and_others_are_not(hand):
    (number,) = compose_many(hand, 1, 0, Style(length=(3, 3), touching=0, joined=0))
    (row,) = StrokeLayout(number.ink).rows
    glyphs = {h.sources: glyph_of(h, number) for h in row.hypotheses}
    for k in range(3):
        strokes = tuple(n for n, parts in enumerate(number.parts) if parts[0][0] == k)
        assert glyphs.pop(strokes) == k
    assert set(glyphs.values()) <= {None}


TALL = np.array([[20, 0], [0, 50], [20, 100]], np.float32)
TAP = np.array([[40, 98]], np.float32)
UPPER = np.array([[40, 40]], np.float32)
RING = np.array([[40, 90], [44, 94], [40, 98], [36, 94], [40, 90]], np.float32)


def _row(label: str, *glyphs: list[np.ndarray]) -> Composed:
    """Strokes of glyphs, whole, as a composed number."""
    drawn = [(points, [(k, 0, len(points) - 1)]) for k, own in enumerate(glyphs) for points in own]
    ink = Ink([Stroke(points) for points, _ in drawn])
    return Composed(label, ink, [parts for _, parts in drawn], np.zeros((len(label), 4)))


def _of(*strokes: int) -> Hypothesis:
    parts = tuple(Part(stroke, 0.0, 1.0) for stroke in strokes)
    return Hypothesis(strokes, (0, 0, 1, 1), parts)


def test_a_tap_is_a_point_though_it_has_no_length():
    number = _row("5.", [TALL], [TAP])
    assert [glyph_of(_of(*strokes), number) for strokes in ((0,), (1,))] == [0, 1]


@pytest.mark.parametrize("point", [TAP, RING])
def test_a_digit_that_a_point_hangs_on_is_neither(point):
    assert glyph_of(_of(0, 1), _row("5.", [TALL], [point])) is None


@pytest.mark.parametrize("upper", [UPPER, RING - (0, 50)])
@pytest.mark.parametrize("lower", [TAP, RING])
def test_one_of_a_colons_points_is_no_colon(upper, lower):
    number = _row("5:", [TALL], [upper, lower])
    shown = [glyph_of(_of(*strokes), number) for strokes in ((1,), (2,), (1, 2))]
    assert shown == [None, None, 1]


def test_a_digit_may_lack_a_tap_of_its_own():
    number = _row("5", [TALL, TAP])
    assert [glyph_of(_of(*strokes), number) for strokes in ((0,), (0, 1))] == [0, 0]


def test_a_stray_tap_belongs_to_no_glyph():
    number = _row("5", [TALL])
    ink = Ink([*number.ink.strokes, Stroke(TAP)])
    number = replace(number, ink=ink, parts=[*number.parts, []])
    assert [glyph_of(_of(*strokes), number) for strokes in ((1,), (0, 1))] == [None, 0]


def test_mined_digits_and_non_digits_have_their_labels(digits):
    inks, labels = mine(digits, 40, 60, seed=0)
    assert len(inks) == len(labels)
    assert labels.count(NOT_DIGIT) == 60
    assert 0 < len(labels) - 60 <= 30
    assert set(labels) <= set(range(NOT_DIGIT + 1))


def test_the_same_seed_gives_the_same(digits):
    one, other = (mine(digits, 10, 20, seed=3) for _ in range(2))
    assert one == other


def test_a_writer_with_few_digits_gives_none(digits):
    assert mine(digits[:5], 10, 20, seed=0) == ([], [])


def test_a_stretch_is_cut_by_length():
    ink = Ink([Stroke(np.array([[0, 0], [10, 0], [20, 0]], np.float32))])
    part = Hypothesis((0,), (5, 0, 15, 0), (Part(0, 0.25, 0.75),))
    np.testing.assert_allclose(ink_of(part, ink).strokes[0].points, [[5, 0], [10, 0], [15, 0]])
