"""A stroke's points in, one at a time; the points of a smooth line out."""

from __future__ import annotations

import math
from typing import TypeAlias

__all__ = ["Point", "Smoother"]

Point: TypeAlias = tuple[float, float]

MAX_STEPS = 24  # segments per curve: bounds the work when the pointer jumps across the screen


class Smoother:
    """Quadratic Bézier curves from midpoint to midpoint, with the points as control points.

    Points once returned never change; only the line from `end` to the newest point still may.

    Args:
        first: Where the pen came down.
        step: Average length of the line's segments, in the points' own unit.
    """

    def __init__(self, first: Point, step: float) -> None:
        self._step = step
        self.newest = first  # where the pen is
        self.end = first  # of the finished line

    def add(self, point: Point) -> list[Point]:
        """Take the next point; returns the points to append to the finished line."""
        control, start = self.newest, self.end
        end = ((control[0] + point[0]) / 2, (control[1] + point[1]) / 2)
        self.newest, self.end = point, end
        length = math.dist(start, control) + math.dist(control, end)
        steps = min(max(math.ceil(length / self._step), 1), MAX_STEPS)
        return [_bezier(start, control, end, i / steps) for i in range(1, steps + 1)]


def _bezier(start: Point, control: Point, end: Point, t: float) -> Point:
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return (
        a * start[0] + b * control[0] + c * end[0],
        a * start[1] + b * control[1] + c * end[1],
    )
