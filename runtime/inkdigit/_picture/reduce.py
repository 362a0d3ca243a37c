"""A picture of any mode in, its pixels in 8 bits out, reduced on the way.

A large picture is converted band by band: as a whole it would be in memory several times over.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from inkdigit._pixels.levels import Levels, scale_levels
from inkdigit._pixels.morphology import Grey

__all__ = ["excess", "plain_image", "reduced_pixels"]

BAND_PIXELS = 1_000_000  # of a band, at least one block high: some 30 MB where levels are deep


def excess(size: tuple[int, int], max_side: int) -> int:
    """The smallest whole factor that brings the longer side within `max_side`."""
    return -(-max(size) // max_side)


def reduced_pixels(image: Image.Image, factor: int) -> tuple[Grey, Grey | None]:
    """Bring a picture to 8 bits, each pixel the mean of a block of pixels.

    Args:
        image: Of any mode, decoded.
        factor: Side of a block in pixels.

    Returns:
        (H, W) or (H, W, 3) uint8 and, where a pixel may be transparent, (H, W) uint8 of alpha.

    Raises:
        ImageError: If a pixel is NaN or infinite.
    """
    if factor == 1:
        return _split(plain_image(image))
    levels = Levels.over(_arrays(image, factor)) if _is_deep(image.mode) else None
    colours: list[Grey] = []
    alphas: list[Grey] = []
    for band in _bands(image, factor):
        plain = plain_image(band) if levels is None else _scaled(band, levels)
        colour, alpha = _split(plain.reduce(factor))
        colours.append(colour)
        if alpha is not None:
            alphas.append(alpha)
    return np.concatenate(colours), np.concatenate(alphas) if alphas else None


def plain_image(image: Image.Image) -> Image.Image:
    """Convert a picture to 8 bits: mode L, RGB, LA or RGBA; deeper levels are scaled to fit.

    Raises:
        ImageError: If a pixel is NaN or infinite.
    """
    mode = image.mode
    if _is_deep(mode):
        return Image.fromarray(scale_levels(np.asarray(image)))
    if mode in ("LA", "La"):
        return image.convert("LA")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if mode in ("L", "RGB"):
        return image
    return image.convert("L" if mode == "1" else "RGB")


def _is_deep(mode: str) -> bool:
    return mode in ("I", "F") or mode.startswith("I;")


def _scaled(band: Image.Image, levels: Levels) -> Image.Image:
    return Image.fromarray(levels.scale(np.asarray(band)))


def _bands(image: Image.Image, factor: int) -> Iterator[Image.Image]:
    """The picture from top to bottom, in bands of whole blocks."""
    tall = factor * max(1, BAND_PIXELS // (image.width * factor))
    for top in range(0, image.height, tall):
        yield image.crop((0, top, image.width, min(top + tall, image.height)))


def _arrays(image: Image.Image, factor: int) -> Iterator[np.ndarray]:
    for band in _bands(image, factor):
        yield np.asarray(band)


def _split(image: Image.Image) -> tuple[Grey, Grey | None]:
    if image.mode not in ("LA", "RGBA"):
        return np.asarray(image), None
    opaque = image.convert("L" if image.mode == "LA" else "RGB")
    return np.asarray(opaque), np.asarray(image.getchannel("A"))
