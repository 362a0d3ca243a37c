"""The outline of a box in pieces: whole, dashed or dotted. No Kivy in here."""

from __future__ import annotations

import math
from itertools import pairwise

from inkdigit_app.core.glyphs import Box, Certainty
from inkdigit_app.core.smoothing import Point

__all__ = ["outline", "ring"]

CORNER_STEPS = 4  # pieces of a quarter circle
# Length of a mark and of the gap after it, in widths of the line; None is an unbroken line.
PATTERNS = {
    Certainty.SURE: None,
    Certainty.UNSURE: (4.0, 2.5),
    Certainty.NO_DIGIT: (1.0, 1.6),
}


def outline(box: Box, radius: float, width: float, certainty: Certainty) -> list[list[Point]]:
    """Polylines that draw a rounded box.

    Args:
        box: Left, bottom, right, top, y up.
        radius: Of the corners.
        width: Of the line.
        certainty: Gives the pattern.

    Returns:
        One closed polyline, or one for each dash or dot.
    """
    points = ring(box, radius)
    pattern = PATTERNS[certainty]
    if pattern is None:
        return [points]
    travelled = [0.0]
    for a, b in pairwise(points):
        travelled.append(travelled[-1] + math.dist(a, b))
    mark, gap = (length * width for length in pattern)
    count = max(1, round(travelled[-1] / (mark + gap)))  # whole ones, so that the ends meet
    step = travelled[-1] / count
    marks = []
    for i in range(count):
        start, end = i * step, i * step + step * mark / (mark + gap)
        inner = [p for p, way in zip(points, travelled, strict=True) if start < way < end]
        marks.append([_at(points, travelled, start), *inner, _at(points, travelled, end)])
    return marks


def ring(box: Box, radius: float) -> list[Point]:
    """A rounded box as one closed polyline."""
    left, bottom, right, top = box
    radius = min(radius, (right - left) / 2, (top - bottom) / 2)
    centres = (
        (right - radius, top - radius, 0.0),
        (left + radius, top - radius, 90.0),
        (left + radius, bottom + radius, 180.0),
        (right - radius, bottom + radius, 270.0),
    )
    points = []
    for x, y, start in centres:
        for k in range(CORNER_STEPS + 1):
            angle = math.radians(start + 90 * k / CORNER_STEPS)
            points.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    return [*points, points[0]]


def _at(points: list[Point], travelled: list[float], way: float) -> Point:
    for (a, b), (start, end) in zip(pairwise(points), pairwise(travelled), strict=True):
        if way <= end and end > start:
            share = (way - start) / (end - start)
            return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
    return points[-1]
