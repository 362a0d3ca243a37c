"""SVG path data in, polylines out (SVG 1.1, chapters 8 and F.6). Points are complex: x + y·1j."""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Set
from typing import NamedTuple, TypeAlias

from inkdigit.errors import InkError, InkTooLargeError

__all__ = ["FLATNESS", "Cursor", "Polyline", "path_polylines"]

Polyline: TypeAlias = list[complex]

# Lines stay this close to a curve, in sizes of the curve: a digit that is one curve is drawn to a
# tenth of a pixel in the network's 20.
FLATNESS = 1 / 200
MAX_NUMBER = 1e12  # the squares of larger numbers, and of smaller radii than 1e-12, lose all digits
NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
SEPARATOR = re.compile(r"[ \t\r\n\f]*,?[ \t\r\n\f]*")
COMMANDS = frozenset("MLHVCSQTAZmlhvcsqtaz")


class _Ellipse(NamedTuple):
    """What an arc is a part of, and which part.

    Attributes:
        radii: Horizontal and vertical, before the turn.
        turn: In degrees.
        large: Whether the arc is over half of it.
        sweep: Whether the arc is drawn towards larger angles.
    """

    radii: complex
    turn: float
    large: bool
    sweep: bool


class Cursor:
    """Reads the numbers, flags and letters of an attribute from the left.

    Args:
        text: The attribute's value.
        name: What to call it in messages.
    """

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._position = 0
        self._skip_separator()

    def is_at_end(self) -> bool:
        """Whether all is read."""
        return self._position >= len(self._text)

    def number(self) -> float:
        """The next number.

        Raises:
            InkError: If there is none, or one beyond ±1e12.
        """
        match = NUMBER.match(self._text, self._position)
        if match is None:
            raise self.problem("a number")
        value = float(match[0])
        if abs(value) > MAX_NUMBER:
            raise self.problem(f"numbers within ±{MAX_NUMBER:.0e}")
        self._position = match.end()
        self._skip_separator()
        return value

    def point(self) -> complex:
        """The next two numbers."""
        x = self.number()
        return complex(x, self.number())

    def flag(self) -> bool:
        """The next 0 or 1, which nothing need separate from what follows."""
        found = self._text[self._position : self._position + 1]
        if found not in ("0", "1"):
            raise self.problem("0 or 1")
        self._position += 1
        self._skip_separator()
        return found == "1"

    def letter(self, known: Set[str]) -> str:
        """The next letter if it is known, otherwise "", and nothing is read."""
        found = self._text[self._position : self._position + 1]
        if found not in known:
            return ""
        self._position += 1
        self._skip_separator()
        return found

    def problem(self, expected: str) -> InkError:
        """The error to raise where something else follows."""
        found = self._text[self._position : self._position + 20] or "the end"
        return InkError(
            f"{self._name} has {found!r} at character {self._position}; expected {expected}"
        )

    def _skip_separator(self) -> None:
        match = SEPARATOR.match(self._text, self._position)
        assert match is not None  # it matches nothing, too
        self._position = match.end()


def path_polylines(data: str, name: str, max_points: int) -> list[Polyline]:
    """Draw the subpaths of path data.

    Args:
        data: The attribute `d`.
        name: What to call it in messages.
        max_points: How many points the polylines may have together.

    Returns:
        A polyline for each subpath that draws something. Curves are flattened to within a 200th
        of their own size.

    Raises:
        InkError: If it is not path data, or has more points.
    """
    cursor = Cursor(data, name)
    pen = _Pen(name, max_points)
    command = ""
    while not cursor.is_at_end():
        # Where more numbers follow it is the same command again, but lines after a move.
        command = cursor.letter(COMMANDS) or {"M": "L", "m": "l"}.get(command, command)
        kind = command.upper()
        if not kind or (kind != "M" and not pen.has_moved):
            raise cursor.problem("one of the commands MLHVCSQTAZ, M first")
        origin = pen.position if command.islower() else 0j
        if kind == "Z":
            pen.close()
            command = ""  # it takes no numbers
        elif kind == "M":
            pen.move(origin + cursor.point())
        elif kind == "L":
            pen.line(origin + cursor.point())
        elif kind == "H":
            pen.line(complex(origin.real + cursor.number(), pen.position.imag))
        elif kind == "V":
            pen.line(complex(pen.position.real, origin.imag + cursor.number()))
        elif kind == "A":
            ellipse = _Ellipse(cursor.point(), cursor.number(), cursor.flag(), cursor.flag())
            pen.arc(ellipse, origin + cursor.point())
        else:
            first = pen.reflected(kind) if kind in "ST" else origin + cursor.point()
            if kind in "CS":
                pen.cubic(first, origin + cursor.point(), origin + cursor.point())
            else:
                pen.quadratic(first, origin + cursor.point())
    return pen.polylines


