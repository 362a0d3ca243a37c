"""Ink in other proportions."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from inkdigit import Ink, Stroke, rasterize
from inkdigit_train.data.augment import NARROWEST, warp
from inkdigit_train.data.stretch import stretch, stretch_randomly


def seven() -> Ink:
    """A seven of width 6 and height 10, whose head ends 4 below its top."""
    points = [(0, 0), (6, 0), (4, 4), (2, 10)]
    return Ink([Stroke(np.array(points, np.float32))])


def test_each_part_is_stretched_by_its_factor():
    tall = stretch(seven(), lower=2.0, width=0.5)
    assert tall.strokes[0].points.tolist() == [[0, 0], [3, 0], [2, 4], [1, 16]]
    high = stretch(seven(), upper=3.0)
    np.testing.assert_allclose(high.strokes[0].points[:, 1], [-8, -8, 4, 10])
    assert stretch(seven()).strokes[0].points.tolist() == seven().strokes[0].points.tolist()


def test_random_stretches_make_digits_taller_and_narrower():
    rng = np.random.default_rng(0)
    boxes = np.array([stretch_randomly(seven(), rng).bounds for _ in range(400)])
    slimness = (boxes[:, 3] - boxes[:, 1]) / (boxes[:, 2] - boxes[:, 0]) / (10 / 6)
    assert np.median(slimness) > 1.2
    assert slimness.min() < 0.95
    # A digit as wide as 0.6 of its height becomes no slimmer than the narrowest allowed.
    assert slimness.max() == pytest.approx(0.6 / NARROWEST, rel=0.01)


def test_what_is_slim_becomes_no_slimmer():
    rng = np.random.default_rng(0)
    one = Ink([Stroke(np.array([(0, 0), (1, 10)], np.float32))])
    boxes = np.array([stretch_randomly(one, rng).bounds for _ in range(100)])
    slimness = (boxes[:, 3] - boxes[:, 1]) / (boxes[:, 2] - boxes[:, 0])
    assert slimness.max() <= 10.01


@pytest.fixture(scope="module")
def stretched() -> tuple[torch.Tensor, torch.Tensor]:
    """A raster, and 200 of it stretched at random."""
    raster = torch.from_numpy(rasterize(seven(), pen_px=2.4)).view(1, 1, 28, 28)
    torch.manual_seed(0)
    return raster, warp(raster.repeat(200, 1, 1, 1), 0.0, stretched=1.0)


def test_stretched_rasters_are_framed_as_before(stretched):
    raster, many = stretched
    rows = torch.arange(28) + 0.5
    middles = (many[:, 0].sum(2) * rows).sum(1) / many[:, 0].sum((1, 2))
    assert (middles - 14).abs().max() < 0.6
    before = int((raster[0, 0] > 0.3).any(1).sum())
    heights = (many[:, 0] > 0.3).any(2).sum(1)
    assert (heights - before).abs().float().quantile(0.95) <= 2


def test_stretched_rasters_are_as_slim_as_stretched_ink(stretched):
    _, many = stretched
    rng = np.random.default_rng(0)
    drawn = [rasterize(stretch_randomly(seven(), rng), pen_px=2.4) for _ in range(200)]
    widths = [(torch.from_numpy(r) > 0.3).any(0).sum().item() for r in drawn]
    found = (many[:, 0] > 0.3).any(1).sum(1).float()
    assert float(found.mean()) == pytest.approx(np.mean(widths), abs=1.2)
    assert float(found.std()) == pytest.approx(np.std(widths), abs=0.8)


def test_only_so_many_are_stretched():
    raster = torch.from_numpy(rasterize(seven(), pen_px=2.4)).view(1, 1, 28, 28)
    some = warp(raster.repeat(50, 1, 1, 1), 0.0, stretched=0.3)
    assert ((some - raster).abs().amax((1, 2, 3)) > 0.1).sum() == 15
