"""Forms of texts with signs, and what they weigh."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inkdigit._decode.formats import CHARACTERS, DIGIT, END, FORMAT_FEATURES, Formats, form_of
from inkdigit.labels import SIGNS


def formats(counts, **weights):
    named = np.array([weights.get(name, 0.0) for name in FORMAT_FEATURES])
    return Formats(counts, 2, 1.0, named)


def test_a_form_does_not_say_which_digits_there_are():
    assert form_of("12/05/2024") == form_of("98/76/5432") == "00/00/0000"
    assert form_of("7?") == "00"


def test_an_unseen_form_is_as_likely_as_any():
    assert formats({}).log_form("1.5") == pytest.approx(-4 * math.log(CHARACTERS))


def test_a_form_that_was_seen_is_likelier():
    seen = formats({"": 3, "0": 2, "$": 1, "^": 1, "^0": 1, "00": 1, "0$": 1})
    assert seen.log_form("12") > seen.log_form("1/")


@pytest.mark.parametrize("before", ["", "0", "00/", "^^^^0", ":00:"])
def test_what_may_follow_adds_up_to_one(before):
    bundled = Formats.bundled()
    following = [bundled.likely(before, character) for character in (DIGIT, *SIGNS, END)]
    assert sum(following) == pytest.approx(1, abs=0.02)  # runs seen seldom are left out


def test_weights_of_signs_count_each_one():
    odds = formats({}, **{"/": 2.0}).log_odds([("1/2/3", 0.5), ("11213", 0.5)])
    assert odds.tolist() == [4.0, 0.0]


@pytest.mark.parametrize(
    ("likely", "unlikely"),
    [("12/05/2024", "1210512024"), ("10:30", "10:3:0"), ("-42", "4-2-"), ("3.14", "3..14")],
)
def test_usual_forms_are_likelier_than_odd_ones(likely, unlikely):
    bundled = Formats.bundled()
    first, second = bundled.log_odds([(likely, 0.5), (unlikely, 0.5)])
    assert first > second


@pytest.mark.parametrize("digits", range(1, 9))
def test_a_plain_number_is_not_taken_for_a_longer_one(digits):
    # As much likelier by its strokes as a 4 of two strokes is than 41, whatever its length.
    text = "4" * digits
    alone, longer = Formats.bundled().log_odds([(text, 0.95), (text + "1", 0.05)])
    assert alone + math.log(0.95) > longer + math.log(0.05)


def test_what_is_unread_is_neither_likelier_nor_less_likely_than_a_digit():
    as_digits, unread = Formats.bundled().log_odds([("12/05", 0.5), ("?2/?5", 0.5)])
    assert as_digits == unread
