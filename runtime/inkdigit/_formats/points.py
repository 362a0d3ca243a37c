"""Strokes as programs and files keep them in, rows of x, y[, seconds] out.

signature_pad's `toData()` has points as records; Quick, Draw! has a list for each coordinate. What
arrived is checked value by value: numpy's arrays of mixed values take as much room for each value
as for the longest text among them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkdigit.errors import InkError

__all__ = ["check_points", "plain_points", "quickdraw_strokes"]

MS = 1e-3  # seconds; both programs count milliseconds
EXPECTED = "expected (n, 2) or (n, 3) finite numbers: x, y[, t], at least one point"
SHOWN = 60  # characters of a wrong value that a message repeats


def check_points(points: object, index: int) -> NDArray[np.float64]:
    """Read a stroke's rows, which must be numbers.

    Args:
        points: Anything; should be an array (n, 2) or (n, 3) of integers or floats, or rows of 2 or
            of 3 numbers.
        index: The stroke's index in its ink, for the message.

    Returns:
        (n, 2) or (n, 3) float64, n >= 1; perhaps not finite.

    Raises:
        InkError: If they are anything else.
    """
    if hasattr(points, "__array__"):  # the caller's own, and in memory already
        array = np.asarray(points)
        if array.dtype.kind in "iuf":
            return _check_shape(array.astype(np.float64), index)
        if array.dtype.kind != "O":
            raise InkError(f"stroke {index} has dtype {array.dtype}; {EXPECTED}")
        points = array.tolist()
    if isinstance(points, (str, bytes, Mapping)) or not isinstance(points, Iterable):
        raise InkError(f"stroke {index} is {_short(points)}; {EXPECTED}")
    rows = list(points)
    if not rows:
        raise InkError(f"stroke {index} has no points; {EXPECTED}")
    if not all(type(row) in (list, tuple) for row in rows):
        rows = [_row(row, index, number) for number, row in enumerate(rows)]
    wide = len(rows[0])
    if wide not in (2, 3) or any(len(row) != wide for row in rows):
        odd = next((k for k, row in enumerate(rows) if len(row) != wide), 0)
        is_columns = len(rows) in (2, 3) and odd == 0
        hint = "; for Quick, Draw! arrays use Ink.from_quickdraw" if is_columns else ""
        raise InkError(
            f"stroke {index}, point {odd} has {len(rows[odd])} values; {EXPECTED}, as many in each"
            f" point{hint}"
        )
    if not set(map(type, chain.from_iterable(rows))) <= {int, float}:
        rows = [[_number(v, index, k) for v in row] for k, row in enumerate(rows)]
    try:
        values = np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * wide)
    except OverflowError as exc:  # a whole number beyond floats
        raise InkError(f"stroke {index} has a number that is too large; {EXPECTED}") from exc
    return values.reshape(-1, wide)


def _check_shape(values: NDArray[np.float64], index: int) -> NDArray[np.float64]:
    if values.ndim != 2 or values.shape[1] not in (2, 3) or len(values) == 0:
        is_columns = values.ndim == 2 and len(values) in (2, 3)
        hint = "; for Quick, Draw! arrays use Ink.from_quickdraw" if is_columns else ""
        raise InkError(f"stroke {index} has shape {values.shape}; {EXPECTED}{hint}")
    return values


def _row(row: object, index: int, number: int) -> Sequence[object]:
    if hasattr(row, "__array__"):
        array = np.asarray(row)
        if array.ndim == 1:
            values: list[object] = array.tolist()
            return values
    elif isinstance(row, Iterable) and not isinstance(row, (str, bytes, Mapping)):
        return list(row)
    raise InkError(f"stroke {index}, point {number} is {_short(row)}; {EXPECTED}")


def _number(value: object, index: int, number: int) -> float:
    if not isinstance(value, (str, bytes, bool)) and hasattr(value, "__float__"):
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError):
            pass
    raise InkError(f"stroke {index}, point {number} has the value {_short(value)}; {EXPECTED}")


def _short(value: object) -> str:
    """A value as a message may repeat it, whatever its size."""
    if isinstance(value, str):
        value = value[: SHOWN + 1]
    elif not isinstance(value, (int, float)) or isinstance(value, bool):
        return f"a {type(value).__name__}"
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of over 4,300 digits
        return "a number that is too large"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


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
                f"stroke {index} is a dict of {len(stroke)} keys; expected a list of points under"
                ' "points"'
            )
        stroke = stroke["points"]
    if not (isinstance(stroke, (list, tuple)) and stroke and isinstance(stroke[0], Mapping)):
        return stroke
    rows = []
    for number, point in enumerate(stroke):
        if not isinstance(point, Mapping) or "x" not in point or "y" not in point:
            raise InkError(
                f"stroke {index}, point {number} is {_short(point)} without x and y; expected both"
                " in each point, as in the first"
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
