"""Light and camera: shadows, folds, blur, noise, JPEG, scans, bitmaps. Pixels in, pixels out."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from inkdigit_train.data.pages.papers import cloud

__all__ = ["dithered", "jpeg", "light", "photograph", "scan", "two_tone"]

Floats = NDArray[np.float32]


def light(pixels: Floats, rng: np.random.Generator, strength: float = 1.0) -> None:
    """Light a picture unevenly: gradient, vignette, shadows with soft or hard edges, folds.

    Args:
        pixels: (H, W, 3) in [0, 1], changed.
        rng: Where chance comes from.
        strength: 1 for a usual photo, 0 for none.
    """
    height, width = pixels.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    field = np.ones((height, width), np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    direction = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    if rng.random() < 0.7:
        field *= 1 + np.float32(strength * rng.uniform(0, 0.25)) * direction
    if rng.random() < 0.3:
        field *= 1 - np.float32(strength * rng.uniform(0, 0.3)) * (x * x + y * y) / 2
    if rng.random() < 0.3:
        edge = direction + np.float32(rng.uniform(-0.8, 0.8)) + np.float32(0.2) * (x * y)
        soft = np.float32(np.exp(rng.uniform(np.log(0.02), np.log(0.6))))
        field *= 1 - np.float32(strength * rng.uniform(0.1, 0.5)) * np.clip(edge / soft, 0, 1)
    if rng.random() < 0.15:
        across = np.float32(np.cos(angle)) * y - np.float32(np.sin(angle)) * x
        distance = np.abs(across - np.float32(rng.uniform(-0.7, 0.7)))
        crease = np.exp(-np.square(distance / np.float32(rng.uniform(0.01, 0.06))))
        field *= 1 + np.float32(strength * rng.uniform(-0.2, 0.12)) * crease
    if rng.random() < 0.1:
        field *= 1 + np.float32(0.03 * strength) * cloud(
            (height, width), max(height, width) / 4, rng
        )
    pixels *= field[..., None]
    if rng.random() < 0.3:
        pixels *= (1 + strength * rng.normal(0, 0.05, 3)).astype(np.float32)


def photograph(
    pixels: Floats, rng: np.random.Generator, strength: float = 1.0
) -> NDArray[np.uint8]:
    """Blur, noise, exposure and JPEG, each in some of the pictures.

    Returns:
        (H, W, 3) uint8.
    """
    if rng.random() < 0.5 * strength:
        sigma = float(np.exp(rng.uniform(np.log(0.3), np.log(1.4))))
        pixels = ndimage.gaussian_filter(pixels, (sigma, sigma, 0))
    if rng.random() < 0.06 * strength:
        length = int(rng.integers(2, 5))
        pixels = ndimage.uniform_filter1d(pixels, length, axis=int(rng.integers(2)))
    if rng.random() < 0.4:
        low, high = rng.uniform(-0.05, 0.15), rng.uniform(0.75, 1.1)
        pixels = np.float32(low) + pixels * np.float32(high - low)
    if rng.random() < 0.5 * strength:
        sigma = float(np.exp(rng.uniform(np.log(0.004), np.log(0.05))))
        channels = 1 if rng.random() < 0.5 else 3
        noise = rng.standard_normal((*pixels.shape[:2], channels), np.float32)
        pixels = pixels + np.float32(sigma) * noise
    if rng.random() < 0.15:
        pixels = np.repeat(pixels.mean(axis=2, keepdims=True), 3, axis=2)
    taken = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.5 * strength:
        taken = jpeg(taken, int(rng.integers(25, 96)))
    return taken


def jpeg(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """The picture after it was saved as JPEG."""
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))


def scan(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A copier's high contrast in grey."""
    grey = pixels.astype(np.float32).mean(axis=2)
    low, high = np.quantile(grey, [0.01, 0.9])
    middle = low + (high - low) * rng.uniform(0.45, 0.75)
    gain = rng.uniform(1.5, 6) / max(high - low, 8)
    stretched = np.clip((grey - middle) * gain + 0.5, 0, 1) * 255
    return np.repeat(stretched.astype(np.uint8)[..., None], 3, axis=2)


def two_tone(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Black and white by one threshold between the darkest and the lightest."""
    grey = pixels.astype(np.float32).mean(axis=2)
    level = grey.min() + (grey.max() - grey.min()) * rng.uniform(0.35, 0.65)
    return np.repeat(np.where(grey > level, 255, 0).astype(np.uint8)[..., None], 3, axis=2)


def dithered(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Black and white dots by error diffusion."""
    return np.asarray(Image.fromarray(pixels).convert("1").convert("RGB"))
