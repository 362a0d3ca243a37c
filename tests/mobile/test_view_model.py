from __future__ import annotations

import numpy as np
import pytest

from inkdigit import Ink, Prediction, Stroke
from inkdigit_app.view_model import Answer, Certainty, ViewModel


def stroke(*points: tuple[float, float]) -> Stroke:
    return Stroke.from_points(points or [(1, 2), (3, 4)])


def prediction(digit: int | None, confidence: float = 0.99) -> Prediction:
    return Prediction(digit, confidence, np.full(10, 0.1, np.float32), 1 - confidence)


@pytest.fixture
def model() -> ViewModel:
    return ViewModel()


def write(model: ViewModel, *strokes: Stroke) -> None:
    for one in strokes or (stroke(),):
        model.begin_stroke()
        model.end_stroke(one)


def test_a_new_canvas_is_blank_and_says_nothing(model: ViewModel) -> None:
    assert model.blank
    assert not model.readable
    assert model.answer is None
    assert model.error is None
    assert not model.waiting


def test_a_blank_canvas_asks_for_nothing(model: ViewModel) -> None:
    assert model.request() is None


def test_a_request_holds_the_strokes_in_order(model: ViewModel) -> None:
    first, second = stroke((0, 0), (5, 5)), stroke((9, 1))
    write(model, first, second)
    request = model.request()
    assert request is not None
    assert request.ink == Ink([first, second])


def test_an_accepted_prediction_is_the_answer(model: ViewModel) -> None:
    write(model)
    request = model.request()
    assert request is not None
    assert model.waiting
    model.accept(request, prediction(7, 0.97))
    assert model.answer == Answer("7", 0.97, Certainty.SURE)
    assert not model.waiting


def test_ink_that_is_being_read_is_not_asked_for_twice(model: ViewModel) -> None:
    write(model)
    assert model.request() is not None
    assert model.request() is None


def test_ink_can_be_read_again_after_its_answer(model: ViewModel) -> None:
    write(model)
    request = model.request()
    assert request is not None
    model.accept(request, prediction(7))
    assert model.request() is not None


def test_nothing_is_read_while_the_pen_is_down(model: ViewModel) -> None:
    write(model)
    model.begin_stroke()
    assert not model.blank
    assert not model.readable
    assert model.request() is None


def test_a_new_stroke_drops_the_answer_as_the_pen_touches(model: ViewModel) -> None:
    write(model)
    request = model.request()
    assert request is not None
    model.accept(request, prediction(7))
    model.begin_stroke()
    assert model.answer is None


def test_an_answer_to_older_ink_is_dropped(model: ViewModel) -> None:
    write(model)
    old = model.request()
    assert old is not None
    write(model)
    new = model.request()
    assert new is not None
    model.accept(old, prediction(1))
    assert model.answer is None
    assert model.waiting
    model.accept(new, prediction(4))
    model.accept(old, prediction(1))
    assert model.answer is not None
    assert model.answer.text == "4"


def test_an_answer_that_comes_after_clear_is_dropped(model: ViewModel) -> None:
    write(model)
    request = model.request()
    assert request is not None
    model.clear()
    model.accept(request, prediction(7))
    assert model.answer is None
    assert model.blank


def test_clear_takes_a_stroke_away_that_is_being_written(model: ViewModel) -> None:
    model.begin_stroke()
    model.clear()
    assert model.blank


def test_a_failure_says_why_until_the_ink_changes(model: ViewModel) -> None:
    write(model)
    request = model.request()
    assert request is not None
    model.reject(request, "no model file")
    assert model.error == "no model file"
    assert not model.waiting
    model.begin_stroke()
    assert model.error is None


def test_a_failure_of_older_ink_is_dropped(model: ViewModel) -> None:
    write(model)
    request = model.request()
    assert request is not None
    write(model)
    model.reject(request, "too late")
    assert model.error is None


def test_every_change_is_told_and_nothing_else(model: ViewModel) -> None:
    told: list[bool] = []
    model.subscribe(lambda: told.append(model.waiting))
    model.clear()
    assert model.request() is None
    assert told == []
    write(model)
    request = model.request()
    assert request is not None
    model.accept(request, prediction(7))
    assert told == [False, False, True, False]


@pytest.mark.parametrize(
    ("digit", "confidence", "text", "certainty"),
    [
        (0, 0.95, "0", Certainty.SURE),
        (9, 0.949, "9", Certainty.UNSURE),
        (None, 0.99, "–", Certainty.NO_DIGIT),
        (None, 0.55, "–", Certainty.NO_DIGIT),
    ],
)
def test_an_answer_says_how_far_it_holds(
    digit: int | None, confidence: float, text: str, certainty: Certainty
) -> None:
    answer = Answer.from_prediction(prediction(digit, confidence))
    assert (answer.text, answer.certainty) == (text, certainty)


@pytest.mark.parametrize(
    ("confidence", "percentage"),
    [(1.0, "100 %"), (0.9999, "99 %"), (0.57, "57 %"), (0.95, "95 %"), (0.0, "0 %")],
)
def test_only_certainty_is_a_hundred_per_cent(confidence: float, percentage: str) -> None:
    assert Answer("7", confidence, Certainty.SURE).percentage == percentage
