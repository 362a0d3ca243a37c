"""Program that draws the pages of a PDF, run by `pdf` in a process of its own.

PDFium cannot be stopped while it draws, and what a stranger's file makes it do may take hours or
all memory; a process can be ended. It imports nothing but pypdfium2, so it starts in a tenth of a
second.

Arguments: the folder pypdfium2 is in, bytes of memory, seconds of the processor for each answer,
most pixels of a picture, path of the PDF or "" for one on standard input, as its length and its
bytes. Answers with how many pages there are; then for each page number, a line each, with its
picture. An answer is a line of JSON, and where it has a `size` the bytes of the picture after it,
RGB.
"""

from __future__ import annotations

import contextlib
import json
import math
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

POINTS_AN_INCH = 72
MOST_DPI = 300  # what paper is scanned at; a slip of paper gains nothing by more
LONGEST_PX = 2048  # of a page's picture: `images.MAX_SIDE_PX`, so nothing is reduced once more
# PDFium keeps what it has read of an open file, scans too: 200 pages of them would take as much
# memory as the file is long.
REOPENED = 8  # pages
MAX_OBJECTS = 200_000  # on a page, forms unfolded; a map of vector lines has some 100,000
FORM_DEPTH = 8  # of forms in forms, as far as they are looked into
PASSWORD, SECURITY = 4, 5  # FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY of fpdfview.h


class _RefusedError(Exception):
    """What is wrong, as `pdf` words it."""


def main() -> None:
    """Answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started this
    packages, memory, seconds, most_pixels, path = sys.argv[1:]
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such limits
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    sys.path.insert(0, packages)
    import pypdfium2 as pdfium  # noqa: PLC0415

    requests = sys.stdin.buffer
    source = Path(path) if path else requests.read(int(requests.readline()))
    _end_after(float(seconds))
    _answer(_count, pdfium, source)
    document = None
    for served, line in enumerate(iter(requests.readline, b"")):
        _end_after(float(seconds))
        if document is None or served % REOPENED == 0:
            if document is not None:
                document.close()
            document = pdfium.PdfDocument(source)
        _answer(_draw, pdfium, document, int(line), int(most_pixels))


def _answer(act: Callable[..., tuple[dict[str, Any], bytes]], *given: Any) -> None:
    try:
        answer, content = act(*given)
    except _RefusedError as exc:
        answer, content = {"refused": str(exc)}, b""
    except Exception as exc:  # noqa: BLE001  (pypdfium2 raises several kinds on damaged files)
        answer, content = {"damaged": str(exc) or type(exc).__name__}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _end_after(seconds: float) -> None:
    """End this process once it has taken so much of the processor from now on."""
    if hasattr(signal, "setitimer"):  # not on Windows
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _count(pdfium: Any, source: Path | bytes) -> tuple[dict[str, Any], bytes]:
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as exc:
        if getattr(exc, "err_code", None) in (PASSWORD, SECURITY):
            return {"locked": True}, b""
        if exc.err_code == 0:  # nothing wrong with it, it says
            return {"pages": 0}, b""
        raise
    count = len(document)
    document.close()
    return {"pages": count}, b""


def _draw(pdfium: Any, document: Any, number: int, most: int) -> tuple[dict[str, Any], bytes]:
    page = document[number - 1]
    try:
        _check(pdfium, page, most)
        wide, high = page.get_size()
        if not (math.isfinite(wide) and math.isfinite(high) and wide > 0 and high > 0):
            raise _RefusedError(f"is {wide} × {high} points; expected a page with a size")
        scale = min(MOST_DPI / POINTS_AN_INCH, LONGEST_PX / max(wide, high))
        width, height = max(1, round(wide * scale)), max(1, round(high * scale))
        raw = pdfium.raw
        bitmap = pdfium.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGR, rev_byteorder=True)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER | raw.FPDF_RENDER_LIMITEDIMAGECACHE
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
        rows = memoryview(bitmap.buffer).cast("B")
        content = b"".join(
            rows[y * bitmap.stride : y * bitmap.stride + 3 * width] for y in range(height)
        )
        bitmap.close()
        return {"size": [width, height]}, content
    finally:
        page.close()


def _check(pdfium: Any, page: Any, most: int) -> None:
    """Refuse a page with too much on it, before any of it is decoded."""
    for count, (width, height) in enumerate(_pictures(pdfium, page), start=1):
        if count > MAX_OBJECTS:
            raise _RefusedError(
                f"has over {MAX_OBJECTS:,} lines, letters and pictures; expected at most that: save"
                " it as a picture"
            )
        if width * height > most:
            raise _RefusedError(
                f"holds a picture of {width:,} × {height:,} pixels; expected at most {most:,} in"
                " all: reduce it first"
            )


def _pictures(pdfium: Any, page: Any) -> Iterator[tuple[int, int]]:
    """Width and height in pixels of each thing on a page; 0 of what is no picture."""
    for item in page.get_objects(max_depth=FORM_DEPTH):
        is_picture = item.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE
        yield item.get_px_size() if is_picture else (0, 0)


if __name__ == "__main__":
    main()
