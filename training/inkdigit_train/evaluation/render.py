"""Ink drawn as a picture, the way it would come from a scan: for figures of reading pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from inkdigit import Ink

__all__ = ["render"]

SUPERSAMPLING = 4  # drawn so many times as large and averaged down, for soft edges
MARGIN = 0.2  # of the height, white all around


def render(ink: Ink, height_px: int = 100, pen_px: float = 6.0) -> NDArray[np.uint8]:
    """Draw ink in black on white with a round pen.

    Args:
        ink: At least one stroke.
        height_px: Of what is drawn, the pen's width included.
        pen_px: Width of the pen.

    Returns:
        (H, W) uint8; H is the height and its margins.
    """
    left, top, _, bottom = ink.bounds
    scale = SUPERSAMPLING * (height_px - pen_px) / max(bottom - top, 1e-6)
    edge = SUPERSAMPLING * (MARGIN * height_px + pen_px / 2)
    pen = SUPERSAMPLING * pen_px
    lines = [(s.points.astype(np.float64) - (left, top)) * scale + edge for s in ink]
    width, height = (np.concatenate(lines).max(axis=0) + edge).tolist()
    width, height = (-(-int(side) // SUPERSAMPLING) * SUPERSAMPLING for side in (width, height))
    picture = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(picture)
    for line in lines:
        draw.line([tuple(p) for p in line.tolist()], fill=0, width=round(pen), joint="curve")
        for x, y in line.tolist():
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=0)
    return np.asarray(picture.reduce(SUPERSAMPLING))
