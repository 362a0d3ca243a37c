"""Augmentation keeps shape and range, varies each raster on its own, and changes stroke widths."""

from __future__ import annotations

import pytest
import torch

from inkdigit import Ink, rasterize
from inkdigit._pixels.measure import stroke_width
from inkdigit_train.data.augment import Augment, grain, vary_stroke, warp
from inkdigit_train.data.augment import _stroke_width as batched_stroke_width


@pytest.fixture
def sevens() -> torch.Tensor:
    ink = Ink([[[0, 0], [60, 0], [20, 100]]])
    return torch.from_numpy(rasterize(ink)).repeat(30, 1, 1, 1)


def test_shape_and_range_stay(sevens):
    torch.manual_seed(0)
    out = Augment()(sevens)
    assert out.shape == sevens.shape
    assert out.min() >= 0 and out.max() <= 1


def test_each_raster_is_varied_on_its_own(sevens):
    torch.manual_seed(0)
    out = Augment()(sevens)
    assert len({tuple(x.flatten().tolist()) for x in out}) == len(out)


def test_seed_repeats_the_augmentation(sevens):
    outs = []
    for _ in range(2):
        torch.manual_seed(5)
        outs.append(Augment()(sevens))
    assert torch.equal(*outs)


def test_strength_zero_changes_nothing(sevens):
    assert torch.equal(Augment(0.0)(sevens), sevens)


def test_input_is_left_as_it_was(sevens):
    before = sevens.clone()
    Augment()(sevens)
    assert torch.equal(sevens, before)


def test_a_third_gets_thinner_and_a_third_thicker(sevens):
    torch.manual_seed(0)
    width = batched_stroke_width(sevens)[0]
    changed = batched_stroke_width(vary_stroke(sevens, 2.0)) - width
    assert (changed < -0.1).sum() >= 7
    assert (changed > 0.1).sum() >= 7
    assert (changed.abs() < 1e-4).sum() >= 10


def test_thin_strokes_do_not_break(sevens):
    torch.manual_seed(0)
    thin = torch.from_numpy(rasterize(Ink([[[0, 0], [60, 0], [20, 100]]]), pen_px=1.0))
    out = vary_stroke(thin.repeat(30, 1, 1, 1), 2.0)
    assert out.sum((1, 2, 3)).min() > 0.6 * thin.sum()


def test_batched_stroke_width_is_the_runtimes(sevens):
    assert float(batched_stroke_width(sevens)[0]) == pytest.approx(
        stroke_width(sevens[0, 0].numpy()), rel=1e-4
    )


def test_warp_keeps_most_of_the_ink(sevens):
    torch.manual_seed(0)
    kept = warp(sevens, 1.0).sum((1, 2, 3)) / sevens.sum((1, 2, 3))
    assert kept.min() > 0.6
    assert kept.max() < 1.6


def test_grain_comes_on_a_few_rasters_and_leaves_the_rest():
    torch.manual_seed(0)
    flat = torch.full((400, 1, 28, 28), 0.5)
    deviation = grain(flat, 0.1).std((1, 2, 3))
    noisy = deviation > 0
    assert 0.08 < float(noisy.float().mean()) < 0.25
    assert float(deviation.max()) < 0.11
