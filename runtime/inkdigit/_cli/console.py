"""A command's standard streams and signals: what it says is seen, or its loss is reported."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = [
    "OutputError",
    "Terminated",
    "UnwritableError",
    "as_json",
    "complain",
    "discard_output",
    "open_streams",
    "printable",
    "say",
    "terminable",
    "writing",
]

# Control characters, line separators and what stands for bytes that are no text: each could break
# a row of output, or change a terminal.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
SIGNALS = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP


class OutputError(Exception):
    """Standard output takes no more; the message says why."""


class UnwritableError(Exception):
    """A file cannot be written; the message names it and says why."""


class Terminated(BaseException):
    """The process was asked to end.

    Attributes:
        number: The signal's.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def open_streams() -> None:
    """Make standard streams safe to use: those that are closed, and names that cannot be encoded.

    A file opened later would get the number of a closed stream, and what is said there would end up
    in that file.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may hold anything


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Raise `Terminated` where the process is asked to end, so that nothing half done is left.

    Signals that the caller ignores or handles, as `nohup` does, stay as they are.
    """
    if threading.current_thread() is not threading.main_thread():  # only that may set handlers
        yield
        return
    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    usual = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]

    def end(number: int, _frame: FrameType | None) -> None:
        for each in usual:
            signal.signal(each, signal.SIG_IGN)  # nothing disturbs the clearing up
        raise Terminated(number)

    for number in usual:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in usual:
            signal.signal(number, signal.SIG_DFL)


def say(text: str, end: str = "\n") -> None:
    """Print a result.

    Raises:
        BrokenPipeError: If whoever read it went away.
        OutputError: If it cannot be written.
    """
    if sys.stdout is None:
        raise OutputError(
            "standard output is closed, so no answer can be given: open it, as > FILE"
        )
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise OutputError(
            f"standard output cannot be written ({exc}), so the answers that follow are lost: check"
            " where it goes, and the space there"
        ) from exc


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise `UnwritableError` where a file cannot be written."""
    try:
        yield
    except OSError as exc:
        raise UnwritableError(
            f"{path}: cannot be written ({exc}): check the folder and its space"
        ) from exc


def discard_output() -> None:
    """Throw away what cannot be printed; Python would complain of it once more at exit."""
    with contextlib.suppress(OSError, AttributeError):  # no file stands for it: nothing is kept
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(message: str) -> None:
    """Say what is wrong on standard error; where that is full, there is nowhere to say so."""
    with contextlib.suppress(OSError):
        print(f"inkdigit: {printable(message)}", file=sys.stderr, flush=True)


def printable(text: str) -> str:
    r"""A text with its control characters written out, as in `\n`, so that it stays on its line."""
    return UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def as_json(record: Mapping[str, Any]) -> str:
    """A record as a line of JSON that standard output's encoding holds whole."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    is_utf = encoding.lower().replace("-", "").replace("_", "").startswith("utf")
    return json.dumps(record, ensure_ascii=not is_utf)
