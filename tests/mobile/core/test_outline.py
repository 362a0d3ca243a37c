from __future__ import annotations

import math
from itertools import pairwise

import pytest

from inkdigit_app.core.glyphs import Certainty
from inkdigit_app.core.outline import outline, ring

BOX = (10.0, 20.0, 110.0, 170.0)


def length(line: list[tuple[float, float]]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(line))


def test_a_ring_is_closed_and_inside_its_box() -> None:
    points = ring(BOX, 8)
    assert points[0] == points[-1]
    assert min(x for x, _ in points) == pytest.approx(10)
    assert max(y for _, y in points) == pytest.approx(170)


def test_corners_of_a_small_box_do_not_cross() -> None:
    points = ring((0, 0, 6, 4), 8)
    assert all(-1e-9 <= x <= 6 + 1e-9 and -1e-9 <= y <= 4 + 1e-9 for x, y in points)


def test_certainty_shows_by_pattern() -> None:
    whole = outline(BOX, 8, 2, Certainty.SURE)
    dashed = outline(BOX, 8, 2, Certainty.UNSURE)
    dotted = outline(BOX, 8, 2, Certainty.NO_DIGIT)
    assert len(whole) == 1
    assert 1 < len(dashed) < len(dotted)
    assert length(whole[0]) > sum(map(length, dashed)) > sum(map(length, dotted))


def test_dashes_have_equal_lengths() -> None:
    lengths = [length(dash) for dash in outline(BOX, 8, 2, Certainty.UNSURE)]
    assert max(lengths) == pytest.approx(min(lengths), rel=0.05)
