"""`Recognizer.read`: ink in, a reading out."""

from __future__ import annotations

import json
import math
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkdigit import Ink, Recognizer, Stroke, rasterize
from inkdigit._decode.scoring import MAX_BATCH
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.errors import InputError, InputTypeError

TEXTS = st.text("0123456789", min_size=1, max_size=7)
QUICK = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def moved(ink, scale=1.0, by=(0.0, 0.0)):
    return Ink([stroke.points * scale + np.array(by) for stroke in ink])


@pytest.mark.parametrize("text", ["7", "1995", "0123456789", "44", "58", "1?5"])
def test_a_line_of_digits_is_read(recognizer, write_text, text):
    reading = recognizer.read(write_text(text))
    assert reading.text == text
    assert [d.digit for d in reading.digits] == [None if c == "?" else int(c) for c in text]


def test_blank_ink_reads_as_nothing(recognizer):
    reading = recognizer.read(Ink())
    assert (reading.text, reading.digits, reading.confidence) == ("", (), 1.0)


def test_a_tap_is_no_digit(recognizer, write_text):
    ink = Ink([*write_text("42"), [[300, 90]], [[-60, 20], [-59, 21]]])
    assert recognizer.read(ink).text == "42"


def test_lines_are_joined_by_line_breaks(recognizer, write_text):
    ink = Ink([*write_text("12", y=170), *write_text("905")])
    reading = recognizer.read(ink)
    assert reading.text == "905\n12"
    assert [d.line for d in reading.digits] == [0, 0, 0, 1, 1]


def test_columns_do_not_run_together(recognizer, write_text):
    ink = Ink([*write_text("12"), *write_text("34", x=600)])
    assert recognizer.read(ink).text == "12\n34"


def test_strokes_may_come_late_and_in_any_order(recognizer, write_text):
    ink = write_text("5747")
    strokes = list(ink)
    for order in np.random.default_rng(3).permuted(
        np.tile(np.arange(len(strokes)), (5, 1)), axis=1
    ):
        assert recognizer.read(Ink([strokes[k] for k in order])).text == "5747"


def test_each_digit_names_its_strokes_and_its_box(recognizer, write_text):
    reading = recognizer.read(write_text("417"))
    assert [d.strokes for d in reading.digits] == [(0, 1), (2,), (3, 4)]
    assert reading.digits[0].box == pytest.approx((0, 0, 65, 100), abs=2)


def test_a_cut_stroke_belongs_to_both_its_digits(recognizer, write_glyphs):
    (left,), (right,) = write_glyphs("00")
    reading = recognizer.read(Ink([np.concatenate([left, right])]), length=2)
    assert [d.strokes for d in reading.digits] == [(0,), (0,)]


def test_length_and_allowed_constrain_the_text(recognizer, write_text):
    ink = write_text("44")
    assert len(recognizer.read(ink, length=3).text) == 3
    assert len(recognizer.read(ink, length=(3, 4)).text) in (3, 4)
    assert set(recognizer.read(ink, allowed="17").text) <= set("17?")


def test_alternatives_begin_with_the_text(recognizer, write_text):
    reading = recognizer.read(write_text("1958"))
    assert reading.alternatives[0] == (reading.text, reading.confidence)
    assert sum(share for _, share in reading.alternatives) <= 1 + 1e-9


def test_a_reading_is_json_ready(recognizer, write_text):
    record = json.loads(json.dumps(recognizer.read(write_text("40")).to_dict()))
    assert record["text"] == "40"
    names = {"text", "confidence", "digits", "alternatives", "wrong_length", "left_out"}
    assert set(record) == names
    assert set(record["digits"][0]) == {
        "character", "digit", "confidence", "box", "candidates", "strokes", "line",
    }  # fmt: skip


def test_a_blank_picture_reads_as_nothing(recognizer):
    assert recognizer.read(np.full((60, 60), 255, np.uint8)).text == ""


def test_a_picture_of_one_digit_is_read(recognizer, write_text):
    picture = np.rint(255 * (1 - rasterize(write_text("2"), size=84))).astype(np.uint8)
    reading = recognizer.read(picture)
    assert (reading.text, reading.digits[0].strokes) == ("2", ())


def test_a_reading_calls_the_engine_with_whole_batches(session, write_text):
    ink = write_text("8045")
    Recognizer(session=session).read(ink)
    assert session.calls == math.ceil(len(StrokeLayout(ink).hypotheses) / MAX_BATCH)


