"""The history behind a thread: nothing here makes the user interface wait. No Kivy in here.

Every method returns at once; what comes back comes through `deliver`, on the interface's thread.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from inkdigit import InkDigitError
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.page import HistoryEntry, Page, SavedPage
from inkdigit_app.store.export import Exported, export_corrections
from inkdigit_app.store.history import History

__all__ = ["Library"]

T = TypeVar("T")

CLOSE_S = 5.0  # for the disk to take what was written last


class Library:
    """The history, for the user interface.

    Args:
        path: Of the history's file.
        deliver: Calls a function on the user interface's thread.
        on_trouble: Is told, on that thread, what could not be kept or read.
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
        self._told: Path | None = None
        self._current: str | None = None

    def open(self, done: Callable[[SavedPage | None], None]) -> None:
        """Open the file; `done` gets the page that was on the canvas last."""

        def work() -> SavedPage | None:
            self._history = History(self._path)
            self._current = self._history.current
            return self._history.load(self._current) if self._current else None

        self._do(work, done)

    def keep(self, page: Page, reading: PageReading, history: bool) -> None:
        """Write the page that is on the canvas.

        Args:
            page: As it is now.
            reading: What it reads, as far as that is known.
            history: Whether the page that was there before stays in the history.
        """
        # Of each page the newest state only; never one page's in place of another's.
        self._jobs.submit_newest(
            f"keep {page.key}", lambda: self._do_now(lambda: self._keep(page, reading, history))
        )

    def entries(self, search: str, done: Callable[[list[HistoryEntry]], None]) -> None:
        """List the pages whose text has these characters in it, newest first."""
        self._do(lambda: self._open_history.entries(search), done)

    def load(self, key: str, done: Callable[[SavedPage | None], None]) -> None:
        """Read a page."""
        self._do(lambda: self._open_history.load(key), done)

    def delete(self, key: str, done: Callable[[SavedPage | None], None]) -> None:
        """Delete a page; `done` gets it, for `restore`."""
        self._do(lambda: self._open_history.delete(key), done)

    def restore(self, kept: SavedPage, done: Callable[[None], None]) -> None:
        """Write a page again that was deleted."""
        self._do(lambda: self._open_history.restore(kept), done)

    def delete_all(self, done: Callable[[None], None]) -> None:
        """Delete every page."""
        self._do(lambda: self._open_history.delete_all(), done)  # noqa: PLW0108  # opened later

    def export(self, folder: Path, done: Callable[[Exported], None]) -> None:
        """Write the corrections of all pages to files in a folder."""
        stamp = time.strftime("%Y%m%d-%H%M%S")
        self._do(lambda: export_corrections(self._open_history.corrected(), folder, stamp), done)

    def flush(self) -> None:
        """Come back once what was submitted is on the disk."""
        self._jobs.wait(CLOSE_S)

    def close(self) -> None:
        """Write what still waits to be written, and close the file."""

        def work() -> None:
            if self._history is not None:
                self._history.close()

        self._jobs.submit(lambda: self._do_now(work))
        self._jobs.finish(CLOSE_S)

    @property
    def _open_history(self) -> History:
        if self._history is None:
            raise OSError(f"the history at {self._path} could not be opened")
        return self._history

    def _keep(self, page: Page, reading: PageReading, keep_history: bool) -> None:
        history = self._open_history
        history.save(page, reading)
        if page.key != self._current:
            if self._current is not None and not keep_history:
                history.delete(self._current)
            history.current = page.key
            self._current = page.key

    def _do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def job() -> None:
            results = self._run(work)
            if results:
                self._deliver(lambda: done(results[0]))

        self._jobs.submit(job)

    def _do_now(self, work: Callable[[], None]) -> None:
        self._run(work)

    def _run(self, work: Callable[[], T]) -> list[T]:
        """What the work returns, or nothing where it failed, which is told."""
        try:
            return [work()]
        except (sqlite3.Error, OSError, InkDigitError) as exc:
            reason = f"The history cannot be used: {exc}"
            self._deliver(lambda: self._on_trouble(reason))
            return []
        finally:
            if self._history is not None and self._history.set_aside not in (None, self._told):
                self._told = self._history.set_aside
                text = f"The history was damaged. It is kept as {self._told}; a new one begins."
                self._deliver(lambda: self._on_trouble(text))
