"""Made hands."""

from __future__ import annotations

import numpy as np

from inkdigit_train.data.hands import made_hands, manner
from inkdigit_train.data.records import InkRecord


def test_a_manner_bends_each_digit_alike_and_each_class_in_its_own_way(hand):
    bend = manner(np.random.default_rng(0))
    four = next(r.ink for r in hand if r.label == "4")
    one, again = bend(four, 4), bend(four, 4)
    assert [s.points.tolist() for s in one] == [s.points.tolist() for s in again]
    assert one.bounds != bend(four, 9).bounds
    assert one.bounds != four.bounds


def test_each_writer_gives_their_own_hand_and_made_ones(hand, letter):
    records = [*hand, *(InkRecord(r.label, r.ink, "v") for r in hand[:10])]
    hands = made_hands(records, [letter] * 3, 3, np.random.default_rng(0))
    assert len(hands) == 8
    for sample in hands:
        assert sample.rasters.shape == (len(sample.labels), 28, 28)
        assert sample.rasters.max() == 255
        assert set(sample.labels.tolist()) <= {0, 4, 10}
        assert sample.told[sample.labels < 10].all()
    # Pieces and pairs are never told; the letters of one writer are.
    untold = [int((~sample.told).sum()) for sample in hands]
    assert sum(untold[:4]) > 0
    told = [int((sample.told & (sample.labels == 10)).sum()) for sample in hands]
    assert sorted(told) == [0, 0, 0, 0, 2, 2, 2, 2]


def test_the_same_seed_makes_the_same_hands(hand, letter):
    one, other = (made_hands(hand, [letter], 1, np.random.default_rng(3)) for _ in range(2))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.rasters, b.rasters)
