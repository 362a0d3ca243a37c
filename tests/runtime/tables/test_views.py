"""The view in which a table is level."""

from __future__ import annotations

import numpy as np
import pytest
from tabled import table, turned

from inkdigit._tables.views import find_view
from inkdigit.session import OnnxInkSession

ROWS = [["12", "7", "35"], ["4", "", "60"], ["8", "9", "21"], ["5", "30", "2"]]


@pytest.fixture(scope="module")
def network():
    return OnnxInkSession().run


def test_rules_both_ways_say_how_a_table_lies(network):
    view = find_view(np.asarray(turned(table(ROWS), 20)), network)
    assert view.is_grid
    assert (len(view.across), len(view.down)) == (5, 4)


def test_without_rules_the_marks_say_it(network):
    picture = turned(table(ROWS, ruled=False), 20)
    view = find_view(np.asarray(picture), network)
    assert not view.is_grid
    assert abs(view.turn) < 4
    ends = view.to_picture.points(np.array([[0.0, 0.0], [100.0, 0.0]]))
    dx, dy = ends[1] - ends[0]
    assert abs(np.degrees(np.arctan2(dy, dx)) - 20) < 4


def test_a_blank_picture_has_no_marks(network):
    view = find_view(np.full((200, 300), 230, np.uint8), network)
    assert len(view.boxes) == 0