@pytest.mark.parametrize("length", [0, -1, (3, 2), (0, 4)])
def test_a_length_that_makes_no_sense_is_refused(recognizer, length):
    with pytest.raises(InputError, match="length"):
        recognizer.read(Ink(), length=length)


@pytest.mark.parametrize("length", ["4", 2.0, True, (1, 2, 3), (1, None)])
def test_a_length_of_another_type_is_refused(recognizer, length):
    with pytest.raises(InputTypeError, match="length"):
        recognizer.read(Ink(), length=length)


@pytest.mark.parametrize("allowed", ["", "12a", "?", "１"])
def test_allowed_must_be_digits(recognizer, allowed):
    with pytest.raises(InputError, match="allowed"):
        recognizer.read(Ink(), allowed=allowed)


def test_allowed_must_be_a_string(recognizer):
    with pytest.raises(InputTypeError, match="allowed"):
        recognizer.read(Ink(), allowed=[1, 2])


@given(text=TEXTS, x=st.floats(-1e4, 1e4), y=st.floats(-1e4, 1e4), scale=st.floats(0.05, 40))
@QUICK
def test_moving_and_scaling_do_not_change_the_text(recognizer, write_text, text, x, y, scale):
    ink = write_text(text)
    assert recognizer.read(moved(ink, scale, (x, y))).text == recognizer.read(ink).text


COORDINATES = st.floats(-200, 200, width=32)
STROKES = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=8)


@given(strokes=st.lists(STROKES, max_size=8))
@QUICK
def test_any_ink_is_read_within_its_bounds(recognizer, strokes):
    ink = Ink([Stroke.from_points(points) for points in strokes])
    reading = recognizer.read(ink)
    assert 0 <= reading.confidence <= 1
    assert len(reading.text.replace("\n", "")) == len(reading.digits)
    for digit in reading.digits:
        left, top, right, bottom = digit.box
        bounds = ink.bounds
        assert bounds[0] <= left <= right <= bounds[2]
        assert bounds[1] <= top <= bottom <= bounds[3]
        assert 0 <= digit.confidence <= 1


@given(text=TEXTS, gap=st.floats(-0.1, 0.6))
@QUICK
def test_an_uncut_stroke_belongs_to_one_digit_at_most(recognizer, write_text, text, gap):
    reading = recognizer.read(write_text(text, gap=gap))
    used = [stroke for digit in reading.digits for stroke in digit.strokes]
    repeated = {stroke for stroke in used if used.count(stroke) > 1}
    # A stroke of two digits was cut, and they stand next to each other.
    for stroke in repeated:
        places = [k for k, digit in enumerate(reading.digits) if stroke in digit.strokes]
        assert places == list(range(places[0], places[-1] + 1))


def test_ten_thousand_strokes_are_answered_in_bounded_time(recognizer):
    rng = np.random.default_rng(0)
    starts = rng.uniform(0, 2000, (10_000, 1, 2))
    ink = Ink(list(starts + rng.normal(0, 20, (10_000, 4, 2)).cumsum(axis=1)))
    began = time.process_time()
    recognizer.read(ink)
    assert time.process_time() - began < 60


def test_two_hundred_digits_on_a_line_are_read(recognizer, write_text):
    text = "0123456789" * 20
    began = time.process_time()
    assert recognizer.read(write_text(text)).text == text
    assert time.process_time() - began < 20


def test_numbers_beyond_those_that_are_read_are_left_out_and_the_text_is_not_sure(recognizer):
    rng = np.random.default_rng(3)
    ones = [
        Stroke.from_points([(x, 60.0 * row), (x, 60.0 * row + (30 if row < 15 else 24))])
        for row in range(16)
        for x in np.cumsum(rng.uniform(150, 400, 22))
    ]
    reading = recognizer.read(Ink(ones))
    assert len(reading.lines) == 300
    assert all(digit.box[1] < 900 for digit in reading.digits)  # the smallest go first
    assert 900.0 in {box[1] for box in reading.left_out}
    assert reading.confidence == 0
    fewer = recognizer.read(Ink(ones[:200]))
    assert (len(fewer.digits), fewer.left_out) == (200, ())
    assert fewer.confidence > 0


def test_strokes_beyond_those_that_are_read_are_left_out_and_the_text_is_not_sure(recognizer):
    ones = [
        Stroke.from_points([(20.0 * column, 60.0 * row), (20.0 * column, 60.0 * row + 30)])
        for row in range(21)
        for column in range(50)
    ]
    reading = recognizer.read(Ink(ones))
    assert len(reading.digits) == 1000
    assert len(reading.left_out) == 1
    assert reading.confidence == 0
