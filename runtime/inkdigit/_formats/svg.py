"""The bytes of an SVG file in, its strokes as lists of (x, y) out (SVG 1.1)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from inkdigit._formats.markup import Element, parse_markup
from inkdigit._formats.svg_path import Cursor, Polyline, path_polylines
from inkdigit.errors import InkError, InkTooLargeError

__all__ = ["read_svg"]

Points: TypeAlias = list[tuple[float, float]]
# a, b, c, d, e, f of matrix(): x, y becomes a·x + c·y + e, b·x + d·y + f.
Matrix: TypeAlias = tuple[float, float, float, float, float, float]

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
# What is in these is not drawn where it stands.
NOT_DRAWN = frozenset(("defs", "symbol", "clipPath", "mask", "pattern", "marker"))


def read_svg(content: bytes, name: str, max_points: int) -> list[Points]:
    """Read the lines of an SVG file.

    Paths, polylines, polygons and lines, with the transforms of the groups around them. Each
    subpath is a stroke, filled or not; one that starts exactly where the last one ended continues
    it, as signature_pad writes a path for each piece of a stroke. What is hidden (`display: none`)
    or in `defs` is left out, and so are other shapes, `use`, text, pictures and styles.

    Args:
        content: The whole file.
        name: What to call it in messages.
        max_points: How many points it may have.

    Returns:
        The strokes in the order of the file, in units of the outermost `svg`, y down. Curves are
        flattened to within a 200th of their own size.

    Raises:
        InkError: If it is not SVG, or damaged, or has more points.
    """
    reader = _Reader(name, max_points)
    reader.read(parse_markup(content, name, "svg"), IDENTITY)
    return reader.strokes


class _Reader:
    """Reads one file."""

    def __init__(self, name: str, max_points: int) -> None:
        self.strokes: list[Points] = []
        self._name = name
        self._points_left = max_points

    def read(self, element: Element, around: Matrix) -> None:
        """Read an element and all in it; `around` is the transform of what it is in."""
        attributes = element.attributes
        hidden = "display:none" in attributes.get("style", "").replace(" ", "")
        if hidden or attributes.get("display") == "none" or element.tag in NOT_DRAWN:
            return
        matrix = around
        if "transform" in attributes:
            matrix = _product(around, _transform(attributes["transform"], self._name))
        draw = SHAPES.get(element.tag)
        for polyline in draw(attributes, self._name, self._points_left) if draw else ():
            self._points_left -= len(polyline)
            self._add(_mapped(polyline, matrix))
        for child in element.children:
            self.read(child, matrix)

    def _add(self, points: Points) -> None:
        if self.strokes and self.strokes[-1][-1] == points[0]:
            self.strokes[-1] += points[1:]
        else:
            self.strokes.append(points)


def _path(attributes: dict[str, str], name: str, max_points: int) -> list[Polyline]:
    return path_polylines(attributes.get("d", ""), f"{name}, a path", max_points)


def _polyline(attributes: dict[str, str], name: str, max_points: int) -> list[Polyline]:
    cursor = Cursor(attributes.get("points", ""), f"{name}, points")
    points = []
    while not cursor.is_at_end():
        points.append(cursor.point())
        if len(points) > max_points:
            raise InkTooLargeError(f"{name} has too many points; expected fewer: simplify the file")
    return [points] if len(points) > 1 else []


def _polygon(attributes: dict[str, str], name: str, max_points: int) -> list[Polyline]:
    return [[*points, points[0]] for points in _polyline(attributes, name, max_points)]


def _line(attributes: dict[str, str], name: str, max_points: int) -> list[Polyline]:
    x1, y1, x2, y2 = (_length(attributes, key, name) for key in ("x1", "y1", "x2", "y2"))
    return [[complex(x1, y1), complex(x2, y2)]]


def _length(attributes: dict[str, str], key: str, name: str) -> float:
    cursor = Cursor(attributes.get(key, "0").strip().removesuffix("px"), f"{name}, {key} of a line")
    value = cursor.number()
    if not cursor.is_at_end():
        raise cursor.problem("a length in px")
    return value


SHAPES: dict[str, Callable[[dict[str, str], str, int], list[Polyline]]] = {
    "path": _path,
    "polyline": _polyline,
    "polygon": _polygon,
    "line": _line,
}


def _transform(text: str, name: str) -> Matrix:
    """The product of a list of transforms."""
    matrix = IDENTITY
    *calls, rest = text.split(")")
    for call in calls:
        function, _, arguments = call.partition("(")
        cursor = Cursor(arguments, f"{name}, a transform")
        numbers = []
        while not cursor.is_at_end():
            numbers.append(cursor.number())
        make = TRANSFORMS.get((function.strip(" \t\r\n\f,"), len(numbers)))
        if make is None:
            raise _bad_transform(name, call)
        matrix = _product(matrix, make(*numbers))
    if rest.strip() not in ("", "none"):
        raise _bad_transform(name, rest)
    return matrix


def _bad_transform(name: str, call: str) -> InkError:
    return InkError(
        f"{name} has the transform {call[:80]!r}; expected matrix, translate, scale, rotate, skewX"
        " or skewY with their numbers in brackets"
    )


def _rotation(degrees: float) -> Matrix:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return cosine, sine, -sine, cosine, 0, 0


def _product(outer: Matrix, inner: Matrix) -> Matrix:
    """The transform that does `inner` first."""
    a, b, c, d, e, f = outer
    x_of_x, y_of_x, x_of_y, y_of_y, x, y = inner
    return (
        a * x_of_x + c * y_of_x,
        b * x_of_x + d * y_of_x,
        a * x_of_y + c * y_of_y,
        b * x_of_y + d * y_of_y,
        a * x + c * y + e,
        b * x + d * y + f,
    )


def _mapped(polyline: Polyline, matrix: Matrix) -> Points:
    a, b, c, d, e, f = matrix
    return [(a * p.real + c * p.imag + e, b * p.real + d * p.imag + f) for p in polyline]


def _turned_about(degrees: float, x: float, y: float) -> Matrix:
    there, back = (1, 0, 0, 1, x, y), (1, 0, 0, 1, -x, -y)
    return _product(_product(there, _rotation(degrees)), back)


# By name and count of numbers.
TRANSFORMS: dict[tuple[str, int], Callable[..., Matrix]] = {
    ("matrix", 6): lambda *numbers: numbers,
    ("translate", 1): lambda x: (1, 0, 0, 1, x, 0),
    ("translate", 2): lambda x, y: (1, 0, 0, 1, x, y),
    ("scale", 1): lambda x: (x, 0, 0, x, 0, 0),
    ("scale", 2): lambda x, y: (x, 0, 0, y, 0, 0),
    ("rotate", 1): _rotation,
    ("rotate", 3): _turned_about,
    ("skewX", 1): lambda degrees: (1, 0, math.tan(math.radians(degrees)), 1, 0, 0),
    ("skewY", 1): lambda degrees: (1, math.tan(math.radians(degrees)), 0, 1, 0, 0),
}
