"""Reads a file of any format the way a caller would, and says what came of it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from inkdigit import Ink, InkDigitError, Reading, Recognizer, Writer, open_document
from inkdigit._formats.pdf import PdfPages
from inkdigit.practice import practise

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

__all__ = ["WAYS", "Drawers", "make_source", "read_content", "recognizer", "timed"]

# What a file is read as. "pages" decodes the pages of a document: each counts by itself.
WAYS = ("read", "digit", "table", "practice", "pages")
MOST_PAGES = 10  # that "pages" decodes

_recognizer: list[Recognizer] = []


def recognizer() -> Recognizer:
    """One for all, its networks loaded."""
    if not _recognizer:
        _recognizer.append(Recognizer())
        stripes = np.full((64, 64), 255, np.uint8)
        stripes[:, ::9] = np.arange(64)[:, None]  # on no plain canvas: loads the ink network
        _recognizer[0].read(stripes)
    return _recognizer[0]


def make_source(content: bytes, suffix: str) -> Ink | bytes:
    """What `Recognizer.read` takes of a file, whose name ends in `suffix`."""
    if suffix == ".json":
        return Ink.from_json(content)
    if suffix == ".inkml":
        return Ink.from_inkml(content)
    if suffix == ".svg":
        return Ink.from_svg(content)
    return content


def read_content(content: bytes, suffix: str, how: str = "read") -> str:
    """What was read, as text; or the name of the error, if it is one of inkdigit's."""
    try:
        source = make_source(content, suffix)
        if how == "table":
            table = recognizer().read_table(source)
            return f"table of {len(table.rows)} rows"
        if how == "digit":
            return f"digit {recognizer().predict_digit(source).digit}"
        if how == "practice" and not isinstance(source, Ink):
            return f"sheet of {practise(recognizer(), source, Writer()).learnt} digits"
        reading: Reading = recognizer().read(source)
    except InkDigitError as exc:
        return _refused(exc)
    return f"{len(reading.digits)} digits"


def _refused(exc: InkDigitError) -> str:
    assert len(str(exc)) < 2000, f"a message of {len(str(exc))} characters"
    return type(exc).__name__


def timed(content: bytes, suffix: str, how: str = "read") -> tuple[str, float]:
    """The same, and the seconds of the processor that it took; of pages, the slowest one's."""
    start = _cpu_s()
    if how != "pages":
        answer = read_content(content, suffix, how)
        return answer, _cpu_s() - start
    count, most, answer = 0, 0.0, ""
    try:
        for _ in open_document(content):
            now = _cpu_s()
            count, most, start = count + 1, max(most, now - start), now
            if count == MOST_PAGES:
                break
        answer = f"{count} pages"
    except InkDigitError as exc:
        answer = _refused(exc)
    return answer, max(most, _cpu_s() - start)


def _cpu_s() -> float:
    """Of the processor: this process's seconds, and those of drawers of PDFs that have ended."""
    children = 0.0
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        children = usage.ru_utime + usage.ru_stime
    return time.process_time() + children


class Drawers:
    """Watches the processes that draw PDFs.

    Attributes:
        mb: Most memory of one, since it was last set.
    """

    def __init__(self) -> None:
        self.mb = 0.0
        close = PdfPages.close

        def closed(pages: PdfPages) -> None:
            # Not getrusage: a process that starts another lends it its own peak.
            drawer = pages._drawer
            if drawer is not None:
                self.mb = max(self.mb, _peak_mb(drawer.pid))
            close(pages)

        PdfPages.close = closed  # type: ignore[method-assign]


def _peak_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = status.partition("VmHWM:")[2].split()
    return int(found[0]) / 1024 if found else 0.0  # one that has ended holds nothing
