"""Draws icon.png and presplash.png, beside itself, out of samples/four.json."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from inkdigit import Ink, rasterize

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "samples" / "four.json"
ICON_PX = 512  # what a store wants; the phone reduces it
PRESPLASH_PX = 512
PAPER, INK = (255, 255, 255), (28, 43, 74)
CORNER = 0.22  # of the icon's side


def digit(size: int) -> Image.Image:
    """The four as a mask, a margin around it."""
    ink = Ink.from_dict(json.loads(SAMPLE.read_text(encoding="utf-8")))
    return Image.fromarray(np.rint(255 * rasterize(ink, size, 2.2)).astype(np.uint8))


def icon(size: int) -> Image.Image:
    """White ink on a dark, round-cornered square."""
    corners = Image.new("L", (4 * size, 4 * size), 0)
    ImageDraw.Draw(corners).rounded_rectangle(
        (0, 0, 4 * size - 1, 4 * size - 1), radius=round(4 * CORNER * size), fill=255
    )
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    picture.paste(INK, (0, 0), corners.resize((size, size), Image.Resampling.LANCZOS))
    picture.paste(PAPER, (0, 0), digit(size))
    return picture


def presplash(size: int) -> Image.Image:
    """Dark ink on paper, which is what the app then shows."""
    picture = Image.new("RGB", (size, size), PAPER)
    picture.paste(INK, (0, 0), digit(size))
    return picture


if __name__ == "__main__":
    icon(ICON_PX).quantize(64).save(HERE / "icon.png", optimize=True)
    presplash(PRESPLASH_PX).quantize(32).save(HERE / "presplash.png", optimize=True)
