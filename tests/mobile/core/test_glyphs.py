from __future__ import annotations

import pytest

from inkdigit import DigitReading
from inkdigit_app.core.glyphs import Certainty, Glyph, PageReading, percentage

BOX = (0.0, 0.0, 10.0, 20.0)


def glyph(digit: int | None, confidence: float = 0.99, line: int = 0) -> Glyph:
    return Glyph(digit, confidence, BOX, line=line)


@pytest.mark.parametrize(
    ("digit", "confidence", "text", "certainty"),
    [
        (0, 0.95, "0", Certainty.SURE),
        (9, 0.949, "9", Certainty.UNSURE),
        (None, 0.99, "?", Certainty.NO_DIGIT),
        (None, 0.55, "?", Certainty.NO_DIGIT),
    ],
)
def test_certainty_follows_confidence(
    digit: int | None, confidence: float, text: str, certainty: Certainty
) -> None:
    assert glyph(digit, confidence).text == text
    assert glyph(digit, confidence).certainty == certainty


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [(1.0, "100%"), (0.9999, "99%"), (0.57, "57%"), (0.95, "95%"), (0.0, "0%")],
)
def test_only_certainty_is_a_hundred_per_cent(confidence: float, expected: str) -> None:
    assert percentage(confidence) == expected


def test_lines_are_separate_in_the_text() -> None:
    reading = PageReading((glyph(3), glyph(1), glyph(4, line=1), glyph(None, line=1)))
    assert reading.text == "31\n4?"


def test_signs_and_gaps_are_part_of_the_text() -> None:
    minus = Glyph(None, 0.99, BOX, sign="-")
    gap = Glyph(4, 0.99, BOX, gap=True)
    first = Glyph(2, 0.99, BOX, line=1, gap=True)
    reading = PageReading((minus, glyph(3), gap, first))
    assert reading.text == "-3 4\n2"  # no line begins with a space
    assert reading.certainty is Certainty.SURE
    assert minus.choices[0] == ("-", 0.99)


@pytest.mark.parametrize("label", [*"0123456789", *".,-/:", "?"])
def test_a_corrected_glyph_reads_its_label(label: str) -> None:
    for before in (glyph(3), Glyph(None, 0.9, BOX, sign=":"), glyph(None)):
        assert before.corrected_to(label).text == label


def test_a_blank_page_reads_nothing() -> None:
    assert PageReading().text == ""


def test_a_text_is_sure_if_every_glyph_is() -> None:
    assert PageReading((glyph(3), glyph(1))).certainty is Certainty.SURE
    assert PageReading((glyph(3), glyph(1, 0.8))).certainty is Certainty.UNSURE
    assert PageReading((glyph(3), glyph(None))).certainty is Certainty.UNSURE
    assert PageReading((glyph(None),)).certainty is Certainty.NO_DIGIT


def test_a_glyph_copies_what_the_runtime_read() -> None:
    reading = DigitReading(7, 0.9, BOX, ((7, 0.9), (1, 0.05)), (2, 3), 1)
    assert Glyph.of(reading) == Glyph(7, 0.9, BOX, ((7, 0.9), (1, 0.05)), (2, 3), 1)


def test_a_text_is_not_sure_if_something_was_left_out() -> None:
    left_out = PageReading((glyph(3), glyph(1)), left_out=(BOX,))
    assert left_out.certainty is Certainty.UNSURE
