"""The history on a background thread, so that the user interface never waits for the disk.

Every method but `flush` and `close` returns at once; results come back on the user interface's
thread.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from inkdigit import InkDigitError
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.page import Page, PageSteps, PenStroke, SavedPage
from inkdigit_app.core.words.language import tr
from inkdigit_app.core.words.troubles import reason
from inkdigit_app.store.fresh_ink import FreshInk
from inkdigit_app.store.history import History

__all__ = ["Library"]

T = TypeVar("T")

log = logging.getLogger(__name__)

CLOSE_S = 5.0  # for the disk to take what was written last


class Library:
    """The history, for the user interface.

    Args:
        path: Of the history's file.
        deliver: Calls a function on the user interface's thread.
        on_trouble: Gets a message, on that thread, where something could not be saved or read.
        jobs: The thread that does the work.
    """

    def __init__(
        self,
        path: Path,
        deliver: Callable[[Callable[[], None]], None],
        on_trouble: Callable[[str], None],
        jobs: Jobs,
    ) -> None:
        self._path = path
        self._deliver = deliver
        self._on_trouble = on_trouble
        self._jobs = jobs
        self._history: History | None = None
        self._fresh = FreshInk(path.parent)
        self._current: str | None = None

    def open(self, done: Callable[[SavedPage | None], None], keep_history: bool = True) -> None:
        """Open the file; `done` gets the page that was on the canvas last.

        Args:
            done: Is called on the user interface's thread.
            keep_history: As for `save`.
        """
        self.ask(lambda history: self._last_page(history, keep_history), done)

    def note(self, key: str, stroke: PenStroke) -> None:
        """Put a stroke out of danger until `save` has written it; see `fresh_ink`."""
        self._fresh.add(key, stroke)

    def save(
        self,
        page: Page,
        reading: PageReading,
        keep_history: bool,
        steps: PageSteps = PageSteps(),  # noqa: B008  # immutable
    ) -> None:
        """Write the page on the canvas.

        Args:
            page: As it is now.
            reading: What it reads, as far as that is known.
            keep_history: Whether the page that was on the canvas before stays in the history.
            steps: What can be undone and redone on it.
        """
        fresh = self._fresh.count

        def write(history: History) -> None:
            self._save(history, page, reading, steps, keep_history)
            self._fresh.settle(fresh)

        # By page: a newer state of it may replace one that waits, another page may not.
        self._jobs.submit_newest(f"save {page.key}", self._job(write))

    def ask(self, question: Callable[[History], T], done: Callable[[T], None]) -> None:
        """Call `question` with the history on the background thread; `done` gets the result."""
        self._jobs.submit(self._job(question, done))

    def flush(self) -> None:
        """Wait until all that was submitted is on the disk."""
        self._jobs.wait(CLOSE_S)

    def close(self) -> None:
        """Write what still waits, and close the file."""

        def close() -> None:
            if self._history is not None:
                self._history.close()

        self._jobs.submit(close)
        self._jobs.finish(CLOSE_S)

    def _last_page(self, history: History, keep_history: bool) -> SavedPage | None:
        self._fresh.recover(history, keep_history)
        self._current = history.current
        return history.load(self._current) if self._current else None

    def _save(
        self, history: History, page: Page, reading: PageReading, steps: PageSteps, keep: bool
    ) -> None:
        history.save(page, reading, steps)
        if page.key != self._current:
            if self._current is not None and not keep:
                history.delete(self._current)
            elif self._current is not None:
                history.delete_blank(self._current)
            history.current = page.key
            self._current = page.key

    def _job(
        self, question: Callable[[History], T], done: Callable[[T], None] | None = None
    ) -> Callable[[], None]:
        """A job that delivers the answer to `done`, or reports why there is none."""

        def job() -> None:
            try:
                if self._history is None:
                    self._history = History(self._path)
                answer = question(self._history)
            except (sqlite3.Error, OSError, InkDigitError) as exc:
                log.warning("the history: %s", exc)
                text = tr("The history cannot be used: {reason}")
                self._report(text.format(reason=reason(exc)))
                return
            finally:
                self._report_damage()
            if done is not None:
                self._deliver(lambda: done(answer))

        return job

    def _report_damage(self) -> None:
        if self._history is not None:
            for notice in self._history.take_notices():
                self._report(notice)

    def _report(self, trouble: str) -> None:
        self._deliver(lambda: self._on_trouble(trouble))
