"""Truth moves with the pixels."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit_train.data.pages.geometry import crop, quarter_turns, resize, turned_corners, warp
from inkdigit_train.data.pages.page import Canvas, Cell
from inkdigit_train.data.pages.papers import draw_rules


@pytest.fixture
def canvas() -> Canvas:
    made = Canvas(np.ones((60, 80, 3), np.float32))
    block = np.ones((20, 10), np.float32)
    made.write(block, 1.0, np.zeros(3, np.float32), 10, 30, "1", meant=True)
    made.write(block, 1.0, np.zeros(3, np.float32), 50, 30, "7")
    made.cells.append(Cell((50, 30, 60, 50), "7"))
    return made


def _dark(canvas: Canvas) -> np.ndarray:
    return canvas.pixels.mean(axis=2) < 0.5


def test_crop_keeps_truth_in_place(canvas: Canvas) -> None:
    page = crop(canvas, (5, 25, 40, 60)).finish()
    assert [(g.label, g.box) for g in page.glyphs] == [("1", (5, 5, 15, 25))]


def test_quarter_turns_take_the_truth_along(canvas: Canvas) -> None:
    turned = quarter_turns(canvas, 1)
    assert turned.size == (80, 60)
    assert np.array_equal(_dark(turned), turned.ink > 0.5)


@pytest.mark.parametrize("degrees", [-30.0, 4.0, 90.0])
def test_warp_takes_the_truth_along(canvas: Canvas, degrees: float) -> None:
    corners = turned_corners(60, 80, degrees) + 20
    moved, cover = warp(canvas, corners, np.ones((110, 120, 3), np.float32))
    dark, inked = _dark(moved), moved.ink > 0.5
    assert np.count_nonzero(dark != inked) < 0.1 * np.count_nonzero(inked)
    assert cover.sum() == pytest.approx(60 * 80, rel=0.05)
    assert [g.label for g in moved.finish().glyphs] == ["1", "7"]


def test_resize_averages(canvas: Canvas) -> None:
    small = resize(canvas, 30, 40)
    assert small.ink.sum() == pytest.approx(canvas.ink.sum() / 4, rel=0.05)
    assert small.meant.sum() == pytest.approx(canvas.meant.sum() / 4, rel=0.05)
    assert [g.box for g in small.finish().glyphs] == [(5, 15, 10, 25), (25, 15, 30, 25)]


def test_ink_over_the_edge_is_lost() -> None:
    canvas = Canvas(np.ones((10, 10, 3), np.float32))
    canvas.write(np.ones((4, 4), np.float32), 1.0, np.zeros(3, np.float32), -2, 8, "1")
    assert canvas.finish().glyphs[0].box == (0, 8, 2, 10)


def test_cells_move_with_their_digits(canvas: Canvas) -> None:
    turned, _ = warp(canvas, turned_corners(60, 80, 20) + 20, np.ones((110, 120, 3), np.float32))
    moved = (
        crop(canvas, (5, 25, 70, 60)),
        quarter_turns(canvas, 3),
        resize(canvas, 30, 40),
        turned,
    )
    for page in (m.finish() for m in moved):
        glyph = next(g for g in page.glyphs if g.label == "7")
        assert np.abs(np.array(page.cells[0].box) - glyph.box).max() <= 2


@pytest.mark.parametrize("down", [False, True])
def test_rules_move_with_the_pixels(down: bool) -> None:
    canvas = Canvas(np.ones((60, 80, 3), np.float32))
    rng = np.random.default_rng(0)
    draw_rules(canvas, np.array([20.0, 40.0]), 4, np.zeros(3, np.float32), rng, down)
    corners = turned_corners(60, 80, 10) + 20
    warped, _ = warp(canvas, corners, np.ones((110, 120, 3), np.float32))
    parts = crop(canvas, (5, 5, 45, 50)), resize(canvas, 120, 160), quarter_turns(canvas, 1)
    for moved in (canvas, warped, *parts):
        dark, ruled = _dark(moved), moved.finish().ruled > 0.5
        assert np.count_nonzero(dark != ruled) < 0.1 * np.count_nonzero(ruled)
