"""The directions of a picture's rules."""

from __future__ import annotations

import numpy as np
import pytest
from tabled import table, turned

from inkdigit._tables.pencils import Pencil, find_pencils, find_strokes, flattening, thin_strokes

ROWS = [["12", "7", "35"], ["4", "", "60"], ["8", "9", "21"], ["5", "30", "2"]]


@pytest.mark.parametrize("degrees", [0, 12, -33])
def test_a_turn_shows_in_both_pencils(degrees):
    grey = np.asarray(turned(table(ROWS), degrees))
    across, down = find_pencils(find_strokes(thin_strokes(grey)))
    assert across.slope == pytest.approx(np.tan(np.radians(degrees)), abs=0.01)
    assert down.slope == pytest.approx(-np.tan(np.radians(degrees)), abs=0.01)
    assert abs(across.tilt) < 0.02


def test_nothing_is_level():
    across, down = find_pencils(find_strokes(thin_strokes(np.full((80, 90), 200, np.uint8))))
    assert (across.slope, across.tilt, down.slope, down.tilt) == pytest.approx((0, 0, 0, 0))


def test_the_flat_view_makes_pencils_parallel():
    across, down = Pencil(0.3, 0.1), Pencil(-0.2, -0.05)
    to_picture = flattening(across, down)
    level = to_picture.points(np.array([[-0.5, 0.2], [0.0, 0.2], [0.5, 0.2]]))
    # All three lie on one line of the pencil: v = t + (slope + tilt * t) * u.
    t = (level[:, 1] - across.slope * level[:, 0]) / (1 + across.tilt * level[:, 0])
    assert np.ptp(t) < 1e-9
