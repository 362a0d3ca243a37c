"""Strokes as other programs keep them in, rows of x, y[, seconds] out.

signature_pad's `toData()` has points as records; Quick, Draw! has a list for each coordinate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

from inkdigit.errors import InkError

__all__ = ["plain_points", "quickdraw_strokes"]

MS = 1e-3  # seconds; both programs count milliseconds


def plain_points(stroke: object, index: int) -> Any:
    """Rows of the points in a stroke of records; a stroke of any other kind as it is.

    Args:
        stroke: A sequence of `{"x": …, "y": …}`, or `{"points": …}` with one. Other keys are left
            alone, but for `time` in milliseconds where each point has one.
        index: The stroke's index in its ink, for the message.

    Raises:
        InkError: If a record has no points, or a point no x or no y.
    """
    if isinstance(stroke, Mapping):
        if not isinstance(stroke.get("points"), (list, tuple)):
            raise InkError(
                f"stroke {index} is a dict with the keys {sorted(map(str, stroke))}; expected a"
                ' list of points under "points"'
            )
        stroke = stroke["points"]
    if not (isinstance(stroke, (list, tuple)) and stroke and isinstance(stroke[0], Mapping)):
        return stroke
    rows = []
    for number, point in enumerate(stroke):
        if not isinstance(point, Mapping) or "x" not in point or "y" not in point:
            raise InkError(
                f"stroke {index}, point {number} is {str(point)[:80]}; expected x and y in each"
                " point, as in the first"
            )
        rows.append([point["x"], point["y"]])
    times = [_seconds(point.get("time")) for point in stroke]
    if None in times:
        return rows
    return [[*row, time] for row, time in zip(rows, times, strict=True)]


def _seconds(time: object) -> float | None:
    if isinstance(time, bool) or not isinstance(time, Real):
        return None
    try:
        seconds = float(time) * MS
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) else None


def quickdraw_strokes(drawing: object) -> list[list[list[Any]]]:
    """Rows of the points in each stroke of a Quick, Draw! drawing.

    Args:
        drawing: A list of strokes `[[x, …], [y, …]]` or `[[x, …], [y, …], [t, …]]`, t in
            milliseconds; or a record with it under "drawing".

    Raises:
        InkError: If it has another form.
    """
    if isinstance(drawing, Mapping):
        drawing = drawing.get("drawing")
    if not isinstance(drawing, (list, tuple)):
        raise InkError(f"the drawing is a {type(drawing).__name__}; expected a list of strokes")
    strokes = []
    for index, stroke in enumerate(drawing):
        try:
            columns = [list(column) for column in stroke]
        except TypeError:
            columns = []
        lengths = [len(column) for column in columns]
        if len(columns) not in (2, 3) or len(set(lengths)) != 1:
            raise InkError(
                f"stroke {index} is a {type(stroke).__name__} of {len(columns)} lists with"
                f" {sorted(set(lengths))[:3]} values; expected lists of the same length for x, y"
                " and perhaps t: [[x, …], [y, …]]"
            )
        if len(columns) == 3:
            times = [_seconds(time) for time in columns.pop()]
            if None not in times:
                columns.append(times)
        strokes.append([list(row) for row in zip(*columns, strict=True)])
    return strokes
