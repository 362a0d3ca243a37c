"""Columns and rows by how the numbers stand."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._tables.clusters import _parting, _slope


def test_few_that_reach_over_do_not_join_two_columns():
    low = np.array([0.0] * 6 + [50] * 6 + [24])
    high = np.array([20.0] * 6 + [80] * 6 + [60])
    cuts = _parting(low, high)
    assert len(cuts) == 1
    assert 20 <= cuts[0] <= 50


def test_one_column_is_not_parted():
    assert len(_parting(np.array([0.0, 2, 5]), np.array([20.0, 30, 22]))) == 0


def test_rows_that_rise_are_found_sharpest():
    along = np.tile(np.arange(8) * 50.0, 4)
    across = np.repeat(np.arange(4) * 40.0, 8) + 0.1 * along
    assert _slope(along, across, 20.0) == pytest.approx(0.1, abs=0.011)
