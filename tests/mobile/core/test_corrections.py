from __future__ import annotations

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction, covers, join, relabel, split, written_over
from inkdigit_app.core.glyphs import Glyph


def glyph(digit: int, left: float, *strokes: int, corrected: bool = False) -> Glyph:
    return Glyph(digit, 0.9, (left, 0.0, left + 10, 20.0), (), strokes, 0, corrected)


APART = (glyph(3, 0, 0), glyph(1, 20, 1), glyph(4, 40, 2, 3))
ONE_STROKE = (glyph(4, 0, 0), glyph(7, 20, 0), glyph(1, 40, 1))
PICTURE = (glyph(3, 0), glyph(1, 20), glyph(4, 40))


def test_a_relabelled_digit_is_a_correction_of_its_strokes() -> None:
    (correction,) = relabel((), APART, 2, "9")
    assert correction == Correction((2, 3), (40.0, 0.0, 50.0, 20.0), ("9",))


def test_a_new_label_replaces_the_old_one() -> None:
    corrections = relabel((), APART, 0, "8")
    corrections = relabel(corrections, (glyph(8, 0, 0, corrected=True), *APART[1:]), 0, "5")
    assert [correction.labels for correction in corrections] == [("5",)]


def test_digits_of_one_stroke_are_corrected_together() -> None:
    (correction,) = relabel((), ONE_STROKE, 1, "9")
    assert correction.strokes == (0,)
    assert correction.labels == (None, "9")


def test_correcting_a_second_digit_of_one_stroke_keeps_the_label_of_the_first() -> None:
    corrections = relabel((), ONE_STROKE, 1, "9")
    after = (ONE_STROKE[0], glyph(9, 20, 0, corrected=True), ONE_STROKE[2])
    (correction,) = relabel(corrections, after, 0, "6")
    assert correction.labels == ("6", "9")


def test_a_digit_is_split_in_two() -> None:
    (correction,) = split((), APART, 2)
    assert correction.strokes == (2, 3)
    assert correction.labels == (None, None)


def test_part_of_a_split_digit_can_be_relabelled() -> None:
    corrections = split((), APART, 2)
    after = (*APART[:2], glyph(1, 40, 2), glyph(7, 46, 3))
    (correction,) = relabel(corrections, after, 3, "9")
    assert correction.strokes == (2, 3)
    assert correction.labels == (None, "9")


def test_neighbours_are_joined() -> None:
    (correction,) = join((), APART, 0)
    assert correction.strokes == (0, 1)
    assert correction.box == (0.0, 0.0, 30.0, 20.0)
    assert correction.labels == (None,)


def test_joined_digits_can_be_split_again() -> None:
    corrections = join((), APART, 0)
    (correction,) = split(corrections, (Glyph(4, 0.9, (0, 0, 30, 20), (), (0, 1)), APART[2]), 0)
    assert correction.labels == (None, None)


def test_corrections_of_other_digits_stay() -> None:
    corrections = relabel((), APART, 0, "8")
    corrections = relabel(corrections, (glyph(8, 0, 0, corrected=True), *APART[1:]), 1, "7")
    assert [correction.labels for correction in corrections] == [("8",), ("7",)]


def test_a_correction_on_a_picture_covers_a_region() -> None:
    (correction,) = relabel((), PICTURE, 1, "7")
    assert correction.strokes == ()
    assert [covers(correction, glyph) for glyph in PICTURE] == [False, True, False]


def test_digits_of_a_picture_are_joined() -> None:
    (correction,) = join((), PICTURE, 1)
    assert [covers(correction, glyph) for glyph in PICTURE] == [False, True, True]
    assert correction.labels == (None,)


def test_a_late_bar_crosses_a_corrected_digit() -> None:
    correction = Correction((0,), (10.0, 0.0, 40.0, 80.0), ("1",))
    assert written_over(correction, Stroke.from_points([(5, 40), (45, 40)]))
    assert written_over(correction, Stroke.from_points([(25, 40)]))
    assert not written_over(correction, Stroke.from_points([(38, 0), (90, 80)]))
    assert not written_over(correction, Stroke.from_points([(10, 120), (40, 120)]))
