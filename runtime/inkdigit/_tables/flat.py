"""Picture in; the part with its table out, as if it lay flat: level, upright, without the desk.

The constants were chosen on the same tables as those of `pencils`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._pixels.morphology import Grey, grow, reduce_picture
from inkdigit._pixels.transform import Transform, warp
from inkdigit._tables.pencils import find_pencils, find_strokes, flattening, thin_strokes
from inkdigit._tables.ruled_part import SIDE_PX, ruled_part

__all__ = ["Flat", "lay_flat", "turned_view"]

SEARCHED_PX = 700  # longer side of the picture in which rules are looked for
MOST_PX = 1_500_000  # of the flat view: more than the ink network is shown
MARGIN = 0.14  # room around the ruled part, of its sides: an outer row may have no outer rule


@dataclass(frozen=True, eq=False)
class Flat:
    """A flat view.

    Attributes:
        pixels: (H, W) or (H, W, 3) uint8.
        to_picture: From its pixels to those of the picture.
        ruled: Whether rules in both directions showed where the table is.
    """

    pixels: Grey
    to_picture: Transform
    ruled: bool


def lay_flat(pixels: Grey) -> Flat:
    """A view of a picture in which its table lies flat.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
    """
    height, width = pixels.shape[:2]
    small = _small(pixels)
    size = small.shape[1], small.shape[0]
    across, down = find_pencils(find_strokes(thin_strokes(small)))
    half = max(size) / 2
    to_small = flattening(across, down).then(
        Transform((half, 0.0, size[0] / 2, 0.0, half, size[1] / 2, 0.0, 0.0, 1.0))
    )
    window, units = _window(to_small, size)
    to_seen = window.then(to_small)
    seen = np.asarray(warp(Image.fromarray(small), to_seen, units))
    whole = Image.fromarray(np.full_like(small, 255))
    outside = np.asarray(warp(whole, to_seen, units)) < 250
    box = ruled_part(seen, ~grow(outside, SIDE_PX + 1))
    ruled = box is not None
    box = (0.0, 0.0, *units) if box is None else _with_margin(box, units)
    to_full = Transform.scaling(width / size[0], height / size[1])
    wide, tall = box[2] - box[0], box[3] - box[1]
    zoom = min(width / size[0], math.sqrt(MOST_PX / (wide * tall)))
    corner = Transform((1 / zoom, 0.0, box[0], 0.0, 1 / zoom, box[1], 0.0, 0.0, 1.0))
    to_picture = corner.then(window).then(to_small).then(to_full)
    out = max(1, round(wide * zoom)), max(1, round(tall * zoom))
    return Flat(_seen(pixels, to_picture, out, width / size[0] / zoom), to_picture, ruled)


def _small(pixels: Grey) -> Grey:
    """(h, w) uint8: the picture in grey, at the size at which rules are looked for."""
    factor = max(1, int(max(pixels.shape[:2]) / SEARCHED_PX))
    image = Image.fromarray(reduce_picture(pixels, factor)).convert("L")
    scale = min(1.0, SEARCHED_PX / max(image.size))
    size = max(8, round(image.width * scale)), max(8, round(image.height * scale))
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR))


def _with_margin(
    box: tuple[float, float, float, float], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """A box with room around it, within a view of this width and height."""
    left, top, right, bottom = box
    x, y = MARGIN * (right - left), MARGIN * (bottom - top)
    return max(left - x, 0.0), max(top - y, 0.0), min(right + x, size[0]), min(bottom + y, size[1])


def turned_view(
    pixels: Grey, degrees: float = 0.0, points: NDArray[np.float64] | None = None
) -> Flat:
    """A level view of a picture whose table is turned.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        degrees: By how many degrees it is turned clockwise, as seen.
        points: (n, 2) in pixels of the picture: the view shows these, with some room around them;
            None for all of the picture.
    """
    height, width = pixels.shape[:2]
    whole = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    turned = Transform.turn(degrees, np.zeros(2), np.zeros(2))
    back = turned.inverse()
    limits = back.points(whole)
    low, high = limits.min(axis=0), limits.max(axis=0)
    if points is not None:
        own = back.points(points)
        room = MARGIN * (own.max(axis=0) - own.min(axis=0)).max()
        low, high = np.maximum(low, own.min(axis=0) - room), np.minimum(high, own.max(0) + room)
    wide, tall = np.maximum(high - low, 1.0).tolist()
    zoom = min(1.0, math.sqrt(MOST_PX / (wide * tall)))
    corner = Transform((1 / zoom, 0.0, low[0], 0.0, 1 / zoom, low[1], 0.0, 0.0, 1.0))
    to_picture = corner.then(turned)
    out = max(1, round(wide * zoom)), max(1, round(tall * zoom))
    return Flat(_seen(pixels, to_picture, out, 1 / zoom), to_picture, False)


def _window(to_small: Transform, size: tuple[int, int]) -> tuple[Transform, tuple[int, int]]:
    """From pixels of a flat view of the whole picture to the flattening's units, and its size."""
    back = to_small.inverse()
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64)
    # With much tilt, far corners would lie beyond the horizon.
    limits = np.clip(back.points(corners), -2.0, 2.0)
    low, high = limits.min(0), limits.max(0)
    unit = 2 / max(size)
    wide, tall = np.maximum(np.ceil((high - low) / unit), 8).astype(int).tolist()
    return Transform((unit, 0.0, low[0], 0.0, unit, low[1], 0.0, 0.0, 1.0)), (wide, tall)


def _seen(pixels: Grey, to_picture: Transform, size: tuple[int, int], shrunk: float) -> Grey:
    """The picture through a transform; what lies beyond it has the colour of its middle."""
    factor = max(1, int(shrunk))
    reduced = reduce_picture(pixels, factor)
    ratio = Transform.scaling(
        reduced.shape[1] / pixels.shape[1], reduced.shape[0] / pixels.shape[0]
    )
    to_reduced = to_picture.then(ratio)
    image = Image.fromarray(reduced)
    fill = np.median(reduced.reshape(-1, *reduced.shape[2:])[:: 1 + reduced.size // 20_000], axis=0)
    return np.asarray(
        image.transform(
            size,
            Image.Transform.PERSPECTIVE,
            to_reduced.matrix[:8],
            Image.Resampling.BICUBIC,
            fillcolor=tuple(int(v) for v in np.atleast_1d(fill)) if fill.ndim else int(fill),
        )
    )
