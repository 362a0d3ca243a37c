"""Ink map in, the ink of its one digit out: specks, rules and frames are removed.

The constants were chosen by eye on photographed sudoku cells.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit._picture.rules import without_rules
from inkdigit._pixels.components import Components, label
from inkdigit._pixels.morphology import Mask, grow

__all__ = ["isolate_digit", "without_frame"]

LEVEL = 0.25  # of full ink: from here on a pixel belongs to a mark
ROUNDS = 3  # behind a frame there may be a fainter one
FAINTEST = 0.08  # of full ink: below this nothing is a digit
FAINT = 0.6  # of full ink: a fainter digit was scaled by a darker frame, and is scaled again
PEAK_QUANTILE = 0.9  # this quantile of the inked pixels counts as full ink

RIM = 0.12  # of the shorter side: a mark within this rim of the picture is its frame
RIM_FRACTION = 0.75  # of a mark: this much of a frame lies in the rim
SPECK_INSIDE = 0.005  # of the digit's area: a part of it may be as small as this inside its box,
SPECK_NEAR = 0.02  # this near it,
SPECK_FAR = 0.35  # and anywhere
NEAR = 0.15  # of the digit's longer side


def isolate_digit(ink_map: NDArray[np.float32]) -> NDArray[np.float32]:
    """Drop what cannot be part of the one digit on an ink map.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.

    Returns:
        (H, W) float32 in [0, 1]: the map itself where all of it may be the digit.
    """
    ink_map = without_frame(ink_map)
    parts = label(ink_map >= LEVEL)
    if len(parts) < 2:
        return ink_map
    keep = _digit(parts)
    return ink_map if keep.all() else ink_map * grow(parts.select(keep))


def without_frame(ink_map: NDArray[np.float32]) -> NDArray[np.float32]:
    """Remove rules, and marks that belong to the picture's border.

    Args:
        ink_map: (H, W) float32 in [0, 1], 1 = ink.

    Returns:
        (H, W) float32 in [0, 1]: the map itself where there are none.
    """
    for _ in range(ROUNDS):
        mask = ink_map >= LEVEL
        frame = _frame(mask)
        if frame is None:
            break
        ink_map = ink_map * ~grow(frame, max(1, max(mask.shape) // 100))
        inked = ink_map[ink_map > FAINTEST]
        if not len(inked):
            break
        peak = float(np.quantile(inked, PEAK_QUANTILE))
        if peak < FAINT:
            ink_map = np.minimum(ink_map / np.float32(peak), np.float32(1))
    return ink_map


def _frame(mask: Mask) -> Mask | None:
    """The rules of a mask and the marks at its border, or None if there are none."""
    if not (mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()):
        return None
    rest = without_rules(mask)
    parts = label(rest)
    framing = _frames(parts)
    if framing.all():
        framing[:] = False
    if rest is mask and not framing.any():
        return None
    return mask & ~parts.select(~framing)


def _digit(parts: Components) -> NDArray[np.bool_]:
    areas = parts.areas
    main = int(areas.argmax())
    keep = np.zeros(len(parts), bool)
    keep[main] = True
    box = parts.boxes[main].copy()
    reach = NEAR * max(box[2] - box[0], box[3] - box[1])
    while True:
        # Parts that join widen the box, so that all pieces of a broken digit are collected.
        gaps = np.maximum(
            np.maximum(parts.boxes[:, :2] - box[2:], box[:2] - parts.boxes[:, 2:]).max(axis=1), 0
        )
        needed = np.where(gaps > reach, SPECK_FAR, np.where(gaps > 0, SPECK_NEAR, SPECK_INSIDE))
        joined = keep | (areas > needed * areas[main])
        if (joined == keep).all():
            return keep
        keep = joined
        box[:2] = parts.boxes[keep, :2].min(axis=0)
        box[2:] = parts.boxes[keep, 2:].max(axis=0)


def _frames(parts: Components) -> NDArray[np.bool_]:
    """Which parts touch the picture's border and stay near it."""
    height, width = parts.mask.shape
    left, top, right, bottom = parts.boxes.T
    touching = (left == 0) | (top == 0) | (right == width) | (bottom == height)
    if not touching.any():
        return np.zeros(len(parts), bool)
    rim = max(2, round(RIM * min(height, width)))
    inner = np.zeros_like(parts.mask)
    inner[rim:-rim, rim:-rim] = True
    labels = parts.label_map()[parts.mask & inner]
    inside = np.bincount(labels, minlength=len(parts))
    return np.asarray(touching & (inside <= (1 - RIM_FRACTION) * parts.areas))
