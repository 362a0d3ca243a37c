"""A flat view of a picture in, the part of it that a table's rules cover out.

The constants were chosen on the same tables as those of `pencils`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.components import label
from inkdigit._pixels.morphology import Grey, Mask, dilate

__all__ = ["SIDE_PX", "ruled_part"]

LONG = 0.035  # of the view's longer side: a thin stroke at least as long is a rule
SIDE_PX = 4  # from a rule's middle to the paper beside it
STRONGEST = 0.995  # quantile of the strokes' contrast that a strong rule has
# Contrast that a rule has at least: as a fraction of a strong one's, and in grey levels.
LEAST_STRONG, LEAST_LEVELS = 0.25, 2.5
BRIDGE_PX = 5  # gaps in a rule, and between crossing rules, that are closed
THROUGH = 0.5  # of a box's side: a rule of a grid runs along at least as much of it
NEAR = 0.3  # of the longer side found so far: what is nearer belongs to a table without a grid
LEAST_LINES = 3  # a table's rules are as long as so many of the shortest, in each direction


def ruled_part(grey: Grey, inside: Mask) -> tuple[float, float, float, float] | None:
    """Find the rules that cross each other most.

    Args:
        grey: (H, W) uint8, a view in which the table's rules are level and upright.
        inside: (H, W) which of its pixels show the picture.

    Returns:
        Left, top, right, bottom in pixels of the view; None where rules of both directions do not
        cross.
    """
    long = max(8, round(LONG * max(grey.shape)))
    levels = grey.astype(np.float32)
    contrasts = [_contrast(levels, inside, long), _contrast(levels.T, inside.T, long).T]
    strongest = max(float(np.quantile(c, STRONGEST)) for c in contrasts)
    least = max(LEAST_LEVELS, LEAST_STRONG * strongest)
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
    """(H, W) by how many grey levels a level stroke stands out at each pixel; 0 without a stroke.

    Levels are averaged along the stroke, which removes most of the grain and of the digits.
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
