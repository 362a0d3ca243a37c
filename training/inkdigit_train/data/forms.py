"""Forms of digits that people write and the data hardly has, drawn through points that vary.

A two with a closed head on a waving foot, a four of two parallel lines, a six that reaches far to
the right, an eight of two rings: in school hands of other times and countries they are common. In
old ledgers the shipped network takes twos for nines, and slanted fours for ones with 0.98 and more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inkdigit import Ink, Stroke
from inkdigit_train.data.hands import redraw

__all__ = ["FORMS", "draw_form", "slant", "with_nib"]

Generator = np.random.Generator
Points = list[tuple[float, float]]

# By judgement, looking at sheets of them, like the points of the forms: the box of a form is 1 high
# and about 0.8 wide, y points down, and most will be narrowed and slanted.
JITTER = 0.035  # standard deviation of each point a form runs through
PER_LEG = 10  # points drawn between two of them
WIDTHS = (0.5, 1.1)  # of a form
SLANTS = (0.1, 0.8)  # how far the top moves to the right, in heights: 1 is 45°
UPRIGHT = 0.3  # fraction of the forms that get no slant
NIB = (0.02, 0.08)  # length of the nib's edge, in the digit's size
NIB_RAD = (-1.2, 0.6)  # direction of the edge: it writes thick across it
NIB_LINES = 4  # copies of a stroke that make a thick one


@dataclass(frozen=True)
class Form:
    """A way to write a digit.

    Attributes:
        digit: 0 to 9.
        strokes: The points that each stroke runs through, and whether it is round there.
    """

    digit: int
    strokes: Callable[[Generator], list[tuple[Points, bool]]]


def _two_with_a_closed_head(rng: Generator) -> list[tuple[Points, bool]]:
    """The head is drawn like a nine's, from inside or from the stem; the foot loops or waves."""
    start, deep = rng.uniform(0.3, 0.72), rng.uniform(0.55, 0.72)
    head = [(start, 0.33), (0.28, 0.3), (0.27, 0.1), (0.55, 0.0), (0.8, 0.12), (0.74, 0.36)]
    stem = [(0.52, deep), (0.26, deep + 0.17)]
    low = float(rng.uniform(-0.04, 0.06))
    feet: list[Points] = [
        [(0.06, 0.93), (0.0, 0.83), (0.14, 0.77), (0.36, 0.86), (0.62, 0.97), (0.95, 0.86 + low)],
        [(0.04, 0.97), (0.2, 0.86), (0.4, 0.86), (0.6, 0.97), (0.95, 0.9 + low)],
        [(0.1, 0.86), (0.0, 0.78), (0.2, 0.74), (0.42, 0.85), (0.5, 1.0), (0.78, 0.98 + low)],
        [(0.02, 0.98), (0.3, 0.9), (0.6, 0.92), (0.9, 0.97 + low)],
    ]
    return [(head + stem + feet[int(rng.integers(len(feet)))], True)]


def _open_four(rng: Generator) -> list[tuple[Points, bool]]:
    """Two lines side by side and a bar: the left one ends on it, the right one crosses it."""
    level, top = rng.uniform(0.5, 0.72), rng.uniform(-0.05, 0.4)
    lean, right = rng.uniform(0.0, 0.3), rng.uniform(0.55, 0.8)
    reach = right + rng.uniform(0.1, 0.45)
    left: Points = [(lean, 0.0), (0.3 * lean, 0.55 * level), (0.0, level)]
    bar: Points = [(0.0, level), (0.5, level + 0.01), (reach, level - rng.uniform(0, 0.08))]
    stem: Points = [(right, top), (right - 0.02, 0.6), (right - 0.06, 1.0)]
    if rng.random() < 0.6:
        return [(left[:-1] + bar, False), (stem, False)]
    return [(left, False), (bar, False), (stem, False)]


def _four_like_an_h(rng: Generator) -> list[tuple[Points, bool]]:
    """Two lines of one direction, nearly as tall, and a bar that hardly leaves them."""
    level, right = rng.uniform(0.42, 0.68), rng.uniform(0.35, 0.75)
    end, top = level + rng.uniform(-0.02, 0.1), rng.uniform(-0.1, 0.2)
    start, reach = rng.uniform(-0.1, 0.03), right + rng.uniform(0.03, 0.25)
    left: Points = [(rng.uniform(0, 0.1), 0.0), (0.0, end)]
    bar: Points = [(start, level), (reach, level - rng.uniform(0, 0.1))]
    return [(left, False), (bar, False), ([(right, top), (right - 0.03, 1.0)], False)]


def _four_crossed_low(rng: Generator) -> list[tuple[Points, bool]]:
    """The bar lies low, and the stem only begins there."""
    level = rng.uniform(0.66, 0.82)
    top, stem = rng.uniform(0.3, 0.55), rng.uniform(0.45, 0.75)
    angle: Points = [(stem - 0.1, 0.0), (0.3, 0.45), (0.0, level), (0.95, level)]
    return [(angle, False), ([(stem, top), (stem - 0.03, 1.0)], False)]


def _three_with_a_flat_head(rng: Generator) -> list[tuple[Points, bool]]:
    waist = rng.uniform(0.32, 0.45)
    head: Points = [(0.05, 0.1), (0.35, 0.03), (0.8, 0.02), (0.55, 0.2), (0.33, waist)]
    belly: Points = [(0.6, waist + 0.08), (0.74, 0.68), (0.6, 0.92), (0.3, 1.0), (0.03, 0.88)]
    return [(head, False), ([head[-1], *belly], True)]


