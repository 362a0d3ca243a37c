"""Misread pictures in, a sheet of them out, each with what is written and what was read.

The sheets show parts of the data sets: they are for looking at, not for publishing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from inkdigit.files import write_atomic

__all__ = ["Mistake", "mistake", "save_mistakes"]

LARGEST_PX = 300  # side of a picture on a sheet
WIDTH_PX = 1260  # of a sheet
GAP_PX = 6
LINE_PX, CHARACTER_PX = 12, 6  # of Pillow's own font
MOST_ON_A_SHEET = 400
GROUND = (70, 90, 110)


@dataclass(frozen=True, eq=False)
class Mistake:
    """A picture that was misread; made by `mistake`.

    Attributes:
        name: What picture it is.
        expected: What is written on it, a row a line.
        read: What was read.
        picture: As it was, or smaller.
    """

    name: str
    expected: str
    read: str
    picture: Image.Image


def mistake(
    name: str, expected: str, read: str, pixels: NDArray[np.uint8] | Image.Image
) -> Mistake:
    """A mistake whose picture, an image or (H, W[, 3]), is small enough to keep many of them."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture = image.convert("RGB")
    picture.thumbnail((LARGEST_PX, LARGEST_PX))
    return Mistake(name, expected, read, picture)


def save_mistakes(
    mistakes: Sequence[Mistake], path: Path, title: str, tile_px: int = LARGEST_PX
) -> None:
    """Write a sheet of mistakes as a PNG file: the name, what is written and what was read, each.

    Without any it still has its title, which gives their number.
    """
    shown = mistakes[:MOST_ON_A_SHEET]
    note = "" if len(shown) == len(mistakes) else f", the first {len(shown)} shown"
    columns = WIDTH_PX // (tile_px + GAP_PX)
    pitch = tile_px + 3 * LINE_PX + 2 * GAP_PX
    head = 2 * LINE_PX
    sheet = Image.new("RGB", (WIDTH_PX, head + -(-len(shown) // columns) * pitch), GROUND)
    pencil = ImageDraw.Draw(sheet)
    pencil.text((4, 4), f"{title}: {len(mistakes)} misread{note}", fill="white")
    for k, each in enumerate(shown):
        x, y = k % columns * (tile_px + GAP_PX), head + k // columns * pitch
        for caption, colour in (
            (each.name, "white"), (_line(each.expected), "yellow"), (_line(each.read), "orange"),
        ):  # fmt: skip
            pencil.text((x, y), caption[: tile_px // CHARACTER_PX], fill=colour)
            y += LINE_PX
        sheet.paste(_fitted(each.picture, tile_px), (x, y + 2))
    write_atomic(path, lambda stream: sheet.save(stream, format="png"))


def _line(text: str) -> str:
    """A text on one line that Pillow's own font can draw."""
    return text.encode("ascii", "replace").decode().replace("\n", " / ") or "blank"


def _fitted(picture: Image.Image, tile_px: int) -> Image.Image:
    scale = tile_px / max(picture.size)
    size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    filtering = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS
    return picture.resize(size, filtering)
