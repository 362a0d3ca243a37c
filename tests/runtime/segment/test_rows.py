"""Boxes of strokes or marks into rows of writing."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._segment.rows import group_rows


def grid(rows: int, count: int, apart: float = 34.0, slope: float = 0.0) -> np.ndarray:
    """Boxes 16 wide and 30 high in rows."""
    return np.array(
        [
            (
                26.0 * k,
                apart * row + slope * 26 * k,
                26.0 * k + 16,
                apart * row + slope * 26 * k + 30,
            )
            for row in range(rows)
            for k in range(count)
        ]
    )


def sizes(boxes: np.ndarray) -> list[int]:
    return [len(group) for group in group_rows(boxes)]


@pytest.mark.parametrize("slope", [-0.05, 0.0, 0.05])
def test_one_digit_that_reaches_down_joins_no_rows(slope):
    boxes = grid(3, 5, slope=slope)
    boxes[2, 3] += 14  # the third one of the first row
    assert sizes(boxes) == [5, 5, 5]


def test_two_digits_that_nearly_touch_join_no_rows():
    """Together they are no higher than an 8 of two rings may be."""
    boxes = grid(2, 5, apart=32)
    boxes[2, 1] += 4
    boxes[2, 3] -= 1
    boxes[7, 3] -= 4
    assert sizes(boxes) == [5, 5]


def test_rings_of_an_eight_beside_other_digits_are_in_one_row():
    boxes = grid(1, 4)
    rings = np.array([(104.0, 0, 120, 15), (104.0, 14, 120, 30)])
    assert sizes(np.concatenate([boxes, rings])) == [6]


def test_two_eights_of_two_rings_each_are_one_row():
    rings = [(x, y, x + 16.0, y + 16.0) for x in (0.0, 26.0) for y in (0.0, 15.0)]
    assert sizes(np.array(rings)) == [4]


def test_what_is_small_goes_with_the_nearest_digit():
    boxes = np.concatenate([grid(2, 5), [(54.0, 20, 62, 27), (54.0, 40, 62, 47)]])
    boxes[2, 3] += 14
    upper, lower = group_rows(boxes)
    assert 10 in upper
    assert 11 in lower
