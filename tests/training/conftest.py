"""Small data for the training tests, made here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from inkdigit import Ink
from inkdigit_train.data.pages.writing import Hand, Writing
from inkdigit_train.data.pools import DataSet, Pool
from inkdigit_train.data.records import InkRecord
from inkdigit_train.fit.config import TrainConfig

RING = [np.array([[np.cos(t) * 0.3, np.sin(t) * 0.5 - 0.5] for t in np.linspace(0, 6.3, 24)])]
BAR = [np.array([[0.1, -1.0], [0.1, 0.0]])]
HOOK = [np.array([[0.0, -1.0], [0.6, -1.0], [0.2, 0.0]])]


def bars(count: int, seed: int, variants: int = 1) -> Pool:
    """Rasters with one upright bar each: its column is the label, 0 to 9."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(10, (count,), generator=generator)
    images = torch.zeros(count, variants, 28, 28, dtype=torch.uint8)
    for k, label in enumerate(labels.tolist()):
        images[k, :, 4:24, 3 + 2 * label : 5 + 2 * label] = 255
    return Pool("bars", images, labels)


@pytest.fixture(scope="session")
def make_bars() -> Callable[..., Pool]:
    return bars


@pytest.fixture
def small_data() -> DataSet:
    return DataSet([bars(160, 1), bars(48, 2, variants=3)], bars(64, 3), [bars(32, 4)], {"a": "b"})


@pytest.fixture
def small_config() -> TrainConfig:
    return TrainConfig(epochs=2, batch_size=32, lr=3e-3, stem=8, body=8, top=8)


@pytest.fixture(scope="session")
def hand() -> list[InkRecord]:
    """One writer's thirty digits: 0s, of one stroke, and 4s, of two."""
    turn = np.linspace(-np.pi / 2, 1.5 * np.pi, 30)
    ring = np.stack([30 + 30 * np.cos(turn), 50 * (1 + np.sin(turn))], 1)
    zero = Ink([ring])
    four = Ink([[[30, 0], [0, 60], [60, 60]], [[45, 30], [45, 100]]])
    return [InkRecord("04"[k % 2], (zero, four)[k % 2], "w") for k in range(30)]


@pytest.fixture(scope="session")
def letter() -> InkRecord:
    """Another writer's A."""
    return InkRecord("A", Ink([[[0, 100], [30, 0], [60, 100]], [[15, 60], [45, 60]]]), "v")


def _raster(left: int, right: int) -> np.ndarray:
    raster = np.zeros((28, 28), np.uint8)
    raster[4:24, left:right] = 255
    raster[4:8, 8:20] = 255
    return raster


@pytest.fixture(scope="session")
def writing() -> Writing:
    """Three images and two hands to make pages of."""
    images = np.stack([_raster(12, 16), _raster(8, 12), _raster(16, 20)])
    hand = Hand((("0", RING), ("1", BAR), ("7", HOOK)))
    return Writing(images, np.array([7, 5, 7]), (hand, hand), (RING + BAR,))


@pytest.fixture(scope="session")
def symbols() -> list[InkRecord]:
    """One drawing of each sign, and of a percent sign, by another writer."""
    drawn = {
        ".": [[[0, 0], [1, 1]]],
        ",": [[[3, 0], [0, 9]]],
        "-": [[[0, 0], [9, 0]]],
        "/": [[[6, 0], [0, 20]]],
        ":": [[[0, 0], [1, 1]], [[0, 9], [1, 10]]],
        "%": [[[9, 0], [0, 20]], [[0, 3], [3, 3]], [[7, 18], [10, 18]]],
    }
    return [InkRecord(label, Ink(strokes), "v") for label, strokes in drawn.items()]
