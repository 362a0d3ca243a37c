"""Documents in, pages out: every page of a multi-page TIFF, one page of any other picture."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from inkdigit._formats.picture import SIGNATURES
from inkdigit._formats.source import FileSource
from inkdigit.images import decode_pages, read_file

__all__ = ["is_document", "open_document"]

DOCUMENT_STARTS = tuple(start for start, _, plugin, _ in SIGNATURES if "Tiff" in plugin)


def open_document(source: FileSource) -> Iterator[Image.Image]:
    """Open a document to read its pages one after another.

        for page in open_document("scan.tiff"):
            print(recognizer.read(page).text)

    Args:
        source: Path, bytes or binary file object of a TIFF, or of any other picture, which is one
            page.

    Returns:
        The pages, for `Recognizer.read`. Each is decoded when it is asked for, and is the caller's
        own.

    Raises:
        ImageError: If it is no picture; while it is iterated, if a page is damaged or too large.
        InputTypeError: If the source is of another type.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file cannot be read.
    """
    return decode_pages(*read_file(source))


def is_document(content: bytes) -> bool:
    """Whether a file's format has pages, by its first bytes."""
    return content.startswith(DOCUMENT_STARTS)
