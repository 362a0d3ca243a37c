"""The class "not a digit": which letters and symbols are in it, and what is made for it here.

Made are pieces of digits, two digits run together, and scribbles. The decoder finds the cuts in a
number by this class, and the app shows "?" for it. Pieces that are a plain upright line are left
out: that is a 1. Other pieces that happen to look like a whole digit stay in: true digits far
outnumber them, so the network learns the odds.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from inkdigit import Ink, Stroke
from inkdigit._framing.rasterize import DIGIT_BOX_PX, RASTER_PX
from inkdigit.ink import arc_length
from inkdigit.labels import NOT_DIGIT

__all__ = [
    "LOOKALIKES",
    "add_nondigits",
    "ink_pair",
    "ink_piece",
    "is_bar",
    "is_line",
    "is_slim",
    "scribble",
]

Generator = np.random.Generator

# Letters and symbols that pass for a digit once framed, where size and position are lost: a comma
# becomes a bent bar. Training leaves them out, since a network taught that an O is no digit refuses
# zeros; the rejection figures leave them out too, since reading O as 0 is no mistake.
#
# Decided by eye on sheets of 36 to 60 random drawings per label, by the UNIPEN training writers: a
# label is in if a quarter or more of its drawings would be read as some digit. Just below that, and
# so not in: `&` (a fifth: 8, 6), `y` (a fifth: 4, 9), `{` (a fifth: 1, 5), `>` (an eighth: 7), `i`
# and `!` (a tenth; nearly all have their dot), `$` (8, where the bar is short). Far below:
# `Q a d e J U ? T -`, which have a tail, bar or dot that no digit has.
#
# A backslash comes plain, or as UNIPEN escapes it: `\\`. UNIPEN's `\@` is a slanted stroke.
LOOKALIKES_BY_DIGIT = {
    "0": ("o", "O", "D"),
    "1": ("l", "I", "|", "/", "\\", "\\\\", "\\@", "'", "`", ",", ".", "(", ")"),
    "2": ("z", "Z"),  # z with a tail is a 3
    "3": ("}",),
    "5": ("s", "S"),
    "6": ("b", "G"),  # a cursive G is a 9 or a 4
    "8": ("B",),
    "9": ("g", "q"),  # with two loops, an 8
}

LOOKALIKES: frozenset[str] = frozenset().union(*LOOKALIKES_BY_DIGIT.values())

# Set by judgement, not by a search.
BAR_STRAIGHTNESS = 0.9  # distance from end to end over the length of the stroke
BAR_STEEPNESS = 0.7  # height over the distance from end to end: within 45° of upright
WIDEST_ONE = 0.6  # a piece narrower than this fraction of its height, mostly a bare line, is a 1


def is_bar(ink: Ink) -> bool:
    """Whether the ink is one nearly straight, roughly upright stroke: a 1, whatever its label.

    UNIPEN's segments lose strokes: one in a hundred of the letters and symbols is a bare bar, such
    as an `i` without its dot or the stem of a `k`.
    """
    if not is_line(ink):
        return False
    across, down = np.ptp(ink.strokes[0].points[[0, -1]].astype(np.float64), axis=0).tolist()
    return float(down) > BAR_STEEPNESS * float(np.hypot(across, down))


def is_line(ink: Ink) -> bool:
    """Whether the ink is one nearly straight stroke, whichever way it runs."""
    if len(ink) != 1:
        return False
    points = ink.strokes[0].points
    distance = float(np.hypot(*(points[-1].astype(np.float64) - points[0])))
    return distance > BAR_STRAIGHTNESS * float(arc_length(points)[-1]) > 0


def is_slim(box: tuple[float, float, float, float]) -> bool:
    """Whether a box (left, top, right, bottom) is as narrow as a 1's."""
    left, top, right, bottom = box
    return right - left < WIDEST_ONE * (bottom - top)


