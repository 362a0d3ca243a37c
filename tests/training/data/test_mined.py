"""Hypotheses taken out of composed numbers."""

from __future__ import annotations

import json

import numpy as np
import pytest
from paths import HANDMADE

from inkdigit import Ink, Stroke
from inkdigit._segment.layout import Hypothesis, Part
from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.mined import ink_of, mine
from inkdigit_train.data.records import InkRecord


@pytest.fixture(scope="module")
def digits() -> list[InkRecord]:
    records = [json.loads(line) for line in HANDMADE.read_text().splitlines()]
    inks = [(r["label"], Ink(r["strokes"])) for r in records]
    return [InkRecord(label, ink, "one") for label, ink in inks] * 3


def test_digits_cut_out_and_what_is_none_come_with_their_labels(digits):
    inks, labels = mine(digits, 40, 60, seed=0)
    assert len(inks) == len(labels)
    assert labels.count(NOT_DIGIT) == 60
    assert 0 < len(labels) - 60 <= 30
    assert set(labels) <= set(range(NOT_DIGIT + 1))


def test_the_same_seed_gives_the_same(digits):
    one, other = (mine(digits, 10, 20, seed=3) for _ in range(2))
    assert one == other


def test_a_writer_of_few_digits_gives_none(digits):
    assert mine(digits[:5], 10, 20, seed=0) == ([], [])


def test_a_stretch_is_cut_by_length():
    ink = Ink([Stroke(np.array([[0, 0], [10, 0], [20, 0]], np.float32))])
    part = Hypothesis((0,), (5, 0, 15, 0), (Part(0, 0.25, 0.75),))
    np.testing.assert_allclose(ink_of(part, ink).strokes[0].points, [[5, 0], [10, 0], [15, 0]])
