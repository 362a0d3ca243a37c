from __future__ import annotations

from inkdigit import Stroke
from inkdigit_app.core.corrections import Pin, covers, join, relabel, split, written_over
from inkdigit_app.core.glyphs import Glyph


def glyph(digit: int, left: float, *strokes: int, corrected: bool = False) -> Glyph:
    return Glyph(digit, 0.9, (left, 0.0, left + 10, 20.0), (), strokes, 0, corrected)


APART = (glyph(3, 0, 0), glyph(1, 20, 1), glyph(4, 40, 2, 3))
ONE_STROKE = (glyph(4, 0, 0), glyph(7, 20, 0), glyph(1, 40, 1))
PICTURE = (glyph(3, 0), glyph(1, 20), glyph(4, 40))


def test_a_named_digit_pins_its_strokes() -> None:
    (pin,) = relabel((), APART, 2, "9")
    assert pin == Pin((2, 3), (40.0, 0.0, 50.0, 20.0), ("9",))


def test_naming_a_digit_again_takes_the_first_name_back() -> None:
    pins = relabel((), APART, 0, "8")
    pins = relabel(pins, (glyph(8, 0, 0, corrected=True), *APART[1:]), 0, "5")
    assert [pin.labels for pin in pins] == [("5",)]


def test_digits_of_one_stroke_are_settled_together() -> None:
    (pin,) = relabel((), ONE_STROKE, 1, "9")
    assert pin.strokes == (0,)
    assert pin.labels == (None, "9")


def test_a_second_digit_of_one_stroke_keeps_the_name_of_the_first() -> None:
    pins = relabel((), ONE_STROKE, 1, "9")
    after = (ONE_STROKE[0], glyph(9, 20, 0, corrected=True), ONE_STROKE[2])
    (pin,) = relabel(pins, after, 0, "6")
    assert pin.labels == ("6", "9")


def test_a_digit_is_split_in_two() -> None:
    (pin,) = split((), APART, 2)
    assert pin.strokes == (2, 3)
    assert pin.labels == (None, None)


def test_a_part_of_a_split_digit_can_be_named() -> None:
    pins = split((), APART, 2)
    after = (*APART[:2], glyph(1, 40, 2), glyph(7, 46, 3))
    (pin,) = relabel(pins, after, 3, "9")
    assert pin.strokes == (2, 3)
    assert pin.labels == (None, "9")


def test_neighbours_are_joined() -> None:
    (pin,) = join((), APART, 0)
    assert pin.strokes == (0, 1)
    assert pin.box == (0.0, 0.0, 30.0, 20.0)
    assert pin.labels == (None,)


def test_joined_digits_can_be_split_again() -> None:
    pins = join((), APART, 0)
    (pin,) = split(pins, (Glyph(4, 0.9, (0, 0, 30, 20), (), (0, 1)), APART[2]), 0)
    assert pin.labels == (None, None)


def test_pins_of_other_digits_stay() -> None:
    pins = relabel((), APART, 0, "8")
    pins = relabel(pins, (glyph(8, 0, 0, corrected=True), *APART[1:]), 1, "7")
    assert [pin.labels for pin in pins] == [("8",), ("7",)]


def test_a_pin_on_a_picture_covers_a_region() -> None:
    (pin,) = relabel((), PICTURE, 1, "7")
    assert pin.strokes == ()
    assert [covers(pin, glyph) for glyph in PICTURE] == [False, True, False]


def test_digits_of_a_picture_are_joined() -> None:
    (pin,) = join((), PICTURE, 1)
    assert [covers(pin, glyph) for glyph in PICTURE] == [False, True, True]
    assert pin.labels == (None,)


def test_a_late_bar_goes_through_what_was_settled() -> None:
    pin = Pin((0,), (10.0, 0.0, 40.0, 80.0), ("1",))
    assert written_over(pin, Stroke.from_points([(5, 40), (45, 40)]))
    assert written_over(pin, Stroke.from_points([(25, 40)]))
    assert not written_over(pin, Stroke.from_points([(38, 0), (90, 80)]))
    assert not written_over(pin, Stroke.from_points([(10, 120), (40, 120)]))
