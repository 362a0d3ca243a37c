"""Learning a hand, as its user meets it: corrections, Your hand, people, teaching."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app_stage import Stage, scroll_to

from inkdigit_app.core.page import PenStroke
from inkdigit_app.core.theme import DARK, MIN_TARGET_DP

pytestmark = pytest.mark.display

ESCAPE, DELETE, ENTER, RIGHT = 27, 127, 13, 275
CTRL = {"z": 122, ",": 44}

Write = Callable[..., list[PenStroke]]


def known(stage: Stage) -> str:
    return "".join(glyph.character for glyph in stage.app.learning.state.writer.glyphs)


def correct(stage: Stage, label: str) -> None:
    """Correct the first digit by its key."""
    stage.key(RIGHT)
    stage.key(ord(label))


def open_hand(stage: Stage) -> Any:
    stage.key(CTRL[","], "ctrl")
    return press_to_open(stage, stage.top().ids.hand)


def press(stage: Stage, widget: Any) -> None:
    scroll_to(stage, widget)
    stage.press(widget)


def press_to_open(stage: Stage, widget: Any) -> Any:
    """Press a button of a long screen; returns the screen that it opens."""
    before = stage.top()
    press(stage, widget)  # which the list passes on only when it is sure that it is no swipe
    stage.until(lambda: stage.top() is not before, "another screen")
    return stage.top()


def tap_shape(stage: Stage, screen: Any, character: str, index: int = 0) -> None:
    from kivy.metrics import dp
    from kivy.tests.common import UnitTestTouch

    grid = screen._groups[character].ids.grid
    scroll_to(stage, grid)
    x, y = grid.cell(index)
    finger = UnitTestTouch(*grid.to_window(x + dp(20), y + dp(20)))
    finger.touch_down()
    finger.touch_up()
    stage.settle()


def people(screen: Any) -> list[Any]:
    """The rows of the people, from the top."""
    return sorted(screen.ids.list.ids.view.layout_manager.children, key=lambda row: -row.y)


def test_a_correction_says_what_was_learnt_and_undo_takes_it_back(
    stage_app: Stage, write: Write
) -> None:
    stage_app.write(write("1", 20, 60))
    correct(stage_app, "7")
    stage_app.until(lambda: stage_app.notice == "Learnt: this is your 7", "the notice")
    stage_app.until(lambda: known(stage_app) == "7", "the lesson")
    stage_app.press(stage_app.app.root.notice_bar.ids.undo)
    stage_app.until(lambda: known(stage_app) == "", "the lesson taken back")
    stage_app.until(lambda: stage_app.app.title == "1 — inkdigit", "the correction taken back")
    stage_app.key(DELETE)
    stage_app.write(write("1", 20, 60))
    assert stage_app.model.text == "1"


def test_the_same_shape_is_read_as_corrected(stage_app: Stage, write: Write) -> None:
    stage_app.write(write("1", 20, 60))
    correct(stage_app, "7")
    stage_app.until(lambda: known(stage_app) == "7", "the lesson")
    stage_app.key(DELETE)
    stage_app.write(write("1", 120, 160))
    assert stage_app.app.home.reading_bar.text == "7"


def test_without_a_lesson_the_screen_says_how_to_begin(stage_app: Stage) -> None:
    screen = open_hand(stage_app)
    assert screen.ids.sentence.text.startswith("Nothing learnt yet.")
    assert screen.ids.export.disabled
    assert screen.ids.forget_all.disabled
    assert not screen.ids.teach.disabled


def test_a_shape_is_forgotten_by_a_tap_and_comes_back(stage_app: Stage, write: Write) -> None:
    stage_app.write(write("13", 20, 60))
    correct(stage_app, "7")
    stage_app.until(lambda: known(stage_app) == "7", "the lesson")
    stage_app.key(DELETE)
    stage_app.until(lambda: known(stage_app) == "73", "what stood")
    screen = open_hand(stage_app)
    assert screen.ids.sentence.text == "1 of your last 2 digits needed correcting."
    assert list(screen._groups) == ["3", "7"]
    tap_shape(stage_app, screen, "7")
    stage_app.until(lambda: list(screen._groups) == ["3"], "the shape gone")
    assert stage_app.notice == "Forgotten"
    stage_app.press(stage_app.app.root.notice_bar.ids.undo)
    stage_app.until(lambda: list(screen._groups) == ["3", "7"], "the shape again")


def test_a_tap_beside_the_shapes_forgets_nothing(stage_app: Stage, write: Write) -> None:
    stage_app.write(write("1", 20, 60))
    correct(stage_app, "7")
    stage_app.until(lambda: known(stage_app) == "7", "the lesson")
    screen = open_hand(stage_app)
    tap_shape(stage_app, screen, "7", index=2)
    assert known(stage_app) == "7"


def test_forgetting_all_asks_first(stage_app: Stage, write: Write) -> None:
    stage_app.write(write("1", 20, 60))
    correct(stage_app, "7")
    stage_app.until(lambda: known(stage_app) == "7", "the lesson")
    screen = open_hand(stage_app)
    question = press_to_open(stage_app, screen.ids.forget_all)
    stage_app.press(question.ids.no)
    assert known(stage_app) == "7"
    question = press_to_open(stage_app, screen.ids.forget_all)
    stage_app.press(question.ids.yes)
    stage_app.until(lambda: screen.empty, "nothing left")


def test_digits_are_taught_one_after_the_other(stage_app: Stage, write: Write) -> None:
    hand = open_hand(stage_app)
    screen = press_to_open(stage_app, hand.ids.teach)
    assert screen.ids.prompt.text == "Write a 0 · round 1 of 3"
    assert screen.ids.next.disabled
    stage_app.press(screen.ids.next)
    stage_app.press(screen.ids.skip)
    assert screen.ids.prompt.text == "Write a 1 · round 1 of 3"
    stroke_on(stage_app, screen.ids.ink, write("3")[0])
    stage_app.press(screen.ids.again)
    assert screen.blank
    stroke_on(stage_app, screen.ids.ink, write("1")[0])
    stage_app.press(screen.ids.next)
    assert screen.ids.prompt.text == "Write a 2 · round 1 of 3"
    stroke_on(stage_app, screen.ids.ink, write("2")[0])
    stage_app.key(ENTER)
    stage_app.until(lambda: known(stage_app) == "12", "the lessons")
    stroke_on(stage_app, screen.ids.ink, write("4")[0])  # half a 4 is not learnt
    stage_app.key(ESCAPE)
    assert stage_app.top() is hand
    stage_app.until(lambda: list(hand._groups) == ["1", "2"], "the shapes")
    assert known(stage_app) == "12"
    assert stage_app.model.page.blank


def test_a_row_that_opens_something_reacts_all_along(stage_app: Stage) -> None:
    from kivy.tests.common import UnitTestTouch

    def press_the_start(row: Any) -> Any:
        before = stage_app.top()
        scroll_to(stage_app, row)
        finger = UnitTestTouch(*row.to_window(row.x + 24, row.center_y))
        finger.touch_down()
        finger.touch_up()
        stage_app.until(lambda: stage_app.top() is not before, "another screen")
        return stage_app.top()

    stage_app.key(CTRL[","], "ctrl")
    hand = press_the_start(stage_app.top().ids.hand)
    assert "on_teach" in hand.__events__
    people = press_the_start(hand.ids.people)
    assert "on_rename" in people.__events__


@pytest.mark.parametrize("size", [(360, 740), (740, 360), (1000, 700)])
def test_a_notice_leaves_the_canvas_for_teaching_free(
    stage_app: Stage, write: Write, size: tuple[int, int]
) -> None:
    stage_app.window.size = size
    stage_app.settle()
    hand = open_hand(stage_app)
    screen = press_to_open(stage_app, hand.ids.teach)
    ink, notice = screen.ids.ink, stage_app.app.root.notice_bar
    for text in ("Forgotten", "1 correction written to /a/very/long/path/of/some/folder"):
        stage_app.model.notify(text, lambda: None)
        stage_app.settle()
        assert notice.y >= ink.to_window(0, ink.top)[1]
        back = screen.children[-1].children[-1]
        assert notice.x >= back.right
        assert 0 <= notice.x < notice.right <= size[0]
        assert notice.top <= size[1]


def test_teaching_ends_after_thirty_digits(stage_app: Stage, write: Write) -> None:
    hand = open_hand(stage_app)
    screen = press_to_open(stage_app, hand.ids.teach)
    stroke_on(stage_app, screen.ids.ink, write("0")[0])
    stage_app.press(screen.ids.next)
    for _ in range(29):
        screen.skip()
    stage_app.settle()
    assert stage_app.top() is hand
    assert stage_app.notice == "Learnt 1 digit"


def test_people_are_added_chosen_renamed_and_deleted(stage_app: Stage, write: Write) -> None:
    stage_app.write(write("1", 20, 60))
    correct(stage_app, "7")
    stage_app.until(lambda: known(stage_app) == "7", "the lesson")
    hand = open_hand(stage_app)
    screen = press_to_open(stage_app, hand.ids.people)
    assert people(screen)[0].ids.delete.disabled
    name(stage_app, screen.ids.add, "Anna")
    stage_app.until(lambda: [row.item.name for row in people(screen)] == ["Me", "Anna"], "Anna")
    stage_app.until(lambda: hand.hand.person.name == "Anna" and hand.empty, "Anna's hand")
    assert [row.current for row in people(screen)] == [False, True]
    name(stage_app, people(screen)[1].ids.rename, "Anne")
    stage_app.until(lambda: people(screen)[1].item.name == "Anne", "the new name")
    stage_app.press(people(screen)[0])
    stage_app.until(lambda: hand.hand.person.name == "Me" and known(stage_app) == "7", "my hand")
    question = press_to_open(stage_app, people(screen)[1].ids.delete)
    stage_app.press(question.ids.yes)
    stage_app.until(lambda: [row.item.name for row in people(screen)] == ["Me"], "one person")


def test_a_foreign_file_is_refused_and_nothing_is_lost(
    stage_app: Stage, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inkdigit_app.navigation.export_folder", lambda: tmp_path)
    (tmp_path / "foreign.json").write_text('{"digits": []}')
    stage_app.write(write("1", 20, 60))
    correct(stage_app, "7")
    stage_app.until(lambda: known(stage_app) == "7", "the lesson")
    hand = open_hand(stage_app)
    files = press_to_open(stage_app, hand.ids.import_hand)
    row = next(r for r in people(files) if r.item.path.name == "foreign.json")
    stage_app.press(row)
    stage_app.until(lambda: stage_app.top() is hand, "the way back")
    stage_app.until(lambda: stage_app.notice.startswith("Not imported: "), "the reason")
    assert known(stage_app) == "7"


def test_a_hand_is_exported_and_imported(
    stage_app: Stage, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    monkeypatch.setattr("inkdigit_app.learning.export_folder", lambda: folder)
    monkeypatch.setattr("inkdigit_app.navigation.export_folder", lambda: folder)
    stage_app.write(write("1", 20, 60))
    correct(stage_app, "7")
    stage_app.until(lambda: known(stage_app) == "7", "the lesson")
    hand = open_hand(stage_app)
    press(stage_app, hand.ids.export)
    stage_app.until(lambda: stage_app.notice.startswith("Written to"), "the file")
    files = press_to_open(stage_app, hand.ids.import_hand)
    stage_app.press(people(files)[0])
    stage_app.until(lambda: hand.hand.person.name == "Me 2", "another person")
    stage_app.until(lambda: known(stage_app) == "7", "the same hand")


@pytest.mark.parametrize("size", [(360, 740), (740, 360), (1000, 700)])
def test_the_screens_fit_and_their_buttons_are_large_enough(
    stage_app: Stage, write: Write, size: tuple[int, int]
) -> None:
    from inkdigit_app.widgets.buttons import ToolButton

    stage_app.window.size = size
    stage_app.settle()
    hand = open_hand(stage_app)
    for open_next in (None, hand.ids.teach, hand.ids.people):
        if open_next is not None:
            press_to_open(stage_app, open_next)
        screen = stage_app.top()
        stage_app.model.change(theme="dark")
        assert screen.theme is DARK
        buttons = [w for w in screen.walk() if isinstance(w, ToolButton) and w.opacity]
        assert buttons
        for button in buttons:
            left, _ = button.to_window(*button.pos)
            assert button.width >= MIN_TARGET_DP
            assert button.height >= MIN_TARGET_DP
            assert left >= 0
            assert left + button.width <= size[0]
        if open_next is not None:
            stage_app.key(ESCAPE)


def name(stage: Stage, button: Any, text: str) -> None:
    """Press a button that asks for a name, and give one."""
    before = stage.top()
    stage.press(button)
    stage.until(lambda: stage.top() is not before, "the question")
    question = stage.top()
    question.ids.field.text = text
    stage.settle()
    stage.press(question.ids.yes)


def stroke_on(stage: Stage, canvas: Any, stroke: PenStroke) -> None:
    """Draw a stroke on a canvas, near its middle."""
    from kivy.tests.common import UnitTestTouch

    points = stroke.stroke.points - stroke.stroke.points.mean(axis=0)
    x, y = canvas.to_window(*canvas.center)
    path = [(x + float(dx), y - float(dy)) for dx, dy in points]
    finger = UnitTestTouch(*path[0])
    finger.touch_down()
    for point in path[1:]:
        finger.touch_move(*point)
    finger.touch_up()
    stage.settle()
