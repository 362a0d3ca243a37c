"""How far rows of marks are turned."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._tables.turned import _gathered, ink_turn


def turned(degrees, rows=6, columns=4):
    """Boxes of two digits, 20 high, in each cell of 90 by 50, about the origin."""
    x = (np.arange(columns) * 90.0)[:, None] + np.array([0.0, 18.0])
    rng = np.random.default_rng(1)
    middles = np.array([[a, b] for b in np.arange(rows) * 50.0 for a in x.ravel()])
    middles += rng.normal(0, 1.5, middles.shape)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middles = middles @ turn.T
    half = np.array([7.0, 10.0])
    return np.hstack([middles - half, middles + half])


@pytest.mark.parametrize("degrees", [-38, -12, 0, 3, 25, 40])
def test_the_turn_of_rows_is_found(degrees):
    assert ink_turn(turned(degrees), 20.0) == pytest.approx(degrees, abs=1)


def test_few_marks_say_nothing():
    assert ink_turn(turned(30, 1, 1), 20.0) == 0


@pytest.mark.parametrize("count", [1, 2, 30, 400])
def test_neighbours_are_counted_by_bins_as_they_are_pair_by_pair(count):
    positions = np.random.default_rng(count).uniform(0, 30, count)
    apart = (positions[:, None] - positions) / 0.4
    expected = np.exp(-0.5 * apart * apart).sum() / count - 1
    assert _gathered(positions, 0.4) == pytest.approx(expected, rel=0.01, abs=0.005)
