from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray
from paths import HANDMADE

from inkdigit import Ink, Stroke
from inkdigit_app.core.scratch_out import is_scratch, scratched

BOX = (0.0, 0.0, 60.0, 90.0)


def zigzag(
    rng: np.random.Generator, turns: float, width: float = 70.0, height: float = 60.0
) -> Stroke:
    """A zigzag as a hand makes it: uneven, at a slant, with its middle on the box's."""
    t = np.linspace(0, 1, int(rng.integers(30, 90)))
    x = (np.abs((t * turns + rng.uniform(0, 2)) % 2 - 1) - 0.5) * width
    y = (t - 0.5) * height
    slant = rng.uniform(-0.6, 0.6)
    turn = np.array([[np.cos(slant), -np.sin(slant)], [np.sin(slant), np.cos(slant)]])
    points = np.stack([x, y], 1) @ turn + rng.normal(0, 1.5, (len(t), 2)) + (30, 45)
    return Stroke.from_points(points)


def test_a_zigzag_is_a_scratch() -> None:
    rng = np.random.default_rng(1)
    hits = [is_scratch(zigzag(rng, rng.uniform(6, 11))) for _ in range(200)]
    assert np.mean(hits) > 0.9


def test_no_handmade_digit_is_a_scratch() -> None:
    for line in HANDMADE.read_text(encoding="utf-8").splitlines():
        for stroke in Ink.from_dict(json.loads(line)):
            assert not is_scratch(stroke)


def test_no_stroke_of_a_made_digit_is_a_scratch_however_it_is_stretched_and_shaken() -> None:
    rng = np.random.default_rng(2)
    for line in HANDMADE.read_text(encoding="utf-8").splitlines():
        for stroke in Ink.from_dict(json.loads(line)):
            for _ in range(20):
                stretch = rng.uniform(0.5, 2, 2)
                shaken = stroke.points * stretch + rng.normal(0, 0.7, stroke.points.shape)
                assert not is_scratch(Stroke.from_points(shaken))


@pytest.mark.parametrize(
    "points",
    [
        np.array([(0, 0), (60, 0)]),  # the bar of a 7
        np.array([(0, 40), (30, 42), (60, 39)]),  # of a 4
        np.array([(30, 30)]),  # a dot
        np.array([(0, 0), (60, 90), (0, 90), (60, 0)]),  # a cross without lifting the pen
    ],
)
def test_bars_dots_and_crosses_are_no_scratches(points: NDArray[np.float64]) -> None:
    assert not is_scratch(Stroke.from_points(points))


def test_training_s_zigzags_scratch_and_its_dots_and_lines_do_not() -> None:
    nondigits = pytest.importorskip("inkdigit_train.data.nondigits")
    rng = np.random.default_rng(3)
    inks = [nondigits.scribble(rng) for _ in range(300)]
    for ink in inks:
        if max(len(stroke) for stroke in ink) <= 3:  # dots, and lines of two or three points
            assert not any(is_scratch(stroke) for stroke in ink)
    assert sum(is_scratch(stroke) for ink in inks for stroke in ink) > 30


def test_only_what_is_under_the_scratch_goes() -> None:
    stroke = zigzag(np.random.default_rng(4), 9)
    beside, one = (110.0, 0.0, 160.0, 90.0), (30.0, 20.0, 31.0, 80.0)
    assert scratched(stroke, [BOX, beside, one]) == [0, 2]
    assert scratched(stroke, [beside]) == []
    assert scratched(Stroke.from_points([(0, 0), (60, 90)]), [BOX]) == []


def test_a_scratch_through_one_end_of_a_digit_leaves_it() -> None:
    low = zigzag(np.random.default_rng(4), 9, height=10.0)
    assert scratched(low, [(0.0, -60.0, 60.0, 60.0)]) == []
