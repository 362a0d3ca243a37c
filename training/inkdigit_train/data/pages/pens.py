"""Pens: what a line looks like in ballpoint, pencil, felt tip, chalk or on a screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit_train.data.pages.papers import Surface, cloud

__all__ = ["PENS", "Pen", "PenKind", "choose_pen", "ink_colour"]

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class PenKind:
    """A kind of pen.

    Attributes:
        width: Least and most width of its line, in heights of a digit.
        colours: Colours as (red, green, blue) in [0, 1]; empty for any that shows on the paper.
        opacity: Least and most share of its colour that a line shows.
        grain: How unevenly it leaves its colour: 0 evenly, 1 with holes.
    """

    width: tuple[float, float]
    colours: tuple[tuple[float, float, float], ...]
    opacity: tuple[float, float]
    grain: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Pen:
    """One pen: width in heights of a digit, colour, opacity and grain as in `PenKind`.

    `pressure` is how much fainter the hand presses in places: 0 evenly, 1 down to nothing.
    """

    width: float
    colour: Floats
    opacity: float
    grain: float
    pressure: float = 0.0

    def texture(self, shape: tuple[int, int], rng: np.random.Generator) -> Floats | float:
        """How much of its colour the pen leaves on each pixel, (h, w) in [0, 1]."""
        left = np.full(shape, self.opacity, np.float32)
        if self.grain >= 0.05:
            coarse = cloud(shape, float(rng.uniform(1.5, 4)), rng)
            left *= 1 - np.float32(self.grain) * np.clip(coarse + np.float32(0.3), 0, 1)
        if self.pressure > 0 and min(shape) >= 6:
            slow = cloud(shape, max(shape) * float(rng.uniform(0.15, 0.4)), rng)
            left *= 1 - np.float32(self.pressure) * np.clip(slow + np.float32(0.3), 0, 1)
        return left


BLACK, BLUE, NAVY = (0.1, 0.1, 0.12), (0.15, 0.25, 0.7), (0.12, 0.12, 0.4)
RED, GREEN, BROWN = (0.8, 0.15, 0.15), (0.1, 0.5, 0.25), (0.3, 0.18, 0.1)
WHITE = (0.95, 0.95, 0.93)

PENS: dict[str, PenKind] = {
    "ballpoint": PenKind((0.03, 0.11), (BLACK, BLUE, BLUE, NAVY, RED), (0.6, 1.0), (0.0, 0.5)),
    "fountain pen": PenKind((0.05, 0.16), (BLACK, NAVY, BROWN, BLUE), (0.6, 1.0), (0.0, 0.3)),
    "pencil": PenKind((0.03, 0.12), ((0.25, 0.25, 0.26),), (0.18, 0.8), (0.1, 0.6)),
    "felt tip": PenKind((0.08, 0.26), (BLACK, BLUE, RED, GREEN), (0.75, 1.0), (0.0, 0.2)),
    "any colour": PenKind((0.04, 0.2), (), (0.7, 1.0), (0.0, 0.3)),
}
CHALK = PenKind(
    (0.06, 0.2), (WHITE, WHITE, (0.95, 0.9, 0.5), (0.95, 0.7, 0.75)), (0.6, 1.0), (0.2, 0.8)
)
LEAST_CONTRAST = 0.3  # of a pen's colour to the paper, in the channel that shows it best
PRESSED = 0.35  # of the pens are pressed unevenly,
LEAST_PRESSURE = 0.3  # with this much of the line's strength left at least
FAINTEST = 0.1  # of a line, its opacity counted in: fainter pencil is lost in a photo's noise


def choose_pen(surface: Surface, rng: np.random.Generator, kind: str | None = None) -> Pen:
    """A pen that shows on the surface; chalk or a bright line on a dark one."""
    names = list(PENS)
    chosen = CHALK if surface.dark else PENS[kind or names[int(rng.integers(len(names)))]]
    width = float(np.exp(rng.uniform(*np.log(chosen.width))))
    colour = ink_colour(surface, chosen.colours, rng)
    contrast = float(np.abs(colour - surface.colour).max())
    opacity = max(float(rng.uniform(*chosen.opacity)), min(FAINTEST / contrast, 1.0))
    pressure = float(rng.uniform(0, 1 - LEAST_PRESSURE)) if rng.random() < PRESSED else 0.0
    return Pen(width, colour, opacity, float(rng.uniform(*chosen.grain)), pressure)


def ink_colour(
    surface: Surface,
    colours: tuple[tuple[float, float, float], ...],
    rng: np.random.Generator,
) -> Floats:
    """(3,) a colour near one of the given, or any, that stands out from the surface."""
    for _ in range(20):
        if colours:
            colour = np.array(colours[int(rng.integers(len(colours)))]) + rng.normal(0, 0.05, 3)
        else:
            colour = rng.uniform(0, 1, 3)
        colour = np.clip(colour, 0, 1)
        if np.abs(colour - surface.colour).max() >= LEAST_CONTRAST:
            break
    else:
        colour = np.full(3, 1.0 if surface.dark else 0.0)
    return colour.astype(np.float32)
