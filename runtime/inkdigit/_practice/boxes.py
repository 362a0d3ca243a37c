"""The sheet as it lies flat in, what is written in each of its boxes out, without the frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._pixels.components import label
from inkdigit._pixels.morphology import Grey, grow, reduce_picture
from inkdigit._pixels.transform import Transform, warp
from inkdigit._practice.layout import BOXES, PAGE_MM, SheetBox

__all__ = ["CutBox", "cut_boxes"]

PX_A_MM = 8  # a box for a digit is 104 × 128 pixels: more than a network is shown of a digit
REACH_MM = 2.4  # how far a frame may lie from where the marks say: paper bends, lenses bend lines
NEAR_MM = 35.0  # how far boxes are apart that move alike: two digits' boxes, and half a number's
LINE_MM, BESIDE_MM = 0.5, 1.0  # half of a frame's line as seen, and from its middle to the paper
OUTSIDE_MM = 1.2  # of a crop beyond the frame: half of what lies between two boxes
BAND_MM = 0.6  # from the frame's middle: as far as its line reaches, moved and blurred
PAPER, INK = 0.75, 0.02  # quantiles of a box's levels that are paper, and the darkest ink
DARKER = 0.3, 8.0  # than the frame: of its distance to the ink, and grey levels, is ink
# A box of hundreds of marks would take as long as a page: what is more than this is painted over,
# the smallest first. A digit has four strokes at most, and may be broken.
MOST_MARKS = 5  # for each digit that a box asks for
PALEST = 0.25  # of the ink, from the paper's level: paler pixels are of no mark
FRINGE_PX = 2  # a mark's soft edge


@dataclass(frozen=True, eq=False)
class CutBox:
    """One box.

    Attributes:
        box: Which.
        picture: Its inside, mode L, the frame gone.
        corners: (4, 2) in pixels of the photo: top left, top right, bottom right, bottom left.
    """

    box: SheetBox
    picture: Image.Image
    corners: NDArray[np.float64]


def cut_boxes(grey: Grey, way: Transform) -> list[CutBox]:
    """Cut every box of the sheet out of a photo.

    Args:
        grey: (H, W) uint8.
        way: From millimetres of the sheet to pixels of the photo.
    """
    to_photo = Transform.scaling(1 / PX_A_MM, 1 / PX_A_MM).then(way)
    size = round(PAGE_MM[0] * PX_A_MM), round(PAGE_MM[1] * PX_A_MM)
    left, top, right, bottom = to_photo.box((0.0, 0.0, *size))
    factor = max(1, int(min((right - left) / min(size), (bottom - top) / min(size)) / 1.5))
    reduced = reduce_picture(grey, factor)
    ratio = Transform.scaling(reduced.shape[1] / grey.shape[1], reduced.shape[0] / grey.shape[0])
    flat = np.asarray(warp(Image.fromarray(reduced), to_photo.then(ratio), size))
    edges = np.array([[b.left, b.top, b.right, b.bottom] for b in BOXES]) * PX_A_MM
    moved = np.stack([_moved(flat, edges), _moved(flat.T, edges[:, [1, 0, 3, 2]])], axis=1)
    return [
        _cut(flat, box, own, by, to_photo) for box, own, by in zip(BOXES, edges, moved, strict=True)
    ]


def _cut(
    flat: Grey,
    box: SheetBox,
    edges: NDArray[np.float64],
    by: NDArray[np.float64],
    to_photo: Transform,
) -> CutBox:
    dx, dy = by
    left, top, right, bottom = (edges + np.array([dx, dy, dx, dy])).tolist()
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    room = round(OUTSIDE_MM * PX_A_MM)
    x0, y0 = round(left) - room, round(top) - room
    crop = flat[y0 : round(bottom) + room, x0 : round(right) + room].copy()
    _without_frame(crop, np.array([left - x0, top - y0, right - x0, bottom - y0]))
    _keep_largest(crop, MOST_MARKS * len(box.text))
    return CutBox(box, Image.fromarray(crop), to_photo.points(corners))


def _moved(flat: Grey, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many pixels to the right of their places the frames (n, 4) are seen, (n,).

    A digit's upright stroke may look like a frame's edge. But paper bends smoothly: what is seen of
    the boxes near by counts as much as what is seen of the box.
    """
    seen = np.stack([_edges_seen(flat, frame) for frame in edges])
    middles = (edges[:, :2] + edges[:, 2:]) / 2
    apart = np.hypot(*(middles[:, None] - middles[None]).T)
    weights = np.exp(-0.5 * (apart / (NEAR_MM * PX_A_MM)) ** 2)
    np.fill_diagonal(weights, 0)
    reach = (seen.shape[1] - 1) // 2
    near = weights @ seen / weights.sum(axis=1, keepdims=True)
    return np.asarray((seen + near).argmax(axis=1) - reach, np.float64)


