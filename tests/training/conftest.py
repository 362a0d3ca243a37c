"""Small data for the training tests, made here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from inkdigit_train.data.pools import DataSet, Pool
from inkdigit_train.fit.config import TrainConfig


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
