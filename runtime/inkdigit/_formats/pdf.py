"""A PDF in, pictures of its pages out, one after another; needs the extra `pdf` (pypdfium2)."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from inkdigit.errors import (
    ImageDecodeError,
    ImageTooLargeError,
    InputReadError,
    MissingExtraError,
)

if TYPE_CHECKING:
    import subprocess

__all__ = ["MAGIC_BYTES", "PdfPages", "has_pdf_mark"]

MAGIC, MAGIC_BYTES = b"%PDF-", 1024  # readers look for it so far (PDF 1.7, implementation note 13)
# Of the processor, to draw a page; full pages of lines and of scans take under 1. A file under 1 MB
# is read in 5 in all (SECURITY.md); what holds more may take longer.
DRAW_S, DRAW_S_OF_BYTE = 2.0, 3e-6
MAX_SECONDS = 30.0  # to draw it, by the clock
# Bytes to draw it in: a page of A4 at 600 dpi has 35 million pixels, in colour 105 MB, and two more
# of it while it is drawn; at most three of a picture of 80 million pixels in colour.
DRAW_MEMORY, DRAW_MEMORY_OF_BYTE, MAX_MEMORY = 420_000_000, 40, 1 << 30
FREE_BYTES = 1_000_000  # of a file, that add nothing to either
MOST_ENDED = 3  # pages that took too much, after which the rest is left: it may be a thousand more
DRAWER = Path(__file__).with_name("pdf_drawer.py")


def has_pdf_mark(start: bytes) -> bool:
    """Whether a PDF's mark is in the first kilobyte, where few other files have it."""
    return MAGIC in start[:MAGIC_BYTES]


