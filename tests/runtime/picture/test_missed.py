"""Marks that the network missed."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._picture.missed import with_missed

USUAL = 32.0


def row(one: tuple[int, int, int, int] = (20, 20, 23, 52)) -> tuple[np.ndarray, np.ndarray]:
    """A ring that the network found, an upright stroke that it did not, and the picture of both."""
    ink = np.zeros((90, 120), np.float32)
    ink[20:52, 40:66] = 1
    ink[24:48, 44:62] = 0
    left, top, right, bottom = one
    picture = np.where(ink > 0, 60, 200).astype(np.uint8)
    picture[top:bottom, left:right] = 60
    return ink, picture


def test_a_stroke_beside_a_digit_is_added():
    ink, picture = row()
    found = with_missed(ink, np.zeros_like(ink), picture, USUAL)
    assert (found[22:50, 20:23] > 0.8).all()
    assert np.array_equal(found[:, 30:], ink[:, 30:])


@pytest.mark.parametrize(
    "one",
    [(20, 0, 23, 90), (20, 40, 23, 52), (2, 20, 5, 52), (110, 20, 112, 52)],
    ids=["a rule", "too low", "at the border", "at the other border"],
)
def test_what_is_no_one_is_not_added(one):
    ink, picture = row(one)
    assert np.array_equal(with_missed(ink, np.zeros_like(ink), picture, USUAL), ink)


def test_a_paler_stroke_is_not_added():
    ink, picture = row()
    picture[20:52, 20:23] = 160
    assert np.array_equal(with_missed(ink, np.zeros_like(ink), picture, USUAL), ink)


def test_without_sure_ink_nothing_is_added():
    _, picture = row()
    blank = np.zeros((90, 120), np.float32)
    assert with_missed(blank, blank, picture, USUAL) is blank
