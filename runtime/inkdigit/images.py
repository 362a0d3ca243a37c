"""Pictures in (files, bytes, PIL images, arrays), ink maps out: (H, W) float32 in [0, 1], 1 = ink.

This module decodes: formats, colour modes, bit depths, EXIF rotation, sizes. `_picture` finds the
ink.
"""

from __future__ import annotations

import importlib
import io
import os
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._picture.find import find_ink
from inkdigit._picture.flat import opaque
from inkdigit._picture.look import scaled
from inkdigit._pixels.morphology import Grey
from inkdigit.errors import (
    ImageDecodeError,
    ImageError,
    ImageTooLargeError,
    InputNotFoundError,
    InputReadError,
    InputTypeError,
)
from inkdigit.session import bundled_ink_session

__all__ = [
    "ImageSource",
    "decode_image",
    "load_image",
    "plain_image",
    "read_pixels",
    "to_bytes",
    "to_ink_map",
]

ImageSource: TypeAlias = str | os.PathLike[str] | Image.Image | NDArray[Any]

MAX_PIXELS = 80_000_000  # more than phones take; decoded to RGB it still fits 240 MB
MAX_FILE_BYTES = 400_000_000  # an uncompressed picture of MAX_PIXELS with alpha
MAX_SIDE_PX = 2048  # a digit a twentieth of the side high still has 100 pixels
FORMATS = "PNG, JPEG, WebP, BMP, TIFF or GIF"

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
)
EXIF_ORIENTATION = 0x0112


def to_ink_map(source: ImageSource, *, max_side: int = MAX_SIDE_PX) -> NDArray[np.float32]:
    """Read a picture as ink.

    Args:
        source: Path of a picture; PIL image; array (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4)
            RGBA of uint8, uint16, bool or float in [0, 1]. Dark on light or light on dark.
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
    path = _path(source)
    image = _open(_read(path), str(path))
    size = image.size
    # JPEG decodes at 1/2, 1/4 or 1/8 in a fraction of the time; other formats ignore this.
    factor = _excess(size, max_side)
    image.draft(None, (max(1, image.width // factor), max(1, image.height // factor)))
    return image, size, str(path)


def decode_image(data: bytes, name: str = "the input") -> Image.Image:
    """Decode the bytes of a picture file, its first frame where it has several.

    Args:
        data: A whole PNG, JPEG, WebP, BMP, TIFF or GIF file.
        name: What to call it in messages.

    Returns:
        The picture as its file holds it: an EXIF rotation is still to be applied.

    Raises:
        ImageDecodeError: If it is not an image, or damaged.
        ImageTooLargeError: If it has more pixels than are safe to decode.
    """
    image = _open(data, name)
    _load(image, name)
    return image


def load_image(path: str | os.PathLike[str]) -> Image.Image:
    """Decode a picture file.

    Args:
        path: Of a PNG, JPEG, WebP, BMP, TIFF or GIF file.

    Returns:
        As `decode_image`.

    Raises:
        ImageError: As `decode_image`.
        InputTypeError: If it is no path.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file cannot be read.
    """
    file = _path(path)
    return decode_image(_read(file), str(file))


def _path(source: object) -> Path:
    if isinstance(source, (str, os.PathLike)):
        return Path(os.fsdecode(source))
    hint = "; read bytes with decode_image" if isinstance(source, (bytes, bytearray)) else ""
    raise InputTypeError(
        f"got a {type(source).__name__}; expected the path of a picture, a PIL image,"
        f" an (H, W[, 3|4]) array, or Ink{hint}"
    )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as exc:
        raise InputNotFoundError(f"no file at {path}; expected the path of a picture") from exc
    except (OSError, ValueError) as exc:  # ValueError: a null byte in the path
        if isinstance(exc, IsADirectoryError):
            raise InputReadError(f"{path} is a folder; expected the path of one picture") from exc
        raise InputReadError(
            f"{str(path)!r} cannot be read ({exc}): check its permissions"
        ) from exc
    if len(data) > MAX_FILE_BYTES:
        raise ImageTooLargeError(
            f"{path} has over {MAX_FILE_BYTES:,} bytes; expected a picture: save it smaller"
        )
    return data


def _open(data: bytes, name: str) -> Image.Image:
    """Read the header only, and refuse what would be unsafe to decode."""
    if not data:
        raise ImageDecodeError(f"{name} is empty; expected a {FORMATS} picture")
    readers = [
        (module, reader)
        for signature, offset, module, reader in SIGNATURES
        if data[offset : offset + len(signature)] == signature
    ]
    if not readers:
        raise ImageDecodeError(
            f"{name} starts with {data[:8]!r}; expected a {FORMATS} picture: save it as one of them"
        )
    module, reader = readers[0]
    try:
        opened = getattr(importlib.import_module(f"PIL.{module}"), reader)(io.BytesIO(data))
    except Exception as exc:  # on damaged files Pillow raises errors of many kinds
        raise ImageDecodeError(_damaged(name, exc)) from exc
    image: Image.Image = opened
    _check_size(image.size, name)
    return image


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
        return Image.fromarray(_scale_levels(np.asarray(image)))
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


def to_bytes(array: NDArray[Any]) -> Grey:
    """Bring an array of pixels to 8 bits, of any shape.

    Args:
        array: uint8, uint16, bool, or float in [0, 1].

    Returns:
        The same shape, uint8.

    Raises:
        ImageError: If floats lie outside [0, 1].
        InputTypeError: If it is of another type.
    """
    if array.dtype == np.uint8:
        return array
    if array.dtype == bool:
        return np.asarray(np.where(array, 255, 0), np.uint8)
    if array.dtype == np.uint16:
        return _scale_levels(array)
    if array.dtype.kind != "f":
        raise InputTypeError(
            f"an array of dtype {array.dtype}; expected uint8, uint16, bool, or float in [0, 1]:"
            " convert it with .astype(np.uint8)"
        )
    low, high = float(array.min()), float(array.max())
    # One test catches NaN too, which no comparison holds for.
    if not (low >= 0.0 and high <= 1.0):
        raise ImageError(
            f"a {array.dtype} array from {low:.4g} to {high:.4g}; expected [0, 1]: divide by its"
            " full scale, or convert it with .astype(np.uint8)"
        )
    return _rounded(array.astype(np.float32) * np.float32(255))


def _scale_levels(values: NDArray[Any]) -> Grey:
    """Bring 10 to 16 bits, 32-bit integers or floats to 8 bits."""
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise ImageError("the picture has pixels that are NaN or infinite; expected finite ones")
    floor = min(low, 0.0)
    span = high - floor
    if values.dtype.kind == "f" and span <= 1.0:
        full = 1.0
    else:
        # A camera's 12 bits come in words of 16: full scale is the next whole number of bits.
        full = max(2.0 ** int(span).bit_length() - 1.0, 255.0)
    return _rounded((values.astype(np.float64) - floor) * (255 / full))


def _rounded(levels: NDArray[Any]) -> Grey:
    return np.asarray((levels + levels.dtype.type(0.5)).clip(0, 255), np.uint8)
