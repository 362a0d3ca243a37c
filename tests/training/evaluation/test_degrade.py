"""Degraded digits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from inkdigit_train.evaluation import degrade
from inkdigit_train.evaluation.degrade import DEGRADATIONS, invert, skeleton, thicken, thin

Images = NDArray[np.float32]
EIGHT_WAYS = np.ones((3, 3), bool)


def bar(width: float) -> Images:
    """One upright bar, `width` px wide and 20 long, its middle on a pixel's."""
    columns = np.arange(28)
    cover = np.clip(width / 2 + 0.5 - np.abs(columns - 14), 0, 1)
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 4:24] = cover
    return image


def width(images: Images) -> float:
    """Of a bar: its ink across the middle, in pixels."""
    return float(images[0, 10:18].sum(axis=1).mean())


@pytest.fixture
def digits() -> Images:
    """Rings and crosses with soft edges."""
    grid = np.arange(28) - 13.5
    radius = np.hypot(grid[:, None], grid[None])
    ring = np.clip(2.0 - np.abs(radius - 7), 0, 1)
    cross = np.clip(1.8 - np.minimum(np.abs(grid[:, None]), np.abs(grid[None])), 0, 1)
    cross[(np.abs(grid[:, None]) > 9) | (np.abs(grid[None]) > 9)] = 0
    return np.stack([ring, cross]).astype(np.float32)


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_every_degradation_keeps_shape_type_and_range(name: str, digits: Images) -> None:
    before = digits.copy()

    degraded = DEGRADATIONS[name](digits, np.random.default_rng(0))

    assert degraded.shape == digits.shape
    assert degraded.dtype == np.float32
    assert degraded.min() >= 0
    assert degraded.max() <= 1
    assert not np.array_equal(degraded, digits)
    np.testing.assert_array_equal(digits, before)


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_same_seed_same_images(name: str, digits: Images) -> None:
    one, two = (DEGRADATIONS[name](digits, np.random.default_rng(5)) for _ in range(2))

    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("loss", [0.5, 1.0, 1.5, 2.0])
def test_thin_takes_off_the_given_width(loss: float) -> None:
    # Resampling softens an edge by about an eighth of a pixel.
    assert width(thin(bar(4.0), loss)) == pytest.approx(4.0 - loss, abs=0.3)


@pytest.mark.parametrize("loss", [1.0, 2.0])
def test_thin_leaves_a_hairline(loss: float) -> None:
    assert 1.0 <= width(thin(bar(2.0), loss)) <= 1.5


@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_thicken_adds_the_given_width(gain: float) -> None:
    assert width(thicken(bar(3.0), gain)) == pytest.approx(3.0 + gain, abs=0.4)


@pytest.mark.parametrize("loss", [1.0, 2.0])
def test_thin_breaks_no_stroke(loss: float, digits: Images) -> None:
    digits = digits.copy()
    digits[0, :, 13:15] *= 0.6  # a faint spot in the ring

    for before, after in zip(digits, thin(digits, loss), strict=True):
        assert ndimage.label(before > 0.1, EIGHT_WAYS)[1] == 1
        assert ndimage.label(after > 0.1, EIGHT_WAYS)[1] == 1


def test_blank_images_stay_blank() -> None:
    blank = np.zeros((1, 28, 28), np.float32)

    for name, change in DEGRADATIONS.items():
        if name != "noisy":
            assert not change(blank, np.random.default_rng(0)).any(), name


def test_shifted_keeps_all_ink(digits: Images) -> None:
    many = np.repeat(digits, 50, axis=0)
    many[:, :2], many[:, 2] = 0, 1  # ink two pixels from the upper edge

    moved = degrade.shifted(many, np.random.default_rng(0))

    np.testing.assert_allclose(moved.sum(axis=(1, 2)), many.sum(axis=(1, 2)), rtol=1e-6)
    np.testing.assert_array_equal(np.sort(moved, axis=None), np.sort(many, axis=None))
    tops = {int(np.flatnonzero(m.any(axis=1))[0]) for m in moved}
    assert tops == {0, 1, 2, 3, 4, 5}


def test_rotated_turns_about_the_middle() -> None:
    images = degrade.rotated(np.repeat(bar(3.0), 40, axis=0), np.random.default_rng(0))

    for image in images:
        middle = ndimage.center_of_mass(image)
        assert middle == pytest.approx((13.5, 14.0), abs=0.2)


def test_invert_is_its_own_inverse(digits: Images) -> None:
    np.testing.assert_allclose(invert(invert(digits)), digits, atol=1e-6)


def test_skeleton_is_one_pixel_wide_and_in_one_piece(digits: Images) -> None:
    shapes = digits > 0.5

    lines = skeleton(shapes)

    assert not (lines & ~shapes).any()
    for line in lines:
        assert ndimage.label(line, EIGHT_WAYS)[1] == 1
        blocks = line[:-1, :-1] & line[1:, :-1] & line[:-1, 1:] & line[1:, 1:]
        assert blocks.sum() <= 1  # where a crossing's arms meet, at most
    holes = ndimage.label(~lines[0])[1]
    assert holes == 2  # inside the ring and outside
