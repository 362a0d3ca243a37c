"""Levels of any depth: what white is, and which values are refused."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._pixels.levels import to_bytes
from inkdigit.errors import ImageError, InputTypeError

INTEGERS = [np.int8, np.int16, np.int32, np.int64, np.uint32, np.uint64]
FLOATS = [np.float16, np.float32, np.float64, np.longdouble]


def levels(*values: float, dtype: type = np.float64) -> list[int]:
    made = to_bytes(np.array(values, dtype))
    assert made.dtype == np.uint8
    return made.tolist()


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_from_0_to_255_are_levels_of_8_bits(dtype):
    assert levels(0, 1, 100, dtype=dtype) == [0, 1, 100]


def test_white_of_uint16_is_the_next_whole_number_of_bits():
    assert levels(0, 255, dtype=np.uint16) == [0, 255]
    assert levels(0, 1023, dtype=np.uint16) == [0, 255]
    assert levels(0, 32768, 65535, dtype=np.uint16) == [0, 128, 255]


@pytest.mark.parametrize("dtype", FLOATS)
def test_floats_are_in_0_to_1_or_in_0_to_255(dtype):
    assert levels(0, 0.5, 1, dtype=dtype) == [0, 128, 255]
    assert levels(0, 0.5, 2, dtype=dtype) == [0, 1, 2]
    assert levels(0, 99.5, 255, dtype=dtype) == [0, 100, 255]


def test_true_is_white():
    assert levels(True, False, dtype=bool) == [255, 0]


def test_float_picture_that_is_nearly_black_is_taken_for_one_in_0_to_1():
    assert levels(0, 1) == [0, 255]


@pytest.mark.parametrize("value", [-1, 256, 65535, 2**40])
def test_other_integers_are_refused_with_what_to_do(value):
    with pytest.raises(ImageError, match=rf"{value}.*0\.\.255.*astype\(np\.uint16\)"):
        levels(0, value, dtype=np.int64)


@pytest.mark.parametrize("value", [-0.1, 1.01, 1.99, 255.1, 1e300, np.nan, np.inf, -np.inf])
def test_other_floats_are_refused_with_what_to_do(value):
    with pytest.raises(ImageError, match=r"\[0, 1\], or 0\.\.255.*divide"):
        levels(0, value)


@pytest.mark.parametrize("dtype", [np.complex64, "U3", object, "M8[s]"])
def test_other_types_are_refused(dtype):
    with pytest.raises(InputTypeError, match="astype"):
        to_bytes(np.zeros((4, 4), dtype))


def test_no_pixels_are_no_levels():
    assert to_bytes(np.zeros((0, 4))).shape == (0, 4)
