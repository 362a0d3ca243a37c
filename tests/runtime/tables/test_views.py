"""The view in which a table is level."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image
from tabled import table, turned

from inkdigit._tables import views
from inkdigit._tables.flat import lay_flat
from inkdigit._tables.views import FIRM, View, find_view
from inkdigit.session import OnnxInkSession

ROWS = [["12", "7", "35"], ["4", "", "60"], ["8", "9", "21"], ["5", "30", "2"]]


@pytest.fixture(scope="module")
def network():
    return OnnxInkSession().run


def test_rules_both_ways_say_how_a_table_lies(network):
    view = find_view(np.asarray(turned(table(ROWS), 20)), network)
    assert view.is_grid
    assert (len(view.across), len(view.down)) == (5, 4)


def on_boards(picture: Image.Image, degrees: float) -> Image.Image:
    """A sheet that lies turned on a desk of boards, whose joints are stronger than its rules."""
    tilted = picture.convert("L").rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    paper = Image.new("L", picture.size, 255).rotate(degrees, expand=True)
    high, wide = tilted.height + 160, tilted.width + 400
    shades = np.random.default_rng(0).uniform(30, 80, (high, 1)) * np.ones((1, wide))
    shades[::14] = 0
    desk = Image.fromarray(shades.astype(np.uint8))
    desk.paste(tilted, (200, 80), paper)
    return desk


def test_boards_of_a_desk_are_no_rules(network):
    picture = np.asarray(on_boards(table(ROWS), 17))
    assert View.of(lay_flat(picture), network).solid < FIRM
    view = find_view(picture, network)
    assert view.solid >= FIRM
    assert (len(view.across), len(view.down)) == (5, 4)


def test_a_picture_full_of_marks_is_looked_at_no_closer(network, monkeypatch):
    full = np.asarray(table(ROWS, ruled=False).crop((30, 30, 390, 270)))
    monkeypatch.setattr(views, "lay_flat", Mock(side_effect=lay_flat))
    find_view(full, network)
    assert views.lay_flat.call_count == 1
    find_view(np.pad(full, ((0, 300), (0, 300)), constant_values=255), network)
    assert views.lay_flat.call_count == 3


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
