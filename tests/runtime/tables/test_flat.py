"""The table's part of a picture, level and without the desk."""

from __future__ import annotations

import numpy as np
from PIL import Image
from tabled import table, turned

from inkdigit._tables.flat import lay_flat, turned_view

ROWS = [["12", "7", "35"], ["4", "", "60"], ["8", "9", "21"], ["5", "30", "2"]]


def test_the_desk_is_left_out():
    desk = Image.new("L", (1200, 1000), 30)
    desk.paste(table(ROWS), (600, 500))
    flat = lay_flat(np.asarray(desk))
    assert flat.ruled
    assert flat.pixels.size < 0.5 * desk.width * desk.height
    corner = flat.to_picture.inverse().points(np.array([[660.0, 560.0], [1020.0, 840.0]]))
    assert (corner > 0).all()
    assert (corner < np.array(flat.pixels.shape[1::-1])).all()


def test_a_turned_table_lies_level():
    picture = turned(table(ROWS), 25)
    flat = lay_flat(np.asarray(picture))
    ends = flat.to_picture.points(np.array([[0.0, 0.0], [100.0, 0.0]]))
    dx, dy = ends[1] - ends[0]
    assert abs(np.degrees(np.arctan2(dy, dx)) - 25) < 1


def test_memory_is_bounded_by_the_view():
    flat = lay_flat(np.full((3000, 4000), 200, np.uint8))
    assert flat.pixels.size <= 1_600_000


def test_a_turned_view_holds_the_points_it_is_asked_for():
    picture = np.asarray(turned(table(ROWS), 25))
    points = np.array([[200.0, 150.0], [300.0, 250.0]])
    flat = turned_view(picture, 25, points)
    seen = flat.to_picture.inverse().points(points)
    assert (seen > 0).all()
    assert (seen < np.array(flat.pixels.shape[1::-1])).all()
    assert flat.pixels.size < picture.size / 2
