"""Marks that reach from one row into the next."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._pixels.components import label
from inkdigit._pixels.measure import INK_LEVEL
from inkdigit._segment.marks import MarkLayout
from inkdigit._segment.touching import part_touching

HEIGHT, APART, PITCH = 30, 36, 34  # of bars, of the rows they stand in, and from one to the next


def bars(rows: int, count: int, *joined: tuple[int, int], width: int = 6) -> np.ndarray:
    """Upright bars in rows; `joined` ones reach down to the bar below."""
    ink = np.zeros((rows * APART + 20, count * PITCH + 20), np.float32)
    for row in range(rows):
        for k in range(count):
            top, left = 10 + row * APART, 20 + k * PITCH
            ink[top : top + HEIGHT, left : left + width] = 1
            if (row, k) in joined:
                ink[top : top + APART + 1, left + 2 : left + 4] = 1
    return ink


def parted(ink: np.ndarray) -> tuple[np.ndarray, int]:
    cut, marks = part_touching(ink, label(ink >= INK_LEVEL))
    return cut, len(marks)


@pytest.mark.parametrize("joined", [[(0, 1)], [(0, 0), (0, 3)], [(0, 2), (1, 2)], [(1, 0)]])
def test_a_mark_of_two_rows_is_cut_between_them(joined):
    ink = bars(3, 4, *joined)
    cut, marks = parted(ink)
    assert marks == 12
    assert (ink != cut).sum() <= 4 * len(joined)  # a pixel high or two, as wide as the stroke


def test_what_is_cut_is_read_as_rows_of_their_own():
    rows = MarkLayout(bars(3, 4, (0, 1), (1, 3))).rows
    assert [row.atom_count for row in rows] == [4, 4, 4]


def test_a_cut_takes_the_way_of_least_ink():
    ink = bars(2, 3)
    ink[10 + HEIGHT - 8 : 10 + APART + 1, 20 + PITCH : 40 + PITCH] = 1  # joined by a wide piece
    ink[10 + HEIGHT + 3, 22 + PITCH : 40 + PITCH] = 0  # but for two pixels of one of its rows
    cut, marks = parted(ink)
    assert marks == 6
    assert (ink != cut).sum() <= 4


@pytest.mark.parametrize(
    "ink",
    [bars(1, 4), bars(2, 4), np.zeros((40, 60), np.float32)],
    ids=["one row", "two rows", "nothing"],
)
def test_without_such_marks_the_map_stays(ink):
    marks = label(ink >= INK_LEVEL)
    assert part_touching(ink, marks) == (ink, marks)


def test_a_tall_digit_beside_one_row_stays_whole():
    ink = bars(1, 4)
    tall = np.pad(ink, ((0, 40), (0, 0)))
    tall[10:70, 20:26] = 1
    assert parted(tall)[1] == 4


def test_a_long_tail_into_the_next_row_is_no_part_of_it():
    """A mark belongs to a row if it has `COVERED` of its height."""
    ink = bars(2, 4)
    ink[10 + APART :, 20:26] = 0
    ink[10 : 10 + APART + HEIGHT // 2, 20:26] = 1
    assert parted(ink)[1] == 7
