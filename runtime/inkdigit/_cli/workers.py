"""Jobs in, the outcome of each in order out, worked out by this process and others beside it."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from inkdigit.documents import Pages
from inkdigit.errors import InferenceError
from inkdigit.inputs import STANDARD_INPUT

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["Job", "Workers", "usable_processors"]

Outcome = TypeVar("Outcome")
Job: TypeAlias = tuple[str, Pages | None]  # a file's name and which of its pages, None for all

# A process that waits for its next job while this one reads a long file does nothing, so each is
# handed some in advance. They fit into what a pipe holds, 64 kB on Linux: handing out never waits.
MOST_AHEAD, LONGEST_NAME = 8, 2000


def usable_processors() -> int:
    """How many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers(Generic[Outcome]):
    """Processes that read beside this one.

    They start at once, and end when they are closed or this process ends, however it ends.

    Args:
        attempt: What to do with a job; can be pickled.
        count: How many processes, this one not counted.
    """

    def __init__(self, attempt: Callable[[Job], Outcome], count: int) -> None:
        self._attempt = attempt
        self._connections: list[Connection] = []
        self._processes = []
        if count <= 0:
            return
        # Here, because it takes as long to import as a picture takes to read.
        import multiprocessing  # noqa: PLC0415

        # A fork would copy the locks of onnxruntime's threads, but not the threads.
        context = multiprocessing.get_context("spawn")
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, attempt), daemon=True)
            process.start()
            theirs.close()
            self._connections.append(ours)
            self._processes.append(process)

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.terminate()
        for process, connection in zip(self._processes, self._connections, strict=True):
            process.join()
            connection.close()
        self._processes, self._connections = [], []

    def map(self, jobs: Sequence[Job]) -> Generator[Outcome, None, None]:
        """The outcome of each job, in order.

        Raises:
            InferenceError: If one of the processes dies.
        """
        waiting = deque(enumerate(jobs))
        handed = dict.fromkeys(self._connections, 0)
        done: dict[int, Outcome] = {}
        for index in range(len(jobs)):
            while index not in done:
                # What is wanted next is answered soonest here.
                own = waiting.popleft() if waiting and waiting[0][0] == index else None
                self._collect(done, handed, wait=own is None and not waiting)
                self._hand_out(waiting, handed)
                if own is None and index not in done and waiting:
                    own = waiting.popleft()
                if own is not None:
                    done[own[0]] = self._attempt(own[1])
            yield done.pop(index)

    def _hand_out(self, waiting: deque[tuple[int, Job]], handed: dict[Connection, int]) -> None:
        """Give each process some jobs to go on with, fewer towards the end."""
        for connection in self._connections:
            ahead = min(MOST_AHEAD, 1 + len(waiting) // (2 * len(handed) + 2))
            while handed[connection] < ahead and waiting and _is_sent(waiting[0][1]):
                try:
                    connection.send(waiting[0])
                except OSError as exc:
                    raise _lost() from exc
                waiting.popleft()
                handed[connection] += 1

    def _collect(
        self, done: dict[int, Outcome], handed: dict[Connection, int], *, wait: bool
    ) -> None:
        """Take in what the processes have done; with `wait` there is something."""
        busy = [connection for connection, count in handed.items() if count]
        if not busy:
            return
        from multiprocessing.connection import wait as wait_for  # noqa: PLC0415

        ready = wait_for(busy, None if wait else 0)
        for connection in (each for each in busy if each in ready):
            try:
                index, outcome = connection.recv()
            except (EOFError, OSError) as exc:
                raise _lost() from exc
            done[index] = outcome
            handed[connection] -= 1


def _is_sent(job: Job) -> bool:
    """Whether another process can read it: standard input is this one's."""
    name, _ = job
    return name != STANDARD_INPUT and len(name) <= LONGEST_NAME


def _lost() -> InferenceError:
    return InferenceError(
        "a reading process ended unexpectedly, perhaps out of memory; the files after the last"
        " answer are unread: use fewer --jobs"
    )


def _serve(connection: Connection, attempt: Callable[[Job], Outcome]) -> None:
    """Read what the first process hands out, until it ends."""
    import signal  # noqa: PLC0415
    import threading  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the first one ends the rest
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):  # nobody reads the answers any more
        while True:
            index, job = connection.recv()
            connection.send((index, attempt(job)))


def _end_with_parent() -> None:
    """End this process, whatever it does, as soon as the one that started it is gone."""
    import multiprocessing  # noqa: PLC0415

    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
