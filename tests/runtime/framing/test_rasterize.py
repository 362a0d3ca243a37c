"""The rasteriser: framed as MNIST is, whatever the canvas, and of one pen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigit import Ink, rasterize
from inkdigit._framing.rasterize import PEN_PX, rasterize_many
from inkdigit._pixels.measure import ink_bounds, stroke_width
from inkdigit.errors import EmptyInkError

SEVEN = np.array([[0, 0], [60, 0], [20, 100]], float)


def test_raster_is_28_by_28_float32_from_0_to_1():
    raster = rasterize(Ink([SEVEN]))
    assert raster.shape == (28, 28)
    assert raster.dtype == np.float32
    assert raster.min() == 0
    assert raster.max() == 1


def test_longer_side_fills_the_box_of_20_pixels():
    left, top, right, bottom = ink_bounds(rasterize(Ink([SEVEN])), 0.5)
    assert bottom - top in (19, 20, 21)
    assert right - left < 16


def test_centre_of_mass_is_in_the_middle():
    raster = rasterize(Ink([SEVEN]))
    centres = np.arange(28) + 0.5
    assert raster.sum(1) @ centres / raster.sum() == pytest.approx(14, abs=0.5)
    assert raster.sum(0) @ centres / raster.sum() == pytest.approx(14, abs=0.5)


@given(
    scale=st.floats(0.01, 500),
    dx=st.floats(-1e4, 1e4),
    dy=st.floats(-1e4, 1e4),
)
def test_moving_and_scaling_the_ink_changes_nothing(scale, dx, dy):
    moved = Ink([SEVEN * scale + [dx, dy]])
    # Points are float32: far from the origin a small drawing loses its last digits.
    tolerance = 0.02 + 2e-5 * max(abs(dx), abs(dy)) / scale
    if tolerance < 0.2:
        assert np.abs(rasterize(moved) - rasterize(Ink([SEVEN]))).max() < tolerance


@pytest.mark.parametrize("pen", [1.0, PEN_PX, 4.0])
def test_stroke_is_as_wide_as_the_pen(pen):
    assert stroke_width(rasterize(Ink([SEVEN]), pen_px=pen)) == pytest.approx(pen, rel=0.3)


def test_more_points_on_the_same_line_draw_the_same():
    t = np.linspace(0, 1, 500)[:, None]
    dense = np.concatenate(
        [SEVEN[0] + t * (SEVEN[1] - SEVEN[0]), SEVEN[1] + t * (SEVEN[2] - SEVEN[1])]
    )
    assert np.abs(rasterize(Ink([dense])) - rasterize(Ink([SEVEN]))).max() < 0.05


def test_a_dot_is_a_dot_in_the_middle():
    raster = rasterize(Ink([[[500, 3]]]))
    assert ink_bounds(raster, 0.5) == (13, 13, 15, 15)


def test_larger_raster_shows_the_same():
    large = rasterize(Ink([SEVEN]), size=112)
    assert large.shape == (112, 112)
    reduced = large.reshape(28, 4, 28, 4).mean(axis=(1, 3))
    assert np.abs(reduced - rasterize(Ink([SEVEN]))).mean() < 0.02


def test_ten_thousand_strokes_are_drawn():
    rng = np.random.default_rng(0)
    raster = rasterize(Ink(list(rng.uniform(0, 1000, (10_000, 3, 2)))))
    assert raster.sum() > 100


def test_blank_ink_cannot_be_drawn():
    with pytest.raises(EmptyInkError):
        rasterize(Ink())


def test_no_drawing_gives_no_raster():
    assert rasterize_many([]).shape == (0, 28, 28)


def test_a_drawing_without_a_line_is_named():
    with pytest.raises(EmptyInkError, match="drawing 1 of 2"):
        rasterize_many([[np.zeros((2, 2), np.float32)], []])
