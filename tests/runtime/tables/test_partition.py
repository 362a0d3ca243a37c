"""The best set of cuts between marks."""

from __future__ import annotations

import numpy as np

from inkdigit._tables.partition import (
    Gaps,
    Stretches,
    _between,
    _covered,
    _covered_at_once,
    best_cuts,
)


def cuts(low, high, gaps, leans=(0.0,)):
    """Cuts between marks at along 0, with gaps (low, high, weight)."""
    between = np.array(gaps, np.float64).reshape(-1, 3)
    marks = Stretches(np.array(low, float), np.array(high, float), np.zeros(len(low)))
    found = Gaps(between[:, 0], between[:, 1], np.zeros(len(between)), between[:, 2])
    return best_cuts(marks, found, np.array(leans), 10.0)


def test_a_cut_runs_where_gaps_ask_for_one():
    found = cuts([0, 0, 4, 5], [1, 2, 6, 6], [(1, 4, 3), (2, 5, 3)])
    assert len(found.cuts) == 1
    assert 2 < found.cuts[0] < 4
    assert found.worth == 4.0


def test_one_doubtful_gap_is_no_cut():
    assert len(cuts([0, 4], [1, 6], [(1, 4, 1.5)]).cuts) == 0


def test_a_wide_gap_counts_once():
    # Two rows of three columns; the third row's middle cell is blank.
    low, high = [0, 0, 4, 4, 8, 8, 0, 8], [2, 2, 6, 6, 10, 10, 2, 10]
    gaps = [(2, 4, 2), (2, 4, 2), (6, 8, 2), (6, 8, 2), (2, 8, 2)]
    assert len(cuts(low, high, gaps).cuts) == 2
    assert len(cuts([0, 8], [2, 10], [(2, 8, 3.5)]).cuts) == 1


def test_a_cut_avoids_marks():
    found = cuts([0, 0, 6], [1, 5, 7], [(1, 6, 4), (1, 6, 4)])
    assert found.cuts[0] > 5


def test_the_ends_hold_all_marks():
    assert cuts([3, 0], [4, 9], []).ends == (0.0, 9.0)


def test_lines_lean_where_level_ones_would_cross_marks():
    along = np.tile(np.linspace(-9, 9, 7), 2)
    low = np.repeat([0.0, 2.0], 7) + 0.1 * along
    marks = Stretches(low, low + 1, along)
    gaps = Gaps(low[:7] + 1, low[7:], along[:7], np.full(7, 3.0))
    found = best_cuts(marks, gaps, np.linspace(-0.2, 0.2, 9), 10.0)
    assert len(found.cuts) == 1
    assert 0.04 < found.lean < 0.16


def test_a_cut_that_one_gap_of_many_rows_asks_for_is_none():
    # Ten rows of two columns; a letter of the heading stands in the gap between these.
    low, high = [0] * 10 + [8] * 10 + [4], [2] * 10 + [10] * 10 + [5]
    gaps = [(2, 8, 4)] * 10 + [(2, 4, 4), (5, 8, 4)]
    assert len(cuts(low, high, gaps).cuts) == 1


def test_in_a_table_of_two_rows_one_gap_makes_a_column():
    low, high = [0, 0, 8, 8, 4], [2, 2, 10, 10, 5]
    assert len(cuts(low, high, [(2, 8, 4), (2, 4, 4), (5, 8, 4)]).cuts) == 2


def test_what_covers_places_is_summed_as_stretch_by_stretch():
    rng = np.random.default_rng(0)
    places = np.linspace(0, 10, 60)
    low = rng.uniform(-1, 10, 200)
    high = low + rng.uniform(-0.1, 2, 200)  # some are empty
    weight = rng.normal(0, 3, 200)
    inside = (low[:, None] < places) & (places < high[:, None])
    found = _between(low, high, places)
    np.testing.assert_allclose(_covered(*found, weight, 60), weight @ inside, atol=1e-9)
    np.testing.assert_allclose(_covered(*found, None, 60), inside.sum(axis=0))
    expected = (inside * weight[:, None]).T @ inside
    np.testing.assert_allclose(_covered_at_once(*found, weight, 60), expected, atol=1e-9)
