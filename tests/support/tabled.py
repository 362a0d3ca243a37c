"""Tables of handmade digits, drawn here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from drawn import drawn
from PIL import Image, ImageDraw

SIDE, WIDE = 70, 120  # a cell's height and width in pixels
MARGIN = 60
DIGIT = 34  # a digit's height


def table(
    rows: Sequence[Sequence[str]], ruled: bool = True, merged: Sequence[tuple[int, int]] = ()
) -> Image.Image:
    """A table, dark on light, without the rule right of each of the merged cells."""
    columns = len(rows[0])
    size = (2 * MARGIN + columns * WIDE, 2 * MARGIN + len(rows) * SIDE)
    image = Image.new("L", size, 225)
    pencil = ImageDraw.Draw(image)
    if ruled:
        for k in range(len(rows) + 1):
            y = MARGIN + k * SIDE
            pencil.line([(MARGIN, y), (MARGIN + columns * WIDE, y)], fill=90, width=2)
        for row in range(len(rows)):
            top = MARGIN + row * SIDE
            for k in range(columns + 1):
                if (row, k - 1) not in merged:
                    x = MARGIN + k * WIDE
                    pencil.line([(x, top), (x, top + SIDE)], fill=90, width=2)
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            for k, digit in enumerate(text):
                side = round(1.4 * DIGIT)
                ink = Image.fromarray(np.uint8(drawn(digit, 2.0) * 255)).resize((side, side))
                x = MARGIN + column * WIDE + 14 + k * 30
                image.paste(40, (x, MARGIN + row * SIDE + (SIDE - side) // 2), ink)
    return image


def turned(image: Image.Image, degrees: float) -> Image.Image:
    """The picture turned clockwise, as a sheet lies on a table of the same colour."""
    return image.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=225)
