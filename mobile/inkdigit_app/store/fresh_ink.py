"""Strokes that the history does not have yet: a line of a file each, written as the pen lifts.

The history writes on a background thread and waits for the disk, so on a busy machine it can be
some strokes behind the pen. A line appended to a file outlives the app as soon as it is written,
and takes the user interface's thread less than a tenth of a millisecond. The next start gives the
history what it lacks.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import threading
import uuid
from pathlib import Path

from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.page import Page, PageSteps, PenStroke, Step
from inkdigit_app.store.history import History
from inkdigit_app.store.rows import FAULTS, is_text, points_to_bytes, stroke_of

__all__ = ["FreshInk", "recover"]

NAME = "fresh-ink-{}.jsonl"  # each instance of the app has its own

log = logging.getLogger(__name__)


class FreshInk:
    """The file of this instance. It is there only while the history lacks something.

    Args:
        folder: Of the history.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME.format(uuid.uuid4().hex)
        self._lock = threading.Lock()
        self._count = 0

    @property
    def count(self) -> int:
        """How many strokes were added so far."""
        return self._count

    def add(self, key: str, stroke: PenStroke) -> None:
        """Write a stroke of the page with that key, until the history has it."""
        points = base64.b64encode(points_to_bytes(stroke)).decode()
        line = json.dumps([key, stroke.width, points]) + "\n"
        with self._lock:
            self._count += 1
            try:
                # Opened each time, as another instance may take the file meanwhile.
                handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(handle, line.encode())
                finally:
                    os.close(handle)
            except OSError as exc:  # the history will say what is wrong with the disk
                log.info("a stroke is not noted: %s", exc)

    def settle(self, count: int) -> None:
        """The history has the first `count` strokes; remove the file if these are all."""
        with self._lock:
            if count == self._count:
                self._path.unlink(missing_ok=True)

    def recover(self, history: History, keep_all: bool) -> None:
        """As the function `recover`, without what this instance wrote itself."""
        recover(history, self._path.parent, keep_all, but=self._path)


def recover(history: History, folder: Path, keep_all: bool = True, but: Path | None = None) -> None:
    """Give the history the strokes that instances of the app left when they were killed.

    Args:
        history: Takes them, each as a step that can be undone.
        folder: Where their files are.
        keep_all: Whether pages that were no longer on the canvas are kept.
        but: A file to leave alone.

    Raises:
        OSError: If a file cannot be read.
        sqlite3.OperationalError: If the disk is full; the files stay for the next start.
    """
    for path in sorted(folder.glob(NAME.format("*"))):
        if path == but:
            continue
        pages = _read(path)
        for number, (key, strokes) in enumerate(pages.items(), 1):
            last = number == len(pages)
            if last or keep_all:
                _add(history, key, strokes)
            if last:
                history.current = key
        path.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, list[PenStroke]]:
    """The strokes of each page, by its key; the page written on last comes last."""
    pages: dict[str, list[PenStroke]] = {}
    for line in path.read_bytes().splitlines():
        try:
            key, width, points = json.loads(line)
            if not is_text(key):
                raise ValueError(f"{key!r} instead of a page's key")
            stroke = stroke_of(0, width, base64.b64decode(points, validate=True))
        except FAULTS as exc:  # the line in hand as the app was killed, say
            log.warning("a stroke in %s is damaged: %s", path, exc)
            continue
        pages[key] = [*pages.pop(key, []), stroke]
    return pages


def _add(history: History, key: str, strokes: list[PenStroke]) -> None:
    saved = history.load(key)
    page, reading = Page(key=key), PageReading()
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()
    if saved is not None:
        page, reading = saved.page, saved.reading
        past, future = saved.steps.past, saved.steps.future
    stored = {_content(stroke) for stroke in page.strokes}
    for stroke in strokes:
        if _content(stroke) in stored:
            continue
        before, page = page, page.with_stroke(stroke)
        past, future = (*past, Step.between(page, before)), ()
    history.save(page, reading, PageSteps(past, future))


def _content(stroke: PenStroke) -> tuple[float, bytes]:
    return stroke.width, points_to_bytes(stroke)
