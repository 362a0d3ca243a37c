"""Signs told from digits by size and place; readings with signs."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit import Ink, InkReader, Recognizer
from inkdigit._decode.signs import SIGN_FEATURES, SignNet, sign_features
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.errors import InputError, InputTypeError
from inkdigit.labels import SIGNS

EVERYTHING = "0123456789.,-/: "


def one(x: float) -> list[list[float]]:
    return [[x, 0.0], [x, 100.0]]


def seven(x: float) -> list[list[float]]:
    return [[x, 2.0], [x + 50, 0.0], [x + 40, 30.0], [x + 18, 100.0]]


def zero(x: float) -> list[list[float]]:
    turn = np.linspace(-np.pi / 2, 1.5 * np.pi, 30)
    return np.stack([x + 30 - 30 * np.cos(turn), 50 * (1 + np.sin(turn))], 1).tolist()


def tap(x: float, y: float) -> list[list[float]]:
    return [[x, y], [x + 1, y + 1]]


def dash(x: float, y: float = 52.0) -> list[list[float]]:
    return [[x, y], [x + 20, y - 1], [x + 45, y]]


WRITTEN = {
    "7.0": [seven(0), tap(75, 99), zero(100)],
    "70.70": [seven(0), zero(70), tap(155, 98), seven(185), zero(255)],
    "-70": [dash(0), seven(75), zero(145)],
    "70-07": [seven(0), zero(70), dash(155), zero(230), seven(310)],
    "7:00": [seven(0), tap(75, 95), tap(76, 40), zero(105), zero(190)],
    "70/77": [seven(0), zero(70), [[195, -10], [150, 115]], seven(215), seven(290)],
    "7,0": [seven(0), [[78, 92], [70, 122]], zero(105)],
}


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer()


@pytest.mark.parametrize("text", WRITTEN)
def test_signs_are_read_where_they_are_allowed(recognizer, text):
    reading = recognizer.read(Ink(WRITTEN[text]), allowed=EVERYTHING)
    assert reading.text == text
    assert "".join(digit.character for digit in reading.digits) == text
    assert not reading.left_out
    signs = [digit for digit in reading.digits if digit.character in SIGNS]
    assert all(digit.digit is None and digit.strokes for digit in signs)


@pytest.mark.parametrize("text", [text for text in WRITTEN if "/" not in text])
def test_what_is_left_out_shows_in_the_confidence(recognizer, text):
    reading = recognizer.read(Ink(WRITTEN[text]))
    assert reading.confidence < 0.5
    assert reading.text == "".join(character for character in text if character.isdigit())
    assert len(reading.left_out) == sum(character in SIGNS for character in text)
    assert len(reading.to_dict()["left_out"]) == len(reading.left_out)


@pytest.mark.parametrize("text", [text for text in WRITTEN if "/" in text])
def test_a_slash_may_look_like_a_one_but_is_never_surely_one(recognizer, text):
    reading = recognizer.read(Ink(WRITTEN[text]))
    digits = "".join(character for character in text if character.isdigit())
    assert reading.confidence < 0.5
    assert digits in [other for other, _ in reading.alternatives[:2]]


def small_ring(x: float, y: float) -> list[list[float]]:
    turn = np.linspace(0, 2 * np.pi, 16)
    return np.stack([x + 11 * np.sin(turn), y - 13 * np.cos(turn)], 1).tolist()


PERCENT = [small_ring(160, 20), [[205, 5], [165, 100]], small_ring(208, 84)]


@pytest.mark.parametrize("allowed", ["0123456789", EVERYTHING])
def test_a_percent_sign_is_no_digits(recognizer, allowed):
    reading = recognizer.read(Ink([seven(0), zero(70), *PERCENT]), allowed=allowed)
    assert reading.text == "70?"
    assert reading.digits[-1].digit is None
    assert reading.digits[-1].strokes == (2, 3, 4)


def test_a_percent_sign_is_left_out_to_meet_a_length(recognizer):
    ink = Ink([seven(0), zero(70), *PERCENT])
    assert recognizer.read(ink, length=2).text == "70"


def test_points_of_a_colon_may_be_thick():
    (row,) = StrokeLayout(Ink([seven(0), dot(75, 90), dot(77, 35), zero(105)])).rows
    assert any({1, 2} == set(hypothesis.sources) for hypothesis in row.hypotheses)


def dot(x: float, y: float) -> list[list[float]]:
    turn = np.linspace(0, 2 * np.pi, 12)
    return np.stack([x + 9 * np.sin(turn), y + 9 * np.cos(turn)], 1).tolist()


def test_a_slip_of_the_finger_is_shown_as_left_out(recognizer):
    ink = Ink([seven(0), zero(70), tap(100, 12)])
    reading = recognizer.read(ink, allowed=EVERYTHING)
    assert reading.text == "70"
    assert reading.left_out == (pytest.approx((100, 12, 101, 13)),)


def test_numbers_without_signs_lose_nothing(recognizer):
    ink = Ink([seven(0), zero(70), zero(150), seven(235)])
    plain, signed = recognizer.read(ink), recognizer.read(ink, allowed=EVERYTHING)
    assert plain.text == signed.text == "7007"
    assert signed.confidence == pytest.approx(plain.confidence, abs=0.02)
    assert plain.confidence > 0.9


def test_a_wide_gap_is_a_space_or_another_line(recognizer):
    ink = Ink([seven(0), zero(70), seven(450), zero(520)])
    assert recognizer.read(ink).text == "70\n70"
    reading = recognizer.read(ink, allowed=EVERYTHING)
    assert reading.text == "70 70"
    assert [digit.line for digit in reading.digits] == [0, 0, 0, 0]


def test_length_counts_no_signs(recognizer):
    ink = Ink(WRITTEN["70-07"])
    assert recognizer.read(ink, length=4, allowed=EVERYTHING).text == "70-07"
    assert recognizer.read(ink, length=4).text == "7007"


def test_a_live_reader_reads_signs_as_well(recognizer):
    reader: InkReader = recognizer.reader()
    for text, strokes in WRITTEN.items():
        assert reader.read(Ink(strokes), allowed=EVERYTHING).text == text


def test_doubtful_digits_become_question_marks(recognizer):
    ink = Ink(WRITTEN["70-07"])
    reading = recognizer.read(ink, allowed=EVERYTHING, min_confidence=1.0)
    assert set(reading.text) == {"?"}
    assert reading.alternatives[0][0] == reading.text
    assert recognizer.read(ink, allowed=EVERYTHING, min_confidence=0.0).text == "70-07"


@pytest.mark.parametrize(
    ("option", "error"),
    [
        ({"allowed": "."}, InputError),
        ({"allowed": "0123x"}, InputError),
        ({"allowed": 7}, InputTypeError),
        ({"min_confidence": 1.5}, InputError),
        ({"min_confidence": float("nan")}, InputError),
        ({"min_confidence": "high"}, InputTypeError),
    ],
)
def test_options_that_make_no_sense_are_refused(recognizer, option, error):
    with pytest.raises(error):
        recognizer.read(Ink([one(0)]), **option)


def test_features_do_not_depend_on_the_size_of_the_writing():
    strokes = WRITTEN["70.70"]
    large = [(np.array(stroke) * 7.5).tolist() for stroke in strokes]
    found = []
    for written in (strokes, large):
        (row,) = StrokeLayout(Ink(written)).rows
        found.append(sign_features(row, np.full((len(row.hypotheses), 11), -2.4)))
    assert found[0].shape[1] == len(SIGN_FEATURES)
    np.testing.assert_allclose(found[0], found[1], atol=1e-3)


def test_probabilities_sum_to_one():
    net = SignNet.bundled()
    features = np.random.default_rng(0).normal(0, 3, (50, len(SIGN_FEATURES)))
    assert np.exp(net.log_probabilities(features)).sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("wide", [20.0, 45.0, 120.0])
@pytest.mark.parametrize("tilt", [0.0, 1.0])
def test_a_dash_alone_in_its_row_is_left_out_or_read(recognizer, wide, tilt):
    lone = Ink([[[0.0, 50.0], [wide, 50.0 + tilt]], [[0, 400], [50, 400], [18, 500]]])
    reading = recognizer.read(lone)
    assert reading.text == "7"
    assert reading.confidence < 0.5
    assert len(reading.left_out) == 1
    assert recognizer.read(lone, allowed=EVERYTHING).text == "-\n7"