def _six_that_reaches(rng: Generator) -> list[tuple[Points, bool]]:
    """A small bowl under a top that bends far to the right."""
    far, bowl = rng.uniform(0.75, 1.2), rng.uniform(0.55, 0.7)
    top: Points = [(far, 0.04), (0.8 * far, 0.0), (0.42, 0.22), (0.15, 0.55), (0.08, 0.82)]
    turn: Points = [(0.22, 1.0), (0.46, 0.96), (0.56, 0.78), (0.46, bowl), (0.26, bowl + 0.08)]
    return [([*top, *turn, (0.12, 0.86)], True)]


def _five_with_a_far_bar(rng: Generator) -> list[tuple[Points, bool]]:
    """The bar is a stroke of its own, to the right of the body and often above it."""
    x, y = rng.uniform(0.3, 0.65), rng.uniform(-0.05, 0.12)
    body: Points = [(0.32, 0.12), (0.22, 0.46), (0.5, 0.46), (0.68, 0.66), (0.56, 0.9)]
    foot: Points = [(0.28, 1.0), (0.0, 0.9)]
    bar: Points = [(x, y), (x + 0.25, y - 0.02), (x + rng.uniform(0.4, 0.6), y - 0.08)]
    return [(body + foot, True), (bar, True)]


def _nine_with_an_open_loop(rng: Generator) -> list[tuple[Points, bool]]:
    """The loop curls in and ends before it meets the straight tail."""
    inner, low = rng.uniform(0.3, 0.55), rng.uniform(0.3, 0.46)
    loop: Points = [(inner, low), (0.2, low - 0.03), (0.12, 0.2), (0.36, 0.01), (0.66, 0.02)]
    tail: Points = [(0.76, 0.18), (0.62, 0.55), (rng.uniform(0.25, 0.6), 1.0)]
    return [(loop + tail, True)]


def _eight_of_two_rings(rng: Generator) -> list[tuple[Points, bool]]:
    """Each ring is closed by itself; they touch, cross or just miss each other."""
    share, gap = rng.uniform(0.4, 0.52), rng.uniform(-0.08, 0.03)
    rings = []
    for top, bottom in ((0.0, share), (share + gap, 1.0)):
        height, across = (bottom - top) / 2, rng.uniform(0.2, 0.34)
        start = rng.uniform(0, 2 * np.pi)
        angles = start + np.linspace(0, 2 * np.pi * rng.uniform(0.97, 1.08), 9)
        ring = np.stack([0.4 + across * np.cos(angles), top + height * (1 + np.sin(angles))], 1)
        rings.append(([(float(px), float(py)) for px, py in ring], True))
    return rings


FORMS = (
    Form(2, _two_with_a_closed_head),
    Form(2, _two_with_a_closed_head),  # twice: it has the most variants
    Form(4, _open_four),
    Form(4, _four_like_an_h),
    Form(4, _four_crossed_low),
    Form(3, _three_with_a_flat_head),
    Form(6, _six_that_reaches),
    Form(5, _five_with_a_far_bar),
    Form(8, _eight_of_two_rings),
    Form(9, _nine_with_an_open_loop),
)


def draw_form(form: Form, rng: Generator) -> Ink:
    """A form as some hand might write it: narrowed, slanted and bent at random."""
    width = rng.uniform(*WIDTHS)
    strokes = []
    for through, is_round in form.strokes(rng):
        points = np.array(through) + rng.normal(0, JITTER, (len(through), 2))
        line = _curve(points) if is_round else _polyline(points)
        strokes.append(Stroke((line * (width, 1.0)).astype(np.float32)))
    ink = redraw(Ink(strokes), rng)
    return ink if rng.random() < UPRIGHT else slant(ink, rng)


def slant(ink: Ink, rng: Generator) -> Ink:
    """The ink leaning to the right, up to 39° more than it was."""
    shear = rng.uniform(*SLANTS)
    matrix = np.array([[1, -shear], [0, 1]])
    return Ink([Stroke((s.points @ matrix.T).astype(np.float32)) for s in ink])


def with_nib(ink: Ink, rng: Generator) -> Ink:
    """The ink as a broad nib writes it: thick across its edge, thin along it."""
    left, top, right, bottom = ink.bounds
    length = rng.uniform(*NIB) * max(right - left, bottom - top)
    angle = rng.uniform(*NIB_RAD)
    edge = length * np.array([np.cos(angle), np.sin(angle)])
    lines = np.linspace(-0.5, 0.5, NIB_LINES)
    return Ink([Stroke((s.points + at * edge).astype(np.float32)) for s in ink for at in lines])


def _curve(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A smooth line through the points (Catmull-Rom)."""
    ends = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, PER_LEG, endpoint=False)[:, None]
    before, here, there, after = ends[:-3], ends[1:-2], ends[2:-1], ends[3:]
    legs = [
        b
        + (c - a) * t / 2
        + (2 * a - 5 * b + 4 * c - d) * t**2 / 2
        + (3 * b - a - 3 * c + d) * t**3 / 2
        for a, b, c, d in zip(before, here, there, after, strict=True)
    ]
    return np.concatenate([*legs, points[-1:]])


def _polyline(points: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.linspace(0, 1, PER_LEG, endpoint=False)[:, None]
    legs = [a + (b - a) * t for a, b in pairwise(points)]
    return np.concatenate([*legs, points[-1:]])
