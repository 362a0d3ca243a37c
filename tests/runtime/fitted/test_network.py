"""The small network of one hidden layer."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from inkdigit._fitted.network import Network


def test_weights_of_eight_bits_are_scaled_for_each_unit():
    inner = np.array([[100, 0], [0, -50], [127, 127]], np.int8)
    network = Network.parse(
        {
            "inner": base64.b85encode(inner.tobytes()).decode(),
            "inner_scales": [0.01, 0.02],
            "inner_bias": [0.0, 0.5],
            "outer": [2.0, 3.0],
            "outer_bias": -1.0,
        }
    )
    odds = network.log_odds(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0]], np.float32))
    assert odds == pytest.approx([2 * 1.0 + 3 * 0.5 - 1, -1.0, 3 * 0.5 - 1], abs=1e-6)