class PdfPages:
    """The pages of a PDF, drawn one after another by a process of its own.

    While one page is read the next is drawn already, and waits in that process: no more than one.
    An iterator of pictures, mode RGB, at 300 dots an inch or with a longer side of 2,048 pixels,
    whichever is smaller. A page that cannot be drawn raises ImageDecodeError if it is damaged,
    ImageTooLargeError if it holds more than is safe to draw; the next call gives the page after
    it. After three that took too much time or memory there is no next.

    Args:
        source: The file, or its path.
        name: What to call it in messages.
        most_pixels: Of a picture on a page; what has more is not decoded.

    Attributes:
        count: How many pages the file has.
        next: The page that is drawn next, from 1; may be set.
        last: The last page to draw; may be set.

    Raises:
        ImageDecodeError: If the file is damaged, locked, or has no page.
        MissingExtraError: If pypdfium2 is not installed.
    """

    def __init__(self, source: bytes | Path, name: str, most_pixels: int) -> None:
        self._source, self._name, self._most_pixels = source, name, most_pixels
        self._drawer: subprocess.Popen[bytes] | None = None
        self._drawn_ahead: int | None = None  # the page that the process was asked for already
        self._ended = 0
        self.next, self.last = 1, 0
        self.count = self.last = self._start()

    def __iter__(self) -> PdfPages:
        return self

    def __next__(self) -> Image.Image:
        if self.next > self.last:
            self.close()
            raise StopIteration
        number, self.next = self.next, self.next + 1
        name = f"page {number} of {self._name}"
        if self._drawer is None:
            self._start()
        ahead, self._drawn_ahead = self._drawn_ahead, None
        if ahead not in (None, number):  # another page was chosen since
            self.close()
            self._start()
        answer = self._ask(b"" if ahead == number else b"%d\n" % number, name)
        width, height = answer["size"]
        assert self._drawer is not None and self._drawer.stdout is not None
        content = self._drawer.stdout.read(3 * width * height)
        if len(content) < 3 * width * height:
            self.close()
            raise ImageTooLargeError(
                f"{name} cannot be drawn: the process that draws it ended; expected less on it:"
                " save it as a picture"
            )
        if self.next <= self.last:
            self._draw_ahead(self.next)
        return Image.frombytes("RGB", (width, height), content)

    def close(self) -> None:
        """End the process; it starts anew if another page is asked for."""
        if self._drawer is not None:
            self._drawer.kill()
            self._drawer.communicate()
            self._drawer = None
        self._drawn_ahead = None

    def __del__(self) -> None:
        if sys.is_finalizing() or getattr(self, "_drawer", None) is None:
            return
        self.close()

    def _start(self) -> int:
        """Start the process and open the file: how many pages it has."""
        # Here, as no other format needs them.
        import importlib.util  # noqa: PLC0415
        import subprocess  # noqa: PLC0415

        found = importlib.util.find_spec("pypdfium2")
        if getattr(sys, "frozen", False):
            raise MissingExtraError(
                f"{self._name} is a PDF, whose pages a packed program cannot draw, as it has no"
                " Python to start; expected pictures: save its pages as PNG"
            )
        if found is None or found.origin is None:
            raise MissingExtraError(
                "PDF is read by pypdfium2, which is not installed; expected it: pip install"
                " inkdigit[pdf]"
            )
        packages = str(Path(found.origin).parent.parent)
        path, content = "", b""
        if isinstance(self._source, Path):
            try:
                path, length = str(self._source.resolve()), self._source.stat().st_size
            except OSError as exc:
                raise InputReadError(
                    f"{self._name} cannot be read ({exc.strerror or exc})"
                ) from exc
        else:
            length = len(self._source)
            content = b"%d\n" % length + self._source
        more = max(0, length - FREE_BYTES)
        self._seconds = DRAW_S + DRAW_S_OF_BYTE * more
        self._memory = min(MAX_MEMORY, DRAW_MEMORY + DRAW_MEMORY_OF_BYTE * more)
        limits = str(self._memory), str(self._seconds), str(self._most_pixels)
        self._drawer = subprocess.Popen(
            # Without the user's settings and site, which it needs nothing of.
            [sys.executable, "-I", "-S", str(DRAWER), packages, *limits, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        answer = self._ask(content, self._name)
        if answer["pages"] < 1:
            raise ImageDecodeError(f"{self._name} has no page; expected at least one")
        return int(answer["pages"])

    def _draw_ahead(self, number: int) -> None:
        """Request a page without waiting for it."""
        assert self._drawer is not None and self._drawer.stdin is not None
        with contextlib.suppress(OSError):  # it ended: that is said when the page is asked for
            self._drawer.stdin.write(b"%d\n" % number)
            self._drawer.stdin.flush()
        self._drawn_ahead = number

    def _ask(self, request: bytes, name: str) -> dict[str, Any]:
        """Send a request; the answer, if it is one that goes on."""
        drawer = self._drawer
        assert drawer is not None and drawer.stdin is not None and drawer.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            drawer.kill()

        timer = threading.Timer(MAX_SECONDS, end)
        timer.daemon = True
        timer.start()
        line = b""
        try:
            drawer.stdin.write(request)
            drawer.stdin.flush()
            line = drawer.stdout.readline()
        except OSError:
            pass  # it ended; so there is no answer
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            self.close()
            self._ended += 1
            if self._ended == MOST_ENDED:
                self.last = self.next - 1
            limit = f"{self._memory / 1e6:,.0f} MB of memory"
            if late.is_set():
                limit = f"{MAX_SECONDS:.0f} seconds"
            elif drawer.returncode == -getattr(signal, "SIGPROF", 0):
                limit = f"{self._seconds:.0f} seconds of the processor"
            raise ImageTooLargeError(
                f"{name} takes over {limit} to draw, or PDFium fails on it; expected less: save it"
                " as a picture"
            )
        answer: dict[str, Any] = json.loads(line)
        if "locked" in answer:
            raise ImageDecodeError(
                f"{name} is locked with a password; expected an open PDF: print or save it without"
            )
        if "damaged" in answer:
            raise ImageDecodeError(
                f"{name} is damaged ({answer['damaged']}); expected a whole PDF: save it anew"
            )
        if "refused" in answer:
            raise ImageTooLargeError(f"{name} {answer['refused']}")
        return answer
