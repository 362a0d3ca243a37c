"""Makes the samples beside it: handwriting designed here, taken from no person and no data set.

Each digit is a path of the hand's turning points. A smooth curve goes through them, an unsteady
hand sways it, and a pen follows, slow in the bends and quick on the straights, as pens are (the
two-thirds power law: Lacquaniti, Terzuolo and Viviani 1983).

    python samples/make_samples.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Points: TypeAlias = NDArray[np.float64]

FOLDER = Path(__file__).parent
SAMPLE_RATE_HZ = 90  # of a touch screen
SWAY = 0.006  # of the digit's height

# Turning points of each stroke in a box one high: x, y, y down. A point given twice is a corner.
# fmt: off
SEVEN = [
    [(0.06, 0.13), (0.10, 0.09), (0.22, 0.09), (0.40, 0.085), (0.585, 0.06), (0.60, 0.075),
     (0.60, 0.075), (0.545, 0.22), (0.45, 0.44), (0.37, 0.66), (0.315, 0.86), (0.295, 0.99)],
    [(0.20, 0.505), (0.32, 0.49), (0.45, 0.475), (0.565, 0.445)],
]
THREE = [
    [(0.10, 0.15), (0.16, 0.06), (0.32, 0.01), (0.50, 0.08), (0.53, 0.22), (0.42, 0.36),
     (0.26, 0.43),
     (0.26, 0.43), (0.46, 0.45), (0.61, 0.60), (0.60, 0.80), (0.44, 0.96), (0.22, 0.98),
     (0.06, 0.89)],
]
FOUR = [
    [(0.36, 0.03), (0.30, 0.17), (0.20, 0.36), (0.09, 0.55), (0.06, 0.61),
     (0.06, 0.61), (0.20, 0.615), (0.40, 0.585), (0.64, 0.56)],
    [(0.515, 0.31), (0.50, 0.48), (0.475, 0.68), (0.465, 0.85), (0.47, 1.0)],
]
# fmt: on


def hand(turning_points: list[tuple[float, float]], height_px: float, seed: int) -> Points:
    """One stroke of the pen: (n, 2) pixels, evenly spaced in time."""
    random = np.random.default_rng(seed)
    curve = _through(np.array(turning_points)) * height_px
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    # The hand sways slowly across its way: a few waves of random phase.
    waves = random.uniform(0.6, 2.2, (2, 4, 1)) * lengths / height_px * 2 * np.pi
    sway = np.sin(waves + random.uniform(0, 2 * np.pi, (2, 4, 1))).mean(axis=1)
    curve = curve + SWAY * height_px * sway.T
    # Time passes with length, and longer where the way bends.
    heading = np.unwrap(np.arctan2(*np.gradient(curve, axis=0).T[::-1]))
    bend = np.abs(np.gradient(heading)) / np.maximum(np.gradient(lengths), 1e-6) * height_px
    pace = 1 / (0.35 + np.minimum(bend, 30) ** (1 / 3))
    ends = np.minimum(lengths, lengths[-1] - lengths) / (0.08 * height_px)
    pace *= 0.3 + 0.7 * np.clip(ends, 0, 1)  # and at both ends
    seconds = np.concatenate([[0], np.cumsum(np.diff(lengths) / pace[1:])]) / height_px / 4
    ticks = np.arange(0, seconds[-1], 1 / SAMPLE_RATE_HZ)
    points = np.column_stack([np.interp(ticks, seconds, axis) for axis in curve.T])
    return np.vstack([points, curve[-1:]])


def _through(turning_points: Points) -> Points:
    """A centripetal Catmull-Rom curve through the points; a point given twice is a corner."""
    corners = np.flatnonzero((np.diff(turning_points, axis=0) == 0).all(axis=1)) + 1
    pieces = []
    for part in np.split(turning_points, corners):
        padded = np.vstack([2 * part[0] - part[1], part, 2 * part[-1] - part[-2]])
        for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
            t1 = np.hypot(*(p1 - p0)) ** 0.5
            t2 = t1 + np.hypot(*(p2 - p1)) ** 0.5
            t3 = t2 + np.hypot(*(p3 - p2)) ** 0.5
            t = np.linspace(t1, t2, 60, endpoint=False)[:, None]
            a1 = (t1 - t) / t1 * p0 + t / t1 * p1
            a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
            a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
            b1 = (t2 - t) / t2 * a1 + t / t2 * a2
            b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
            pieces.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
        pieces.append(part[-1:])
    curve = np.concatenate(pieces)
    return curve[np.concatenate([[True], np.hypot(*np.diff(curve, axis=0).T) > 1e-9])]


def picture(
    strokes: list[Points],
    size: tuple[int, int],
    pen_px: float,
    ground: tuple[int, int, int],
    ink_colour: tuple[int, int, int],
    ink_grain: float,
    seed: int,
) -> Image.Image:
    """The strokes on paper or on a board, as a scanner or a camera sees them."""
    random = np.random.default_rng(seed)
    fine = 4  # draw large, then shrink: smooth edges
    ink = Image.new("L", (size[0] * fine, size[1] * fine))
    draw = ImageDraw.Draw(ink)
    for points in strokes:
        speed = np.hypot(*np.gradient(points, axis=0).T)
        # A quick pen leaves a thinner line.
        width = pen_px * (1.12 - 0.35 * np.clip(speed / np.quantile(speed, 0.95), 0, 1))
        dense = np.linspace(0, len(points) - 1, len(points) * 25)
        index = np.arange(len(points))
        for x, y, w in np.column_stack(
            [np.interp(dense, index, column) for column in (*points.T, width)]
        ):
            radius = w / 2 * fine
            draw.ellipse(
                [x * fine - radius, y * fine - radius, x * fine + radius, y * fine + radius], 255
            )
    ink = ink.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.7))
    cover = np.asarray(ink, np.float64)[..., None] / 255
    grain = random.normal(0, 1, (size[1], size[0], 1))
    below = np.array(ground) + 0.7 * grain
    above = np.array(ink_colour) + ink_grain * grain
    return Image.fromarray(
        np.clip(below + cover * (above - below), 0, 255).round().astype(np.uint8)
    )


def main() -> None:
    """Write seven.png, ballpoint on paper; three.png, chalk on a board; four.json, ink."""
    seven = [hand(stroke, 230, seed) + (105, 62) for seed, stroke in enumerate(SEVEN, 3)]
    paper = picture(seven, (360, 360), 8.5, (251, 250, 246), (38, 48, 92), 9, seed=1)
    paper.save(FOLDER / "seven.png", optimize=True)
    three = [hand(stroke, 150, seed) + (170, 60) for seed, stroke in enumerate(THREE, 21)]
    board = picture(three, (400, 300), 11, (44, 62, 54), (226, 228, 220), 22, seed=2)
    board.save(FOLDER / "three.png", optimize=True)
    four = [hand(stroke, 320, seed) + (90, 120) for seed, stroke in enumerate(FOUR, 12)]
    record = {"strokes": [stroke.round(1).tolist() for stroke in four]}
    (FOLDER / "four.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
