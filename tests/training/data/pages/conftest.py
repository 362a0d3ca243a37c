"""Digits drawn here, so that no data folder is needed."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit_train.data.pages.writing import Hand, Writing

RING = [np.array([[np.cos(t) * 0.3, np.sin(t) * 0.5 - 0.5] for t in np.linspace(0, 6.3, 24)])]
BAR = [np.array([[0.1, -1.0], [0.1, 0.0]])]
HOOK = [np.array([[0.0, -1.0], [0.6, -1.0], [0.2, 0.0]])]


def _raster(left: int, right: int) -> np.ndarray:
    raster = np.zeros((28, 28), np.uint8)
    raster[4:24, left:right] = 255
    raster[4:8, 8:20] = 255
    return raster


@pytest.fixture(scope="session")
def writing() -> Writing:
    images = np.stack([_raster(12, 16), _raster(8, 12), _raster(16, 20)])
    hand = Hand((("0", RING), ("1", BAR), ("7", HOOK)))
    return Writing(images, np.array([7, 5, 7]), (hand, hand), (RING + BAR,))
