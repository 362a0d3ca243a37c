"""How ink leans, from sums over strokes and pixels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from inkdigit import Ink
from inkdigit._segment.marks import MarkLayout
from inkdigit._segment.moments import leaning, of_pixels, of_polyline
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.drawing import draw_ink

SLASH = [[60, 0], [0, 100]]
SEVEN = [[120, 0], [180, 0], [150, 100]]
BAR = [[260, 50], [320, 50]]


@pytest.mark.parametrize(
    ("points", "slant", "breadth"),
    [
        (SLASH, 0.58, 0.0),
        ([[0, 0], [60, 100]], -0.58, 0.0),
        ([[7, 0], [7, 100]], 0.0, 0.0),
        (BAR, 0.0, 0.17),
        ([[5, 5]], 0.0, 0.0),
        ([[5, 5], [5, 5]], 0.0, 0.0),
    ],
)
def test_strokes_lean(points, slant, breadth):
    points = np.array(points, np.float32)
    (sums,) = of_polyline(points, [0, len(points) - 1])
    assert leaning(sums, 100.0) == pytest.approx((slant, breadth), abs=0.02)


def test_stretches_add_up_however_many_points_they_have():
    points = np.array(SEVEN, np.float32)
    fine = np.concatenate([np.linspace(a, b, 50) for a, b in pairwise(points)])
    whole = of_polyline(points, [0, 2])[0]
    parts = of_polyline(fine.astype(np.float32), [0, 20, 60, 99])
    np.testing.assert_allclose(parts.sum(axis=0), whole, rtol=1e-4)


def test_pixels_lean_as_the_stroke_does():
    y = np.arange(100.0)
    assert leaning(of_pixels(60 - 0.6 * y, y), 100.0) == pytest.approx((0.58, 0), abs=0.02)


def test_ink_and_its_picture_lean_alike():
    ink = Ink([SLASH, SEVEN, BAR])
    picture = 1 - np.asarray(draw_ink(ink), np.float32) / 255
    strokes, marks = (_whole(layout) for layout in (StrokeLayout(ink), MarkLayout(picture)))
    assert len(strokes) == len(marks) == 3
    for stroke, mark in zip(strokes, marks, strict=True):
        assert mark.slant == pytest.approx(stroke.slant, abs=0.05)
        assert mark.breadth == pytest.approx(stroke.breadth, abs=0.03)


def _whole(layout):
    """Each stroke's or mark's own hypothesis, from left to right."""
    alone = [h for h in layout.hypotheses if len(h.parts) == 1 and h.parts[0].is_whole]
    return sorted(alone, key=lambda hypothesis: hypothesis.centre)
