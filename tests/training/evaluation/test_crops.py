"""Digits cut at their box, and small bitmaps."""

from __future__ import annotations

import numpy as np

from inkdigit_train.evaluation.crops import cut_to_box, shrink


def bar() -> np.ndarray:
    """A bar 4 wide and 20 high, one corner faint."""
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 10:14] = 255
    image[4, 10] = 1
    return image


def test_a_cut_keeps_all_ink_and_no_more_than_the_margin() -> None:
    assert cut_to_box(bar(), 0).shape == (20, 4)
    framed = cut_to_box(bar(), 1)
    assert framed.shape == (22, 6)
    assert framed[1, 1] == 1
    assert not framed[[0, -1]].any()
    assert not framed[:, [0, -1]].any()


def test_a_margin_may_be_wider_than_the_image_has() -> None:
    assert cut_to_box(np.full((28, 28), 9, np.uint8), 1).shape == (30, 30)


def test_a_shrunk_digit_keeps_its_proportion() -> None:
    small = shrink(bar(), two_tone=False)
    assert (small.shape, small.dtype) == ((16, 16), np.uint8)
    rows, columns = np.flatnonzero(small.any(axis=1)), np.flatnonzero(small.any(axis=0))
    assert (len(rows), len(columns)) == (16, 3)
    assert set(np.unique(shrink(bar(), two_tone=True))) == {0, 255}
