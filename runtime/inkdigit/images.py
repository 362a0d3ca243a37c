"""Pictures in (files, bytes, PIL images, arrays), ink maps out: (H, W) float32 in [0, 1], 1 = ink.

This module decodes: formats, colour modes, bit depths, EXIF rotation, sizes. `_picture` finds the
ink.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import Image

from inkdigit._formats.pdf import PdfPages, has_pdf_mark
from inkdigit._formats.source import FileSource, read_source
from inkdigit._picture.find import find_ink
from inkdigit._picture.flat import opaque
from inkdigit._picture.look import scaled
from inkdigit._pixels.levels import scale_levels, to_bytes
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

MAX_PIXELS = 80_000_000  # more than phones take; decoded to RGB it still fits 240 MB
MAX_FILE_BYTES = 400_000_000  # an uncompressed picture of MAX_PIXELS with alpha
MAX_SIDE_PX = 2048  # a digit a twentieth of the side high still has 100 pixels
MAX_PAGES = 1_000  # of a TIFF or PDF: a thick book; a file of a few MB can claim a hundred thousand
FORMATS = "PDF, PNG, JPEG, WebP, AVIF, BMP, TIFF, GIF or PNM (PPM, PGM, PBM)"

# Each format's first bytes, their offset, and Pillow's reader for it. Image.open would import five
# readers to try in turn, and warn by a global limit; the reader itself does neither.
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "PngImagePlugin", "PngImageFile"),
    (b"\xff\xd8\xff", 0, "JpegImagePlugin", "JpegImageFile"),
    (b"WEBP", 8, "WebPImagePlugin", "WebPImageFile"),
    (b"BM", 0, "BmpImagePlugin", "BmpImageFile"),
    (b"II*\x00", 0, "TiffImagePlugin", "TiffImageFile"),
    (b"MM\x00*", 0, "TiffImagePlugin", "TiffImageFile"),
    (b"II+\x00", 0, "TiffImagePlugin", "TiffImageFile"),
    (b"MM\x00+", 0, "TiffImagePlugin", "TiffImageFile"),
    (b"GIF8", 0, "GifImagePlugin", "GifImageFile"),
    # The brands of ISO/IEC 23000-22: a picture, a sequence, and what may hold either.
    (b"ftypavif", 4, "AvifImagePlugin", "AvifImageFile"),
    (b"ftypavis", 4, "AvifImagePlugin", "AvifImageFile"),
    (b"ftypmif1", 4, "AvifImagePlugin", "AvifImageFile"),
    (b"ftypmsf1", 4, "AvifImagePlugin", "AvifImageFile"),
    (b"P1", 0, "PpmImagePlugin", "PpmImageFile"),
    (b"P2", 0, "PpmImagePlugin", "PpmImageFile"),
    (b"P3", 0, "PpmImagePlugin", "PpmImageFile"),
    (b"P4", 0, "PpmImagePlugin", "PpmImageFile"),
    (b"P5", 0, "PpmImagePlugin", "PpmImageFile"),
    (b"P6", 0, "PpmImagePlugin", "PpmImageFile"),
)
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
    source: ImageSource, *, max_side: int = MAX_SIDE_PX
) -> tuple[Grey, tuple[float, float]]:
    """Read a picture as pixels: upright, in 8 bits, without transparency.

    Args:
        source: As for `to_ink_map`.
        max_side: As for `to_ink_map`.

    Returns:
        (H, W) or (H, W, 3) uint8, and the width and the height of its pixels in pixels of the
        upright picture.

    Raises:
        ImageError, InputTypeError, InputNotFoundError, InputReadError: As `to_ink_map`.
    """
    image, size, name = _open_source(source, max_side)
    pixels = opaque(*_pixels(image, name, max_side))
    orientation = _orientation(image)
    pixels = np.ascontiguousarray(_upright(pixels, orientation))
    width, height = size if orientation < 5 else size[::-1]
    return pixels, (width / pixels.shape[1], height / pixels.shape[0])


def _open_source(source: ImageSource, max_side: int) -> tuple[Image.Image, tuple[int, int], str]:
    """The picture, perhaps already reduced; its full width and height; what to call it."""
    if isinstance(source, np.ndarray):
        image = _array_image(source)
        return image, image.size, "the array"
    if isinstance(source, Image.Image):
        return source, source.size, f"the {source.mode} image"
    content, name = read_file(source)
    image = _open(content, name)
    size = image.size
    # JPEG decodes at 1/2, 1/4 or 1/8 in a fraction of the time; other formats ignore this.
    factor = _excess(size, max_side)
    image.draft(None, (max(1, image.width // factor), max(1, image.height // factor)))
    return image, size, name


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
    image = _open(data, name)
    _load(image, name)
    return image


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
    image = _open(data, name)
    if image.format == "TIFF":
        return _tiff_pages(image, name, first, last)
    if first > 1:
        raise ImageError(_too_few(name, 1, first))
    return _one_page(image, name)


def _one_page(image: Image.Image, name: str) -> Iterator[Image.Image]:
    _load(image, name)
    yield image


def _too_few(name: str, count: int, first: int) -> str:
    pages = "1 page" if count == 1 else f"{count:,} pages"
    return f"{name} has {pages}; expected a page {first:,}: choose others"


def _tiff_pages(
    image: Image.Image, name: str, first: int, last: int | None
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
        except Exception as exc:  # as in _open
            raise ImageDecodeError(_damaged(page_name, exc)) from exc
        if index == MAX_PAGES:
            raise ImageTooLargeError(
                f"{name} has over {MAX_PAGES:,} pages; expected at most that: split it"
            )
        count += is_page
        if not is_page or count < first:
            continue
        _check_size(image.size, page_name)
        _load(image, page_name)
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
        InputReadError: If the file cannot be read.
    """
    others = ", a PIL image, an (H, W[, 3|4]) array, or Ink"
    content, name = read_source(source, MAX_FILE_BYTES, "a picture", others)
    if len(content) > MAX_FILE_BYTES:
        raise ImageTooLargeError(
            f"{name} has over {MAX_FILE_BYTES:,} bytes; expected a picture: save it smaller"
        )
    return content, name


