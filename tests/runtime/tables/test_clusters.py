"""Columns and rows by how the marks stand."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._tables.clusters import digit_boxes, off_rules, with_clusters
from inkdigit._tables.rules import Rules

SIZE = (300, 400)  # of the map of rules
NONE = Rules(np.array([0.5, 399.5]), np.zeros((0, 2)), np.zeros((0, 2)))


def marks(rows=4, columns=3, lean=0.0, skew=0.0):
    """(n, 4) boxes of two digits, 10 wide and 20 high, in each cell of 100 by 60."""
    found = []
    for row in range(rows):
        for column in range(columns):
            for x in (40 + 100 * column, 55 + 100 * column):
                y = 30 + 60 * row
                at = x + lean * y, y + skew * x
                found.append([*at, at[0] + 10, at[1] + 20])
    return np.array(found, np.float64)


def lines(boxes, across=NONE, down=NONE):
    return with_clusters(boxes, 20.0, (across, down), (1.0, 1.0), SIZE)


def test_marks_without_rules_stand_in_rows_and_columns():
    across, down = lines(marks())
    assert (len(across), len(down)) == (5, 4)
    assert np.allclose(down.positions[1:3].mean(axis=1), [102.5, 202.5], atol=5)


def test_digits_of_one_number_are_not_parted():
    _, down = lines(marks(columns=1))
    assert len(down) == 2


def test_a_blank_cell_leaves_its_column():
    boxes = marks()
    across, down = lines(boxes[~((boxes[:, 0] > 130) & (boxes[:, 0] < 200) & (boxes[:, 1] < 60))])
    assert (len(across), len(down)) == (5, 4)


def test_one_number_that_reaches_over_does_not_join_two_columns():
    boxes = np.concatenate([marks(), [[70.0, 30, 80, 50], [85, 30, 95, 50], [100, 30, 110, 50]]])
    _, down = lines(boxes)
    assert len(down) == 4


def test_several_rows_between_two_rules_are_told_apart():
    places = np.array([0.5, 399.5])
    positions = np.repeat(np.array([[10.0], [130.0], [250.0]]), 2, axis=1)
    across, _ = lines(marks(), across=Rules(places, positions, np.ones_like(positions)))
    assert len(across) == 5


def ruled(*places):
    """Rules down."""
    positions = np.repeat(np.array(places, np.float64)[:, None], 2, axis=1)
    return Rules(np.array([0.5, 299.5]), positions, np.ones_like(positions))


def test_several_columns_between_two_rules_are_told_apart():
    _, down = lines(marks(), down=ruled(20, 120, 320))
    assert len(down) == 4
    assert down.positions[2].mean() == pytest.approx(202.5, abs=12)


def test_one_number_spread_wide_between_two_rules_is_one():
    boxes = marks(columns=2)
    boxes[1, [0, 2]] += 22
    assert len(lines(boxes, down=ruled(20, 120, 220))[1]) == 3
    boxes[5, [0, 2]] += 22
    boxes[9, [0, 2]] += 22
    assert len(lines(boxes, down=ruled(20, 120, 220))[1]) == 4


def test_dust_and_rules_are_no_digits():
    boxes = np.array([[0.0, 0, 10, 20], [0, 0, 3, 3], [0, 0, 300, 9], [0, 0, 10, 90]])
    assert digit_boxes(boxes, 20.0).tolist() == [[0, 0, 10, 20]]


def test_where_nothing_is_written_there_is_one_cell():
    across, down = lines(np.zeros((0, 4)))
    assert (len(across), len(down)) == (2, 2)


def test_thin_pieces_on_a_rule_are_no_digits_but_what_stands_beside_it_is():
    rule = Rules(np.array([0.5, 299.5]), np.full((1, 2), 100.0), np.ones((1, 2)))
    piece, one, digit = [98, 30, 102, 70], [120, 30, 124, 50], [95, 80, 107, 100]
    boxes = np.array([piece, one, digit], np.float64)
    assert off_rules(boxes, 20.0, (NONE, rule), (1.0, 1.0)).tolist() == [one, digit]
    assert len(off_rules(boxes, 20.0, (NONE, NONE), (1.0, 1.0))) == 3
