from __future__ import annotations

import numpy as np
import pytest

from inkdigit import Writer
from inkdigit.writer import RememberedGlyph
from inkdigit_app.core.learning.people import MAX_NAME, by_character, clean_name, how_it_helps


class Counted(Writer):
    """A writer with these glyphs right (0) and wrong (1), oldest first."""

    def __init__(self, recent: str) -> None:
        super().__init__()
        self._recent = recent


@pytest.mark.parametrize(
    ("recent", "sentence"),
    [
        ("1", "Your first digit needed correcting."),
        ("0" * 40, "None of your last 40 digits needed correcting."),
        (
            "1" * 9 + "0" * 91 + "1" * 3 + "0" * 97,
            "12 of your last 200 digits needed correcting; 3 of the last 100.",
        ),
        (
            "1" * 5 + "0" * 145,
            "5 of your last 150 digits needed correcting; none of the last 100.",
        ),
    ],
)
def test_the_sentence_compares_the_last_digits_with_those_before(
    recent: str, sentence: str
) -> None:
    assert how_it_helps(Counted(recent)) == sentence


def test_where_nothing_is_learnt_the_sentence_says_how_to_teach() -> None:
    assert how_it_helps(Writer()).startswith("Nothing learnt yet. Correct a digit")


def test_shapes_are_grouped_by_digit_and_the_newest_come_first() -> None:
    blank = np.zeros((28, 28), np.float32)
    glyphs = [RememberedGlyph(character, blank, False) for character in "7?377"]
    groups = by_character(glyphs)
    assert list(groups) == ["3", "7", "?"]
    assert groups["7"] == [glyphs[4], glyphs[3], glyphs[0]]


def test_a_name_is_one_short_line() -> None:
    assert clean_name("  Anna\n Maria ") == "Anna Maria"
    assert clean_name(" \t") == "No name"
    assert len(clean_name("a" * 100)) == MAX_NAME
