"""Ink maps of drawn rows, turned: the evidence of their direction, and turning them back."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._segment.turn import row_evidence, turn_map

DEGREES = np.arange(-45.0, 46.0)


def likeliest(ink_map):
    return float(DEGREES[row_evidence(ink_map, DEGREES)[0].argmax()])


@pytest.mark.parametrize("degrees", [-40, -13, -4, 0, 3, 9, 25, 41])
def test_most_pairs_stand_on_one_line_at_the_rows_own_turn(turned_page, degrees):
    found = likeliest(turned_page("31524", "80597", degrees=degrees))
    assert found == pytest.approx(degrees, abs=3)


def test_size_of_the_writing_does_not_matter(turned_page):
    page = turned_page("4702615", degrees=12)
    assert likeliest(np.kron(page, np.ones((4, 4), np.float32))) == pytest.approx(12, abs=2)


@pytest.mark.parametrize("text", ["1", "7", "8", ""])
def test_less_than_two_marks_are_no_evidence(turned_page, text):
    assert not row_evidence(turned_page(text), DEGREES).any()


def test_rows_on_their_side_show_in_the_evidence(turned_page):
    upright = turned_page("31524", "80597")
    for quarter in range(4):  # upright and upside down are much the same
        evidence = row_evidence(np.rot90(upright, -quarter), np.zeros(1))[:, 0]
        assert evidence[quarter] > 0.9 * evidence.max()
        assert evidence[quarter] > 1.5 * evidence[(quarter + 1) % 4]


def test_scribbles_are_bounded():
    rng = np.random.default_rng(0)
    noise = (rng.random((1200, 1200)) < 0.4).astype(np.float32)
    assert np.isfinite(row_evidence(noise, DEGREES)).all()


@pytest.mark.parametrize("degrees", [20, 90, 110, 180, 270, 300, -37])
def test_turned_map_leads_back_to_where_the_ink_was(turned_page, degrees):
    ink_map = turned_page("8")
    turned, to_map = turn_map(ink_map, degrees)
    y, x = np.nonzero(turned > 0.9)
    back = np.floor(to_map.points(np.stack([x + 0.5, y + 0.5], axis=1))).astype(int)
    assert (ink_map[back[:, 1], back[:, 0]] > 0.3).all()


@pytest.mark.parametrize("degrees", [-37, 45, 90, 200])
def test_turned_map_holds_all_of_the_ink(turned_page, degrees):
    ink_map = turned_page("31524", "80597")
    turned, _ = turn_map(ink_map, degrees)
    assert turned.sum() == pytest.approx(ink_map.sum(), rel=0.02)
    assert turned.min() >= 0
    assert turned.max() <= 1


def test_quarter_turns_move_whole_pixels(turned_page):
    ink_map = turned_page("31524")
    turned, to_map = turn_map(ink_map, 90)
    assert np.array_equal(turned, np.rot90(ink_map))
    assert to_map.box((0.0, 0.0, *turned.shape[::-1])) == pytest.approx(
        (0, 0, *ink_map.shape[::-1])
    )


def test_level_map_stays_the_same(turned_page):
    ink_map = turned_page("31524")
    turned, to_map = turn_map(ink_map, 0)
    assert np.array_equal(turned, ink_map)
    assert to_map.box((1.0, 2.0, 3.0, 4.0)) == (1.0, 2.0, 3.0, 4.0)
