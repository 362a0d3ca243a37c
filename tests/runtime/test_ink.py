"""Ink: what is taken, what is refused and why, and JSON there and back."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

from inkdigit import Ink, Stroke, errors
from inkdigit.errors import EmptyInkError, InkError, InkTooLargeError

LINE = [[0, 0], [10, 20]]


def test_lists_tuples_and_arrays_are_strokes():
    ink = Ink([LINE, ((1, 2), (3, 4)), np.array([[5.0, 6.0]])])
    assert [len(stroke) for stroke in ink] == [2, 2, 1]
    assert ink.strokes[0].points.dtype == np.float32


def test_third_column_is_time():
    stroke = Ink([[[0, 0, 0.5], [1, 1, 0.6]]]).strokes[0]
    assert stroke.points.shape == (2, 2)
    assert stroke.times is not None
    assert stroke.times.tolist() == [0.5, 0.6]


def test_points_are_a_copy_that_cannot_be_written():
    points = np.array(LINE, np.float32)
    stroke = Ink([points]).strokes[0]
    points[0] = 99
    assert stroke.points[0].tolist() == [0, 0]
    with pytest.raises(ValueError, match="read-only"):
        stroke.points[0] = 1


@pytest.mark.parametrize(
    "strokes",
    [
        [[]],
        [[[1, 2, 3, 4]]],
        [[1, 2]],
        [[[0, float("nan")]]],
        [[[0, float("inf")]]],
        [[[0, 1e9]]],
        [[["a", "b"]]],
        [[[1, 2], [3]]],
        [[[True, False]]],
        [[[1 + 2j, 0]]],
        [[[10**400, 0]]],
        [None],
        5,
        "strokes",
        {"strokes": []},
        [np.zeros((0, 2))],
        [np.zeros((2, 2, 2))],
    ],
)
def test_wrong_strokes_are_refused_with_what_was_expected(strokes):
    with pytest.raises(InkError, match="expected"):
        Ink(strokes)


def test_message_names_the_stroke_and_the_point():
    with pytest.raises(InkError, match="stroke 1, point 2"):
        Ink([LINE, [[0, 0], [1, 1], [float("nan"), 0]]])


def test_ink_error_is_a_value_error():
    with pytest.raises(ValueError, match="stroke 0"):
        Ink([[]])


def test_no_stroke_at_all_is_a_blank_canvas():
    assert len(Ink()) == 0
    with pytest.raises(EmptyInkError):
        _ = Ink().bounds


def test_bounds_hold_every_point():
    assert Ink([LINE, [[-5, 3]]]).bounds == (-5, 0, 10, 20)


def test_json_there_and_back_is_the_same_ink():
    ink = Ink([LINE, [[0.1, 0.2, 1.5], [3, 4, 1.75]]])
    assert Ink.from_json(ink.to_json()) == ink
    assert Ink.from_dict(ink.to_dict()) == ink


@pytest.mark.parametrize(
    "text", ["", "{", "[3]", "3", '{"label": 7}', '{"strokes": 3}', b"\xff\xfe"]
)
def test_json_that_is_no_ink_is_refused(text):
    with pytest.raises(InkError):
        Ink.from_json(text)


def test_deeply_nested_json_is_refused():
    with pytest.raises(InkError):
        Ink.from_json("[" * 200_000)


def test_other_keys_of_a_record_are_left_alone():
    assert len(Ink.from_dict({"label": "7", "strokes": [LINE], "writer": "x"})) == 1


def test_subset_keeps_the_order_asked_for():
    ink = Ink([LINE, [[1, 1]], [[2, 2]]])
    assert [s.points[0, 0] for s in ink.subset([2, 0])] == [2, 0]


def test_equal_ink_has_equal_strokes():
    assert Ink([LINE]) == Ink([Stroke.from_points(LINE)])
    assert Ink([LINE]) != Ink([[[0, 0, 1], [10, 20, 2]]])
    assert Ink([LINE]) != "ink"


def test_repr_counts():
    assert repr(Ink([LINE])) == "Ink(1 strokes, 2 points)"


def test_ink_and_strokes_equal_nothing_else():
    stroke = Stroke.from_points([[0, 0], [1, 1]])
    assert stroke != [[0, 0], [1, 1]]
    assert stroke != Stroke.from_points([[0, 0], [1, 2]])
    assert stroke != Stroke.from_points([[0, 0, 0.1], [1, 1, 0.2]])
    assert Ink([stroke]) != [stroke]


def test_more_points_than_anybody_draws_are_refused():
    long = Stroke.from_points(np.zeros((500_001, 2), np.float32))
    with pytest.raises(InkError, match="2,000,004 points"):
        Ink([long] * 4)


@pytest.mark.parametrize("indices", [[9], [-1]])
def test_subset_refuses_strokes_that_are_not_there(indices):
    with pytest.raises(errors.InputError, match="expected 0 to 0"):
        Ink([[[0, 0], [1, 1]]]).subset(indices)


@pytest.mark.parametrize("indices", [None, "0", [True], [0.5], 0])
def test_subset_refuses_what_is_no_list_of_whole_numbers(indices):
    with pytest.raises(errors.InputTypeError, match="expected"):
        Ink([[[0, 0], [1, 1]]]).subset(indices)


@pytest.mark.parametrize("text", [None, 5, ["[]"]])
def test_json_of_another_type_is_refused(text):
    with pytest.raises(errors.InputTypeError, match="expected JSON"):
        Ink.from_json(text)


def test_numbers_beside_one_long_text_are_refused_in_little_room():
    text = '{"strokes": [[' + "1," * 20_000 + '"' + "x" * 400_000 + '"]]}'
    tracemalloc.start()
    with pytest.raises(InkError, match="stroke 0"):
        Ink.from_json(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000  # 32 GB as an array of texts


@pytest.mark.parametrize(
    "points", [[[1, "2"]], [[1, True]], [[1, None]], [[1, [2]]], [[1, 10**400]], "12", 7, [[1j, 2]]]
)
def test_what_is_no_number_is_refused(points):
    with pytest.raises(InkError, match="stroke 0"):
        Ink([points])


def test_points_may_be_any_numbers():
    expected = [[1.0, 2.0], [3.0, 4.0]]
    for points in (
        [np.array([1, 2]), [np.float32(3), 4]],
        [(Fraction(1), 2), (3, 4)],
        np.array(expected, object),
        ((value for value in row) for row in expected),
    ):
        assert Ink([points]).to_dict() == {"strokes": [expected]}


def test_more_strokes_than_a_book_has_are_refused(monkeypatch):
    monkeypatch.setattr("inkdigit.ink.MAX_STROKES", 2)
    with pytest.raises(InkTooLargeError, match="3 strokes"):
        Ink([[(1, 1)]] * 3)


def test_large_json_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr("inkdigit.ink.MAX_FILE_BYTES", 20)
    with pytest.raises(InkTooLargeError, match="21 characters"):
        Ink.from_json("[" * 21)


@pytest.mark.parametrize(
    ("points", "times"),
    [
        (np.zeros((0, 2), np.float32), None),
        (np.array([[0, np.nan]], np.float32), None),
        (np.array([[0, 1e9]], np.float32), None),
        (np.zeros((2, 3), np.float32), None),
        ([[0.0, 1.0]], None),
        (np.zeros((2, 2), np.float32), np.zeros(3)),
    ],
)
def test_a_stroke_of_other_arrays_is_refused(points, times):
    with pytest.raises(InkError, match="a stroke's"):
        Stroke(points, times)
