"""How colours differ from the background's."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._picture.find import Found
from inkdigit._picture.shades import likeness_to_ink, shades_of
from inkdigit._pixels.transform import Transform


@pytest.fixture
def coloured() -> tuple[np.ndarray, np.ndarray]:
    """Two marks of two colours on paper that grows darker, and their ink."""
    paper = np.linspace(220, 160, 120)[None, :, None].repeat(40, axis=0).repeat(3, axis=2)
    ink = np.zeros((40, 120), np.float32)
    ink[10:30, 20:24] = ink[10:30, 90:94] = 1
    paper[10:30, 20:24] -= (100, 80, 10)
    paper[10:30, 90:94] -= (0, 60, 90)
    return paper.astype(np.uint8), ink


def test_shades_are_differences_from_the_paper_around(coloured):
    picture, ink = coloured
    shades = shades_of(ink, picture, 31)
    assert shades.shape == (40, 120, 3)
    assert shades[20, 22] == pytest.approx((-100, -80, -10), abs=3)
    assert shades[20, 92] == pytest.approx((0, -60, -90), abs=3)
    assert abs(shades[20, 50:60]).max() < 3


def test_grey_pictures_have_one_shade(coloured):
    picture, ink = coloured
    assert shades_of(ink, picture[..., 1], 31).shape == (40, 120, 1)


def test_likeness_is_1_for_ink_and_0_for_paper(coloured):
    picture, ink = coloured
    sure = (ink > 0) & (np.arange(120) < 60)
    like = likeness_to_ink(ink, picture, sure, 31)
    assert like[20, 22] == pytest.approx(1, abs=0.05)
    assert abs(like[20, 50:60]).max() < 0.05


def test_points_of_a_picture_have_the_shades_of_its_map():
    shades = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    found = Found(
        np.zeros((2, 4), np.float32), Transform.scaling(10, 10), shades=shades, size=(20, 40)
    )
    at = found.shaded(np.array([[5.0, 5.0], [35.0, 15.0], [50.0, 5.0]]))
    assert at.tolist() == [[0, 1, 2], [21, 22, 23], [0, 0, 0]]
    to_picture = Transform.scaling(10, 10)
    assert found.shades_from(to_picture)(np.array([[3.5, 1.5]])).tolist() == [[21, 22, 23]]


def test_shades_that_were_not_looked_for_are_0():
    found = Found(np.zeros((2, 4), np.float32), Transform.scaling(1, 1))
    assert found.shaded(np.array([[0.5, 0.5]])).tolist() == [[0, 0, 0]]
