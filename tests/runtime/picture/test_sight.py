"""How well a page is seen at a scale."""

from __future__ import annotations

import json

import numpy as np
import pytest

from inkdigit._picture.sight import BUNDLED_SIGHT, FEATURES, HEIGHTS, Sight


def page(height: int, count: int = 6, pen: int = 3, level: float = 1.0) -> np.ndarray:
    """A row of rings, `height` pixels high."""
    ink = np.zeros((2 * height, count * (height + 4) + 4), np.float32)
    for k in range(count):
        left = 4 + k * (height + 4)
        ink[height // 2 : height // 2 + height, left : left + height] = level
        inner = slice(height // 2 + pen, height // 2 + height - pen)
        ink[inner, left + pen : left + height - pen] = 0
    return ink


def sight_of(ink: np.ndarray, scale: float) -> Sight:
    return Sight.of(ink, np.zeros_like(ink), scale)


def test_no_ink_is_no_sight():
    seen = sight_of(np.zeros((20, 30), np.float32), 1.0)
    assert (seen.usual, seen.features, seen.quality) == (0.0, None, -np.inf)


@pytest.mark.parametrize("height", [16, 32, 60])
def test_the_usual_height_is_that_of_most_ink(height):
    assert sight_of(page(height), 0.5).usual == height


@pytest.mark.parametrize("height", [HEIGHTS[0] - 4, HEIGHTS[1] + 6])
def test_marks_too_small_or_too_large_are_not_seen_well(height):
    seen = sight_of(page(int(height)), 1.0)
    assert seen.features is None
    assert seen.usual == int(height)


def test_a_blot_is_no_mark():
    blot = np.zeros((60, 60), np.float32)
    blot[10:50, 10:50] = 1
    assert sight_of(blot, 1.0).features is None


def test_digits_are_seen_better_than_from_afar_as_a_pale_blur():
    near, far = sight_of(page(32), 0.5), sight_of(page(16, pen=2, level=0.45), 0.25)
    assert near.quality > far.quality


def test_the_fitted_weights_are_complete():
    weights = json.loads(BUNDLED_SIGHT.read_text())
    assert list(weights) == list(FEATURES)
    assert weights["sure"] > 0 > weights["mass"]


def test_beside_a_blot_the_height_is_that_of_the_many_small_marks():
    small = page(8, count=40, pen=2)
    ink = np.zeros((small.shape[0] + 40, small.shape[1]), np.float32)
    ink[: small.shape[0]] = small
    ink[-34:-4, 10:14] = 1
    seen = sight_of(ink, 1.0)
    assert (seen.usual, seen.height) == (30, 8)


def test_of_marks_seen_well_the_height_is_theirs():
    seen = sight_of(page(32), 1.0)
    assert seen.height == seen.usual == 32
