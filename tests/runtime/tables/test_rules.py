"""Rules are traced over bends, gaps and strokes that are none."""

from __future__ import annotations

import numpy as np

from inkdigit._tables.rules import trace_rules


def ruled(positions, bend=0.0, size=(120, 160)):
    """A map of rules across, each bent by so many cells in the middle."""
    drawn = np.zeros(size, np.float32)
    x = np.arange(size[1])
    for position in positions:
        y = position + bend * (1 - (2 * x / size[1] - 1) ** 2)
        drawn[np.floor(y).astype(int), x] = 1
    return drawn


def test_each_rule_is_found_once():
    rules = trace_rules(ruled([20, 45, 70, 100]))
    assert np.allclose(rules.positions.mean(axis=1), [20.5, 45.5, 70.5, 100.5], atol=0.3)


def test_a_bent_rule_is_followed():
    rules = trace_rules(ruled([20, 45, 70, 100], bend=6))
    assert len(rules) == 4
    middle, end = rules.at(np.array([80.0, 2.0]))[1]
    assert abs(middle - 51.5) < 1.0
    assert abs(end - 45.8) < 1.5


def test_a_rule_goes_on_behind_a_gap():
    drawn = ruled([20, 45, 70, 100], bend=5)
    drawn[40:55, 50:110] = 0
    rules = trace_rules(drawn)
    assert len(rules) == 4
    assert abs(rules.at(np.array([80.0]))[1, 0] - 50.5) < 1.5


def test_a_short_stroke_is_no_rule():
    drawn = ruled([20, 45, 70, 100])
    drawn[58, 30:55] = 1
    assert len(trace_rules(drawn)) == 4


def test_nothing_has_no_rules():
    assert len(trace_rules(np.zeros((40, 50), np.float32))) == 0
