"""Marks that no hand made."""

from __future__ import annotations

import json

import numpy as np
import pytest

from inkdigit._picture.strays import (
    BUNDLED_STRAYS,
    MANY,
    STRAY_FEATURES,
    measure_marks,
    without_strays,
)
from inkdigit._pixels.components import label


def page(*strays: tuple[int, int, int, int], level: float = 0.99) -> tuple[np.ndarray, np.ndarray]:
    """Ink and picture of four rings, 30 pixels high, and of bars (left, top, right, bottom)."""
    ink = np.zeros((80, 220), np.float32)
    for left in (40, 70, 100, 130):
        ink[25:55, left : left + 22] = 0.99
        ink[29:51, left + 4 : left + 18] = 0
    for left, top, right, bottom in strays:
        ink[top:bottom, left:right] = level
    picture = np.where(ink > 0, 60, 220).astype(np.uint8)
    return ink, picture


def test_digits_stay():
    ink, picture = page()
    assert without_strays(ink, np.zeros_like(ink), picture) is ink


def test_a_one_beside_digits_stays():
    ink, picture = page((20, 25, 24, 55))
    assert without_strays(ink, np.zeros_like(ink), picture) is ink


def test_a_dark_edge_that_a_rule_runs_along_goes():
    ink, picture = page((214, 0, 220, 80), level=0.6)
    picture[:, 214:] = 10
    rules = np.zeros_like(ink)
    rules[:, 210:] = 0.6
    left = without_strays(ink, rules, picture)
    assert not left[:, 214:].any()
    assert np.array_equal(left[:, :210], ink[:, :210])


@pytest.mark.parametrize("count", [0, MANY + 1])
def test_blank_pages_and_textures_are_as_they_were(count):
    ink = np.zeros((200, 200), np.float32)
    places = np.arange(count)
    ink[4 * (places // 50), 4 * (places % 50)] = 1  # specks apart from each other
    assert len(label(ink >= 0.5)) == count
    assert without_strays(ink, np.zeros_like(ink), np.zeros(ink.shape, np.uint8)) is ink


def test_measures_are_relative_to_the_page():
    ink, picture = page((20, 25, 24, 55))
    marks = label(ink >= 0.5)
    measures = measure_marks(marks, ink, np.zeros_like(ink), picture)
    assert measures.shape == (5, len(STRAY_FEATURES))
    one = dict(zip(STRAY_FEATURES, measures[marks.boxes[:, 0] == 20][0], strict=True))
    assert one["log_height"] == 0
    assert one["log_width"] == pytest.approx(np.log(4 / 30))
    assert one["filled"] == 1
    assert one["neighbours"] == 1
    large, seen = (np.repeat(np.repeat(a, 2, 0), 2, 1) for a in (ink, picture))
    twice = measure_marks(label(large >= 0.5), large, np.zeros_like(large), seen)
    sizes = [STRAY_FEATURES.index(n) for n in ("log_height", "log_width", "log_area", "filled")]
    assert np.allclose(twice[:, sizes], measures[:, sizes])


def test_the_fitted_weights_are_complete():
    fitted = json.loads(BUNDLED_STRAYS.read_text())
    assert list(fitted["features"]) == list(STRAY_FEATURES)
