"""Signs in the app: read, shown, corrected, learnt, searched; and left out where they are off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from app_stage import Stage

from inkdigit import Stroke
from inkdigit_app.core.glyphs import Certainty
from inkdigit_app.core.page import PenStroke

pytestmark = pytest.mark.display

RIGHT = 275


@pytest.fixture
def point(write: Any) -> list[PenStroke]:
    """The strokes of "31.40"; the point is the third."""
    strokes = write("31", 20, 60)
    edges = np.concatenate([s.stroke.points for s in strokes]).max(axis=0)
    right, bottom = float(edges[0]), float(edges[1])
    dot = Stroke.from_points([(right + 30, bottom - 2), (right + 31, bottom - 1)])
    return [*strokes, PenStroke(dot, 7.0), *write("40", right + 70, 60)]


def test_a_sign_is_read_and_boxed_unless_the_setting_is_off(
    stage_app: Stage, point: list[PenStroke]
) -> None:
    stage_app.write(point)
    boxes = stage_app.app.home.ink_canvas.boxes
    assert stage_app.app.home.reading_bar.text == "31.40"
    assert [glyph.text for glyph in boxes.glyphs] == list("31.40")
    stage_app.model.change(signs=False)
    stage_app.until(lambda: stage_app.model.text == "3140", "the reading without signs")
    assert len(stage_app.model.left_out) == 1
    assert stage_app.model.reading.certainty is Certainty.UNSURE
    stage_app.model.change(signs=True)
    stage_app.until(lambda: stage_app.model.text == "31.40", "the reading with signs")


def test_the_keypad_has_signs_where_they_are_on(stage_app: Stage, write: Any) -> None:
    root, home = stage_app.app.root, stage_app.app.home
    root.size_hint, root.size = (None, None), (360, 740)
    stage_app.write(write("3", 20, 60))
    stage_app.key(RIGHT)
    keypad = home.candidates.ids.keypad
    keys = [key.word for key in reversed(keypad.children)]
    assert "".join(keys) == "1234567890.,-/:"
    (slash,) = (key for key in keypad.children if key.word == "/")
    stage_app.settle()
    assert slash.width >= 48
    stage_app.press(slash)
    assert stage_app.model.text == "/"
    assert stage_app.notice in ("Now “/”", "Learnt: this is your “/”")
    stage_app.model.change(signs=False)
    stage_app.until(lambda: stage_app.model.reading is not None, "a reading")
    stage_app.key(RIGHT)
    assert "".join(key.word for key in reversed(keypad.children)) == "1234567890"


def test_typed_signs_correct_the_chosen_digit_where_they_are_on(
    stage_app: Stage, write: Any
) -> None:
    stage_app.write(write("31", 20, 60))
    stage_app.key(RIGHT)
    stage_app.window.dispatch("on_textinput", "-")
    assert stage_app.model.text == "-1"
    stage_app.model.change(signs=False)
    stage_app.until(lambda: stage_app.model.reading is not None, "a reading")
    stage_app.key(RIGHT)
    stage_app.window.dispatch("on_textinput", "/")
    assert "/" not in stage_app.model.text


def test_a_correction_to_a_sign_is_learnt(stage_app: Stage) -> None:
    stage_app.write([PenStroke(Stroke.from_points([(20, 120), (45, 60)]), 7.0)])
    stage_app.key(RIGHT)
    stage_app.window.dispatch("on_textinput", "/")
    known = stage_app.app.learning
    stage_app.until(lambda: known.state.writer.summary()["characters"] == {"/": 1}, "the lesson")
    stage_app.until(lambda: stage_app.notice == "Learnt: this is your “/”", "the notice")


def test_the_history_is_searched_by_signs(stage_app: Stage, point: list[PenStroke]) -> None:
    stage_app.write(point)
    stage_app.app.screens.show_history()
    screen = stage_app.top()
    stage_app.until(lambda: len(screen.ids.list.data) == 1, "the page")
    field = screen.ids.field.ids.field
    field.insert_text("1.4x")
    assert field.text == "1.4"  # letters are never read
    stage_app.until(lambda: len(screen.ids.list.data) == 1, "the page that has it")
    field.insert_text("-")
    stage_app.until(lambda: not screen.ids.list.data, "no page")
