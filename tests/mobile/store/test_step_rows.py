from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.page import Page, PageSteps, PenStroke, Picture, Sheet
from inkdigit_app.core.pictures.table_reading import CellText
from inkdigit_app.core.undo import UndoStack
from inkdigit_app.store.history import History

BOX = (0.0, 0.0, 10.0, 50.0)


class Desk:
    """A page with its steps, saved after each change, as the app does."""

    def __init__(self, history: History, page: Page | None = None) -> None:
        self.history, self.page, self.undo_stack = history, page or Page(), UndoStack()
        self.states = [self.page]

    def go(self, page: Page) -> None:
        self.undo_stack.record(self.page, page)
        self.page = page
        self.states.append(page)
        self.save()

    def undo(self) -> None:
        self.page = self.undo_stack.undo(self.page)
        self.save()

    def save(self) -> None:
        self.history.save(self.page, PageReading(), self.undo_stack.steps)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    history = History(path)
    yield history
    history.close()


def stroke(x: float) -> PenStroke:
    return PenStroke(Stroke.from_points([(x, 0.25), (x + 10, 50.5)]), 7.0)


def looks(page: Page) -> list[Any]:
    """A page in terms that outlive a restart."""
    return [
        sorted((s.width, s.stroke.points.tobytes()) for s in page.strokes),
        sorted(
            (sorted(page.strokes[n].stroke.points.tobytes() for n in c.strokes), c.box, c.labels)
            for c in page.corrections
        ),
        page.picture and (page.picture.turns, page.picture.size),
        page.sheet,
    ]


def reopened(path: Path, key: str) -> tuple[Page, UndoStack]:
    """The page as another run of the app finds it."""
    history = History(path)
    saved = history.load(key)
    history.close()
    assert saved is not None
    stack = UndoStack()
    stack.load(saved.steps)
    return saved.page, stack


def test_every_state_of_a_page_comes_back_after_a_restart(history: History, path: Path) -> None:
    desk = Desk(history)
    for x in (0, 20, 40, 60):
        desk.go(desk.page.with_stroke(stroke(x)))
    one = Correction((1,), BOX, ("7",))
    two = Correction((2, 3), BOX, ("4", None))
    desk.go(replace(desk.page, corrections=(one,)))
    desk.go(replace(desk.page, corrections=(one, two)))
    strokes = desk.page.strokes
    parts = (stroke(41), stroke(47))
    desk.go(replace(desk.page, strokes=(*strokes[:2], *parts, strokes[3]), corrections=(one,)))
    desk.go(replace(desk.page, strokes=desk.page.strokes[1:],
                    corrections=(replace(one, strokes=(0,)),)))  # fmt: skip
    desk.undo()
    desk.undo()
    page, stack = reopened(path, desk.page.key)
    position = len(desk.states) - 3
    assert looks(page) == looks(desk.states[position])
    while stack.can_redo:
        page, position = stack.redo(page), position + 1
        assert looks(page) == looks(desk.states[position])
    assert position == len(desk.states) - 1
    while stack.can_undo:
        page, position = stack.undo(page), position - 1
        assert looks(page) == looks(desk.states[position])
    assert position == 0


def test_turns_regions_and_cells_of_a_picture_are_steps(history: History, path: Path) -> None:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (80, 40), 255).save(buffer, "PNG")
    desk = Desk(history, Page(picture=Picture(buffer.getvalue(), (80, 40), "scan.png")))
    assert desk.page.picture is not None
    desk.go(replace(desk.page, picture=desk.page.picture.turned()))
    desk.go(replace(desk.page, sheet=Sheet((1.0, 2.0, 30.0, 40.0))))
    desk.go(replace(desk.page, sheet=Sheet(None, True, (CellText(1, 2, "4.5"),))))
    page, stack = reopened(path, desk.page.key)
    for state in reversed(desk.states):
        assert looks(page) == looks(state)
        page = stack.undo(page)


def test_steps_of_a_reopened_page_are_saved_again(history: History, path: Path) -> None:
    desk = Desk(history)
    for x in (0, 20):
        desk.go(desk.page.with_stroke(stroke(x)))
    desk.undo()
    saved = history.load(desk.page.key)
    assert saved is not None
    history.save(saved.page.with_stroke(stroke(90)), PageReading(), PageSteps(saved.steps.past))
    page, stack = reopened(path, desk.page.key)
    assert len(page.strokes) == 2
    assert len(stack.undo(page).strokes) == 1


def test_ink_of_another_instance_stays_while_this_one_s_is_undone(
    history: History, path: Path
) -> None:
    desk = Desk(history)
    for x in (0, 20):
        desk.go(desk.page.with_stroke(stroke(x)))
    other = History(path)
    theirs = other.load(desk.page.key)
    assert theirs is not None
    other.save(theirs.page.with_stroke(stroke(90)), PageReading(), theirs.steps)
    other.close()
    page, stack = reopened(path, desk.page.key)
    assert len(page.strokes) == 3
    while stack.can_undo:
        page = stack.undo(page)
    assert [float(s.stroke.points[0, 0]) for s in page.strokes] == [90.0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: b"\xff" + text.encode(),
        lambda text: text.replace('"version":1', '"version":9'),
        lambda text: json.dumps([1, 2]),
        lambda text: json.dumps({"version": 1, "past": [[["x"], [], [], [], None]],
                                 "future": [], "strokes": {}}),
        lambda text: json.dumps({"version": 1, "past": [], "future": [],
                                 "strokes": {"5": [7.0, "no base64!"]}}),
    ],
)  # fmt: skip
def test_a_page_with_damaged_steps_opens_and_they_are_set_aside(
    history: History, path: Path, damage: Any
) -> None:
    desk = Desk(history)
    for x in (0, 20):
        desk.go(desk.page.with_stroke(stroke(x)))
    with sqlite3.connect(path) as db:
        ((before,),) = db.execute("SELECT steps FROM page").fetchall()
        damaged = damage(before)
        db.execute("UPDATE page SET steps = CAST(? AS TEXT)", (damaged,))
    db.close()
    saved = history.load(desk.page.key)
    assert saved is not None
    assert looks(saved.page) == looks(desk.page)
    assert saved.steps.past == ()
    assert history.set_aside is not None
    with sqlite3.connect(history.set_aside) as aside:
        aside.text_factory = bytes
        ((kept,),) = aside.execute("SELECT steps FROM page").fetchall()
    aside.close()
    assert kept == (damaged if isinstance(damaged, bytes) else damaged.encode())
    assert len(history.take_notices()) == 1
    history.load(desk.page.key)  # it is whole now
    assert history.take_notices() == []


def test_steps_take_little_room(history: History, path: Path) -> None:
    desk = Desk(history)
    for x in range(100):
        desk.page, before = desk.page.with_stroke(stroke(x)), desk.page
        desk.undo_stack.record(before, desk.page)
    desk.save()
    with sqlite3.connect(path) as db:
        ((size,),) = db.execute("SELECT length(steps) FROM page").fetchall()
    db.close()
    assert size < 100 * 40


def test_steps_outlive_a_damaged_file(
    history: History, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(history)
    for x in (0, 20):
        desk.go(desk.page.with_stroke(stroke(x)))
    desk.go(replace(desk.page, strokes=desk.page.strokes[1:]))
    history.replace(ValueError("damaged"))
    page, stack = reopened(path, desk.page.key)
    for state in reversed(desk.states):
        assert looks(page) == looks(state)
        page = stack.undo(page)
