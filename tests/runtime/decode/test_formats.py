"""Forms of texts with signs, and what they weigh."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inkdigit._decode.formats import CHARACTERS, FORMAT_FEATURES, Formats, form_of


def formats(counts, **weights):
    named = np.array([weights.get(name, 0.0) for name in FORMAT_FEATURES])
    return Formats(counts, 2, 1.0, named)


def test_a_form_does_not_say_which_digits_there_are():
    assert form_of("12/05/2024") == form_of("98/76/5432") == "00/00/0000"
    assert form_of("7?") == "0?"


def test_an_unseen_form_is_as_likely_as_any():
    assert formats({}).log_form("1.5") == pytest.approx(-4 * math.log(CHARACTERS))


def test_a_form_that_was_seen_is_likelier():
    seen = formats({"": 3, "0": 2, "$": 1, "^": 1, "^0": 1, "00": 1, "0$": 1})
    assert seen.log_form("12") > seen.log_form("1/")


def test_what_may_follow_adds_up_to_one():
    bundled = Formats.bundled()
    following = [*"0?.,-/:", ""]
    total = 0.0
    for character in following:
        # All forms that go on with it, by what is counted of its first two characters.
        form = "^" * (bundled.order - 1) + "0" + (character or "$")
        likely = 1 / CHARACTERS
        for before in range(bundled.order):
            context = form[len(form) - 1 - before : len(form) - 1]
            seen = bundled.counts.get(context, 0)
            if not seen:
                break
            run = bundled.counts.get(context + form[-1], 0)
            likely = (run + bundled.backing * likely) / (seen + bundled.backing)
        total += likely
    assert total == pytest.approx(1, abs=0.01)


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
