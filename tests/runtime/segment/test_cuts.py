"""Marks cut where digits touch: valleys, walls that both neighbours get, bounds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inkdigit import Recognizer
from inkdigit._segment import join as bounds
from inkdigit._segment.cuts import BUNDLED_CUTS, CUT_FEATURES, cut_mark, propose, reduced
from inkdigit._segment.marks import MarkLayout

HIGH, WIDE, PEN = 100, 70, 8  # of a ring


def rings(count, overlap=PEN, margin=20):
    """Rings side by side as an ink map; with an overlap of one pen they share walls."""
    step = WIDE - overlap
    size = (2 * margin + step * (count - 1) + WIDE, 2 * margin + HIGH)
    picture = Image.new("L", size, 0)
    pencil = ImageDraw.Draw(picture)
    for k in range(count):
        left = margin + k * step
        box = (left, margin, left + WIDE - 1, margin + HIGH - 1)
        pencil.ellipse(box, outline=255, width=PEN)
    return np.asarray(picture, np.float32) / 255


def mark(ink_map):
    """The ink map's only mark, cut to its box."""
    inked = ink_map >= 0.3
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return inked[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def alike(raster, other):
    return float((raster * other).sum() / np.sqrt((raster**2).sum() * (other**2).sum()))


@pytest.fixture(scope="module")
def bundled() -> Recognizer:
    """With the networks that the package brings: rings as the ink network finds them."""
    return Recognizer()


def test_a_wall_that_two_rings_share_is_a_piece_of_its_own():
    pieces = cut_mark(mark(rings(2)), HIGH, 24)
    assert len(pieces.walls) == 1
    rows, columns = np.nonzero((pieces.index == pieces.walls[0]) & mark(rings(2)))
    assert np.ptp(columns) < 2 * PEN
    assert np.ptp(rows) > HIGH / 5
    assert abs(columns.mean() - (WIDE - PEN / 2)) < 2


def test_both_of_two_rings_are_drawn_with_the_wall_that_they_share():
    (ring,) = MarkLayout(rings(1)).rows[0].hypotheses
    alone = MarkLayout(rings(1)).rasters([ring])[0]
    layout = MarkLayout(rings(2))
    (row,) = layout.rows
    drawn = layout.rasters(row.hypotheses)
    whole = [h for h, r in zip(row.hypotheses, drawn, strict=True) if alike(r, alone) > 0.95]
    left = [h for h in whole if h.atoms[0] == 0]
    right = [h for h in whole if h.atoms[-1] == row.atom_count - 1 and h.shared]
    pairs = [(a, b) for a in left for b in right if len(a.atoms) + len(b.atoms) == row.atom_count]
    assert any(a.atoms[-1] < b.atoms[0] and a.parts[0].end > b.parts[0].start for a, b in pairs)


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("overlap", [0, 4, 8, 12])
def test_rings_that_touch_are_zeros(bundled, count, overlap):
    picture = np.rint(255 - 235 * rings(count, overlap)).astype(np.uint8)
    assert bundled.read(picture).text == "0" * count


def test_rings_on_each_other_are_not_cut():
    pieces = cut_mark(mark(rings(2).T), 2 * WIDE, 24)
    assert pieces.index.max() == 0


def test_a_narrow_mark_is_not_cut():
    shape = np.zeros((100, 50), bool)
    shape[:, :10] = shape[45:55] = shape[:, 40:] = True
    assert cut_mark(shape, 100, 24).index.max() == 0


def test_a_one_that_touches_a_narrow_zero_is_cut():
    ring = mark(rings(1, margin=0))
    ring = ring[:, ring.any(axis=0)]
    bar = np.zeros((len(ring), 6), bool)
    bar[np.flatnonzero(ring.any(axis=1))] = True
    narrow = np.concatenate([ring[:, : ring.shape[1]], bar], axis=1)
    height = narrow.shape[1] / 0.6
    assert cut_mark(narrow, height, 24).index.max() >= 1


def test_a_mark_is_not_cut_without_leave():
    assert cut_mark(mark(rings(3)), HIGH, 0).index.max() == 0


def test_each_piece_has_pixels_and_each_cut_a_quality():
    shape = mark(rings(4))
    pieces = cut_mark(shape, HIGH, 24)
    assert set(np.unique(pieces.index[shape])) == set(range(pieces.index.max() + 1))
    assert len(pieces.quality) == pieces.index.max()


@pytest.mark.parametrize("limit", [1, 2, 3, 8])
def test_no_more_cuts_are_made_than_allowed(limit):
    assert cut_mark(mark(rings(8)), HIGH, limit).index.max() <= limit


def test_a_large_mark_is_cut_like_a_small_one():
    small = mark(rings(3))
    large = small.repeat(5, axis=0).repeat(5, axis=1)
    assert len(cut_mark(large, 5 * HIGH, 24).walls) == len(cut_mark(small, HIGH, 24).walls) == 2


def test_a_mark_of_noise_has_bounded_cuts():
    rng = np.random.default_rng(0)
    shape = rng.random((200, 2000)) < 0.6
    pieces = cut_mark(shape, 60, bounds.MAX_CUTS)
    assert pieces.index.max() <= bounds.MAX_CUTS
    assert set(np.unique(pieces.index[shape])) == set(range(pieces.index.max() + 1))


def test_shared_walls_stay_within_the_bounds_on_hypotheses():
    layout = MarkLayout(rings(60))
    (row,) = layout.rows
    assert row.atom_count <= bounds.MAX_CUTS + 1
    assert len(row.hypotheses) <= 2 * bounds.MAX_RUN * row.atom_count


def test_three_touching_rings_have_few_hypotheses():
    assert len(MarkLayout(rings(3)).hypotheses) <= 30


def test_cuts_are_measured_by_each_feature():
    cuts = propose(*reduced(mark(rings(2)), HIGH))
    assert cuts.features.shape == (len(cuts.left), len(CUT_FEATURES))
    assert np.isfinite(cuts.features).all()
    assert set(json.loads(BUNDLED_CUTS.read_text())["weights"]) == {*CUT_FEATURES, "intercept"}
