"""Practice sheets filled with handmade digits, and photos of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from drawn import drawn
from PIL import Image

from inkdigit._pixels.transform import Transform, warp
from inkdigit._practice.draw import draw_sheet
from inkdigit._practice.layout import BOXES

DPI = 120
MM = DPI / 25.4


def filled(instead: Mapping[int, str] | None = None, blank: tuple[int, ...] = ()) -> Image.Image:
    """A sheet with every box filled; some, by their index, with another text, some blank."""
    sheet = draw_sheet(DPI)
    for index, box in enumerate(BOXES):
        if index in blank:
            continue
        text = (instead or {}).get(index, box.text)
        high = 0.9 * (box.bottom - box.top) * MM  # the drawings have room around them
        step = 0.62 * high
        x = (box.left + box.right) / 2 * MM - (step * (len(text) - 1) + high) / 2
        for k, digit in enumerate(text):
            ink = Image.fromarray(np.uint8(drawn(digit, 2.4) * 255)).resize((round(high),) * 2)
            y = (box.top + box.bottom) / 2 * MM - high / 2
            sheet.paste(45, (round(x + k * step), round(y)), ink)
    return sheet


def photo(sheet: Image.Image, tilt: float = 0.05, seed: int = 0) -> Image.Image:
    """The sheet on a dark desk, seen at an angle, unevenly lit."""
    rng = np.random.default_rng(seed)
    wide, tall = sheet.size
    corners = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], float)
    room = 0.12 * tall
    seen = corners + room + rng.normal(0, tilt * tall / 2, (4, 2))
    size = round(wide + 2 * room), round(tall + 2 * room)
    to_sheet = Transform.between(seen, corners)
    levels = np.asarray(warp(sheet, to_sheet, size), np.float32)
    cover = np.asarray(warp(Image.new("L", sheet.size, 255), to_sheet, size), np.float32) / 255
    taken = levels * cover + 70 * (1 - cover)
    taken *= 1 - 0.35 * np.linspace(0, 1, size[0])[None] * np.linspace(0.4, 1, size[1])[:, None]
    taken += rng.normal(0, 4, taken.shape)
    return Image.fromarray(np.uint8(taken.clip(0, 255)))
