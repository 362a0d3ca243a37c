"""Documents in, pages out: pages of a PDF or a multi-page TIFF, one page of any other picture."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from PIL import Image

from inkdigit._formats.pdf import MAGIC_BYTES, PdfPages
from inkdigit._formats.picture import SIGNATURES
from inkdigit._formats.source import FileSource
from inkdigit.errors import InkDigitError, InputError
from inkdigit.images import MAX_PAGES, MAX_PIXELS, decode_pages, is_pdf, read_file

__all__ = ["Pages", "check_pages", "is_document", "open_document", "pdf_path", "split_pages"]

Pages: TypeAlias = int | tuple[int, int]  # a page, or the first and the last, from 1

PART_PAGES = 16  # a new process for each takes 2 % of the time that so many take to read
TIFF_STARTS = tuple(start for start, _, plugin, _ in SIGNATURES if "Tiff" in plugin)


def open_document(source: FileSource, pages: Pages | None = None) -> Iterator[Image.Image]:
    """Open a document to read its pages one after another.

        for page in open_document("scan.pdf"):
            print(recognizer.read(page).text)

    Args:
        source: Path, bytes or binary file object of a PDF (with the extra `pdf` installed) or a
            TIFF, or of any other picture, which is one page.
        pages: Which to read, counted from 1: one, or the first and the last; all of them where it
            is left out. The file may end before the last.

    Returns:
        The pages, for `Recognizer.read`. Each is decoded when it is asked for, and is the caller's
        own. A PDF's are drawn at 300 dots an inch, or less where that is over 2,048 pixels; after
        an error about one of them, the next call gives the page after it.

    Raises:
        ImageError: If it is no picture, or has no such page; while it is iterated, if a page is
            damaged or too large.
        InputError: If `pages` is neither.
        InputTypeError: If the source is of another type.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file cannot be read.
        MissingExtraError: If it is a PDF, and the extra is not installed.
    """
    first, last = check_pages(pages)
    path = pdf_path(source)
    if path is not None:
        return decode_pages(path, str(path), first, last)
    return decode_pages(*read_file(source), first, last)


def check_pages(pages: Pages | None) -> tuple[int, int | None]:
    """The first and the last page that are meant; None for the end.

    Raises:
        InputError: If they are no whole numbers from 1, or the last is before the first.
    """
    if pages is None:
        return 1, None
    first, last = pages if isinstance(pages, tuple) and len(pages) == 2 else (pages, pages)
    for number in (first, last):
        if isinstance(number, bool) or not isinstance(number, int):
            raise InputError(f"pages is {pages!r}; expected a page from 1, or (first, last)")
    assert isinstance(first, int) and isinstance(last, int)
    if not 1 <= first <= last:
        raise InputError(
            f"pages is {pages!r}; expected pages from 1, the last not before the first"
        )
    return first, last


def is_document(content: bytes) -> bool:
    """Whether a file's format has pages, by its first bytes."""
    return content.startswith(TIFF_STARTS) or is_pdf(content)


def split_pages(name: str, pages: Pages | None = None) -> list[Pages | None]:
    """Parts of a file that may be read apart, so that one long PDF keeps several processes busy.

    Args:
        name: Its path.
        pages: Which of its pages to read.

    Returns:
        The pages of each part. What is no PDF, is short or cannot be read is one part: who reads it
        says what is wrong.
    """
    path = pdf_path(name)
    if path is None:
        return [pages]
    try:
        first, last = check_pages(pages)
        count = PdfPages(path, name, MAX_PIXELS).count
    except InkDigitError:
        return [pages]
    last = min(last or count, count)
    if not PART_PAGES <= last - first < MAX_PAGES:
        return [pages]
    starts = range(first, last + 1, PART_PAGES)
    return [(start, min(start + PART_PAGES - 1, last)) for start in starts]


def pdf_path(source: object) -> Path | None:
    """The path of a PDF on disk, which is read from there; None for anything else."""
    if not isinstance(source, (str, os.PathLike)):
        return None
    with contextlib.suppress(OSError, ValueError):
        path = Path(os.fsdecode(source))
        if path.is_file():  # a pipe can be read only once
            with path.open("rb") as stream:
                if is_pdf(stream.read(MAGIC_BYTES)):
                    return path
    return None
