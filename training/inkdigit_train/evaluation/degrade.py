"""Digits in, the same digits drawn worse out: what the evaluation measures robustness on.

Thin and thick strokes are made at four times the size, where a quarter of a pixel is a pixel, in
grey (nothing is made black or white), after Castro and others, "Morpho-MNIST", JMLR 2019.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["DEGRADATIONS", "invert", "noisy", "rotated", "shifted", "skeleton", "thicken", "thin"]

Images = NDArray[np.float32]

FINE = 4  # times the size that strokes are thinned and thickened at
HAIRLINE_RADIUS = 2  # in fine pixels, so 1.25 px across: no stroke is made thinner than that
INK_LEVEL = 0.5  # a pixel at least this dark is in the skeleton's shape
MAX_SHIFT_PX = 3  # MNIST leaves a margin of 4 px around most digits
MAX_TURN_DEGREES = 15.0
NOISE_STD = 0.2  # of full ink: a photo in poor light
CHUNK = 250  # images at once: keeps each step's arrays in the processor's cache


def thin(images: Images, loss_px: float) -> Images:
    """Take ink off both sides of every stroke, and break none.

    Bilinear to 4×; grey erosion by a disc of `loss_px` in diameter; then the darker of that and of
    a line 1.25 px wide along the stroke's skeleton, in the stroke's own grey; mean back to 28×28.

    Args:
        images: (N, 28, 28) in [0, 1], 1 = ink.
        loss_px: What each stroke loses of its width, in pixels; a multiple of 0.5.

    Returns:
        The same shape and range.
    """

    def change(fine: Images) -> Images:
        line = np.where(skeleton(fine >= INK_LEVEL), fine, np.float32(0))
        hairline = _dilate(line, HAIRLINE_RADIUS)
        eroded = 1 - _dilate(1 - fine, round(loss_px * FINE / 2))
        thinned: Images = np.maximum(eroded, np.minimum(hairline, fine))
        return thinned

    return _at_fine_size(images, change)


def thicken(images: Images, gain_px: float) -> Images:
    """Add ink to both sides of every stroke.

    Bilinear to 4×, grey dilation by a disc of `gain_px` in diameter, mean back to 28×28.

    Args:
        images: (N, 28, 28) in [0, 1], 1 = ink.
        gain_px: What each stroke gains in width, in pixels; a multiple of 0.5.

    Returns:
        The same shape and range.
    """
    return _at_fine_size(images, lambda fine: _dilate(fine, round(gain_px * FINE / 2)))


def shifted(images: Images, rng: np.random.Generator) -> Images:
    """Move each digit by up to ±3 whole pixels each way, as far as all its ink stays inside."""
    moved = np.zeros_like(images)
    for image, target in zip(images, moved, strict=True):
        steps = []
        for axis in (0, 1):
            inked = np.flatnonzero(image.any(axis=1 - axis))
            low, high = (inked[0], inked[-1]) if len(inked) else (0, len(image) - 1)
            step = rng.integers(-MAX_SHIFT_PX, MAX_SHIFT_PX + 1)
            steps.append(int(np.clip(step, -low, len(image) - 1 - high)))
        target[:] = np.roll(image, steps, axis=(0, 1))  # only paper goes around the edge
    return moved


def rotated(images: Images, rng: np.random.Generator) -> Images:
    """Turn each digit about the frame's middle by an angle even within ±15°, bilinear."""
    turned = np.empty_like(images)
    middle = (np.array(images.shape[1:]) - 1) / 2
    for k, angle in enumerate(np.radians(rng.uniform(-1, 1, len(images)) * MAX_TURN_DEGREES)):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        ndimage.affine_transform(
            images[k], turn, middle - turn @ middle, order=1, output=turned[k], mode="constant"
        )
    np.clip(turned, 0, 1, out=turned)
    return turned


def noisy(images: Images, rng: np.random.Generator) -> Images:
    """Add Gaussian noise of standard deviation 0.2 of full ink to each pixel, and clip."""
    noise = rng.standard_normal(images.shape, np.float32) * np.float32(NOISE_STD)
    worse: Images = np.clip(images + noise, 0, 1)
    return worse


def invert(images: Images) -> Images:
    """Dark ink on white. A picture only: `classify` is told that 1 is ink, and need not guess."""
    inverted: Images = 1 - images
    return inverted


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
    """Lines one pixel wide along the middle of each shape, in one piece where the shape is.

    Zhang and Suen, "A fast parallel algorithm for thinning digital patterns", CACM 1984.

    Args:
        shapes: (N, H, W).

    Returns:
        (N, H, W), a part of `shapes`.
    """
    lines = np.pad(shapes, ((0, 0), (1, 1), (1, 1))).view(np.uint8)
    height, width = shapes.shape[1:]
    changing = np.arange(len(shapes))  # most are thin long before the last is
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


# The neighbours in Zhang and Suen's order: above, and on round clockwise.
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


def _removable(first_pass: bool) -> NDArray[np.uint8]:
    """For each code of eight neighbours, whether their middle may go in this pass."""
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
    np.clip(changed, 0, 1, out=changed)
    return changed


def _bilinear(side: int) -> Images:
    """(4 × side, side): weights that draw a line of pixels at four times the size."""
    places = (np.arange(side * FINE) + 0.5) / FINE - 0.5
    distance = np.abs(places[:, None].clip(0, side - 1) - np.arange(side))
    weights: Images = np.maximum(1 - distance, 0).astype(np.float32)
    return weights


def _dilate(stack: Images, radius: int) -> Images:
    """Grey dilation of each image by a disc, its radius in pixels."""
    grown: Images = stack.copy()
    sideways: Images = stack.copy()
    half = 0
    for dy in range(radius, -1, -1):  # rows of the disc get wider towards its middle
        reach = int(np.sqrt((radius + 0.5) ** 2 - dy * dy))
        while half < min(reach, radius):
            half += 1
            np.maximum(sideways[:, :, half:], stack[:, :, :-half], out=sideways[:, :, half:])
            np.maximum(sideways[:, :, :-half], stack[:, :, half:], out=sideways[:, :, :-half])
        if dy:
            np.maximum(grown[:, dy:], sideways[:, :-dy], out=grown[:, dy:])
            np.maximum(grown[:, :-dy], sideways[:, dy:], out=grown[:, :-dy])
        else:
            np.maximum(grown, sideways, out=grown)
    return grown
