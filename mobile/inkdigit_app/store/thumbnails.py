"""A page in, a small PNG of it out. No Kivy in here."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

from inkdigit_app.core.page import Page, Picture

__all__ = ["SIZE_PX", "draw_thumbnail"]

SIZE_PX = (288, 144)  # 96 dp × 48 dp on a screen of three pixels to the dp
MARGIN_PX = 8
MAX_SCALE = 3.0  # a single dot is not blown up to fill it
OVERSAMPLED = 2  # drawn so much larger, then reduced: smooth edges


def draw_thumbnail(page: Page) -> bytes:
    """Draw a page to fit `SIZE_PX`.

    Returns:
        A PNG: ink white on transparent, to be tinted; a picture as it is.
    """
    image = _ink(page) if page.picture is None else _picture(page.picture)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _ink(page: Page) -> Image.Image:
    left, top, right, bottom = page.ink.bounds
    size = np.array(SIZE_PX) * OVERSAMPLED
    room = size - 2 * MARGIN_PX * OVERSAMPLED
    extent = np.array([right - left, bottom - top])
    scale = min(*(room / np.maximum(extent, 1)).tolist(), MAX_SCALE * OVERSAMPLED)
    shift = size / 2 - scale * np.array([left + right, top + bottom]) / 2
    mask = Image.new("L", (int(size[0]), int(size[1])))
    draw = ImageDraw.Draw(mask)
    for pen_stroke in page.strokes:
        # Never so thin that a large page is an empty one.
        width = max(round(pen_stroke.width * scale), 3 * OVERSAMPLED)
        points = [(float(x), float(y)) for x, y in pen_stroke.stroke.points * scale + shift]
        draw.line(points, 255, width, "curve")
        for x, y in (points[0], points[-1]):
            reach = width / 2
            draw.ellipse((x - reach, y - reach, x + reach, y + reach), 255)
    mask = mask.resize(SIZE_PX, Image.Resampling.BOX)
    image = Image.new("LA", SIZE_PX, 255)
    image.putalpha(mask)
    return image


def _picture(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.content)).convert("RGB")
    image.thumbnail(SIZE_PX)
    return image
