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
from inkdigit_app.store.history import History
from inkdigit_app.store.library import Library

WAIT_S = 60


class Desk:
    """The library, and a queue of what it delivers."""

    def __init__(self, path: Path) -> None:
        self.answers: queue.Queue[Callable[[], None]] = queue.Queue()
        self.trouble: list[str] = []
        jobs = Jobs("test")
        jobs.start()
        self.library = Library(path, self.answers.put, self.trouble.append, jobs)

    def ask(self, question: Callable[[Callable[[Any], None]], None]) -> Any:
        """The answer to a question, after all earlier deliveries."""
        said: list[Any] = []
        question(said.append)
        while not said:
            self.answers.get(timeout=WAIT_S)()
        return said[0]

    def hear(self) -> list[str]:
        """The troubles reported so far, once all work is done."""
        self.library.flush()
        while not self.answers.empty():
            self.answers.get()()
        return self.trouble


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


@pytest.fixture
def desk(path: Path) -> Iterator[Desk]:
    desk = Desk(path)
    yield desk
    desk.library.close()


def page(x: float = 0.0) -> Page:
    return Page((PenStroke(Stroke.from_points([(x, 0), (x, 50)]), 7.0),))


def test_a_new_history_has_nothing_on_the_canvas(desk: Desk) -> None:
    assert desk.ask(desk.library.open) is None


def test_what_was_on_the_canvas_comes_back(desk: Desk, path: Path) -> None:
    desk.ask(desk.library.open)
    old, new = page(), page()
    desk.library.save(old, PageReading(), True)
    desk.library.save(new, PageReading(), True)
    desk.library.close()
    again = Desk(path)
    kept = again.ask(again.library.open)
    assert kept.page.key == new.key
    assert len(again.ask(lambda done: again.library.ask(History.entries, done))) == 2
    again.library.close()


def test_without_history_only_the_page_on_the_canvas_is_kept(desk: Desk) -> None:
    desk.ask(desk.library.open)
    old, new = page(), page()
    desk.library.save(old, PageReading(), False)
    desk.library.save(new, PageReading(), False)
    (entry,) = desk.ask(lambda done: desk.library.ask(History.entries, done))
    assert entry.key == new.key


def test_the_last_stroke_before_a_new_page_is_not_lost(desk: Desk) -> None:
    desk.ask(desk.library.open)
    one = page()
    for x in range(1, 20):
        one = one.with_stroke(page(float(x)).strokes[0])
        desk.library.save(one, PageReading(), True)
    desk.library.save(Page(), PageReading(), True)
    kept = desk.ask(lambda done: desk.library.ask(lambda history: history.load(one.key), done))
    assert len(kept.page.strokes) == 20


def test_a_deleted_page_is_restored(desk: Desk) -> None:
    desk.ask(desk.library.open)
    one = page()
    desk.library.save(one, PageReading(), True)
    kept = desk.ask(lambda done: desk.library.ask(lambda history: history.delete(one.key), done))
    assert desk.ask(lambda done: desk.library.ask(History.entries, done)) == []
    desk.ask(lambda done: desk.library.ask(lambda history: history.restore(kept), done))
    assert len(desk.ask(lambda done: desk.library.ask(History.entries, done))) == 1
    desk.ask(lambda done: desk.library.ask(History.delete_all, done))
    assert desk.ask(lambda done: desk.library.ask(History.entries, done)) == []


def test_damage_is_reported_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_bytes(b"damaged" * 500)
    desk = Desk(path)
    assert desk.ask(desk.library.open) is None
    desk.library.save(page(), PageReading(), True)
    (told,) = desk.hear()
    assert "damaged" in told
    assert "unreadable" in told
    desk.library.close()


def test_a_history_that_cannot_be_opened_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    desk = Desk(tmp_path / "file" / "history.sqlite3")
    desk.library.open(lambda _: None)
    assert "cannot be used" in desk.hear()[0]
    desk.library.close()


def test_closing_writes_what_waits(desk: Desk, path: Path) -> None:
    desk.ask(desk.library.open)
    desk.library.save(page(), PageReading(), True)
    desk.library.close()
    history = History(path)
    assert len(history.entries()) == 1
    history.close()
