"""Which hypothesis each character of a known text is."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit import Ink, Recognizer
from inkdigit._decode.rows import by_row
from inkdigit._decode.scoring import score_hypotheses
from inkdigit._decode.spell import spell_row
from inkdigit._segment.strokes import StrokeLayout


@pytest.fixture(scope="module")
def spell():
    recognizer = Recognizer()

    def find(ink, text):
        """For each character the strokes that it was found in."""
        layout = StrokeLayout(ink)
        scored = score_hypotheses(layout.hypotheses, layout, recognizer._session.run)
        [(row, part)] = by_row(layout, scored)
        places = spell_row(row, part.log_probabilities, text)
        return [None if k is None else row.hypotheses[k].sources for k in places]

    return find


def test_each_character_is_its_own_strokes(spell, write_text):
    # 4 and 5 have two strokes each.
    assert spell(write_text("145"), "145") == [(0,), (1, 2), (3, 4)]


def test_a_text_that_was_misread_is_found_too(spell, write_text):
    assert spell(write_text("145"), "722") == [(0,), (1, 2), (3, 4)]


def test_the_number_of_digits_decides_where_they_are(spell, write_text):
    # The two strokes of a 4, far enough apart to be two digits as well.
    ink = Ink([[[30, 0], [0, 60], [60, 60]], [[66, 0], [66, 100]]])
    assert spell(ink, "61") == [(0,), (1,)]
    assert spell(ink, "4") == [(0, 1)]


def test_what_cannot_be_divided_so_is_not_found(spell, write_text):
    assert spell(write_text("1"), "1234567") == [None] * 7


def test_a_dash_is_found_and_a_point_is_not(spell, write_text):
    dash = np.array([[30.0, 50.0], [70.0, 52.0]])
    point = np.array([[55.0, 97.0], [56.0, 98.0]])
    left, right = write_text("3"), write_text("5", x=90.0)
    assert spell(Ink([*left, dash, *right]), "3-5") == [(0,), (1,), (2, 3)]
    assert spell(Ink([*left, point, *right]), "3.5")[1] is None
