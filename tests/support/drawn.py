"""Digits drawn here, as pictures and as photos of them."""

from __future__ import annotations

import functools
import io
import json

import numpy as np
from paths import HANDMADE
from PIL import Image

from inkdigit import Ink, rasterize

RECORDS = [json.loads(line) for line in HANDMADE.read_text(encoding="utf-8").splitlines()]
DIGITS = {r["label"]: Ink.from_dict(r) for r in RECORDS}  # the last drawing of each digit


@functools.cache
def drawn(digit: str = "5", pen: float = 2.4) -> np.ndarray:
    """(240, 240) in [0, 1], 1 = ink."""
    small = Image.fromarray(rasterize(DIGITS[digit], 120, pen))  # quicker than 240
    return np.asarray(small.resize((240, 240), Image.Resampling.BILINEAR)).clip(0, 1)


def mixed(ink: np.ndarray, paper: float, mark: float) -> np.ndarray:
    """Grey levels of ink on paper."""
    return paper + (mark - paper) * ink


def levels(values: np.ndarray) -> np.ndarray:
    """Rounded to bytes."""
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def light(shape: tuple[int, int], slope: float, angle: float = 0.7) -> np.ndarray:
    """Uneven light around 1."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    across = np.cos(angle) * (columns / shape[1] - 0.5) + np.sin(angle) * (rows / shape[0] - 0.5)
    return 1 + 2 * slope * across


def photo(ink: np.ndarray, paper=190, mark=60, slope=0.25, noise=4.0, quality=70, seed=0):
    """What a camera makes of it, through JPEG."""
    rng = np.random.default_rng(seed)
    grey = mixed(ink, paper, mark) * light(ink.shape, slope) + rng.normal(0, noise, ink.shape)
    stream = io.BytesIO()
    Image.fromarray(levels(grey)).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))
