"""A stroke's points in, one at a time; points of a line without corners out. No Kivy in here."""

from __future__ import annotations

import math
from typing import TypeAlias

__all__ = ["Point", "Smoother"]

Point: TypeAlias = tuple[float, float]

MAX_STEPS = 24  # pieces of one curve: bounds the work where the pointer leaps across the screen


class Smoother:
    """Quadratic Bézier curves from midpoint to midpoint, the points themselves as control points.

    What has come out never changes; only the way from `end` to the newest point is still open.

    Args:
        first: Where the pen came down.
        step: Length of the line's pieces on average, in the points' own unit.
    """

    def __init__(self, first: Point, step: float) -> None:
        self._step = step
        self._newest = first
        self._end = first

    @property
    def end(self) -> Point:
        """Where the settled part of the line ends."""
        return self._end

    @property
    def newest(self) -> Point:
        """The last point added: where the pen is."""
        return self._newest

    def add(self, point: Point) -> list[Point]:
        """Take the next point; returns the points that the settled line grows by."""
        control, start = self._newest, self._end
        end = ((control[0] + point[0]) / 2, (control[1] + point[1]) / 2)
        self._newest, self._end = point, end
        length = math.dist(start, control) + math.dist(control, end)
        steps = min(max(math.ceil(length / self._step), 1), MAX_STEPS)
        return [_bezier(start, control, end, i / steps) for i in range(1, steps + 1)]


def _bezier(start: Point, control: Point, end: Point, t: float) -> Point:
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return (
        a * start[0] + b * control[0] + c * end[0],
        a * start[1] + b * control[1] + c * end[1],
    )
