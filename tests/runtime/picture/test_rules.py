"""Printed lines on a mask: what finding them is built on."""

from __future__ import annotations

import numpy as np

from inkdigit._picture.rules import _pool, _run_ends


def test_pool_keeps_every_pixel_and_the_odd_rest():
    mask = np.zeros((7, 10), bool)
    mask[6, 9] = True
    pooled = _pool(mask, 3)
    assert pooled.shape == (3, 4)
    assert pooled.sum() == 1
    assert pooled[2, 3]


def test_run_ends_are_the_empty_pixels_around_a_run():
    mask = np.array([[0, 1, 1], [1, 1, 0], [1, 0, 0]], bool)
    above, below = _run_ends(mask)
    assert above.tolist() == [[0, -1, -1], [0, -1, 1], [0, 2, 2]]
    assert below.tolist() == [[0, 2, 1], [3, 2, 1], [3, 2, 2]]
