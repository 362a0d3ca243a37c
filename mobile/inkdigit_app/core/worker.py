"""Reads pages, and learns, on a thread of its own: requests in, readings or errors out."""

from __future__ import annotations

import copy
import logging
from collections import deque
from collections.abc import Callable

from inkdigit import Stroke, Writer
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.learning.hand import Hand
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.core.page_reader import NumberRecognizer, PageReader
from inkdigit_app.core.view_model import Request

__all__ = ["WARM_UP_PAGE", "RecognitionWorker"]

# Any stroke will do: the first run of a model costs several times the later ones.
WARM_UP_PAGE = Page((PenStroke(Stroke.from_points([(0, 0), (20, 30), (0, 60)]), 7.0),))

log = logging.getLogger(__name__)


class RecognitionWorker(Jobs):
    """A thread that loads the recogniser, warms it up, and reads the newest request.

    It starts with `start` and ends with `stop`, after the page that it is reading.

    Args:
        make_recognizer: Makes the recogniser; called once, on the worker's thread.
        deliver: Called on the worker's thread with each request and its reading, or the error.
        free_memory: Called after the first answer on a page, when the page before it is garbage.
        hand: What it reads with, and what lessons change.
    """

    def __init__(
        self,
        make_recognizer: Callable[[], NumberRecognizer],
        deliver: Callable[[Request, PageReading | Exception], None],
        free_memory: Callable[[], None] = lambda: None,
        hand: Hand | None = None,
    ) -> None:
        super().__init__("recognition")
        self._make_recognizer = make_recognizer
        self._deliver = deliver
        self._free_memory = free_memory
        self._reader: PageReader | Exception
        self._page_key = ""
        self._hand = hand or Hand()
        self._lessons: deque[Callable[[Hand], None]] = deque()
        # A table takes seconds, and may be closed meanwhile: what follows does not wait for it.
        self._tables: Jobs | None = None
        self.submit(self._load)

    def read(self, request: Request) -> None:
        """Read this next, in place of a request that still waits."""
        self.submit_newest("read", lambda: self._read(request))

    def teach(self, lesson: Callable[[Hand], None]) -> None:
        """Run a lesson before anything else is read."""
        self._lessons.append(lesson)
        self.submit(self._teach)

    def teach_idle(self, lesson: Callable[[Hand], None]) -> None:
        """Run a lesson once there is nothing to read."""
        self.submit_idle(lambda: lesson(self._hand))

    def change_hand(self, lesson: Callable[[Hand], None]) -> None:
        """As `teach`, and read a picture anew the next time."""

        def change(hand: Hand) -> None:
            lesson(hand)
            if not isinstance(self._reader, Exception):
                self._reader.forget_picture()
            if self._tables is not None:
                self._tables.submit(self._table_reader.forget_picture)

        self.teach(change)

    def _teach(self) -> None:
        while self._lessons:
            lesson = self._lessons.popleft()
            try:
                lesson(self._hand)
            except Exception as exc:  # what follows is read all the same
                log.warning("a lesson failed", exc_info=exc)

    def _load(self) -> None:
        try:
            recognizer = self._make_recognizer()
            self._recognizer = recognizer
            self._reader = PageReader(recognizer)
            self._reader.read(WARM_UP_PAGE)
            self._hand.teacher = recognizer
        except Exception as exc:  # noqa: BLE001  # the answer to each request
            log.warning("the recogniser cannot be used: %s", exc)
            self._reader = exc

    def _read(self, request: Request) -> None:
        self._teach()
        if request.page.sheet.as_table and not isinstance(self._reader, Exception):
            self._read_table(request)
            return
        self._answer(self._reader, request, self._hand.reads_with)
        if request.page.key != self._page_key:
            self._page_key = request.page.key
            self._free_memory()

    def _read_table(self, request: Request) -> None:
        if self._tables is None:
            self._tables = Jobs("tables")
            self._tables.start()
            self._table_reader = PageReader(self._recognizer)
        writer = copy.copy(self._hand.reads_with)  # lessons go on meanwhile
        self._tables.submit_newest(
            "read", lambda: self._answer(self._table_reader, request, writer)
        )

    def stop(self) -> None:
        """End after the running job, without those that still wait. Returns at once."""
        super().stop()
        if self._tables is not None:
            self._tables.stop()

    def _answer(
        self, reader: PageReader | Exception, request: Request, writer: Writer | None
    ) -> None:
        result: PageReading | Exception
        if isinstance(reader, Exception):
            result = reader
        else:
            try:
                result = reader.read(request.page, request.length, writer, request.allowed)
            except Exception as exc:  # shown to the user; the next request may work
                log.warning("reading failed", exc_info=exc)
                result = exc
        self._deliver(request, result)
