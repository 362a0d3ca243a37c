"""The eleventh class: labels that look like digits, bars, and the non-digits made here."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from inkdigit import Ink, rasterize
from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.nondigits import (
    LOOKALIKES,
    add_nondigits,
    frame,
    halves,
    ink_pair,
    ink_piece,
    is_bar,
    pairs,
    scribble,
)

THREE = Ink([[[0, 0], [40, 5], [15, 40], [45, 70], [0, 100]]])
SEVEN = Ink([[[0, 0], [60, 0], [20, 100]], [[10, 50], [50, 50]]])


def dense(ink: Ink) -> Ink:
    strokes = []
    for stroke in ink:
        t = np.linspace(0, len(stroke) - 1, 60)
        strokes.append(
            np.stack([np.interp(t, range(len(stroke)), stroke.points[:, k]) for k in (0, 1)], 1)
        )
    return Ink(strokes)


def length(ink: Ink) -> float:
    return sum(float(np.linalg.norm(np.diff(s.points, axis=0), axis=1).sum()) for s in ink)


def boxes(batch: torch.Tensor) -> list[tuple[int, int]]:
    """Height and width of the ink of each raster that has some."""
    found = []
    for raster in batch[:, 0] > 0.3:
        if not raster.any():  # a cut may leave nothing
            continue
        rows, columns = raster.any(1).nonzero(), raster.any(0).nonzero()
        found.append((int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1))
    return found


def test_no_digit_is_among_the_lookalikes() -> None:
    assert not LOOKALIKES & set("0123456789")


@pytest.mark.parametrize(
    ("strokes", "bar"),
    [
        ([[[0, 0], [1, 50], [0, 100]]], True),
        ([[[40, 0], [0, 100]]], True),
        ([[[0, 100], [2, 0]]], True),
        ([[[0, 0], [100, 5]]], False),  # a dash
        ([[[0, 0], [60, 50], [0, 100]]], False),  # bent
        ([[[0, 0], [0, 100]], [[20, 0], [20, 100]]], False),  # two
        ([[[5, 5]]], False),  # a dot
        ([], False),
    ],
)
def test_a_bar_is_one_straight_and_upright_stroke(
    strokes: list[list[list[float]]], bar: bool
) -> None:
    assert is_bar(Ink(strokes)) is bar


def test_piece_is_a_part_of_the_line():
    rng = np.random.default_rng(0)
    for _ in range(50):
        piece = ink_piece(dense(THREE), rng)
        if piece is not None:
            assert 0.15 < length(piece) / length(THREE) < 0.6


def test_a_bare_upright_line_is_no_piece():
    line = dense(Ink([[[0, 0], [5, 100]]]))
    assert ink_piece(line, np.random.default_rng(0)) is None


def test_a_dot_has_no_piece():
    assert ink_piece(Ink([[[5, 5]]]), np.random.default_rng(0)) is None


def test_pair_holds_both_digits_strokes_side_by_side():
    pair = ink_pair(THREE, SEVEN, np.random.default_rng(0))
    assert len(pair) == 3
    first, second = pair.subset([0]).bounds, pair.subset([1, 2]).bounds
    assert (first[0] + first[2]) / 2 < (second[0] + second[2]) / 2


def test_scribbles_can_be_drawn():
    rng = np.random.default_rng(0)
    for _ in range(100):
        assert rasterize(scribble(rng)).sum() > 1


@pytest.fixture
def batch() -> torch.Tensor:
    rasters = [rasterize(ink) for ink in (THREE, SEVEN)]
    return torch.from_numpy(np.stack(rasters)).unsqueeze(1).repeat(10, 1, 1, 1)


@pytest.mark.parametrize("make", [halves, lambda batch: pairs(batch, batch.flip(0))])
def test_halves_and_pairs_are_framed_as_digits_are(batch, make):
    torch.manual_seed(0)
    out = make(batch)
    assert out.shape == batch.shape
    assert out.min() >= 0 and out.max() <= 1 + 1e-6
    for height, width in boxes(out):
        assert 15 <= max(height, width) <= 23


def test_frame_of_a_framed_digit_keeps_its_shape(batch):
    elsewhere = torch.nn.functional.pad(batch, (9, 0, 2, 15))
    assert (frame(elsewhere) - frame(batch)).abs().max() < 1e-4
    assert (frame(batch).sum((1, 2, 3)) / batch.sum((1, 2, 3)) - 1).abs().max() < 0.1


def test_nondigits_are_added_at_the_end_and_labelled(batch):
    labels = torch.tensor([3, 7] * 10)
    torch.manual_seed(0)
    more, more_labels = add_nondigits(batch, labels, 0.2)
    assert torch.equal(more[:20], batch)
    assert torch.equal(more_labels[:20], labels)
    assert more_labels[20:].tolist() == [NOT_DIGIT] * 4
    assert more[20:].shape == (4, 1, 28, 28)


@pytest.mark.parametrize("label", [1, NOT_DIGIT])
def test_no_halves_of_ones_or_of_non_digits(batch, label):
    labels = torch.full((20,), label)
    assert add_nondigits(batch, labels, 0.2) == (batch, labels)
