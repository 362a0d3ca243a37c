from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inkdigit import Stroke
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.store import settings_file
from inkdigit_app.store.autosave import Autosave
from inkdigit_app.store.history import History
from inkdigit_app.store.library import Library

WAIT_S = 60


class Session:
    """A run of the app without its window: a model that saves itself into a folder."""

    def __init__(self, folder: Path) -> None:
        self.model = ViewModel()
        self.answers: queue.Queue[Callable[[], None]] = queue.Queue()
        self.saves: list[Page] = []
        jobs = Jobs("test")
        jobs.start()
        self.library = Library(folder / "history.sqlite3", self.answers.put, print, jobs)
        save = self.library.save

        def record(page: Page, reading: PageReading, *rest: Any) -> None:
            self.saves.append(page)
            save(page, reading, *rest)

        self.library.save = record  # type: ignore[method-assign]
        self.autosave = Autosave(self.model, self.library, jobs, folder / "settings.json", print)
        self.model.subscribe(self.autosave.update)

    def open(self, before: Callable[[], None] = lambda: None) -> None:
        """Open the history; `before` runs while it is being read."""
        self.autosave.restore()
        restore = self.answers.get(timeout=WAIT_S)
        before()
        restore()

    def write(self, x: float = 0) -> None:
        self.model.begin_stroke()
        self.model.end_stroke(PenStroke(Stroke.from_points([(x, 0), (x, 50)]), 7.0))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Session]]:
    sessions: list[Session] = []

    def start() -> Session:
        if sessions:
            sessions[-1].library.close()
        sessions.append(Session(tmp_path))
        return sessions[-1]

    yield start
    sessions[-1].library.close()


def test_the_page_of_the_last_session_comes_back(start: Callable[[], Session]) -> None:
    session = start()
    session.open()
    session.write()
    again = start()
    again.open()
    assert again.model.page.key == session.model.page.key
    assert len(again.model.page.strokes) == 1
    assert again.saves == []


def test_a_user_who_was_quicker_keeps_the_new_page(start: Callable[[], Session]) -> None:
    session = start()
    session.open()
    session.write()
    again = start()
    again.open(before=again.write)
    assert again.model.page.key != session.model.page.key
    assert len(again.saves) == 1


def test_a_page_is_saved_once_per_change(start: Callable[[], Session]) -> None:
    session = start()
    session.open()
    session.write()
    session.model.select(None)
    session.model.notify("A word")
    assert session.saves == [session.model.page]
    request = session.model.request()
    assert request is not None
    session.model.accept(request, PageReading())
    assert len(session.saves) == 2


def test_settings_are_saved_when_they_change(start: Callable[[], Session], tmp_path: Path) -> None:
    session = start()
    session.open()
    session.model.change(left_handed=True)
    session.library.flush()
    assert settings_file.load(tmp_path / "settings.json").left_handed


def test_undo_and_redo_go_on_after_a_restart(start: Callable[[], Session]) -> None:
    session = start()
    session.open()
    for _ in range(3):
        session.write()
    session.model.undo()
    session = start()
    session.open()
    model = session.model
    assert len(model.page.strokes) == 2
    model.redo()
    assert len(model.page.strokes) == 3
    for left in (2, 1, 0):
        model.undo()
        assert len(model.page.strokes) == left
    assert not model.can_undo


def test_a_page_undone_to_blank_can_be_redone_after_a_restart(
    start: Callable[[], Session],
) -> None:
    session = start()
    session.open()
    session.write()
    session.write()
    session.model.undo()
    session.model.undo()
    session = start()
    session.open()
    assert session.model.page.blank
    session.model.redo()
    session.model.redo()
    assert len(session.model.page.strokes) == 2


def test_a_page_erased_to_blank_can_be_undone_after_a_restart(
    start: Callable[[], Session],
) -> None:
    session = start()
    session.open()
    session.write()
    session.model.erase({0})
    session = start()
    session.open()
    session.model.undo()
    assert len(session.model.page.strokes) == 1


def test_a_blank_page_goes_for_good_once_another_is_begun(
    start: Callable[[], Session], tmp_path: Path
) -> None:
    session = start()
    session.open()
    session.write()
    blank = session.model.page.key
    session.model.undo()
    session.model.open(Page())
    session.write()
    session.library.flush()
    history = History(tmp_path / "history.sqlite3")
    assert history.load(blank) is None
    assert len(history.entries()) == 1
    history.close()


def test_strokes_that_the_disk_had_no_time_for_come_back_after_a_kill(
    start: Callable[[], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start()
    session.open()
    session.write()
    session.library.flush()
    with monkeypatch.context() as stuck:
        stuck.setattr(session.library, "save", lambda *_: None)  # the disk is behind
        session.write(30)
        session.write(60)
    session = start()
    session.open()
    assert len(session.model.page.strokes) == 3
    session.model.undo()
    assert len(session.model.page.strokes) == 2


def test_no_fresh_ink_is_left_once_all_is_saved(
    start: Callable[[], Session], tmp_path: Path
) -> None:
    session = start()
    session.open()
    session.write()
    session.write()
    session.library.flush()
    assert not list(tmp_path.glob("fresh-ink-*"))
