"""Pictures in (files, bytes, PIL images, arrays), ink maps out: (H, W) float32 in [0, 1], 1 = ink.

This module decodes: formats, colour modes, bit depths, EXIF rotation, sizes. `_picture` finds the
ink.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._formats.pdf import PdfPages, has_pdf_mark
from inkdigit._formats.picture import (
    check_size,
    damaged,
    find_reader,
    is_picture,
    load_picture,
    open_picture,
)
from inkdigit._formats.source import FileSource, read_source
from inkdigit._picture.find import find_ink
from inkdigit._picture.flat import opaque
from inkdigit._picture.look import scaled
from inkdigit._picture.reduce import excess, plain_image, reduced_pixels
from inkdigit._pixels.levels import to_bytes
from inkdigit._pixels.morphology import Grey
from inkdigit.engine import bundled_ink_session
from inkdigit.errors import (
    ImageDecodeError,
    ImageError,
    ImageTooLargeError,
    InputTypeError,
)

__all__ = [
    "ImageSource",
    "decode_image",
    "decode_pages",
    "is_pdf",
    "load_image",
    "plain_image",
    "read_file",
    "read_pixels",
    "to_bytes",
    "to_ink_map",
]

ImageSource: TypeAlias = FileSource | Image.Image | NDArray[Any]

MAX_PIXELS = 80_000_000  # more than phones take unless told to; decoded to RGB it still fits 240 MB
MAX_FILE_BYTES = 400_000_000  # an uncompressed picture of MAX_PIXELS with alpha
MAX_SIDE_PX = 2048  # a digit a twentieth of the side high still has 100 pixels
MAX_PAGES = 1_000  # of a TIFF or PDF: a thick book; a file of a few MB can claim a hundred thousand
EXIF_ORIENTATION = 0x0112
TIFF_SUBFILE_TYPE = 254  # TIFF 6.0: bit 0 marks a reduced copy of another page, bit 2 a mask
TIFF_NOT_PAGES = frozenset(bits for bits in range(8) if bits & 0b101)


def to_ink_map(source: ImageSource, *, max_side: int = MAX_SIDE_PX) -> NDArray[np.float32]:
    """Read a picture as ink.

    Args:
        source: Path, bytes or binary file object of a picture; PIL image; array (H, W), (H, W, 1),
            (H, W, 3) RGB or (H, W, 4) RGBA, of levels as `to_bytes` takes them. Dark on light or
            light on dark.
        max_side: A picture with a longer side, in pixels, is reduced to fit.

    Returns:
        (H, W) float32 in [0, 1], 1 = ink; all zero for a blank picture. H and W are the upright
        picture's, reduced as above.

    Raises:
        ImageError: If the array's shape, range or values are wrong; as ImageDecodeError where a
            file is no image or damaged, as ImageTooLargeError where it is unsafe to decode.
        InputTypeError: If the source is of another type.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file cannot be read.
    """
    pixels, _ = read_pixels(source, max_side=max_side)
    ink = find_ink(pixels, bundled_ink_session().run).ink
    height, width = pixels.shape[:2]
    if ink.shape == (height, width):
        return ink
    return scaled(ink, (0, 0, ink.shape[1], ink.shape[0]), (height, width))


def read_pixels(
    source: ImageSource, *, max_side: int = MAX_SIDE_PX, max_pixels: int | None = None
) -> tuple[Grey, tuple[float, float]]:
    """Read a picture as pixels: upright, in 8 bits, without transparency.

    Args:
        source: As for `to_ink_map`.
        max_side: As for `to_ink_map`.
        max_pixels: How many pixels the picture may have before it is reduced; `MAX_PIXELS` where
            left out.

    Returns:
        (H, W) or (H, W, 3) uint8, and the width and the height of its pixels in pixels of the
        upright picture.

    Raises:
        ImageError, InputTypeError, InputNotFoundError, InputReadError: As `to_ink_map`.
    """
    opened = _open_source(source, max_side, MAX_PIXELS if max_pixels is None else max_pixels)
    orientation = _orientation(opened.image)
    pixels = opaque(*_pixels(opened, max_side))
    pixels = np.ascontiguousarray(_upright(pixels, orientation))
    width, height = opened.size if orientation < 5 else opened.size[::-1]
    return pixels, (width / pixels.shape[1], height / pixels.shape[0])


class _Opened(NamedTuple):
    """A picture whose pixels need not be decoded yet.

    Attributes:
        image: It, perhaps to be decoded at a fraction of its size.
        size: Its full width and height.
        name: What to call it in messages.
        content: Its file; empty where it has none.
    """

    image: Image.Image
    size: tuple[int, int]
    name: str
    content: bytes = b""


def _open_source(source: ImageSource, max_side: int, max_pixels: int) -> _Opened:
    if isinstance(source, np.ndarray):
        image = _array_image(source, max_pixels)
        return _Opened(image, image.size, "the array")
    if isinstance(source, Image.Image):
        name = f"the {source.mode} image"
        check_size(source.size, name, max_pixels)
        return _Opened(source, source.size, name)
    content, name = read_file(source)
    image = _open(content, name, max_pixels)
    size = image.size
    # JPEG decodes at 1/2, 1/4 or 1/8 in a fraction of the time; other formats ignore this.
    factor = excess(size, max_side)
    image.draft(None, (max(1, image.width // factor), max(1, image.height // factor)))
    return _Opened(image, size, name, content)


def decode_image(data: bytes, name: str = "the input") -> Image.Image:
    """Decode the bytes of a picture file, its first frame or page where it has several.

    Args:
        data: A whole PNG, JPEG, WebP, AVIF, BMP, TIFF, GIF or PNM (PPM, PGM, PBM) file; or, with
            the extra `pdf` installed, a PDF.
        name: What to call it in messages.

    Returns:
        The picture as its file holds it: an EXIF rotation is still to be applied.

    Raises:
        ImageDecodeError: If it is not an image, or damaged.
        ImageTooLargeError: If it has more pixels than are safe to decode.
        InputTypeError: If data are no bytes.
        MissingExtraError: If it is a PDF, and the extra is not installed.
    """
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise InputTypeError(f"data is a {type(data).__name__}; expected the bytes of a picture")
    return load_picture(_open(data, name, MAX_PIXELS), name, data)


def decode_pages(
    data: bytes | Path,
    name: str = "the input",
    first: int = 1,
    last: int | None = None,
) -> Iterator[Image.Image]:
    """Decode pages of a PDF or a TIFF file, or the one of any other picture, as they are asked for.

    Reduced copies of a page and transparency masks, which TIFF keeps as pages, are left out.

    Args:
        data: As for `decode_image`; a PDF's path does as well, and takes less memory.
        name: What to call it in messages.
        first: The first page, from 1.
        last: The last; the file may end before it.

    Returns:
        The pages. Those of a PDF and a TIFF are upright. After an error about one page of a PDF
        the next call gives the page after it.

    Raises:
        ImageDecodeError: If it is not an image; while it is iterated, if a page is damaged.
        ImageError: If it has no page `first`; of a TIFF, while it is iterated.
        ImageTooLargeError: If a page has more pixels than are safe to decode, or the file has more
            than 1,000 pages to read.
        MissingExtraError: If it is a PDF, and the extra is not installed.
    """
    if isinstance(data, Path) or is_pdf(data):
        pages = PdfPages(data, name, MAX_PIXELS)
        pages.next, pages.last = first, min(last or pages.count, pages.count)
        if first > pages.count:
            raise ImageError(_too_few(name, pages.count, first))
        if pages.last - first >= MAX_PAGES:
            raise ImageTooLargeError(
                f"{name} has {pages.last - first + 1:,} pages; expected at most {MAX_PAGES:,} at"
                " once: choose some, as in --pages 1-1000"
            )
        return pages
    image = open_picture(data, name, MAX_PIXELS)
    if image.format == "TIFF":
        return _tiff_pages(image, name, data, first, last)
    if first > 1:
        raise ImageError(_too_few(name, 1, first))
    return _one_page(image, name, data)


def _one_page(image: Image.Image, name: str, content: bytes) -> Iterator[Image.Image]:
    yield load_picture(image, name, content)


def _too_few(name: str, count: int, first: int) -> str:
    pages = "1 page" if count == 1 else f"{count:,} pages"
    return f"{name} has {pages}; expected a page {first:,}: choose others"


def _tiff_pages(
    image: Image.Image, name: str, content: bytes, first: int, last: int | None
) -> Iterator[Image.Image]:
    from PIL import ImageOps  # noqa: PLC0415  (loaded for no other format)

    count = 0
    for index in range(MAX_PAGES + 1):
        page_name = f"page {count + 1} of {name}"
        try:
            image.seek(index)
            tags: Any = getattr(image, "tag_v2", {})
            is_page = index == 0 or tags.get(TIFF_SUBFILE_TYPE) not in TIFF_NOT_PAGES
        except EOFError:
            break
        except Exception as exc:  # as in open_picture
            raise ImageDecodeError(damaged(page_name, exc)) from exc
        if index == MAX_PAGES:
            raise ImageTooLargeError(
                f"{name} has over {MAX_PAGES:,} pages; expected at most that: split it"
            )
        count += is_page
        if not is_page or count < first:
            continue
        check_size(image.size, page_name, MAX_PIXELS)
        load_picture(image, page_name, content, is_page=True)
        try:
            page = ImageOps.exif_transpose(image)
        except Exception:  # noqa: BLE001  (a damaged EXIF block leaves the picture as it lies)
            page = image.copy()
        yield page
        if count == last:
            return
    if count < first:
        raise ImageError(_too_few(name, count, first))


def load_image(source: FileSource) -> Image.Image:
    """Decode a picture file.

    Args:
        source: Path, bytes or binary file object of a picture as `decode_image` takes it.

    Returns:
        As `decode_image`.

    Raises:
        ImageError: As `decode_image`.
        InputTypeError: If the source is of another type.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file cannot be read.
    """
    return decode_image(*read_file(source))


def read_file(source: FileSource) -> tuple[bytes, str]:
    """The bytes of a picture file, not decoded, and what to call it in messages.

    Raises:
        ImageTooLargeError: If it is larger than any picture that is safe to decode.
        InputTypeError: If the source is of another type.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file cannot be read, or there is a pipe or a device at the path.
        ImageDecodeError: If it starts like no picture.
    """
    others = ", a PIL image, an (H, W[, 3|4]) array, or Ink"
    content, name = read_source(source, MAX_FILE_BYTES, "a picture", others, look=_look)
    if len(content) > MAX_FILE_BYTES:
        raise ImageTooLargeError(
            f"{name} has over {MAX_FILE_BYTES:,} bytes; expected a picture: save it smaller"
        )
    return content, name


def is_pdf(start: bytes) -> bool:
    """Whether a file is a PDF, by its first kilobyte."""
    return has_pdf_mark(start) and not is_picture(start)


def _look(start: bytes, name: str) -> None:
    if not is_pdf(start):
        find_reader(start, name)


def _open(content: bytes, name: str, max_pixels: int) -> Image.Image:
    """A picture whose pixels may not be decoded yet; of a PDF, its first page."""
    if not is_pdf(content):
        return open_picture(content, name, max_pixels)
    [page] = decode_pages(content, name, last=1)
    check_size(page.size, name, max_pixels)
    return page


def _pixels(opened: _Opened, max_side: int) -> tuple[Grey, Grey | None]:
    """(H, W) or (H, W, 3) uint8 and, where a pixel may be transparent, (H, W) uint8 of alpha."""
    image = load_picture(opened.image, opened.name, opened.content)
    try:
        return reduced_pixels(image, excess(image.size, max_side))
    except ImageError:
        raise
    except Exception as exc:  # palettes and rare modes fail late
        raise ImageDecodeError(damaged(opened.name, exc)) from exc


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(EXIF_ORIENTATION, 1)
    except Exception:  # noqa: BLE001  (a damaged EXIF block leaves the picture as it lies)
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(pixels: Grey, orientation: int) -> Grey:
    """Turn the picture as the EXIF orientation asks (EXIF 2.3, tag 0x0112)."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    # What is left after the transposition is a flip left to right, top to bottom, or both.
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def _array_image(array: NDArray[Any], max_pixels: int) -> Image.Image:
    shape = array.shape
    if array.ndim == 3 and shape[2] == 1:
        array = array[:, :, 0]
    if not (array.ndim == 2 or (array.ndim == 3 and shape[2] in (3, 4))) or not array.size:
        raise ImageError(
            f"an array of shape {shape}; expected (H, W), (H, W, 3) or (H, W, 4), not empty"
        )
    check_size((shape[1], shape[0]), "the array", max_pixels)
    return Image.fromarray(to_bytes(np.asarray(array)))
