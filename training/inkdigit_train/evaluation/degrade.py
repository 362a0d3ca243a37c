"""Digits in, the same digits degraded out, to measure robustness.

Thin and thick strokes are made at four times the size, in steps of a quarter of a pixel, and in
grey (nothing is made black or white), after Castro and others, "Morpho-MNIST", JMLR 2019.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inkdigit._framing.normalize import dilate_disc

__all__ = ["DEGRADATIONS", "Images", "invert", "skeleton", "thicken", "thin"]

Images = NDArray[np.float32]

FINE = 4  # strokes are thinned and thickened at this many times the size
HAIRLINE_RADIUS = 2  # in fine pixels, so 1.25 px across: no stroke gets thinner
SHAPE_LEVEL = 0.5  # a pixel at least this dark belongs to the shape that is skeletonised
MAX_SHIFT_PX = 3  # MNIST leaves a margin of 4 px around most digits
MAX_ROTATION_DEGREES = 15.0  # a tilt that anyone notices; no other was tried
NOISE_STD = 0.2  # of full ink; as in a photo in poor light
CHUNK = 250  # images at once: each step's arrays stay in the processor's cache


def thin(images: Images, loss_px: float) -> Images:
    """Take ink off both sides of every stroke without breaking any.

    Enlarge to 4×, bilinear; erode in grey by a disc `loss_px` in diameter; take the darker of that
    and a line 1.25 px wide along the stroke's skeleton, in the stroke's own grey; average back.

    Args:
        images: (N, 28, 28) in [0, 1], 1 = ink; the result is too.
        loss_px: How much thinner each stroke gets, in pixels; a multiple of 0.5.
    """

    def change(fine: Images) -> Images:
        line = np.where(skeleton(fine >= SHAPE_LEVEL), fine, np.float32(0))
        hairline = dilate_disc(line, HAIRLINE_RADIUS)
        eroded = 1 - dilate_disc(1 - fine, round(loss_px * FINE / 2))
        return np.asarray(np.maximum(eroded, np.minimum(hairline, fine)))

    return _at_fine_size(images, change)


def thicken(images: Images, gain_px: float) -> Images:
    """Add ink to both sides of every stroke.

    Enlarge to 4×, bilinear; dilate in grey by a disc `gain_px` in diameter; average back.

    Args:
        images: (N, 28, 28) in [0, 1], 1 = ink; the result is too.
        gain_px: How much thicker each stroke gets, in pixels; a multiple of 0.5.
    """
    return _at_fine_size(images, lambda fine: dilate_disc(fine, round(gain_px * FINE / 2)))


def shifted(images: Images, rng: np.random.Generator) -> Images:
    """Move each digit by up to ±3 whole pixels along each axis, and no ink out of the frame."""
    moved = np.zeros_like(images)
    for image, target in zip(images, moved, strict=True):
        steps = []
        for axis in (0, 1):
            inked = np.flatnonzero(image.any(axis=1 - axis))
            low, high = (inked[0], inked[-1]) if len(inked) else (0, len(image) - 1)
            step = rng.integers(-MAX_SHIFT_PX, MAX_SHIFT_PX + 1)
            steps.append(int(np.clip(step, -low, len(image) - 1 - high)))
        target[:] = np.roll(image, steps, axis=(0, 1))  # only paper wraps around the edge
    return moved


def rotated(images: Images, rng: np.random.Generator) -> Images:
    """Rotate each digit about the frame's middle by a uniformly random angle within ±15°."""
    degrees = rng.uniform(-1, 1, len(images)) * MAX_ROTATION_DEGREES
    pairs = zip(images, degrees, strict=True)
    turned = [ndimage.rotate(image, -angle, reshape=False, order=1) for image, angle in pairs]
    return np.stack(turned).clip(0, 1)


def noisy(images: Images, rng: np.random.Generator) -> Images:
    """Add Gaussian noise of standard deviation 0.2 of full ink to each pixel, and clip."""
    noise = rng.standard_normal(images.shape, np.float32) * np.float32(NOISE_STD)
    return np.asarray(np.clip(images + noise, 0, 1))


def invert(images: Images) -> Images:
    """Dark ink on white: for pictures only, since `classify` takes 1 as ink."""
    return np.asarray(1 - images)


DEGRADATIONS: Mapping[str, Callable[[Images, np.random.Generator], Images]] = {
    "thin 1 px": lambda images, rng: thin(images, 1.0),
    "thin 2 px": lambda images, rng: thin(images, 2.0),
    "thick 1 px": lambda images, rng: thicken(images, 1.0),
    "thick 2 px": lambda images, rng: thicken(images, 2.0),
    "shifted": shifted,
    "rotated": rotated,
    "noisy": noisy,
}


def skeleton(shapes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Thin shapes (N, H, W) to lines one pixel wide, a part of each and as connected.

    Zhang and Suen, "A fast parallel algorithm for thinning digital patterns", CACM 1984.
    """
    lines = np.pad(shapes, ((0, 0), (1, 1), (1, 1))).view(np.uint8)
    height, width = shapes.shape[1:]
    changing = np.arange(len(shapes))  # most are done long before the last one
    while len(changing):
        part = lines[changing]
        inside = part[:, 1:-1, 1:-1]
        changed = np.zeros(len(part), bool)
        for removable in _REMOVABLE:
            code = np.zeros(inside.shape, np.uint8)
            for bit, (dy, dx) in enumerate(_AROUND):
                code |= part[:, 1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width] << bit
            gone = np.take(removable, code) & inside
            changed |= gone.any(axis=(1, 2))
            inside ^= gone
        lines[changing] = part
        changing = changing[changed]
    return lines[:, 1:-1, 1:-1].astype(bool)


# The neighbours in Zhang and Suen's order: from above, clockwise.
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


def _removable(first_pass: bool) -> NDArray[np.uint8]:
    """For each code of eight neighbours, whether the pixel between them is removed in this pass."""
    table = np.zeros(256, np.uint8)
    for code in range(256):
        around = [code >> bit & 1 for bit in range(8)]
        north, east, south, west = around[0::2]
        rises = sum(
            not here and there for here, there in zip(around, around[1:] + around[:1], strict=True)
        )
        corner = (
            not (north and east and south) and not (east and south and west)
            if first_pass
            else not (north and east and west) and not (north and south and west)
        )
        table[code] = 2 <= sum(around) <= 6 and rises == 1 and corner
    return table


_REMOVABLE = (_removable(True), _removable(False))


def _at_fine_size(images: Images, change: Callable[[Images], Images]) -> Images:
    height, width = images.shape[1:]
    rows, columns = _bilinear(height), _bilinear(width)
    changed = np.empty_like(images)
    for start in range(0, len(images), CHUNK):
        fine = change(rows @ images[start : start + CHUNK] @ columns.T)
        blocks = fine.reshape(len(fine), height, FINE, width, FINE)
        changed[start : start + CHUNK] = blocks.mean(axis=(2, 4))
    return changed.clip(0, 1)


def _bilinear(side: int) -> Images:
    """(4 × side, side): weights that enlarge a row of pixels four times."""
    positions = (np.arange(side * FINE) + 0.5) / FINE - 0.5
    distance = np.abs(positions[:, None].clip(0, side - 1) - np.arange(side))
    return np.asarray(np.maximum(1 - distance, 0), np.float32)
