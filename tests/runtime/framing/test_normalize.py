"""The normaliser: the same digit at any size, place and width of line comes out the same."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit import Ink, rasterize
from inkdigit._framing.normalize import normalize
from inkdigit._pixels.measure import ink_bounds, stroke_width
from inkdigit.errors import EmptyInkError, ImageError

SEVEN = Ink([[[0, 0], [60, 0], [20, 100]]])


def test_stroke_width_of_a_bar():
    bar = np.zeros((100, 50), np.float32)
    bar[10:90, 20:26] = 1
    assert stroke_width(bar) == pytest.approx(6, rel=0.1)


def test_stroke_width_of_nothing_is_zero():
    assert stroke_width(np.zeros((5, 5), np.float32)) == 0


def test_bounds_are_of_the_inked_pixels():
    ink_map = np.zeros((10, 20), np.float32)
    ink_map[2:5, 7:9] = 0.8
    assert ink_bounds(ink_map) == (7, 2, 9, 5)
    assert ink_bounds(np.zeros((3, 3), np.float32)) is None


@pytest.mark.parametrize("size", [40, 90, 280, 900])
def test_a_drawing_of_any_size_looks_as_the_ink_does(size):
    drawn = rasterize(SEVEN, size=size)
    assert np.abs(normalize(drawn) - rasterize(SEVEN)).mean() < 0.03


@pytest.mark.parametrize("pen", [0.15, 0.4, 1.0, 2.0])
def test_thin_lines_come_out_at_the_standard_width(pen):
    width = stroke_width(normalize(rasterize(SEVEN, size=400, pen_px=pen)))
    assert 1.8 < width < 3.2


def test_place_on_the_picture_does_not_matter():
    drawn = rasterize(SEVEN, size=100)
    page = np.zeros((700, 500), np.float32)
    page[450:550, 20:120] = drawn
    assert np.abs(normalize(page) - normalize(drawn)).max() < 1e-5


def test_aspect_is_kept():
    flat = np.zeros((200, 200), np.float32)
    flat[90:100, 20:180] = 1
    left, top, right, bottom = ink_bounds(normalize(flat), 0.5)
    assert right - left >= 18
    assert bottom - top <= 4


def test_output_is_in_range():
    rng = np.random.default_rng(0)
    raster = normalize(rng.uniform(0, 1, (37, 61)).astype(np.float32))
    assert raster.shape == (28, 28)
    assert 0 <= raster.min() <= raster.max() <= 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 3)])
def test_odd_shapes_are_framed(shape):
    assert normalize(np.ones(shape, np.float32)).sum() > 0


def test_blank_map_cannot_be_framed():
    with pytest.raises(EmptyInkError):
        normalize(np.zeros((9, 9), np.float32))


def test_colour_is_refused():
    with pytest.raises(ImageError, match=r"\(9, 9, 3\)"):
        normalize(np.ones((9, 9, 3), np.float32))
