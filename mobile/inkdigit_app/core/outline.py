"""A box in, its rounded outline or its underline out: solid, dashed or dotted polylines."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise

from inkdigit_app.core.glyphs import Box, Certainty
from inkdigit_app.core.smoothing import Point

__all__ = ["outline", "ring", "underline"]

CORNER_STEPS = 4  # line segments per quarter circle
# Lengths of a dash and of the gap after it, in line widths; None is a solid line.
PATTERNS = {
    Certainty.SURE: None,
    Certainty.UNSURE: (4.0, 2.5),
    Certainty.NO_DIGIT: (1.0, 1.6),
}


def outline(box: Box, radius: float, width: float, certainty: Certainty) -> list[list[Point]]:
    """Outline a rounded box.

    Args:
        box: Left, bottom, right, top, y up.
        radius: Of the corners.
        width: Of the line.
        certainty: Selects the pattern.

    Returns:
        One closed polyline, or one for each dash or dot.
    """
    return _pattern(ring(box, radius), width, certainty)


def underline(box: Box, width: float, certainty: Certainty) -> list[list[Point]]:
    """Draw the lower edge of a box as `outline` draws the whole."""
    left, bottom, right, _ = box
    return _pattern([(left, bottom), (right, bottom)], width, certainty)


def ring(box: Box, radius: float) -> list[Point]:
    """Trace a rounded box as one closed polyline."""
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


def _pattern(points: list[Point], width: float, certainty: Certainty) -> list[list[Point]]:
    pattern = PATTERNS[certainty]
    if pattern is None:
        return [points]
    lengths = (math.dist(a, b) for a, b in pairwise(points))
    travelled = list(accumulate(lengths, initial=0.0))
    dash, gap = (length * width for length in pattern)
    count = max(1, round(travelled[-1] / (dash + gap)))  # whole dashes, so that the ends meet
    step = travelled[-1] / count
    dashes = []
    for i in range(count):
        start, end = i * step, i * step + step * dash / (dash + gap)
        inner = [p for p, distance in zip(points, travelled, strict=True) if start < distance < end]
        dashes.append([_at(points, travelled, start), *inner, _at(points, travelled, end)])
    return dashes


def _at(points: list[Point], travelled: list[float], distance: float) -> Point:
    for (a, b), (start, end) in zip(pairwise(points), pairwise(travelled), strict=True):
        if distance <= end and end > start:
            t = (distance - start) / (end - start)
            return (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]))
    return points[-1]
