from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from inkdigit_app.core.page import Picture
from inkdigit_app.core.pictures.regions import cropped, decode


@pytest.fixture
def picture() -> Picture:
    """Three pixels wide, two high, each another grey."""
    buffer = io.BytesIO()
    Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3)).save(buffer, "PNG")
    return Picture(buffer.getvalue(), (3, 2), "greys.png")


def test_a_picture_turns_to_the_right_and_comes_round(picture: Picture) -> None:
    once = picture.turned()
    assert once.size == decode(once).size == (2, 3)
    np.testing.assert_array_equal(np.asarray(decode(once)), [[3, 0], [4, 1], [5, 2]])
    twice = once.turned()
    np.testing.assert_array_equal(np.asarray(decode(twice)), [[5, 4, 3], [2, 1, 0]])
    around = twice.turned().turned()
    assert around.turns == 0
    assert around.size == (3, 2)


def test_a_region_is_cut_to_the_picture_and_tells_where_it_begins(picture: Picture) -> None:
    part, offset = cropped(decode(picture), (1.2, -5.0, 9.0, 1.0))
    assert offset == (1, 0)
    np.testing.assert_array_equal(np.asarray(part), [[1, 2]])
    whole, offset = cropped(decode(picture), None)
    assert (whole.size, offset) == ((3, 2), (0, 0))
