"""Pools: the ink drawn, the split, the ink left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from inkdigit import Ink
from inkdigit_train.data import pools
from inkdigit_train.data.forms import FORMS
from inkdigit_train.data.pools import PEN_RANGE_PX, draw, gather
from inkdigit_train.data.records import InkRecord, write_records


def line(angle: float) -> Ink:
    return Ink([[[0, 0], [100 * np.cos(angle), 100 * np.sin(angle)], [50, 10]]])


@pytest.fixture
def ink_file(tmp_path) -> Path:
    path = tmp_path / "ink.jsonl.gz"
    records = [InkRecord(str(k % 10), line(k), f"writer{k % 24}") for k in range(96)]
    write_records(path, records)
    return path


@pytest.fixture
def nondigit_file(tmp_path) -> Path:
    path = tmp_path / "letters.jsonl"
    labels = ["a", "O", "k", "e"]
    write_records(path, [InkRecord(labels[k % 4], line(k), f"w{k % 24}") for k in range(96)])
    return path


def test_drawing_varies_the_pen_and_nothing_else():
    drawn = draw([line(0.3)] * 3, variants=2, seed=0)
    assert drawn.shape == (3, 2, 28, 28)
    masses = drawn.float().sum((2, 3)).flatten() / 255
    assert len(set(masses.tolist())) == 6
    assert masses.max() / masses.min() <= 1.6 * PEN_RANGE_PX[1] / PEN_RANGE_PX[0]


def test_no_ink_gives_no_raster():
    assert draw([], 4, 0).shape == (0, 4, 28, 28)


def test_split_is_stratified_disjoint_and_repeatable(mnist_like):
    first, again = (gather(mnist_like, [], [], 100, seed=3) for _ in range(2))
    assert torch.equal(first.val_mnist.images, again.val_mnist.images)
    assert torch.bincount(first.val_mnist.labels).tolist() == [10] * 10
    train = {x.numpy().tobytes() for x in first.train[0].images}
    held = {x.numpy().tobytes() for x in first.val_mnist.images}
    assert (len(train), len(held)) == (300, 100)
    assert not train & held


def test_ink_is_split_by_writer_and_lookalikes_are_left_out(
    mnist_like, ink_file, nondigit_file, monkeypatch
):
    monkeypatch.setattr(pools, "PIECES", 5)
    monkeypatch.setattr(pools, "PAIRS", 5)
    monkeypatch.setattr(pools, "SCRIBBLES", 5)
    found = gather(mnist_like, [ink_file], [nondigit_file], 100, seed=0, forms=20)
    training = {pool.name: pool for pool in found.train}
    validation = {pool.name: pool for pool in found.val_ink}
    assert set(training) == {
        "mnist",
        "ink digits",
        "ink non-digits",
        "made",
        "slashed zeros",
        "mined",
        "forms",
    }
    # Two of 24 writers, four records each.
    assert (len(training["ink digits"]), len(validation["ink digits"])) == (88, 8)
    # A quarter of the letters are O.
    assert len(training["ink non-digits"]) + len(validation["ink non-digits"]) == 72
    assert set(training["ink non-digits"].labels.tolist()) == {10}
    assert set(training["forms"].labels.tolist()) == {form.digit for form in FORMS}
    assert set(found.sources) == {"ink.jsonl.gz", "letters.jsonl"}


def test_ink_is_slanted_to_the_right_once_where_that_is_asked_for():
    one = Ink([[(0, 0), (0, 100)]])
    upright, leaning = (
        (pools.draw_pool("ones", [one] * 40, [1] * 40, 0, slanted).images > 100).any(2).sum(2)
        for slanted in (False, True)
    )  # columns with ink
    assert upright.max() <= 7
    assert torch.equal(leaning[:, :-1].max(), upright.max())
    assert leaning[:, -1].float().mean() > upright.max()


def test_forms_are_drawn_where_they_are_asked_for(mnist_like, ink_file, nondigit_file, monkeypatch):
    monkeypatch.setattr(pools, "COMPOSED", 5)
    found = gather(mnist_like, [ink_file], [nondigit_file], 100, seed=0)
    assert "forms" not in {pool.name for pool in found.train}
