"""Strokes in, a picture of them out, as a scan or a screen would show it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from inkdigit.ink import Ink

__all__ = ["draw_ink", "draw_polylines"]

SUPERSAMPLING = 4  # drawn this much larger, then averaged: Pillow draws no smooth lines


def draw_ink(
    ink: Ink, height_px: float = 100.0, pen_px: float = 6.0, margin_px: float = 20.0
) -> Image.Image:
    """Draw ink in black on white with a round pen.

    Args:
        ink: At least one stroke.
        height_px: Height of the ink in the picture, the pen's width included.
        pen_px: Width of the pen.
        margin_px: White on all four sides.

    Returns:
        A picture of mode L, `height_px` + 2 × `margin_px` high.

    Raises:
        EmptyInkError: If there is no stroke.
    """
    left, top, _, bottom = ink.bounds
    scale = (height_px - pen_px) / max(bottom - top, 1e-6)
    edge = margin_px + pen_px / 2
    polylines = [(s.points.astype(np.float64) - (left, top)) * scale + edge for s in ink]
    right, lowest = (np.concatenate(polylines).max(axis=0) + edge).tolist()
    size = tuple(-(-int(side * SUPERSAMPLING) // SUPERSAMPLING) for side in (right, lowest))
    return draw_polylines(polylines, [pen_px] * len(polylines), (size[0], size[1]))


def draw_polylines(
    polylines: Sequence[NDArray[np.float64]],
    widths: Sequence[float],
    size: tuple[int, int],
    *,
    ink: int = 0,
    background: int = 255,
) -> Image.Image:
    """Draw polylines with a round pen and soft edges.

    Args:
        polylines: (n, 2) points each, n >= 1: x, y in pixels of the picture.
        widths: The pen's width for each, in pixels.
        size: Width and height of the picture in pixels.
        ink: Grey level, 0 to 255, of the ink.
        background: Grey level of the rest.

    Returns:
        A picture of mode L.
    """
    picture = Image.new("L", (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING), background)
    draw = ImageDraw.Draw(picture)
    for polyline, width in zip(polylines, widths, strict=True):
        pen = width * SUPERSAMPLING
        points = [(x, y) for x, y in (polyline * SUPERSAMPLING).tolist()]
        draw.line(points, fill=ink, width=round(pen), joint="curve")
        for x, y in points:  # round caps and joints; `ImageDraw.circle` needs Pillow 10.4
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=ink)
    return picture.reduce(SUPERSAMPLING)
