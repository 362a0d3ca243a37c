"""Parts of a picture: a box in, the pixels to cut out."""

from __future__ import annotations

import io
import math

from PIL import Image

from inkdigit_app.core.glyphs import Box
from inkdigit_app.core.page import Picture

__all__ = ["cropped", "decode", "moved", "pixels", "region_of"]

# Around a digit cut out of a picture, as a fraction of its longer side: shows the background.
MARGIN = 0.1  # not tuned
# Pillow turns to the left.
TURNS = (
    None, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90,
)  # fmt: skip


def pixels(
    box: Box, margin: float = 0.0, within: tuple[int, int] | None = None
) -> tuple[int, int, int, int]:
    """The smallest region of whole pixels round a box, never an empty one.

    Args:
        box: In the picture's pixels.
        margin: Added on each side, as a fraction of the box's longer side.
        within: The picture's width and height, which the region is cut to.
    """
    grow = margin * max(box[2] - box[0], box[3] - box[1])
    left, top = math.floor(box[0] - grow), math.floor(box[1] - grow)
    right, bottom = math.ceil(box[2] + grow), math.ceil(box[3] + grow)
    if within is not None:
        left, top = max(left, 0), max(top, 0)
        right, bottom = min(right, within[0]), min(bottom, within[1])
    return left, top, max(right, left + 1), max(bottom, top + 1)


def region_of(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The region to cut out of a picture of this size, to read the digit in the box."""
    return pixels(box, margin=MARGIN, within=size)


def moved(box: Box, by: tuple[int, int]) -> Box:
    """The box, shifted."""
    return box[0] + by[0], box[1] + by[1], box[2] + by[0], box[3] + by[1]


def cropped(image: Image.Image, region: Box | None) -> tuple[Image.Image, tuple[int, int]]:
    """The region of a picture, or all of it, and where that begins."""
    if region is None:
        return image, (0, 0)
    edges = pixels(region, within=image.size)
    return image.crop(edges), edges[:2]


def decode(picture: Picture) -> Image.Image:
    """The picture's pixels as it is turned; they are decoded when they are first used."""
    image = Image.open(io.BytesIO(picture.content))
    turn = TURNS[picture.turns]
    return image if turn is None else image.transpose(turn)
