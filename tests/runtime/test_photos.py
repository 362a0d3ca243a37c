"""Real photos: pencilled digits in printed grids, and whole pages of numbers."""

from __future__ import annotations

import numpy as np
import pytest
from paths import DATA

from inkdigit import Recognizer
from inkdigit.images import to_ink_map

PHOTOS = DATA / "photos"

pytestmark = pytest.mark.skipif(
    not PHOTOS.is_dir(), reason=f"no photos in {DATA}; set INKDIGIT_DATA"
)


def test_pencilled_digits_in_a_printed_grid_are_read():
    with np.load(PHOTOS / "sudoku-cells-dev.npz") as cells:
        pictures, labels = cells["X"][::2], cells["y"][::2]
    recognizer = Recognizer()
    right = [
        recognizer.predict_digit(picture).digit == label
        for picture, label in zip(pictures, labels, strict=True)
    ]
    assert np.mean(right) >= 0.97


@pytest.mark.parametrize(
    "name", ["bikz05_1.jpg", "hypjudy_2.png", "hypjudy_5.png", "hypjudy_7.png"]
)
def test_page_is_ink_and_bare_paper(name):
    ink_map = to_ink_map(PHOTOS / name)
    rows, columns = (slice(side // 20, side - side // 20) for side in ink_map.shape)  # no table
    page = ink_map[rows, columns]
    assert 0.002 < (page > 0.5).mean() < 0.05
    assert (page < 0.25).mean() > 0.94