class _Pen:
    """Draws, and keeps what later commands refer to."""

    def __init__(self, name: str, max_points: int) -> None:
        self.polylines: list[Polyline] = []
        self.position = 0j
        self.has_moved = False
        self._name = name
        self._points_left = max_points
        self._start = 0j  # of the subpath
        self._is_down = False
        self._control: tuple[str, complex] = ("", 0j)  # of the last curve: its kind, its last point

    def move(self, to: complex) -> None:
        self.position = self._start = to
        self.has_moved = True
        self._is_down = False
        self._control = ("", 0j)
        self._count(1)

    def close(self) -> None:
        self.line(self._start)
        self._is_down = False

    def line(self, to: complex) -> None:
        self._draw([to])

    def cubic(self, first: complex, second: complex, to: complex) -> None:
        self._draw(_cubic(self.position, first, second, to))
        self._control = ("CS", second)

    def quadratic(self, control: complex, to: complex) -> None:
        first = self.position + (control - self.position) * 2 / 3
        self._draw(_cubic(self.position, first, to + (control - to) * 2 / 3, to))
        self._control = ("QT", control)

    def arc(self, ellipse: _Ellipse, to: complex) -> None:
        self._draw(_arc(self.position, ellipse, to))

    def reflected(self, kind: str) -> complex:
        """The control point that continues the last curve, if that was of the same degree."""
        kinds, control = self._control
        return 2 * self.position - control if kind in kinds else self.position

    def _draw(self, points: Polyline) -> None:
        if not self._is_down:
            self.polylines.append([self.position])
            self._is_down = True
        self._count(len(points))
        self.polylines[-1] += points
        self.position = points[-1]
        self._control = ("", 0j)

    def _count(self, points: int) -> None:
        self._points_left -= points
        if self._points_left < 0:
            raise InkTooLargeError(
                f"{self._name} has too many points; expected fewer: simplify the file"
            )


def _cubic(start: complex, first: complex, second: complex, end: complex) -> Polyline:
    """Points along a Bézier curve, without its start."""
    size = max(abs(first - start), abs(second - start), abs(end - start))
    if size == 0:
        return [end]
    # Wang's bound: n lines are off by at most d (d - 1) / 8 n² times the largest second difference
    # of the control points, d = 3.
    bend = max(abs(start - 2 * first + second), abs(first - 2 * second + end)) / size
    count = max(1, math.ceil(math.sqrt(0.75 * bend / FLATNESS)))
    points = []
    for step in range(1, count):
        t = step / count
        s = 1 - t
        points.append(s**3 * start + 3 * s * s * t * first + 3 * s * t * t * second + t**3 * end)
    return [*points, end]


def _arc(start: complex, ellipse: _Ellipse, end: complex) -> Polyline:
    """Points along an elliptical arc, without its start."""
    rx, ry = abs(ellipse.radii.real), abs(ellipse.radii.imag)
    if start == end or min(rx, ry) < 1 / MAX_NUMBER:
        return [end]
    axis = cmath.rect(1, math.radians(ellipse.turn % 360))

    def to_circle(point: complex) -> complex:
        level = point / axis
        return complex(level.real / rx, level.imag / ry)

    # Where the ellipse is a circle of radius 1, or larger if it would not reach both points.
    a, b = to_circle(start), to_circle(end)
    half = (b - a) / 2
    distance = abs(half)
    if distance < 1 / MAX_NUMBER:
        return [end]
    radius = max(1.0, distance)
    across = 1j * half / distance * math.sqrt(radius * radius - distance * distance)
    centre = (a + b) / 2 + (across if ellipse.large != ellipse.sweep else -across)
    first = cmath.phase(a - centre)
    angle = (cmath.phase(b - centre) - first) % math.tau
    if not ellipse.sweep:
        angle -= math.tau
    count = max(1, math.ceil(abs(angle) / (2 * math.acos(1 - FLATNESS))))
    points = []
    for step in range(1, count):
        around = centre + cmath.rect(radius, first + angle * step / count)
        points.append(complex(around.real * rx, around.imag * ry) * axis)
    return [*points, end]
