"""Recognition off the user interface's thread. In: requests. Out: predictions, or what went wrong.

No Kivy in here: the app brings the results back to its own thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from inkdigit import Ink, Prediction
from inkdigit_app.view_model import Request

__all__ = ["DigitReader", "RecognitionWorker"]

# Any stroke will do: the first run of a model costs several times the ones after it.
WARM_UP_INK = Ink([[(0, 0), (0, 40)]])

log = logging.getLogger(__name__)


class DigitReader(Protocol):
    """What the app asks of a recogniser; `inkdigit.Recognizer` is one."""

    def predict_digit(self, source: Ink, /) -> Prediction:
        """Read one expected digit."""


class RecognitionWorker:
    """A thread that loads the recogniser, warms it up, and reads the newest request.

    Args:
        make_recognizer: Makes the recogniser; called once, on the worker's thread.
        deliver: Called on the worker's thread with each request and its prediction, or the error.
    """

    def __init__(
        self,
        make_recognizer: Callable[[], DigitReader],
        deliver: Callable[[Request, Prediction | Exception], None],
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
        recognizer = self._load()
        while (request := self._wait()) is not None:
            result: Prediction | Exception
            if isinstance(recognizer, Exception):
                result = recognizer
            else:
                try:
                    result = recognizer.predict_digit(request.ink)
                except Exception as exc:  # shown; the thread lives on for the next
                    log.warning("reading failed", exc_info=exc)
                    result = exc
            self._deliver(request, result)

    def _load(self) -> DigitReader | Exception:
        try:
            recognizer = self._make_recognizer()
            recognizer.predict_digit(WARM_UP_INK)
        except Exception as exc:  # noqa: BLE001  # shown in answer to each request
            log.warning("the recogniser cannot be used: %s", exc)
            return exc
        return recognizer

    def _wait(self) -> Request | None:
        with self._wake:
            self._wake.wait_for(lambda: self._stopped or self._next is not None)
            request, self._next = self._next, None
            return None if self._stopped else request
