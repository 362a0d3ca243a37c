"""Picture in, the two directions of its rules out: from where it is seen as the table lies flat.

Parallel rules of a table that is seen at an angle are a pencil: they meet in one point, perhaps far
off. The two pencils' points say how the table is turned and tilted (Hartley and Zisserman,
"Multiple View Geometry", 8.6). A pencil fits where its lines gather the picture's thin straight
strokes into few sharp peaks. The constants were chosen on made tables by training writers
(`inkdigit_train.data.pages.tables`, seeds 5000 to 5059).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.morphology import Grey, box_sum, closing, opening
from inkdigit._pixels.transform import Transform

__all__ = ["Pencil", "Strokes", "find_pencils", "flattening", "thin_strokes"]

Floats: TypeAlias = NDArray[np.float64]

THIN_PX = 9  # a rule is narrower than this on the picture that is searched
AROUND_PX = 7  # side of the square over which a stroke's direction is measured
STRAIGHT = 0.6  # coherence of the directions there from which a stroke counts as straight
POINTS = 6000  # of each pencil's strokes that are used, at most
TURNS = np.arange(-45.0, 46.0, 1.0)  # degrees that a table may be turned
NEAR_TURN = 12.0  # degrees that a stroke may run beside its pencil's middle
EDGES = np.append(TURNS - 0.5, TURNS[-1] + 0.5)
SPREAD = 7  # degrees that the directions of one pencil span
TILTS = np.linspace(-0.25, 0.25, 11)  # how fast the lines' slope changes over half the picture
USUAL_TILT = 0.15  # standard deviation expected
BINS = 400  # over the picture


@dataclass(frozen=True)
class Pencil:
    """Lines v = t + (slope + tilt * t) * u.

    u runs along the lines and v across, from the picture's middle in halves of its longer side.

    Attributes:
        slope: Of the line through the middle.
        tilt: How much the slope grows from line to line.
        sharpness: How much its lines gather the strokes, compared with chance, which is 1.
    """

    slope: float
    tilt: float
    sharpness: float = 1.0


@dataclass(frozen=True, eq=False)
class Strokes:
    """Points on thin straight strokes.

    Attributes:
        points: (n, 2) x, y from the picture's middle in halves of its longer side.
        degrees: (n,) their direction, -45 to 135: below 45 across the picture, from 45 on down it.
        weights: (n,) how much each counts.
    """

    points: Floats
    degrees: Floats
    weights: Floats


def thin_strokes(grey: Grey) -> NDArray[np.float32]:
    """(H, W) how far each pixel stands out from its surroundings as a part of a thin stroke.

    In local contrast: 1 is what strokes in the neighbourhood usually have. Dark strokes, or light
    ones where these are stronger.
    """
    dark = closing(grey, THIN_PX) - grey
    light = grey - opening(grey, THIN_PX)
    stronger = dark if int(dark.sum(dtype=np.int64)) >= int(light.sum(dtype=np.int64)) else light
    height = stronger.astype(np.float32)
    window = 8 * THIN_PX + 1
    power = box_sum(height * height, window) / box_sum(np.ones_like(height), window)
    found: NDArray[np.float32] = height / np.sqrt(power + np.float32(4.0))
    return found


def find_strokes(thin: NDArray[np.float32]) -> Strokes:
    """The straight ones among thin strokes; see `thin_strokes`."""
    clipped = np.minimum(thin, 2.0)
    gy, gx = np.gradient(clipped)
    xx, yy, xy = (box_sum(p, AROUND_PX) for p in (gx * gx, gy * gy, gx * gy))
    coherence = np.hypot(xx - yy, 2 * xy) / (xx + yy + 1e-3)
    y, x = np.nonzero((clipped > 0.7) & (coherence > STRAIGHT))
    # The gradient runs across a stroke.
    across = np.degrees(0.5 * np.arctan2(2 * xy[y, x], (xx - yy)[y, x]))
    degrees = (across + 90 + 45) % 180 - 45
    half = max(thin.shape) / 2
    points = np.stack([(x + 0.5 - thin.shape[1] / 2) / half, (y + 0.5 - thin.shape[0] / 2) / half])
    return Strokes(points.T.astype(np.float64), degrees.astype(np.float64), clipped[y, x])


def find_pencils(strokes: Strokes) -> tuple[Pencil, Pencil]:
    """The pencil of the rules across and of those down; level ones where there is nothing."""
    counts = [
        np.convolve(np.histogram(d, EDGES, weights=strokes.weights)[0], np.ones(SPREAD), "same")
        for d in (strokes.degrees, strokes.degrees - 90)
    ]
    # A table has both directions; a desk's grain and a page of print have one.
    both = np.sqrt(counts[0] * counts[1])
    turn = float(TURNS[both.argmax()]) if both.any() else 0.0
    return _best(strokes, turn, down=False), _best(strokes, turn, down=True)


def _best(strokes: Strokes, turn: float, down: bool) -> Pencil:
    degrees = strokes.degrees - (90 if down else 0)
    near = np.flatnonzero(np.abs(degrees - turn) <= NEAR_TURN)
    # Down the picture a clockwise turn leads to the left.
    slope = float(np.tan(np.radians(-turn if down else turn)))
    best = Pencil(slope, 0.0)
    if len(near) < 2:
        return best
    near = near[:: 1 + len(near) // POINTS]
    u, v = strokes.points[near].T
    u, v = (v, u) if down else (u, v)
    weights = strokes.weights[near]
    step = 0.02
    tilts: Floats = TILTS
    slopes: Floats = best.slope + np.arange(-8.0, 9.0) * step
    for bins in (BINS // 2, BINS, BINS, BINS):
        scores = np.array(
            [[_sharpness((v - s * u) / (1 + t * u), weights, bins) for t in tilts] for s in slopes]
        )
        scores *= np.exp(-0.5 * (tilts / USUAL_TILT) ** 2)
        i, j = np.unravel_index(int(scores.argmax()), scores.shape)
        best = Pencil(float(slopes[i]), float(tilts[j]), float(scores[i, j]))
        spacing = float(tilts[1] - tilts[0])
        step /= 2.5
        slopes = best.slope + np.arange(-3.0, 4.0) * step
        tilts = best.tilt + np.arange(-3.0, 4.0) * spacing / 2.5
    return best


def _sharpness(t: Floats, weights: Floats, bins: int) -> float:
    """How much a profile of the positions across, (n,), gathers in few bins; 1 is chance."""
    index = np.clip(((t + 1.5) * (bins / 2)).astype(np.int64), 0, int(bins * 1.5))
    profile = np.bincount(index, weights, int(bins * 1.5) + 1)
    smooth = np.convolve(profile, np.ones(3), "same")
    total = weights.sum()
    return float((smooth * smooth).sum() / (9 * total * total) * bins)


def flattening(across: Pencil, down: Pencil) -> Transform:
    """From a flat view of the table to the picture, both in halves of its side from the middle.

    In the flat view the rules across are level and those down upright; at the middle of the picture
    its scale is the picture's.
    """
    a = 1 / np.hypot(1.0, across.slope)
    b = 1 / np.hypot(1.0, down.slope)
    return Transform(
        (
            a, b * down.slope, 0.0,
            a * across.slope, b, 0.0,
            -a * across.tilt, -b * down.tilt, 1.0,
        )
    )  # fmt: skip
