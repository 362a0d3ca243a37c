"""The bytes of a PNM picture that Pillow reads slowly in, the picture out.

Pillow reads values written as text, and levels that do not reach to 255, one by one, and takes
quadratic time for comments.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["load_pnm"]


def load_pnm(image: Image.Image, tile: Any, content: bytes) -> Image.Image:
    """Decode a PNM file.

    Args:
        image: As Pillow opened it, not decoded.
        tile: Pillow's entry for its values: the decoder, where they start, and their full level.
        content: The whole file.

    Raises:
        ValueError: If there are too few values, or one is not a level.
    """
    decoder, _, offset, args = tile[:4]
    bands = len(image.getbands())
    count = image.width * image.height * bands
    full = 1 if image.mode == "1" else int(args[-1])
    if decoder == "ppm":
        values = _from_bytes(content[offset:], count, full)
    else:
        values = _from_text(content[offset:], count, full, bits=image.mode == "1")
    top = 65_535 if image.mode == "I" else 255
    levels = np.rint(values * (top / full)).astype(np.int32 if image.mode == "I" else np.uint8)
    shape = (image.height, image.width, bands) if bands > 1 else (image.height, image.width)
    return Image.fromarray(levels.reshape(shape))


def _from_bytes(content: bytes, count: int, full: int) -> NDArray[np.float64]:
    kind = np.dtype(np.uint8) if full < 256 else np.dtype(">u2")
    if len(content) < count * kind.itemsize:
        raise ValueError(f"{len(content)} bytes for {count} levels")
    return np.minimum(np.frombuffer(content, kind, count).astype(np.float64), full)


def _from_text(content: bytes, count: int, full: int, *, bits: bool) -> NDArray[np.float64]:
    text = re.sub(rb"#[^\r\n]*", b" ", content)
    if bits:
        digits = np.frombuffer(b"".join(text.split())[:count], np.uint8)
        values = 1.0 - (digits.astype(np.float64) - ord("0"))  # 1 is black
    else:
        values = np.fromiter(map(int, text.split(maxsplit=count)[:count]), np.float64)
    if len(values) < count:
        raise ValueError(f"{len(values)} levels of {count}")
    if values.min() < 0 or values.max() > full:
        raise ValueError(f"levels from {values.min():.0f} to {values.max():.0f} of {full}")
    return values
