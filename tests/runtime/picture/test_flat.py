"""Canvases of one colour, and transparency."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import DIGITS, drawn, levels, mixed

from inkdigit._picture.flat import ink_on_flat, opaque


@pytest.mark.parametrize("digit", sorted(DIGITS))
@pytest.mark.parametrize(("paper", "mark"), [(255, 0), (0, 255), (255, 225), (16, 60), (90, 200)])
def test_drawing_on_a_plain_canvas_is_found_exactly(digit, paper, mark):
    ink = drawn(digit)
    assert ink_on_flat(levels(mixed(ink, paper, mark))) == pytest.approx(ink, abs=0.05)


def test_soft_edges_stay_soft():
    ink = drawn()
    edge = (ink > 0.3) & (ink < 0.7)
    assert edge.any()
    assert ink_on_flat(levels(mixed(ink, 255, 0)))[edge] == pytest.approx(ink[edge], abs=0.05)


@pytest.mark.parametrize("size", [40, 300, 1200])
def test_lines_of_one_pixel_have_full_strength(size):
    picture = np.full((size, size), 255, np.uint8)
    picture[size // 5 : 4 * size // 5, size // 2] = 0
    assert (ink_on_flat(picture)[size // 5 : 4 * size // 5, size // 2] == 1).all()


@pytest.mark.parametrize(
    ("paper", "mark"),
    [
        ((255, 255, 255), (255, 235, 0)),
        ((255, 255, 255), (20, 40, 200)),
        ((0, 0, 0), (0, 0, 255)),
        ((70, 150, 60), (190, 90, 60)),
    ],
    ids=["yellow on white", "blue on white", "blue on black", "red on green"],
)
def test_colour_is_as_good_as_black(paper, mark):
    ink = drawn("2")
    picture = np.stack([levels(mixed(ink, p, m)) for p, m in zip(paper, mark, strict=True)], -1)
    assert ink_on_flat(picture) == pytest.approx(ink, abs=0.1)


@pytest.mark.parametrize("spot", [(0, 5), (30, 0), (39, 39)])
def test_ink_at_the_border_of_a_clean_canvas_is_ink(spot):
    picture = np.full((40, 40), 200, np.uint8)
    picture[spot] = 150
    assert np.flatnonzero(ink_on_flat(picture)).tolist() == [40 * spot[0] + spot[1]]


def test_ink_at_the_border_of_a_grainy_canvas_is_not_told_from_it():
    rng = np.random.default_rng(0)
    picture = rng.choice(np.arange(196, 207, dtype=np.uint8), (40, 40))
    picture[0, 5] = 150
    assert ink_on_flat(picture) is None


def test_a_border_half_of_another_colour_is_no_flat_canvas():
    picture = np.full((40, 40), 200, np.uint8)
    picture[22:] = np.linspace(90, 190, 40).astype(np.uint8)
    picture[10:30, 10:30] = 60
    assert ink_on_flat(picture) is None


def test_a_frame_is_no_flat_canvas():
    picture = np.zeros((40, 40), np.uint8)
    picture[3:37, 3:37] = 255
    assert ink_on_flat(picture) is None


@pytest.mark.parametrize("colour", [0, 128, 255])
def test_what_is_not_transparent_is_the_drawing(colour):
    alpha = levels(255 * drawn("6"))
    assert np.array_equal(opaque(np.full((240, 240, 3), colour, np.uint8), alpha), alpha)


def test_transparent_corners_of_a_card_are_filled_with_its_colour():
    card = levels(mixed(drawn("6"), 250, 0))
    alpha = np.full((240, 240), 255, np.uint8)
    alpha[:6, :6] = alpha[234:, 234:] = 0
    filled = opaque(card, alpha)
    assert (filled[:6, :6] == 250).all()
    assert np.array_equal(filled[6:234, 6:234], card[6:234, 6:234])


def test_opaque_alpha_changes_nothing():
    picture = levels(mixed(drawn("6"), 255, 0))
    assert opaque(picture, np.full((240, 240), 255, np.uint8)) is picture
