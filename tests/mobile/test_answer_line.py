from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inkdigit_app.theme import DARK, LIGHT
from inkdigit_app.view_model import Answer, Certainty

pytestmark = pytest.mark.display


@pytest.fixture
def line(window: Any) -> Any:
    from inkdigit_app.answer_line import AnswerLine

    line = AnswerLine(size_hint=(None, None), width=390)
    window.add_widget(line)
    return line


def texts(widget: Any) -> list[str]:
    from kivy.uix.label import Label

    return [w.text for w in widget.walk() if isinstance(w, Label) and w.text]


def marks(widget: Any) -> list[Any]:
    from kivy.graphics import Ellipse, RoundedRectangle

    from inkdigit_app.answer_line import CertaintyLine

    (found,) = (w for w in widget.walk() if isinstance(w, CertaintyLine))
    (group,) = found.canvas.children
    return [part for part in group.children if isinstance(part, (Ellipse, RoundedRectangle))]


def test_no_answer_shows_nothing(line: Any, settle: Callable[[], None]) -> None:
    settle()
    assert texts(line) == []
    assert marks(line) == []


def test_an_answer_shows_digit_confidence_and_certainty(
    line: Any, settle: Callable[[], None]
) -> None:
    line.answer = Answer("7", 0.98, Certainty.SURE)
    settle()
    assert line.text == "7"
    assert texts(line) == ["7", "98 %", "sure"]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_certainty_shows_by_pattern_as_well_as_by_colour(
    line: Any, settle: Callable[[], None], theme: Any
) -> None:
    line.theme = theme
    counts = []
    for certainty in (Certainty.SURE, Certainty.UNSURE, Certainty.NO_DIGIT):
        line.answer = Answer("7", 0.9, certainty)
        settle()
        counts.append(len(marks(line)))
    solid, dashed, dotted = counts
    assert solid == 1
    assert 1 < dashed < dotted


def test_a_message_takes_the_place_of_an_answer(line: Any, settle: Callable[[], None]) -> None:
    line.message = "Reading…"
    settle()
    assert texts(line) == ["Reading…"]
    line.answer = Answer("–", 0.6, Certainty.NO_DIGIT)
    settle()
    assert texts(line) == ["–", "60 %", "no digit"]
