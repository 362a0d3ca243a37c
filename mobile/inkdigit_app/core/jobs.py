"""A background thread: jobs in, run in order; a newer job may replace one that still waits."""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable

__all__ = ["Jobs"]

log = logging.getLogger(__name__)

Job = Callable[[], None]


class Jobs:
    """A thread that runs one job after the other.

    A job handles its own errors; one that does not is logged, and the next one runs.
    """

    def __init__(self, name: str) -> None:
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._newest: dict[str, Job] = {}
        self._idle: deque[Job] = deque()
        self._lock = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread. Jobs submitted earlier run first."""
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Run this after all that was submitted before."""
        self._waiting.put(job)

    def submit_newest(self, name: str, job: Job) -> None:
        """As `submit`, but replace a job of that name that still waits."""
        with self._lock:
            waits = name in self._newest
            self._newest[name] = job
        if not waits:
            self._waiting.put(lambda: self._run_newest(name))

    def submit_idle(self, job: Job) -> None:
        """Run this once nothing else waits. `wait` and `finish` do not wait for it."""
        self._idle.append(job)
        self._waiting.put(_nothing)  # wakes the thread

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for all that was submitted so far; False if the timeout passed first."""
        done = threading.Event()
        self._waiting.put(done.set)
        return done.wait(timeout)

    def finish(self, timeout: float | None = None) -> bool:
        """Run what was submitted, then end; False if the timeout passed first."""
        self._waiting.put(None)
        return self.join(timeout)

    def stop(self) -> None:
        """End after the running job, without those that still wait. Returns at once."""
        self._stopped = True
        self._waiting.put(None)

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the thread to end; False if the timeout passed first."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run_newest(self, name: str) -> None:
        with self._lock:
            job = self._newest.pop(name)
        job()

    def _run(self) -> None:
        while (job := self._next()) is not None and not self._stopped:
            try:
                job()
            except Exception as exc:  # the thread goes on with the next job
                log.warning("a job failed", exc_info=exc)

    def _next(self) -> Job | None:
        if self._idle:
            try:
                return self._waiting.get_nowait()
            except queue.Empty:
                return self._idle.popleft()
        return self._waiting.get()


def _nothing() -> None:
    """A job that only wakes the thread."""
