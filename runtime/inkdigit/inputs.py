"""Names on the command line in; the files they mean, and what is in each to read, out."""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from inkdigit._formats.picture import is_picture
from inkdigit._formats.source import read_source
from inkdigit.documents import Pages, check_pages, is_document, open_document, pdf_path
from inkdigit.errors import (
    ImageTooLargeError,
    InkDigitError,
    InkError,
    InputError,
    InputNotFoundError,
    InputReadError,
)
from inkdigit.images import MAX_FILE_BYTES as MAX_PICTURE_BYTES
from inkdigit.images import is_pdf, read_file
from inkdigit.ink import MAX_FILE_BYTES as MAX_INK_BYTES
from inkdigit.ink import Ink
from inkdigit.recognizer import Source

__all__ = ["STANDARD_INPUT", "expand", "is_folder", "open_input"]

STANDARD_INPUT = "-"

# What is taken out of a folder; a file that is named itself is read whatever its name ends in.
PICTURE_SUFFIXES = (
    ".pdf",
    *(".png", ".jpg", ".jpeg", ".webp", ".avif", ".bmp", ".tiff", ".tif", ".gif"),
    *(".ppm", ".pgm", ".pbm", ".pnm"),
)
INK_SUFFIXES = (".json", ".inkml", ".svg")
FOLDER_SUFFIXES = frozenset((*PICTURE_SUFFIXES, *INK_SUFFIXES))
MARKUP_START_BYTES = 10_000  # drawing programs write a long comment before <svg>


def open_input(name: str, pages: Pages | None = None) -> Iterator[Source]:
    """What `Recognizer` takes of a file, page by page.

    Args:
        name: The file's name, which says whether it is ink; that of standard input is told by how
            it starts.
        pages: Which pages to read, as for `open_document`; ink is one page.

    Returns:
        The pages; after an error about one page of a PDF the next call gives the page after it.

    Raises:
        InkDigitError: If something in it cannot be read; of a page, while it is iterated.
    """
    content = _read_standard_input() if name == STANDARD_INPUT else None
    suffix = _ink_suffix(content) if content is not None else Path(name).suffix.lower()
    if suffix in INK_SUFFIXES and check_pages(pages)[0] > 1:
        raise InputError("has 1 page, as ink does; expected others: leave out --pages")
    if suffix == ".json":
        if content is None:
            content = _read_ink(name)
        return iter([Ink.from_json(content)])
    if suffix == ".inkml":
        return iter([Ink.from_inkml(name if content is None else content)])
    if suffix == ".svg":
        return iter([Ink.from_svg(name if content is None else content)])
    if content is None and pdf_path(name) is not None:
        return open_document(name, pages)  # from disk, not from memory
    if content is None:
        content, _ = read_file(name)
    if pages is not None or is_document(content):
        return open_document(content, pages)
    return iter([content])


def _ink_suffix(content: bytes) -> str:
    """What the name of a file with this content would end in if it is ink, otherwise ""."""
    start = content[:MARKUP_START_BYTES].removeprefix(codecs.BOM_UTF8).lstrip()
    if start[:1] in (b"{", b"["):
        return ".json"
    if start[:1] == b"<":
        return ".svg" if re.search(rb"<([\w-]+:)?svg\b", start) else ".inkml"
    return ""


def _read_ink(name: str) -> bytes:
    content, _ = read_source(name, MAX_INK_BYTES, "a file of ink")
    if len(content) > MAX_INK_BYTES:
        raise InkError(f"{name} has over {MAX_INK_BYTES:,} bytes; expected ink: split it")
    return content


def _read_standard_input() -> bytes:
    if sys.stdin is None:
        raise InputReadError("standard input is closed; expected a picture or ink on it, as < FILE")
    try:
        content = sys.stdin.buffer.read(MARKUP_START_BYTES)
        is_ink = not (is_picture(content) or is_pdf(content))
        limit = MAX_INK_BYTES if is_ink else MAX_PICTURE_BYTES
        content += sys.stdin.buffer.read(limit + 1 - len(content))
    except (OSError, ValueError) as exc:  # ValueError: closed by the program around this one
        raise InputReadError(
            f"standard input cannot be read ({exc}); expected a picture or ink on it, as < FILE"
        ) from exc
    if len(content) > MAX_PICTURE_BYTES:
        raise ImageTooLargeError(
            f"standard input has over {MAX_PICTURE_BYTES:,} bytes; expected a picture or ink: give"
            " fewer"
        )
    if len(content) > MAX_INK_BYTES and _ink_suffix(content):
        raise InkError(f"standard input has over {MAX_INK_BYTES:,} bytes; expected ink: split it")
    return content


def is_folder(name: str) -> bool:
    """Whether a name is a folder's."""
    # Path.is_dir raises for names that are too long.
    return name != STANDARD_INPUT and os.path.isdir(name)  # noqa: PTH112


def expand(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The files to read, folders replaced by what is in them; and what is wrong with folders."""
    files: list[str] = []
    problems: list[str] = []
    for name in names:
        try:
            files += _files_in(name) if is_folder(name) else [name]
        except InkDigitError as exc:
            problems.append(f"{name}: {exc}")
    return files, problems


def _files_in(folder: str) -> list[str]:
    """The pictures and ink directly in a folder, by name; hidden ones are left out."""
    try:
        found = sorted(
            path.name
            for path in Path(folder).iterdir()
            if path.suffix.lower() in FOLDER_SUFFIXES and path.name[0] != "." and path.is_file()
        )
    except OSError as exc:
        raise InputReadError(f"the folder cannot be listed ({exc}): check its permissions") from exc
    if not found:
        endings = " ".join(sorted(suffix[1:] for suffix in FOLDER_SUFFIXES))
        raise InputNotFoundError(
            f"no picture or ink directly in this folder; expected files that end in {endings}"
        )
    return [os.path.join(folder, name) for name in found]  # noqa: PTH118  (keeps a leading ./)