def ink_piece(ink: Ink, rng: Generator) -> Ink | None:
    """Cut 25 to 55 % of a digit's length out of its ink: from the start, the end or the middle.

    Returns:
        The piece; None if the ink is too short to cut, or the piece would pass for a 1.
    """
    points = np.concatenate([s.points for s in ink])
    owners = np.repeat(np.arange(len(ink)), [len(s) for s in ink])
    steps = np.concatenate([[0.0], np.sqrt(np.square(np.diff(points, axis=0)).sum(axis=1))])
    steps[1:][owners[1:] != owners[:-1]] = 0  # between strokes the pen is in the air
    travelled = np.cumsum(steps)
    length = travelled[-1]
    if length <= 0:
        return None
    fraction = rng.uniform(0.25, 0.55)
    first = rng.choice([0.0, 1.0 - fraction, rng.uniform(0, 1.0 - fraction)]) * length
    inside = (travelled >= first) & (travelled <= first + fraction * length)
    parts = [points[inside & (owners == k)] for k in range(len(ink))]
    piece = Ink([Stroke(p) for p in parts if len(p) >= 2])
    if not len(piece):
        return None
    return None if is_slim(piece.bounds) else piece


def ink_pair(left: Ink, right: Ink, rng: Generator) -> Ink:
    """Two digits side by side at about one height, from 0.3 heights apart to 0.15 overlapping."""
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
    """Draw a random zigzag, spiral, wandering line, set of crossing lines, or a few dots."""
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
    offset = rng.normal(scale=0.01, size=2)
    return Ink([np.asarray(s) @ rotation + offset for s in strokes])


def add_nondigits(batch: Tensor, labels: Tensor, fraction: float) -> tuple[Tensor, Tensor]:
    """Add halves and pairs of the batch's own digits, labelled "not a digit".

    Args:
        batch: (N, 1, 28, 28) in [0, 1].
        labels: (N,) 0 to 10.
        fraction: How many to add, as a fraction of N.

    Returns:
        The batch and the labels with those added; as they were if the digits are too few.
    """
    count = round(fraction * len(batch) / 2)
    whole = batch[(labels != 1) & (labels != NOT_DIGIT)]  # half of a 1 is a 1
    digits = batch[labels != NOT_DIGIT]
    if count == 0 or len(whole) < count or len(digits) < 2 * count:
        return batch, labels
    made = [halves(whole[:count]), pairs(digits[:count], digits[-count:])]
    marks = labels.new_full((2 * count,), NOT_DIGIT)
    return torch.cat([batch, *made]), torch.cat([labels, marks])


def halves(batch: Tensor) -> Tensor:
    """Cut each digit of (N, 1, 28, 28) in [0, 1] in two by a straight line; frame the smaller side.

    The shape and range stay.
    """
    count = len(batch)
    angle = torch.rand(count, device=batch.device) * 2 * torch.pi
    # Up to 5 px off the middle, so that the piece is the smaller one.
    offset = -5 * torch.rand(count, device=batch.device)
    centres = torch.arange(RASTER_PX, device=batch.device) + 0.5 - RASTER_PX / 2
    side = (
        angle.cos().view(-1, 1, 1) * centres.view(1, 1, -1)
        + angle.sin().view(-1, 1, 1) * centres.view(1, -1, 1)
        + offset.view(-1, 1, 1)
    )
    return frame(batch * (side > 0).unsqueeze(1))


def pairs(left: Tensor, right: Tensor) -> Tensor:
    """Two digits side by side in one raster, from a small gap to an overlap.

    Both arguments and the result are (N, 1, 28, 28) in [0, 1].
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
    """Fit the ink of each raster, (N, 1, H, W) in [0, 1], into the middle 20×20 of 28×28.

    It is `normalize` on the device, but centred by box rather than mass, and thin strokes stay
    thin: close enough, since the augmentation shifts and thickens afterwards.
    """
    count, _, height, width = batch.shape
    inked = batch[:, 0] > 0.3
    boxes = []
    for axis, side in ((2, height), (1, width)):
        profile = inked.any(dim=axis).float()
        low = profile.argmax(1).float()
        high = side - profile.flip(1).argmax(1).float()
        empty = profile.sum(1) == 0
        boxes.append((low.masked_fill(empty, 0), high.masked_fill(empty, float(side))))
    (top, bottom), (left, right) = boxes
    extent = torch.maximum(bottom - top, right - left)
    zoom = extent / DIGIT_BOX_PX * RASTER_PX  # input pixels that the output's side spans
    zeros = torch.zeros_like(zoom)
    rows = [
        torch.stack([zoom / width, zeros, (left + right) / width - 1], 1),
        torch.stack([zeros, zoom / height, (top + bottom) / height - 1], 1),
    ]
    size = [count, 1, RASTER_PX, RASTER_PX]
    grid = F.affine_grid(torch.stack(rows, 1), size, align_corners=False)
    return F.grid_sample(batch, grid, align_corners=False)
