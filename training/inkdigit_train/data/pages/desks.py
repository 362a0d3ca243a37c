"""Sheets on desks in perspective, and pages turned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from inkdigit_train.data.pages.forms import Form, Table
from inkdigit_train.data.pages.geometry import quarter_turns, turned_corners, warp
from inkdigit_train.data.pages.layout import taken
from inkdigit_train.data.pages.page import Canvas, Page
from inkdigit_train.data.pages.papers import Surface, cloud
from inkdigit_train.data.pages.printed import draw_text, words
from inkdigit_train.data.pages.sheets import Numbers
from inkdigit_train.data.pages.writing import Writing

__all__ = ["Desk", "Turned", "laid_on_desk"]

Floats = NDArray[np.float32]

DESKS = (
    (0.08, 0.08, 0.08), (0.25, 0.15, 0.1), (0.45, 0.3, 0.18), (0.3, 0.32, 0.35),
    (0.6, 0.6, 0.62), (0.1, 0.2, 0.12), (0.75, 0.65, 0.5), (0.15, 0.12, 0.1),
)  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """A sheet of numbers that lies on a desk, seen at an angle.

    Attributes:
        margin: Least and most desk around the sheet, over the sheet's longer side.
        turn: Standard deviation of the sheet's turn in degrees.
        tilt: How far a corner strays, over the sheet's longer side.
    """

    margin: tuple[float, float] = (0.03, 0.5)
    turn: float = 6.0
    tilt: float = 0.05

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One photo."""
        few = Numbers(height=(24, 90), rows=(1, 2), length=(1, 3))
        sheets = (few, Numbers(rows=(1, 4)), Numbers(rows=(1, 4)), Table(), Form())
        sheet = sheets[int(rng.integers(len(sheets)))].draw(writing, rng)
        tall, wide = sheet.size
        corners = turned_corners(tall, wide, rng.normal(0, self.turn))
        placed, _ = laid_on_desk(sheet, corners, self.tilt, self.margin, rng)
        return taken(placed, "desk", rng)


@dataclass(frozen=True)
class Turned:
    """A page of numbers that is turned: by a small angle, by any, or by a right angle.

    Attributes:
        small: Standard deviation of the small turn in degrees.
        right_angles: Part of the pages on their side or on their head.
    """

    small: float = 4.0
    right_angles: float = 0.5

    def make(self, writing: Writing, rng: np.random.Generator) -> Page:
        """One page."""
        canvas = Numbers(rows=(1, 5)).draw(writing, rng)
        tall, wide = canvas.size
        degrees = rng.normal(0, self.small) if rng.random() < 0.75 else rng.uniform(-40, 40)
        corners = turned_corners(tall, wide, degrees)
        corners -= corners.min(axis=0)
        width, height = np.ceil(corners.max(axis=0)).astype(int).tolist()
        paper = np.median(canvas.pixels.reshape(-1, 3), axis=0)
        background = np.empty((height, width, 3), np.float32)
        background[:] = paper
        canvas, _ = warp(canvas, corners, background)
        if rng.random() < self.right_angles:
            canvas = quarter_turns(canvas, int(rng.integers(1, 4)))
        return taken(canvas, "turned", rng)


def laid_on_desk(
    sheet: Canvas,
    corners: NDArray[np.float64],
    tilt: float,
    margin: tuple[float, float],
    rng: np.random.Generator,
) -> tuple[Canvas, NDArray[np.float64]]:
    """A sheet on a desk, seen at an angle.

    Args:
        sheet: What lies there.
        corners: (4, 2) where its corners would come to, up to a shift; see `geometry.warp`.
        tilt: How far a corner strays, over the sheet's longer side.
        margin: Least and most desk around the sheet, over its longer side.
        rng: Where chance comes from.

    Returns:
        The photo's canvas, and (4, 2) where the corners came to.
    """
    longest = max(sheet.size)
    corners = corners + rng.normal(0, tilt * longest / 2, (4, 2))
    margins = rng.uniform(*margin, 4) * longest
    corners += margins[:2] - corners.min(axis=0)
    width, height = (corners.max(axis=0) + margins[2:]).astype(int).tolist()
    background = _desk(height, width, rng)
    if rng.random() < 0.5:
        _clutter(background, rng)
    placed, cover = warp(sheet, corners, background)
    if rng.random() < 0.5:
        _cast_shadow(placed, cover, longest, rng)
    return placed, corners


def _desk(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A desk: plain, mottled or with the grain of wood."""
    colour = np.array(DESKS[int(rng.integers(len(DESKS)))]) + rng.normal(0, 0.03, 3)
    surface = Surface(np.clip(colour, 0, 1).astype(np.float32), 0.02, float(rng.uniform(0, 0.04)))
    pixels = surface.lay(height, width, rng)
    if rng.random() < 0.4:
        rows = max(height // int(rng.integers(3, 12)), 2)
        grain = cloud((rows, max(width // 60, 2)), 1, rng)
        wood = ndimage.zoom(grain, (height / grain.shape[0], width / grain.shape[1]), order=1)
        wood = np.ascontiguousarray(wood.T) if wood.shape == (width, height) else wood
        pixels += np.float32(rng.uniform(0.01, 0.06)) * wood[:height, :width, None]
    return pixels


def _clutter(pixels: Floats, rng: np.random.Generator) -> None:
    """Things on the desk: edges of books, keyboards and pads, print on them, cables."""
    height, width = pixels.shape[:2]
    image = Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8))
    pencil = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(1, 5))):
        colour = tuple(int(v) for v in rng.uniform(0, 255, 3))
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        size = rng.uniform(0.1, 0.6) * max(height, width)
        roll = rng.random()
        if roll < 0.5:
            corners = turned_corners(size * rng.uniform(0.3, 1), size, rng.uniform(-90, 90))
            pencil.polygon([(x + dx, y + dy) for dx, dy in corners.tolist()], fill=colour)
        elif roll < 0.75:
            bend = [(x + k * size / 6, y + rng.normal(0, size / 8)) for k in range(-4, 5)]
            pencil.line(bend, fill=colour, width=int(rng.integers(2, 8)), joint="curve")
        else:
            text = draw_text(words(rng, 2), rng.uniform(8, 30), rng)
            if rng.random() < 0.5:
                text = np.ascontiguousarray(np.rot90(text))
            mask = Image.fromarray((text * 255).astype(np.uint8))
            image.paste(colour, (int(x), int(y)), mask)
    pixels[:] = np.asarray(image, np.float32) / np.float32(255)


def _cast_shadow(canvas: Canvas, cover: Floats, longest: float, rng: np.random.Generator) -> None:
    """Darken the desk beside the sheet, on one side more than on the other."""
    soft = ndimage.gaussian_filter(cover, max(longest * rng.uniform(0.005, 0.03), 1))
    shift = rng.normal(0, 0.01 * longest, 2)
    shadow = ndimage.shift(soft, shift, order=0, mode="nearest") * (1 - cover)
    canvas.pixels *= 1 - np.float32(rng.uniform(0.2, 0.7)) * shadow[..., None]
