"""Saves what is learnt: at once, but at most once a second, on the thread that uses the disk."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable

from inkdigit import Writer
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.words.language import tr
from inkdigit_app.core.words.troubles import reason
from inkdigit_app.store.hands import Hands

__all__ = ["HandSaves"]

log = logging.getLogger(__name__)

PAUSE_S = 1.0  # a killed app loses no more than what was learnt in this time


class HandSaves:
    """Takes a state after each lesson; of those that come in quick succession writes the last.

    Args:
        hands: Where they are kept.
        jobs: The thread that writes.
        on_trouble: Gets a message, on that thread, where one could not be saved.
    """

    def __init__(self, hands: Hands, jobs: Jobs, on_trouble: Callable[[str], None]) -> None:
        self._hands = hands
        self._jobs = jobs
        self._on_trouble = on_trouble
        self._lock = threading.Lock()
        self._waiting: dict[str, Writer] = {}
        self._timer: threading.Timer | None = None
        self._written = -math.inf

    def save(self, key: str, writer: Writer) -> None:
        """Write a person's hand soon. Returns at once; may be called on any thread.

        Args:
            key: The person's.
            writer: Must not change any more.
        """
        with self._lock:
            self._waiting[key] = writer
            if self._timer is None:
                pause = max(self._written + PAUSE_S - time.monotonic(), 0)
                self._timer = threading.Timer(pause, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Have the jobs' thread write what waits, without a pause. Returns at once."""
        self._jobs.submit(self.write)

    def write(self) -> None:
        """Write what waits, on the jobs' thread only."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            waiting, self._waiting = self._waiting, {}
            if waiting:  # otherwise the next lesson would wait for nothing
                self._written = time.monotonic()
        for key, writer in waiting.items():
            try:
                self._hands.save(key, writer)
            except OSError as exc:
                log.warning("a hand is not saved: %s", exc)
                text = tr("What was learnt could not be saved: {reason}")
                self._on_trouble(text.format(reason=reason(exc)))
