"""What is no digit, made here: pieces of digits, two digits run together, scribbles.

The decoder finds the cuts in a number by this class, and the app says "?" with it. Pieces that
are a plain upright line are left out, since that is a 1. Other pieces that happen to look like a
whole digit stay in: they are rare beside true digits, so the network learns the odds.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from inkdigit import Ink, Stroke
from inkdigit._framing.rasterize import DIGIT_BOX_PX, RASTER_PX

__all__ = ["WIDEST_ONE", "halves", "ink_pair", "ink_piece", "pairs", "scribble"]

Generator = np.random.Generator

WIDEST_ONE = 0.6  # width to height under which a piece, most often a bare line, passes for a 1


def ink_piece(ink: Ink, rng: Generator) -> Ink | None:
    """A stretch of 25 to 55 % of the line of a digit's ink, from its start, end or middle.

    Returns:
        The piece, or None where the ink is too short to take one, or the piece would pass for a 1.
    """
    points = np.concatenate([s.points for s in ink])
    owners = np.repeat(np.arange(len(ink)), [len(s) for s in ink])
    steps = np.concatenate([[0.0], np.sqrt(np.square(np.diff(points, axis=0)).sum(axis=1))])
    steps[1:][owners[1:] != owners[:-1]] = 0  # the pen's way through the air is no line
    travelled = np.cumsum(steps)
    length = travelled[-1]
    if length <= 0:
        return None
    share = rng.uniform(0.25, 0.55)
    first = rng.choice([0.0, 1.0 - share, rng.uniform(0, 1.0 - share)]) * length
    inside = (travelled >= first) & (travelled <= first + share * length)
    parts = [points[inside & (owners == k)] for k in range(len(ink))]
    parts = [p for p in parts if len(p) >= 2]
    if not parts:
        return None
    piece = Ink([Stroke(p) for p in parts])
    left, top, right, bottom = piece.bounds
    upright = (right - left) < WIDEST_ONE * (bottom - top)
    return None if upright else piece


def ink_pair(left: Ink, right: Ink, rng: Generator) -> Ink:
    """Two digits side by side at about one height, from a gap of 0.3 to an overlap of 0.15."""
    moved, edge = [], 0.0
    for k, ink in enumerate((left, right)):
        x0, y0, x1, y1 = ink.bounds
        scale = rng.uniform(0.8, 1.2) / max(y1 - y0, (x1 - x0) / 2, 1e-6)
        gap = 0.0 if k == 0 else rng.uniform(-0.15, 0.3)
        offset = np.array([edge + gap, rng.uniform(-0.15, 0.15)])
        for stroke in ink:
            moved.append(Stroke(((stroke.points - (x0, y0)) * scale + offset).astype(np.float32)))
        edge += (x1 - x0) * scale
    return Ink(moved)


def scribble(rng: Generator) -> Ink:
    """A random smooth line or a few: zigzags, spirals, wanderings, crossings and dots."""
    kind = rng.integers(5)
    t = np.linspace(0, 1, 80)
    if kind == 0:  # zigzag
        turns = rng.integers(4, 12)
        x = np.abs(((t * turns) % 2) - 1) * rng.uniform(0.5, 2)
        strokes = [np.stack([x, t * rng.uniform(0.3, 2)], 1)]
    elif kind == 1:  # spiral
        angle = t * rng.uniform(3, 7) * 2 * np.pi
        strokes = [np.stack([t * np.cos(angle), t * np.sin(angle)], 1)]
    elif kind == 2:  # wandering
        steps = rng.normal(size=(80, 2))
        steps = np.stack([np.convolve(steps[:, k], np.hanning(15), "same") for k in (0, 1)], 1)
        strokes = [np.cumsum(steps, axis=0)]
    elif kind == 3:  # crossing lines
        strokes = [rng.uniform(0, 1, (rng.integers(2, 4), 2)) for _ in range(rng.integers(2, 6))]
    else:  # a dot, or a few
        strokes = [rng.uniform(0, 1, (1, 2)) for _ in range(rng.integers(1, 5))]
        if len(strokes) == 1:
            strokes.append(strokes[0] + rng.uniform(-0.02, 0.02, (1, 2)))
    turn = rng.uniform(0, 2 * np.pi)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    wobble = rng.normal(scale=0.01, size=2)
    return Ink([np.asarray(s) @ rotation + wobble for s in strokes])


def halves(batch: Tensor) -> Tensor:
    """The lesser side of a straight cut through each raster, framed again as a digit is.

    Args:
        batch: (N, 1, 28, 28) digits in [0, 1].

    Returns:
        The same shape and range.
    """
    count = len(batch)
    angle = torch.rand(count, device=batch.device) * 2 * torch.pi
    # From the middle to 5 px off it, so that the piece is the lesser one.
    offset = -5 * torch.rand(count, device=batch.device)
    centres = torch.arange(RASTER_PX, device=batch.device) + 0.5 - RASTER_PX / 2
    side = (
        angle.cos().view(-1, 1, 1) * centres.view(1, 1, -1)
        + angle.sin().view(-1, 1, 1) * centres.view(1, -1, 1)
        + offset.view(-1, 1, 1)
    )
    return frame(batch * (side > 0).unsqueeze(1))


def pairs(left: Tensor, right: Tensor) -> Tensor:
    """Two digits beside each other on one raster, from a small gap to an overlap.

    Args:
        left: (N, 1, 28, 28) digits in [0, 1].
        right: As many more.

    Returns:
        (N, 1, 28, 28) in [0, 1].
    """
    count = len(left)
    shift = torch.randint(10, 21, (count,), device=left.device)
    columns = torch.arange(2 * RASTER_PX, device=left.device).view(1, -1)
    wide = F.pad(left, (0, RASTER_PX))
    source = (columns - shift.view(-1, 1)).clamp(-1, RASTER_PX)
    padded = F.pad(right, (1, 1))  # a blank column on either side to read from
    moved = padded.gather(3, (source + 1).view(count, 1, 1, -1).expand(-1, 1, RASTER_PX, -1))
    return frame(torch.maximum(wide, moved))


def frame(batch: Tensor) -> Tensor:
    """Fit each raster's ink into the 20×20 box in the middle of 28×28: `normalize` on the device.

    Box-centred rather than by mass, and without the stroke's thickening: close enough for what
    the augmentation shifts and thickens afterwards.

    Args:
        batch: (N, 1, H, W) in [0, 1].

    Returns:
        (N, 1, 28, 28) in [0, 1].
    """
    count, _, height, width = batch.shape
    inked = batch[:, 0] > 0.3
    boxes = []
    for axis, side in ((2, height), (1, width)):
        line = inked.any(dim=axis).float()
        low = line.argmax(1).float()
        high = side - line.flip(1).argmax(1).float()
        empty = line.sum(1) == 0
        boxes.append((low.masked_fill(empty, 0), high.masked_fill(empty, float(side))))
    (top, bottom), (left, right) = boxes
    extent = torch.maximum(bottom - top, right - left)
    zoom = extent / DIGIT_BOX_PX * RASTER_PX  # input pixels that the output's side spans
    zeros = torch.zeros_like(zoom)
    rows = [
        torch.stack([zoom / width, zeros, (left + right) / width - 1], 1),
        torch.stack([zeros, zoom / height, (top + bottom) / height - 1], 1),
    ]
    grid = F.affine_grid(
        torch.stack(rows, 1), [count, 1, RASTER_PX, RASTER_PX], align_corners=False
    )
    return F.grid_sample(batch, grid, align_corners=False)
