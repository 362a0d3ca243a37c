"""Zeros with a bar through them."""

from __future__ import annotations

import numpy as np

from inkdigit import Ink
from inkdigit_train.data.slashed import slash


def ring() -> Ink:
    turn = np.linspace(0, 2 * np.pi, 40)
    return Ink([np.stack([50 + 30 * np.cos(turn), 80 + 50 * np.sin(turn)], 1)])


def test_the_zero_stays_and_one_straight_stroke_comes_through_its_middle():
    zero = ring()
    for seed in range(50):
        slashed = slash(zero, np.random.default_rng(seed))
        assert len(slashed) == 2
        np.testing.assert_array_equal(slashed.strokes[0].points, zero.strokes[0].points)
        first, last = slashed.strokes[1].points.astype(float)
        way = last - first
        side = abs(way[0] * (80 - first[1]) - way[1] * (50 - first[0])) / np.hypot(*way)
        assert side < 15  # px off the middle of a ring of 30 by 50
        assert np.hypot(*way) > 30


def test_a_dot_is_slashed_without_error():
    assert len(slash(Ink([[[5.0, 5.0]]]), np.random.default_rng(0))) == 2
