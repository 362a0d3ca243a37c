"""Picture in, the table's part of it out as if it lay flat: level, upright, without the desk.

The constants were chosen on the same tables as those of `pencils`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._pixels.components import label
from inkdigit._pixels.morphology import Grey, Mask, dilate, grow, reduce_picture
from inkdigit._pixels.transform import Transform, warp
from inkdigit._tables.pencils import find_pencils, find_strokes, flattening, thin_strokes

__all__ = ["Flat", "lay_flat", "turned_view"]

SEARCHED_PX = 700  # longer side of the picture in which rules are looked for
MOST_PX = 1_500_000  # of the flat view: more than the ink network is shown
LONG = 0.035  # of the searched picture's longer side: a thin stroke so long is a rule
SIDE_PX = 4  # from a rule's middle to the paper beside it
STRONGEST = 0.995  # quantile of the strokes' contrast that a strong rule has
LEAST_SHARE, LEAST_LEVELS = 0.25, 2.5  # of that, and grey levels, that a rule has at least
BRIDGE_PX = 5  # gaps of a rule and between crossing rules
THROUGH = 0.5  # of a box's side that a rule of a grid runs along
NEAR = 0.3  # of the longer side so far found: what lies nearer belongs to a table without a grid
MARGIN = 0.14  # of the ruled part's sides, around it: a row or column may have no outer rule
LEAST_LINES = 3  # lengths of a rule that a table has in each direction at least


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
    """See a picture's table as it lies flat.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
    """
    height, width = pixels.shape[:2]
    factor = max(1, int(max(height, width) / SEARCHED_PX))
    image = Image.fromarray(reduce_picture(pixels, factor)).convert("L")
    scale = min(1.0, SEARCHED_PX / max(image.size))
    size = max(8, round(image.width * scale)), max(8, round(image.height * scale))
    small = np.asarray(image.resize(size, Image.Resampling.BILINEAR))
    thin = thin_strokes(small)
    across, down = find_pencils(find_strokes(thin))
    half = max(size) / 2
    to_small = flattening(across, down).then(
        Transform((half, 0.0, size[0] / 2, 0.0, half, size[1] / 2, 0.0, 0.0, 1.0))
    )
    window, units = _window(to_small, size)
    to_seen = window.then(to_small)
    seen = np.asarray(warp(Image.fromarray(small), to_seen, units))
    whole = Image.fromarray(np.full_like(small, 255))
    outside = np.asarray(warp(whole, to_seen, units)) < 250
    box = _ruled_part(seen, ~grow(outside, SIDE_PX + 1))
    ruled = box is not None
    if box is None:
        box = (0.0, 0.0, float(units[0]), float(units[1]))
    else:
        room_x, room_y = MARGIN * (box[2] - box[0]), MARGIN * (box[3] - box[1])
        box = (
            max(box[0] - room_x, 0.0),
            max(box[1] - room_y, 0.0),
            min(box[2] + room_x, units[0]),
            min(box[3] + room_y, units[1]),
        )
    to_full = Transform.scaling(width / size[0], height / size[1])
    wide, tall = box[2] - box[0], box[3] - box[1]
    zoom = min(width / size[0], math.sqrt(MOST_PX / (wide * tall)))
    corner = Transform((1 / zoom, 0.0, box[0], 0.0, 1 / zoom, box[1], 0.0, 0.0, 1.0))
    to_picture = corner.then(window).then(to_small).then(to_full)
    out = max(1, round(wide * zoom)), max(1, round(tall * zoom))
    return Flat(_seen(pixels, to_picture, out, width / size[0] / zoom), to_picture, ruled)


def turned_view(
    pixels: Grey, degrees: float = 0.0, points: NDArray[np.float64] | None = None
) -> Flat:
    """See a part of a picture level that is turned.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        degrees: By which it is turned clockwise, as it is seen.
        points: (n, 2) in pixels of the picture that the view holds, with some room; None for all
            of the picture.
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
    # Where the tilt is great, far corners would come to lie beyond the horizon.
    low, high = (
        np.clip(back.points(corners), -2.0, 2.0).min(0),
        np.clip(back.points(corners), -2.0, 2.0).max(0),
    )
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


def _ruled_part(grey: Grey, inside: Mask) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of the rules that cross each other most, or None."""
    long = max(8, round(LONG * max(grey.shape)))
    levels = grey.astype(np.float32)
    contrasts = [_contrast(levels, inside, long), _contrast(levels.T, inside.T, long).T]
    strongest = max(float(np.quantile(c, STRONGEST)) for c in contrasts)
    least = max(LEAST_LEVELS, LEAST_SHARE * strongest)
    across, down = (contrast >= least for contrast in contrasts)
    both = dilate((across | down).view(np.uint8), BRIDGE_PX).view(np.bool_)
    parts = label(both)
    if not len(parts):
        return None
    of_pixel = parts.label_map()
    lengths = [np.bincount(of_pixel[mask], minlength=len(parts)) for mask in (across, down)]
    smaller = np.minimum(*lengths)
    best = int(smaller.argmax())
    if smaller[best] < LEAST_LINES * long:
        return None
    box = parts.boxes[best]
    if not _is_grid(across, down, box):
        box = _with_near(box, parts.boxes[(parts.boxes[:, 2:] - parts.boxes[:, :2]).max(1) > long])
    left, top, right, bottom = box.tolist()
    return left, top, right, bottom


def _is_grid(across: Mask, down: Mask, box: NDArray[np.int64]) -> bool:
    """Whether two rules run through most of a box each way."""
    left, top, right, bottom = box.tolist()
    for axis, mask in enumerate((across, down)):
        near = dilate(mask[top:bottom, left:right].view(np.uint8), 3).view(np.bool_)
        rules = label(near).boxes
        lengths = rules[:, 2 + axis] - rules[:, axis]
        if np.count_nonzero(lengths >= THROUGH * near.shape[1 - axis]) < 2:
            return False
    return True


def _with_near(box: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """A box grown to hold all others that lie near it."""
    while True:
        room = np.full(2, NEAR * (box[2:] - box[:2]).max())
        near = (others[:, :2] <= box[2:] + room).all(1) & (others[:, 2:] >= box[:2] - room).all(1)
        grown = np.concatenate([others[near], box[None]])
        wider = np.concatenate([grown[:, :2].min(0), grown[:, 2:].max(0)])
        if (wider == box).all():
            return box
        box, others = wider, others[~near]


def _contrast(levels: NDArray[np.float32], inside: Mask, long: int) -> NDArray[np.float32]:
    """(H, W) by how many grey levels a level stroke stands out at each pixel, 0 where none does.

    Levels are averaged along the stroke, which leaves little of grain and of digits.
    """
    # Beside the picture there is nothing to stand out from.
    seen = np.where(inside, levels, np.nan_to_num(levels.mean()))
    reach = long // 2
    sums = np.cumsum(
        np.pad(seen, ((0, 0), (reach + 1, reach)), mode="edge"), axis=1, dtype=np.float64
    )
    mean = ((sums[:, 2 * reach + 1 :] - sums[:, : -2 * reach - 1]) / (2 * reach + 1)).astype(
        np.float32
    )
    pad = np.pad(mean, ((SIDE_PX, SIDE_PX), (0, 0)), mode="edge")
    above, below = pad[: -2 * SIDE_PX], pad[2 * SIDE_PX :]
    dark = np.minimum(above, below) - mean
    light = mean - np.maximum(above, below)
    found: NDArray[np.float32] = np.maximum(np.maximum(dark, light), 0) * inside
    return found
