from __future__ import annotations

import itertools
import math

import pytest

from inkdigit_app.core.smoothing import MAX_STEPS, Point, Smoother


def smooth(points: list[Point], step: float = 2.0) -> list[Point]:
    smoother = Smoother(points[0], step)
    settled = [points[0]]
    for point in points[1:]:
        settled += smoother.add(point)
    return [*settled, smoother.newest]


def test_a_line_runs_from_the_first_point_to_the_last() -> None:
    line = smooth([(0, 0), (30, 10), (50, 60), (20, 80)])
    assert line[0] == (0, 0)
    assert line[-1] == (20, 80)


def test_a_straight_line_stays_straight() -> None:
    line = smooth([(0, 0), (10, 5), (40, 20), (60, 30)])
    assert all(y == pytest.approx(x / 2) for x, y in line)


def test_a_corner_becomes_a_curve() -> None:
    corner = smooth([(0, 0), (50, 0), (100, 0), (100, 50), (100, 100)])
    headings = [
        math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in itertools.pairwise(corner) if a != b
    ]
    turns = [abs(b - a) for a, b in itertools.pairwise(headings)]
    assert sum(turns) == pytest.approx(math.pi / 2)
    assert max(turns) < math.radians(15)


def test_no_segment_is_longer_than_twice_the_step() -> None:
    line = smooth([(0, 0), (10, 30), (40, 35), (60, 10)], step=3)
    settled = line[:-1]
    assert max(math.dist(a, b) for a, b in itertools.pairwise(settled)) <= 2 * 3


def test_a_jump_makes_no_more_than_the_most_segments() -> None:
    assert len(Smoother((0, 0), 1.0).add((100_000, 0))) == MAX_STEPS


def test_the_finished_line_ends_where_the_open_part_begins() -> None:
    smoother = Smoother((0, 0), 2.0)
    settled = smoother.add((10, 0)) + smoother.add((20, 10))
    assert settled[-1] == smoother.end
    assert smoother.newest == (20, 10)
