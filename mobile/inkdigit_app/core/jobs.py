"""Work that may wait for a disk, off the user interface's thread and in order. No Kivy in here."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

__all__ = ["Jobs"]

log = logging.getLogger(__name__)

Job = Callable[[], None]


class Jobs:
    """A thread that does one thing after the other.

    A job handles its own errors; one that does not is logged, and the next goes on.
    """

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._newest: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="storage", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Do this after all that was submitted before."""
        self._waiting.put(job)

    def submit_newest(self, name: str, job: Job) -> None:
        """As `submit`, but it takes the place of a job of that name that still waits."""
        with self._lock:
            waits = name in self._newest
            self._newest[name] = job
        if not waits:
            self._waiting.put(lambda: self._run_newest(name))

    def finish(self, timeout: float | None = None) -> bool:
        """Do what was submitted, then end; False where that took longer than the timeout."""
        self._waiting.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def wait(self, timeout: float | None = None) -> bool:
        """Come back once all that was submitted so far is done; False after the timeout."""
        done = threading.Event()
        self._waiting.put(done.set)
        return done.wait(timeout)

    def _run_newest(self, name: str) -> None:
        with self._lock:
            job = self._newest.pop(name)
        job()

    def _run(self) -> None:
        while (job := self._waiting.get()) is not None:
            try:
                job()
            except Exception as exc:  # the thread lives on for the next
                log.warning("a job failed", exc_info=exc)
