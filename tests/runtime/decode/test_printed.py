"""Glyphs of print and of hands."""

from __future__ import annotations

import base64

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkdigit import normalize
from inkdigit._decode.printed import coarse, print_odds
from inkdigit._fitted.network import Network
from inkdigit.session import BUNDLED_MODEL, OnnxSession


def test_coarse_raster_is_the_mean_of_each_square():
    rasters = np.arange(2 * 28 * 28, dtype=np.float32).reshape(2, 28, 28)
    cells = coarse(rasters)
    assert cells.shape == (2, 196)
    assert cells[0, 0] == rasters[0, :2, :2].mean()
    assert cells[1, -1] == rasters[1, -2:, -2:].mean()


def test_network_computes_what_was_fitted():
    inner = np.zeros((260, 2), np.int8)
    inner[0, 0], inner[196, 1] = 100, -50
    fitted = {
        "inner": base64.b85encode(inner.tobytes()).decode(),
        "inner_scales": [0.01, 0.02],
        "inner_bias": [0.0, 0.5],
        "outer": [2.0, 3.0],
        "outer_bias": -1.0,
    }
    rasters, embedding = np.zeros((2, 28, 28), np.float32), np.zeros((2, 64), np.float32)
    rasters[1, :2, :2] = 1
    embedding[1, 0] = 5
    odds = print_odds(rasters, embedding, Network.parse(fitted))
    np.testing.assert_allclose(odds, [3 * 0.5 - 1, 2 * 1.0 + 0 - 1], atol=1e-6)


def test_printed_digits_look_like_print():
    font = ImageFont.load_default(60)
    printed = []
    for digit in "23456789":
        image = Image.new("L", (80, 80), 255)
        ImageDraw.Draw(image).text((20, 5), digit, fill=0, font=font)
        printed.append(normalize(np.asarray(image)))
    rasters = np.stack(printed)
    odds = print_odds(rasters, OnnxSession(BUNDLED_MODEL).run(rasters[:, None])[1])
    assert np.median(odds) > 0
