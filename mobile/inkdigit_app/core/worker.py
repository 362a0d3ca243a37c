"""Reading off the user interface's thread. In: requests. Out: readings, or what went wrong.

No Kivy in here: the app brings the results back to its own thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from inkdigit import Stroke
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.core.page_reader import NumberRecognizer, PageReader
from inkdigit_app.core.view_model import Request
from inkdigit_app.platforms.memory import give_back

__all__ = ["WARM_UP_PAGE", "RecognitionWorker"]

# Any stroke will do: the first run of a model costs several times the ones after it.
WARM_UP_PAGE = Page((PenStroke(Stroke.from_points([(0, 0), (20, 30), (0, 60)]), 7.0),))

log = logging.getLogger(__name__)


class RecognitionWorker:
    """A thread that loads the recogniser, warms it up, and reads the newest request.

    Args:
        make_recognizer: Makes the recogniser; called once, on the worker's thread.
        deliver: Called on the worker's thread with each request and its reading, or the error.
    """

    def __init__(
        self,
        make_recognizer: Callable[[], NumberRecognizer],
        deliver: Callable[[Request, PageReading | Exception], None],
    ) -> None:
        self._make_recognizer = make_recognizer
        self._deliver = deliver
        self._wake = threading.Condition()
        self._next: Request | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="recognition", daemon=True)

    def start(self) -> None:
        """Load the model. Requests may come before that; the newest one is kept."""
        self._thread.start()

    def submit(self, request: Request) -> None:
        """Read this next. It takes the place of a request that still waits."""
        with self._wake:
            self._next = request
            self._wake.notify()

    def stop(self) -> None:
        """Read nothing any more. Returns at once; the thread ends after what it is reading."""
        with self._wake:
            self._stopped = True
            self._wake.notify()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the thread to end after `stop`; False where it has not within the timeout."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        reader = self._load()
        last_page = ""
        while (request := self._wait()) is not None:
            result: PageReading | Exception
            if isinstance(reader, Exception):
                result = reader
            else:
                try:
                    result = reader.read(request.page, request.length)
                except Exception as exc:  # shown; the thread lives on for the next
                    log.warning("reading failed", exc_info=exc)
                    result = exc
            self._deliver(request, result)
            if request.page.key != last_page:  # that one is done with, and the answer is out
                last_page = request.page.key
                give_back()

    def _load(self) -> PageReader | Exception:
        try:
            reader = PageReader(self._make_recognizer())
            reader.read(WARM_UP_PAGE)
        except Exception as exc:  # noqa: BLE001  # shown in answer to each request
            log.warning("the recogniser cannot be used: %s", exc)
            return exc
        return reader

    def _wait(self) -> Request | None:
        with self._wake:
            self._wake.wait_for(lambda: self._stopped or self._next is not None)
            request, self._next = self._next, None
            return None if self._stopped else request