def _edges_seen(flat: Grey, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much a frame's left and right edges are seen at each shift within reach, at most 1."""
    left, top, right, bottom = edges.tolist()
    reach, line, beside = (round(mm * PX_A_MM) for mm in (REACH_MM, LINE_MM, BESIDE_MM))
    inset = round(0.1 * (bottom - top))
    x0 = round(left) - reach - beside - line
    rows = flat[round(top) + inset : round(bottom) - inset]
    # The median of a column is that of the frame, not of what was written over it.
    levels = np.median(rows[:, x0 : round(right) + reach + beside + line + 1], axis=0)
    smooth = np.convolve(levels, np.ones(line) / line, mode="same")
    wide = round(right) - round(left)
    shifts = np.arange(-reach, reach + 1)
    found = np.zeros(len(shifts))
    for edge in (0, wide):
        at = reach + beside + line + edge + shifts
        dark = np.minimum(smooth[at - beside], smooth[at + beside]) - smooth[at]
        found += np.clip(dark, 0, None)
    # Where hardly anything is seen, it lies where the marks say.
    seen: NDArray[np.float64] = found / max(float(found.max()), 1.0) - 0.02 * np.abs(shifts)
    return seen


def _without_frame(crop: Grey, frame: NDArray[np.float64]) -> None:
    """Paint a frame over with the paper's level, except for the ink that crosses it."""
    left, top, right, bottom = frame.tolist()
    band = BAND_MM * PX_A_MM
    y, x = np.mgrid[0 : crop.shape[0], 0 : crop.shape[1]] + 0.5
    near_x = np.minimum(np.abs(x - left), np.abs(x - right)) <= band
    near_y = np.minimum(np.abs(y - top), np.abs(y - bottom)) <= band
    in_x = (x >= left - band) & (x <= right + band)
    in_y = (y >= top - band) & (y <= bottom + band)
    on_frame = (near_x & in_y) | (near_y & in_x)
    inside = crop[~on_frame & in_x & in_y]
    paper, ink = (float(np.quantile(inside, q)) for q in (PAPER, INK))
    line = float(np.median(crop[(np.abs(y - top) <= 1.5) & in_x]))
    line = min(line, float(np.median(crop[(np.abs(x - left) <= 1.5) & in_y])))
    darkest = line - max(DARKER[0] * (line - ink), DARKER[1])
    crop[on_frame & (crop > darkest)] = round(paper)


def _keep_largest(crop: Grey, most: int) -> None:
    """Paint all but the largest marks over with the paper's level."""
    paper, ink = (float(np.quantile(crop, q)) for q in (PAPER, INK))
    parts = label(crop < paper - PALEST * (paper - ink))
    if len(parts) <= most:
        return
    smaller = np.ones(len(parts), bool)
    smaller[np.argsort(-parts.areas, kind="stable")[:most]] = False
    crop[grow(parts.select(smaller), FRINGE_PX)] = round(paper)
