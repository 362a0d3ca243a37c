"""Neighbourhood operations, against definitions written out."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._pixels.morphology import (
    blur,
    box_sum,
    closing,
    dilate,
    grow,
    opening,
    reduce_picture,
)

GREY = np.random.default_rng(0).integers(0, 256, (23, 17), dtype=np.uint8)


def local(grey: np.ndarray, window: int, outside: int, choose) -> np.ndarray:
    reach = window // 2
    room = np.pad(grey, reach, constant_values=outside)
    rows, columns = grey.shape
    return np.array(
        [
            [choose(room[r : r + window, c : c + window]) for c in range(columns)]
            for r in range(rows)
        ]
    )


@pytest.mark.parametrize("window", [1, 3, 5, 7, 9, 15, 31])
def test_dilation_is_the_local_maximum(window):
    assert np.array_equal(dilate(GREY, window), local(GREY, window, 0, np.max))


@pytest.mark.parametrize("window", [3, 7])
def test_closing_is_maximum_then_minimum(window):
    expected = local(local(GREY, window, 0, np.max), window, 255, np.min)
    assert np.array_equal(closing(GREY, window), expected)
    assert np.array_equal(opening(~GREY, window), ~closing(GREY, window))


def test_closing_leaves_a_slope_and_an_edge_and_fills_a_valley():
    profile = np.concatenate([np.arange(40), np.full(30, 90)]).astype(np.uint8)
    slope = np.tile(profile, (30, 1))
    middle = slice(5, -5)
    assert np.array_equal(closing(slope, 9)[:, middle], slope[:, middle])
    valley = slope.copy()
    valley[:, 50:54] = 10
    assert np.array_equal(closing(valley, 9)[:, middle], slope[:, middle])


@pytest.mark.parametrize("window", [1, 3, 5, 11])
def test_box_sum_is_the_local_sum(window):
    expected = local(GREY.astype(np.float32), window, 0, np.sum)
    assert box_sum(GREY.astype(np.float32), window) == pytest.approx(expected, rel=1e-5)


def test_blur_is_the_mean_of_nine():
    inner = (slice(1, -1), slice(1, -1))
    expected = local(GREY, 3, 0, np.mean)
    assert np.abs(blur(GREY)[inner].astype(float) - expected[inner]).max() <= 1


def test_grow_reaches_diagonally():
    mask = np.zeros((7, 7), bool)
    mask[3, 3] = True
    assert grow(mask).sum() == 9
    assert grow(mask, 2).sum() == 25


def test_reduction_is_the_mean_of_blocks():
    picture = np.kron(np.array([[10, 200], [60, 90]], np.uint8), np.ones((4, 4), np.uint8))
    assert reduce_picture(picture, 4).tolist() == [[10, 200], [60, 90]]
    assert reduce_picture(picture, 1) is picture