def is_pdf(start: bytes) -> bool:
    """Whether a file is a PDF, by its first kilobyte."""
    return has_pdf_mark(start) and not _readers(start)


def _readers(data: bytes) -> list[tuple[str, str]]:
    """Pillow's module and reader for a file, by its first bytes."""
    return [
        (module, reader)
        for signature, offset, module, reader in SIGNATURES
        if data[offset : offset + len(signature)] == signature
    ]


def _open(data: bytes, name: str) -> Image.Image:
    """Read the header only, and refuse what would be unsafe to decode."""
    if not data:
        raise ImageDecodeError(f"{name} is empty; expected a {FORMATS} picture")
    readers = _readers(data)
    if is_pdf(data):
        [page] = decode_pages(data, name, last=1)
        return page
    if not readers:
        raise ImageDecodeError(
            f"{name} starts with {data[:12]!r}; expected a {FORMATS} picture: save it as one of"
            " them"
        )
    module, reader = readers[0]
    plugin = _plugin(module, name)
    try:
        opened = getattr(plugin, reader)(io.BytesIO(data))
    except Exception as exc:  # on damaged files Pillow raises errors of many kinds
        raise ImageDecodeError(_damaged(name, exc)) from exc
    image: Image.Image = opened
    _check_size(image.size, name)
    return image


def _plugin(module: str, name: str) -> ModuleType:
    """Pillow's module for a format, if this Pillow can read it."""
    try:
        plugin = importlib.import_module(f"PIL.{module}")
        if getattr(plugin, "SUPPORTED", True):
            return plugin
    except ImportError:
        pass
    form = module.removesuffix("ImagePlugin").upper()
    raise ImageDecodeError(
        f"{name} is in the format {form}, which this Pillow ({PIL.__version__}) does not read;"
        " expected a Pillow built with it (AVIF: 11.3 or newer): update Pillow, or save the picture"
        " as PNG"
    )


def _load(image: Image.Image, name: str) -> None:
    try:
        image.load()
    except Exception as exc:  # as in _open
        raise ImageDecodeError(_damaged(name, exc)) from exc


def _damaged(name: str, exc: Exception) -> str:
    reason = (str(exc).strip().splitlines() or [type(exc).__name__])[0]
    return f"{name} is damaged or incomplete ({reason}); expected a whole {FORMATS} picture"


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise ImageTooLargeError(
            f"{name} is {width:,} × {height:,} pixels; expected at most {MAX_PIXELS:,} in all:"
            " reduce it first"
        )
    if width < 1 or height < 1:
        raise ImageError(f"{name} is {width} × {height} pixels; expected at least one")


def _excess(size: tuple[int, int], max_side: int) -> int:
    """The smallest whole factor that brings the longer side within `max_side`."""
    return -(-max(size) // max_side)


def _pixels(image: Image.Image, name: str, max_side: int) -> tuple[Grey, Grey | None]:
    """(H, W) or (H, W, 3) uint8 and, where a pixel may be transparent, (H, W) uint8 of alpha."""
    _check_size(image.size, name)
    _load(image, name)
    try:
        image = plain_image(image)
        factor = _excess(image.size, max_side)
        if factor > 1:
            image = image.reduce(factor)
        if image.mode not in ("LA", "RGBA"):
            return np.asarray(image), None
        opaque = image.convert("L" if image.mode == "LA" else "RGB")
        return np.asarray(opaque), np.asarray(image.getchannel("A"))
    except ImageError:
        raise
    except Exception as exc:  # palettes and rare modes fail late
        raise ImageDecodeError(_damaged(name, exc)) from exc


def plain_image(image: Image.Image) -> Image.Image:
    """Convert a picture to 8 bits: mode L, RGB, LA or RGBA; deeper levels are scaled to fit.

    Raises:
        ImageError: If a pixel is NaN or infinite.
    """
    mode = image.mode
    if mode in ("I", "F") or mode.startswith("I;"):
        return Image.fromarray(scale_levels(np.asarray(image)))
    if mode in ("LA", "La"):
        return image.convert("LA")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if mode in ("L", "RGB"):
        return image
    return image.convert("L" if mode == "1" else "RGB")


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


def _array_image(array: NDArray[Any]) -> Image.Image:
    shape = array.shape
    if array.ndim == 3 and shape[2] == 1:
        array = array[:, :, 0]
    if not (array.ndim == 2 or (array.ndim == 3 and shape[2] in (3, 4))) or not array.size:
        raise ImageError(
            f"an array of shape {shape}; expected (H, W), (H, W, 3) or (H, W, 4), not empty"
        )
    _check_size((shape[1], shape[0]), "the array")
    return Image.fromarray(to_bytes(np.asarray(array)))
