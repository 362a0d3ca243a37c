"""Ink maps of drawn rows, turned by known angles: the turn is found, and undone."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inkdigit._picture.turn import find_turn, row_evidence, turn_map

SIZE = (420, 260)


@pytest.fixture
def page(write_text):
    """Draws rows of text as an ink map, turned clockwise by an angle."""

    def drawn(*rows, degrees=0.0, height=32):
        image = Image.new("L", SIZE)
        pencil = ImageDraw.Draw(image)
        for k, text in enumerate(rows):
            for stroke in write_text(text, height, x=60, y=60 + 55 * k):
                points = [tuple(p) for p in stroke.points.tolist()]
                pencil.line(points, fill=255, width=4, joint="curve")
        turned = image.rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
        return np.asarray(turned, np.float32) / np.float32(255)

    return drawn


@pytest.mark.parametrize("degrees", [-40, -13, -4, 0, 3, 9, 25, 41])
def test_turn_of_two_rows_is_found(page, degrees):
    found = find_turn(page("31524", "80597", degrees=degrees))
    assert found == pytest.approx(degrees, abs=3)


def test_turn_of_one_row_is_found(page):
    assert find_turn(page("4702615", degrees=12)) == pytest.approx(12, abs=2)


def test_size_of_the_writing_does_not_matter(page):
    small = page("4702615", degrees=12)
    large = np.asarray(Image.fromarray(small).resize((1800, 1300)))
    assert find_turn(large) == pytest.approx(12, abs=2)


@pytest.mark.parametrize("text", ["1", "7", "8"])
@pytest.mark.parametrize("degrees", [0, 20, -35])
def test_one_digit_says_nothing(page, text, degrees):
    assert find_turn(page(text, degrees=degrees)) == 0


def test_no_ink_says_nothing():
    assert find_turn(np.zeros((40, 50), np.float32)) == 0


def test_scribbles_take_bounded_time():
    rng = np.random.default_rng(0)
    noise = (rng.random((1200, 1200)) < 0.4).astype(np.float32)
    assert -45 <= find_turn(noise) <= 45


def test_quarter_turn_shows_in_the_evidence(page):
    upright = page("31524", "80597")
    for quarter in range(4):  # upright and upside down are much the same, on its side is not
        evidence = row_evidence(np.rot90(upright, -quarter), np.zeros(1))[:, 0]
        assert evidence[quarter] > 0.9 * evidence.max()
        assert evidence[quarter] > 1.5 * evidence[(quarter + 1) % 4]


def test_turned_back_rows_are_level(page):
    level, _ = turn_map(page("31524", "80597", degrees=20), 20)
    assert find_turn(level) == 0


def test_turned_map_leads_back_to_where_the_ink_was(page):
    ink_map = page("8", degrees=0)
    turned, to_map = turn_map(ink_map, 30)
    y, x = np.nonzero(turned > 0.9)
    back = np.floor(to_map.points(np.stack([x + 0.5, y + 0.5], axis=1))).astype(int)
    assert (ink_map[back[:, 1], back[:, 0]] > 0.3).all()


def test_turned_map_holds_all_of_the_ink(page):
    ink_map = page("31524", "80597")
    turned, _ = turn_map(ink_map, -37)
    assert turned.sum() == pytest.approx(ink_map.sum(), rel=0.02)
    assert turned.min() >= 0
    assert turned.max() <= 1


def test_level_map_stays_the_same(page):
    ink_map = page("31524")
    turned, to_map = turn_map(ink_map, 0)
    assert turned is ink_map
    assert to_map.box((1.0, 2.0, 3.0, 4.0)) == (1.0, 2.0, 3.0, 4.0)
