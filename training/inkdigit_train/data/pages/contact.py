"""Contact sheets: made pictures with their truth drawn beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from inkdigit_train.data.pages.page import Page

__all__ = ["contact_sheet"]

CELL_PX = 180
TITLE_PX = 14
COLUMNS = 5
GROUND, INK, MEANT, BOX = (70, 90, 110), (255, 120, 0), (0, 200, 80), (255, 40, 40)


def contact_sheet(pages: Sequence[Page]) -> Image.Image:
    """Each picture beside its truth: ink orange, the meant digit green, boxes red."""
    rows = -(-len(pages) // COLUMNS)
    pitch_x, pitch_y = 2 * CELL_PX + 10, CELL_PX + TITLE_PX + 4
    sheet = Image.new("RGB", (COLUMNS * pitch_x, max(rows, 1) * pitch_y), GROUND)
    pencil = ImageDraw.Draw(sheet)
    for k, page in enumerate(pages):
        x, y = k % COLUMNS * pitch_x, k // COLUMNS * pitch_y
        height, width = page.ink.shape
        title = f"{page.text!r} {width}x{height}"
        pencil.text((x + 2, y), title[: 2 * CELL_PX // 6], fill="white")
        scale = min(CELL_PX / width, CELL_PX / height)
        size = (max(1, int(width * scale)), max(1, int(height * scale)))
        filtering = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS
        sheet.paste(Image.fromarray(page.pixels).resize(size, filtering), (x, y + TITLE_PX))
        sheet.paste(_truth(page).resize(size, filtering), (x + CELL_PX + 2, y + TITLE_PX))
        for glyph in page.glyphs:
            box = [round(edge * scale) for edge in glyph.box]
            left, top = x + CELL_PX + 2 + box[0], y + TITLE_PX + box[1]
            right, bottom = x + CELL_PX + 2 + box[2], y + TITLE_PX + box[3]
            pencil.rectangle((left, top, right, bottom), outline=BOX)
    return sheet


def _truth(page: Page) -> Image.Image:
    colour = np.array(INK, np.float32) * page.ink[..., None]
    if page.meant is not None:
        meant = page.meant[..., None]
        colour = colour * (1 - meant) + np.array(MEANT, np.float32) * meant
    return Image.fromarray(colour.astype(np.uint8))
