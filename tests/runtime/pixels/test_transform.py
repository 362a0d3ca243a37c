"""Transforms of points and pictures: turns, scalings, perspectives and their chains."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from inkdigit._pixels.transform import Transform, warp

SQUARE = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]])
TILTED = np.array([[10.0, 5.0], [90.0, 12.0], [110.0, 95.0], [-5.0, 88.0]])


def test_identity_leaves_a_box_exactly_as_it_is():
    box = (0.1, 0.7, 12.3, 45.6)
    assert Transform().box(box) == box


def test_scaling_multiplies_a_box():
    assert Transform.scaling(2.0, 3.0).box((1.0, 1.0, 4.0, 5.0)) == (2.0, 3.0, 8.0, 15.0)


def test_perspective_takes_the_corners_to_their_places():
    moved = Transform.between(SQUARE, TILTED).points(SQUARE)
    assert np.allclose(moved, TILTED)


def test_inverse_leads_back():
    there = Transform.between(SQUARE, TILTED)
    assert np.allclose(there.inverse().points(there.points(SQUARE)), SQUARE)


def test_chain_applies_the_first_first():
    turn = Transform.turn(90.0, np.zeros(2), np.zeros(2))
    chain = Transform.scaling(2.0, 1.0).then(turn)
    assert np.allclose(chain.points(np.array([[1.0, 0.0]])), [[0.0, 2.0]])


def test_turn_keeps_the_middle_in_its_place():
    middle = np.array([30.0, 20.0])
    turn = Transform.turn(33.0, middle, middle)
    assert np.allclose(turn.points(middle[None]), middle[None])


def test_box_of_a_turned_square_holds_its_corners():
    middle = np.array([50.0, 50.0])
    left, top, right, bottom = Transform.turn(45.0, middle, middle).box((0.0, 0.0, 100.0, 100.0))
    half = 50 * 2**0.5
    assert np.allclose([left, top, right, bottom], [50 - half, 50 - half, 50 + half, 50 + half])


@pytest.mark.parametrize("mode", ["L", "RGB", "F"])
def test_warp_by_a_shift_moves_whole_pixels(mode):
    pixels = np.arange(48, dtype=np.uint8).reshape(6, 8)
    image = Image.fromarray(pixels).convert(mode)
    shift = Transform((1.0, 0.0, 2.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0))
    shown = np.asarray(warp(image, shift, (4, 4)).convert("L"))
    assert np.array_equal(shown, pixels[1:5, 2:6])
