"""A page in, a small PNG of it out."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from inkdigit.drawing import draw_polylines
from inkdigit_app.core.page import Page, Picture
from inkdigit_app.core.pictures.regions import decode

__all__ = ["SIZE_PX", "draw_thumbnail", "is_thumbnail"]

SIZE_PX = (288, 144)  # 96 dp × 48 dp on a screen of three pixels to the dp
MARGIN_PX = 8
MAX_SCALE = 3.0  # a single dot is not blown up to fill the thumbnail
MIN_PEN_PX = 3.0  # ink of a large page stays visible


def draw_thumbnail(page: Page) -> bytes:
    """Draw a page to fit `SIZE_PX`.

    Returns:
        A PNG: ink is white on transparent, to be tinted; a picture keeps its colours.
    """
    image = _ink(page) if page.picture is None else _picture(page.picture)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def is_thumbnail(content: object) -> bool:
    """Whether this is a whole PNG, by its checksums."""
    if not isinstance(content, bytes):
        return False
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            image.verify()
    except (OSError, SyntaxError, ValueError):  # what Pillow raises for a damaged file
        return False
    return True


def _ink(page: Page) -> Image.Image:
    left, top, right, bottom = page.ink.bounds
    size = np.array(SIZE_PX)
    extent = np.array([right - left, bottom - top])
    scale = min(*((size - 2 * MARGIN_PX) / np.maximum(extent, 1)).tolist(), MAX_SCALE)
    shift = size / 2 - scale * np.array([left + right, top + bottom]) / 2
    mask = draw_polylines(
        [pen_stroke.stroke.points * scale + shift for pen_stroke in page.strokes],
        [max(pen_stroke.width * scale, MIN_PEN_PX) for pen_stroke in page.strokes],
        SIZE_PX,
        ink=255,
        background=0,
    )
    image = Image.new("LA", SIZE_PX, 255)
    image.putalpha(mask)
    return image


def _picture(picture: Picture) -> Image.Image:
    image = decode(picture).convert("RGB")
    image.thumbnail(SIZE_PX)
    return image
