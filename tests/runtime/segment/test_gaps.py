"""Rows of drawn boxes, parted where another number begins."""

from __future__ import annotations

import time

import numpy as np
import pytest

from inkdigit._segment.gaps import GAP_FEATURES, measure_gaps, part_numbers
from inkdigit._segment.rows import group_rows

HEIGHT, WIDTH = 40.0, 24.0  # of a digit in pixels


def row(*gaps: float, top: float = 0.0, left: float = 0.0) -> list[list[float]]:
    """Boxes of digits with gaps between them, in heights."""
    boxes, x = [], left
    for gap in (*gaps, 0.0):
        boxes.append([x, top, x + WIDTH, top + HEIGHT])
        x += WIDTH + gap * HEIGHT
    return boxes


def lengths(*rows: list[list[float]], ruled=None) -> list[int]:
    """How many digits each number has."""
    boxes = np.array([box for boxes in rows for box in boxes])
    return [len(number.members) for number in part_numbers(boxes, group_rows(boxes), ruled)]


def rules_at(*columns: float):
    """Rules that run down the whole page."""

    def ruled(points):
        near = np.abs(points[:, :1] - np.array(columns)) <= 3
        return near.any(axis=1).astype(np.float64)

    return ruled


@pytest.mark.parametrize("gap", [1.2, 2.0, 4.0])
def test_wide_gap_among_narrow_ones_parts(gap):
    assert lengths(row(0.15, 0.15, gap, 0.15, 0.15)) == [3, 3]


@pytest.mark.parametrize("gap", [0.05, 0.3, 0.8, 1.2])
def test_evenly_spread_digits_are_one_number(gap):
    page = [row(*[gap] * 5, top=2 * HEIGHT * k) for k in range(4)]
    assert lengths(*page) == [6] * 4


def test_columns_are_parted_in_every_row():
    page = [row(0.15, 1.0, 0.15, 1.0, 0.15, top=2 * HEIGHT * k) for k in range(4)]
    assert lengths(*page) == [2] * 12


def test_rule_parts_cells():
    page = [row(0.2, 0.7, 0.2, 0.7, 0.2, top=2 * HEIGHT * k) for k in range(5)]
    edges = [2 * WIDTH + 0.55 * HEIGHT, 4 * WIDTH + 1.45 * HEIGHT]
    assert lengths(*page, ruled=rules_at(*edges)) == [2] * 15


def test_comb_is_one_number():
    page = row(*[0.3] * 7)
    edges = [box[2] + 0.15 * HEIGHT for box in page]
    assert lengths(page, ruled=rules_at(*edges)) == [8]


def test_digits_that_overlap_stay_together():
    boxes = np.array([*row(-0.2, -0.2, 3.0, -0.2)])
    gaps = measure_gaps(boxes, group_rows(boxes))
    assert [len(before) for before in gaps.before] == [3]
    assert [len(after) for after in gaps.after] == [2]


def test_page_without_gaps():
    boxes = np.array([[0.0, 0.0, 10.0, 40.0]])
    gaps = measure_gaps(boxes, group_rows(boxes))
    assert gaps.features.shape == (0, len(GAP_FEATURES))
    assert [n.members for n in part_numbers(boxes, group_rows(boxes))] == group_rows(boxes)
    assert part_numbers(np.zeros((0, 4)), []) == []


def test_each_box_is_in_one_number():
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 1000, (300, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(5, 60, (300, 2))], axis=1)
    numbers = part_numbers(boxes, group_rows(boxes))
    assert sorted(np.concatenate([n.members for n in numbers]).tolist()) == list(range(300))


def test_crowded_page_takes_little_time():
    boxes = np.array([box for k in range(32) for box in row(*[0.4] * 31, top=2 * HEIGHT * k)])
    groups = group_rows(boxes)
    start = time.process_time()
    part_numbers(boxes, groups, rules_at(500.0))
    assert time.process_time() - start < 2
