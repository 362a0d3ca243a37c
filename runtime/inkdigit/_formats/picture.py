"""The bytes of a picture file in, a picture of Pillow's out; refused before it takes time or room.

What decoding takes is known from the header: pixels, bytes a pixel, a JPEG's scans. Pictures that
people bring are nowhere near the bounds, as a file of many pixels has many bytes.
"""

from __future__ import annotations

import importlib
import io
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import PIL
from PIL import Image

from inkdigit._formats.jpeg import count_scans
from inkdigit._formats.pnm import load_pnm
from inkdigit.errors import ImageDecodeError, ImageError, ImageTooLargeError

__all__ = [
    "FORMATS",
    "SIGNATURES",
    "check_size",
    "damaged",
    "find_reader",
    "is_picture",
    "load_picture",
    "open_picture",
]

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

# Bytes that decoding may take: these, and for each byte of the file some more. A page of A4 at
# 600 dpi in colour has 35 million pixels, of 4 bytes in Pillow.
DECODED_BYTES = 180_000_000
BYTES_OF_BYTE = 40  # a scan of white paper is packed to a fortieth, a photo to a tenth
# The same of a page among others, held thrice at times: as its file's, as the caller's, and as the
# page before. A4 at 600 dpi in colour takes that in 1.9 MB, A3 in black and white in any.
PAGE_DECODED_BYTES, PAGE_BYTES_OF_BYTE, PAGES_HELD = 270_000_000, 80, 3
# Pixels times scans that a JPEG may take, likewise: 1 second for each 200 million. A progressive
# photo of 24 million pixels has 10 scans, and a megabyte at the least.
SCANNED_PIXELS = 150_000_000
SCANNED_OF_BYTE = 100

PIXEL_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2, "I;16N": 2}
OTHER_PIXEL_BYTES = 4  # of every other mode in Pillow, grey with alpha too
COEFFICIENT_BYTES = 2  # of a sample, in a JPEG whose scans have to be kept


@dataclass(frozen=True)
class _Decoding:
    """What Pillow's decoder of a format keeps, besides the picture.

    Attributes:
        pixel_bytes: More bytes for each pixel.
    """

    pixel_bytes: int


# WebP's decoder has a canvas, the one before it, what it decodes and a copy to hand over; AVIF's
# has planes and a copy.
DECODERS = {"WEBP": _Decoding(12), "AVIF": _Decoding(7)}


def open_picture(content: bytes, name: str, max_pixels: int) -> Image.Image:
    """Read the header only, and refuse what would be unsafe to decode.

    Args:
        content: The whole file.
        name: What to call it in messages.
        max_pixels: How many pixels it may have.

    Raises:
        ImageDecodeError: If it is not an image, or damaged.
        ImageTooLargeError: If it has more pixels, or takes more time or memory than is safe.
    """
    module, reader = find_reader(content, name)
    plugin = _plugin(module, name)
    try:
        opened = getattr(plugin, reader)(io.BytesIO(content))
    except Exception as exc:  # on damaged files Pillow raises errors of many kinds
        raise ImageDecodeError(damaged(name, exc)) from exc
    image: Image.Image = opened
    check_size(image.size, name, max_pixels)
    if image.format != "TIFF":  # whose pages are of several sizes
        _check_cost(image, content, name)
    return image


def find_reader(start: bytes, name: str) -> tuple[str, str]:
    """Pillow's module and class for a file.

    Args:
        start: At least its first 12 bytes, if it has so many.
        name: What to call it in messages.

    Raises:
        ImageDecodeError: If it starts like no picture.
    """
    if not start:
        raise ImageDecodeError(f"{name} is empty; expected a {FORMATS} picture")
    for signature, offset, module, reader in SIGNATURES:
        if start[offset : offset + len(signature)] == signature:
            return module, reader
    raise ImageDecodeError(
        f"{name} starts with {start[:12]!r}; expected a {FORMATS} picture: save it as one of them"
    )


def is_picture(start: bytes) -> bool:
    """Whether a file is a picture, by its first 12 bytes."""
    return any(start[at : at + len(first)] == first for first, at, _, _ in SIGNATURES)


def load_picture(
    image: Image.Image, name: str, content: bytes = b"", *, is_page: bool = False
) -> Image.Image:
    """Decode a picture that is open.

    Args:
        image: Of `open_picture`, or the caller's own.
        name: What to call it in messages.
        content: Its file; empty where it has none.
        is_page: Whether the page before it is still held, and it is to be copied.

    Returns:
        The picture, its pixels decoded.

    Raises:
        ImageDecodeError: If it is damaged.
        ImageTooLargeError: If it takes more time or memory than is safe.
    """
    if content and image.format == "TIFF":
        _check_cost(image, content, name, is_page)
    try:
        tiles: Any = getattr(image, "tile", None)
        if content and tiles and tiles[0][0] in ("ppm_plain", "ppm"):
            return load_pnm(image, tiles[0], content)
        image.load()
    except Exception as exc:  # as in open_picture
        raise ImageDecodeError(damaged(name, exc)) from exc
    return image


def check_size(size: tuple[int, int], name: str, max_pixels: int) -> None:
    """Refuse a picture without pixels, or with more.

    Raises:
        ImageError: If a side is 0; as ImageTooLargeError if it is too large.
    """
    width, height = size
    if width * height > max_pixels:
        raise ImageTooLargeError(
            f"{name} is {width:,} × {height:,} pixels; expected at most {max_pixels:,} in all:"
            " reduce it first"
        )
    if width < 1 or height < 1:
        raise ImageError(f"{name} is {width} × {height} pixels; expected at least one")


def damaged(name: str, exc: Exception) -> str:
    """The message for a picture that Pillow cannot read."""
    reason = (str(exc).strip().splitlines() or [type(exc).__name__])[0]
    return f"{name} is damaged or incomplete ({reason[:200]}); expected a whole {FORMATS} picture"


def _check_cost(image: Image.Image, content: bytes, name: str, is_page: bool = False) -> None:
    """Refuse what takes much more time or memory than its file is large."""
    pixels = image.width * image.height
    pixel_bytes = float(PIXEL_BYTES.get(image.mode, OTHER_PIXEL_BYTES))
    other = DECODERS.get(image.format or "")
    if other is not None:
        pixel_bytes += other.pixel_bytes
    if image.format in ("JPEG", "MPO"):
        found = count_scans(content)
        passed = pixels * found.scans
        if found.scans > 1 and passed > SCANNED_PIXELS + SCANNED_OF_BYTE * len(content):
            raise ImageTooLargeError(
                f"{name} draws {pixels:,} pixels in {found.scans:,} scans, which takes too long;"
                " expected a JPEG of one scan or some ten: save it as a baseline JPEG"
            )
        # Reduced while it is decoded; but the scans of a progressive one are kept whole.
        pixel_bytes = found.samples * COEFFICIENT_BYTES if found.scans > 1 else 0.0
    most = DECODED_BYTES + BYTES_OF_BYTE * len(content)
    if is_page:
        pixel_bytes *= PAGES_HELD
        most = PAGE_DECODED_BYTES + PAGE_BYTES_OF_BYTE * len(content)
    if pixels * pixel_bytes > most:
        raise ImageTooLargeError(
            f"{name} is {image.width:,} × {image.height:,} pixels in {len(content):,} bytes, which"
            f" takes {pixels * pixel_bytes / 1e6:,.0f} MB to decode; expected a file of fewer"
            " pixels: reduce it first"
        )


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
