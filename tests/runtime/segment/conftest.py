"""Ink maps of rows of drawn digits, turned."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw


@pytest.fixture
def turned_page(write_text) -> Callable[..., NDArray[np.float32]]:
    """Draws rows of text as an ink map, turned clockwise by an angle."""

    def drawn(*rows: str, degrees: float = 0.0, height: float = 32) -> NDArray[np.float32]:
        image = Image.new("L", (420, 260))
        pencil = ImageDraw.Draw(image)
        for k, text in enumerate(rows):
            for stroke in write_text(text, height, x=60, y=60 + 55 * k):
                points = [tuple(p) for p in stroke.points.tolist()]
                pencil.line(points, fill=255, width=4, joint="curve")
        turned = image.rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
        return np.asarray(turned, np.float32) / np.float32(255)

    return drawn
