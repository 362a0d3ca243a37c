"""What is written on: plain, ruled, squared and graph paper, boards, screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit_train.data.pages.page import Canvas

__all__ = ["Surface", "cloud", "draw_rules", "line_colour", "plain", "surface", "wander"]

Floats = NDArray[np.float32]

PAPERS = (  # colours of paper as photographed
    (0.98, 0.98, 0.98), (0.95, 0.95, 0.95), (0.9, 0.9, 0.88), (0.8, 0.8, 0.8), (0.7, 0.71, 0.73),
    (0.92, 0.88, 0.8), (0.8, 0.72, 0.6), (0.65, 0.55, 0.42), (0.62, 0.64, 0.5), (0.95, 0.9, 0.4),
    (0.85, 0.9, 0.95), (0.6, 0.68, 0.72), (0.95, 0.85, 0.85), (0.9, 0.65, 0.3), (0.55, 0.5, 0.45),
)  # fmt: skip
BOARDS = (
    (0.1, 0.1, 0.1),
    (0.12, 0.25, 0.18),
    (0.2, 0.22, 0.25),
    (0.05, 0.05, 0.2),
    (0.0, 0.0, 0.0),
)
DARK = 0.4  # mean of a surface's channels below which it is a board


@dataclass(frozen=True, eq=False)
class Surface:
    """What is written on.

    Attributes:
        colour: (3,) in [0, 1].
        mottle: Contrast of its slow unevenness, cloud by cloud.
        grain: Standard deviation of its fibres, pixel by pixel.
    """

    colour: Floats
    mottle: float = 0.0
    grain: float = 0.0

    @property
    def dark(self) -> bool:
        """Whether it is a board, which is written on in a lighter colour."""
        return float(self.colour.mean()) < DARK

    def lay(self, height: int, width: int, rng: np.random.Generator) -> Floats:
        """(height, width, 3) float32 in [0, 1]: a piece of it."""
        pixels = np.empty((height, width, 3), np.float32)
        pixels[:] = self.colour
        if self.mottle:
            size = float(rng.uniform(0.1, 0.6)) * max(height, width)
            pixels += self.mottle * cloud((height, width), size, rng)[..., None]
        if self.grain:
            pixels += (
                self.grain * cloud((height, width), float(rng.uniform(1, 2.5)), rng)[..., None]
            )
        return pixels


def surface(rng: np.random.Generator, boards: float = 0.1) -> Surface:
    """A random surface: paper, or a board in `boards` of the cases."""
    choices = BOARDS if rng.random() < boards else PAPERS
    colour = np.array(choices[int(rng.integers(len(choices)))]) + rng.normal(0, 0.03, 3)
    rough = rng.random()
    return Surface(
        np.clip(colour, 0, 1).astype(np.float32),
        float(rng.uniform(0, 0.06)) if rough > 0.3 else 0.0,
        float(rng.uniform(0, 0.05)) if rough > 0.5 else 0.0,
    )


def plain(rng: np.random.Generator) -> Surface:
    """A surface of one colour, as a drawing program gives: mostly white or black."""
    roll = rng.random()
    if roll < 0.55:
        colour = np.ones(3)
    elif roll < 0.8:
        colour = np.zeros(3)
    else:
        colour = rng.uniform(0, 1, 3) if roll < 0.9 else np.full(3, rng.uniform(0.7, 1))
    return Surface(colour.astype(np.float32))


def cloud(shape: tuple[int, int], size: float, rng: np.random.Generator) -> Floats:
    """(h, w) smooth noise of about unit deviation whose blots are `size` pixels wide."""
    small = [max(2, int(np.ceil(side / size)) + 1) for side in shape]
    noise = rng.standard_normal(small, np.float32)
    if small[0] >= shape[0] and small[1] >= shape[1]:
        return noise[: shape[0], : shape[1]]
    image = Image.fromarray(noise).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.array(image, np.float32)


def line_colour(surface: Surface, rng: np.random.Generator, faint: bool) -> Floats:
    """(3,) colour of printed lines: grey, blue, red or brown; paler where `faint`."""
    inks = np.array([(0.1, 0.1, 0.1), (0.3, 0.4, 0.7), (0.75, 0.3, 0.3), (0.35, 0.25, 0.2)])
    ink = inks[int(rng.choice(4, p=(0.5, 0.3, 0.1, 0.1)))]
    if surface.dark:
        ink = 1 - ink
    strength = rng.uniform(0.15, 0.6) if faint else rng.uniform(0.5, 1.0)
    return np.asarray(surface.colour + strength * (ink - surface.colour), np.float32)


def wander(length: int, amount: float, rng: np.random.Generator) -> Floats:
    """(length,) slow drift in pixels of a line that is not quite straight."""
    if amount <= 0:
        return np.zeros(length, np.float32)
    knots = np.cumsum(rng.normal(0, amount / 2, 4))
    return np.asarray(np.interp(np.linspace(0, 3, length), range(4), knots), np.float32)


def draw_rules(
    canvas: Canvas,
    positions: NDArray[Any],
    width: float,
    colour: Floats,
    rng: np.random.Generator,
    down: bool = False,
    dotted: bool = False,
    drift: float = 0.0,
    ends: tuple[float, float] = (0.0, 1.0),
) -> None:
    """Draw straight rules across a picture.

    Args:
        canvas: The picture, changed; `Canvas.ruled` too.
        positions: Row of the middle of each rule in pixels; column where `down`.
        width: Thickness in pixels.
        colour: (3,).
        rng: Where chance comes from.
        down: Whether the rules run downwards.
        dotted: Whether they are dotted.
        drift: How far a rule strays from straight, in pixels.
        ends: Where the rules begin and end, in fractions of the picture.
    """
    view = canvas.pixels.transpose(1, 0, 2) if down else canvas.pixels
    ruled = canvas.ruled.T if down else canvas.ruled
    height, length = view.shape[:2]
    first, last = int(ends[0] * length), max(int(ends[1] * length), int(ends[0] * length) + 1)
    reach = int(np.ceil(width / 2 + abs(drift) * 3 + 1.5))
    strength = np.ones(last - first, np.float32)
    if dotted:
        step = max(2, round(width * rng.uniform(2, 5)))
        strength[(np.arange(last - first) % step) * 2 >= step] = 0
    for position in positions.tolist():
        middle = position + wander(last - first, drift, rng)
        low = max(int(position) - reach, 0)
        high = min(int(position) + reach + 1, height)
        if low >= high:
            continue
        rows = np.arange(low, high, dtype=np.float32)[:, None] + np.float32(0.5)
        # A rule thinner than a pixel is a pixel wide, and paler.
        body = np.clip(max(width, 1.0) / 2 + 0.5 - np.abs(rows - middle), 0, 1) * strength
        covered = ruled[low:high, first:last]
        np.maximum(covered, body, out=covered)
        body = np.asarray(body * min(width, 1.0), np.float32)[..., None]
        area = view[low:high, first:last]
        area += body * (colour - area)
