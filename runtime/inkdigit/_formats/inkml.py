"""The bytes of an InkML file in, its strokes as lists of (x, y) out (W3C Recommendation, 2011)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TypeAlias

from inkdigit._formats.markup import Element, parse_markup
from inkdigit.errors import InkError, InkTooLargeError

__all__ = ["read_inkml"]

Points: TypeAlias = list[tuple[float, float]]

# A value of section 3.2.1's grammar: how it counts, then a number, a boolean or a wildcard. No two
# optional spaces may meet: a long run of spaces would take quadratic time.
VALUE = re.compile(
    r"""\s*(?:([!'"])\s*)?
    (?:((?:[-+]\s*)?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    |(?:([-+])\s*)?\#([0-9A-Fa-f]+)
    |([TF*?]))""",
    re.VERBOSE | re.ASCII,
)
PLAIN = re.compile(r"[0-9., \t\r\n-]*")
MAX_REFERENCES = 20  # from a trace to its format: a context, its source, and what these refer to
REFERENCES = ("traceFormatRef", "inkSourceRef", "contextRef")


@dataclass(frozen=True)
class _Channels:
    """What the values of a point are.

    Attributes:
        x: Index of the horizontal coordinate in a point.
        y: Index of the vertical one.
        signs: Of x and of y: -1 where it grows to the left or up.
        least: How many values a point has at least.
        most: And at most, with what is reported now and then.
    """

    x: int = 0
    y: int = 1
    signs: tuple[int, int] = (1, 1)
    least: int = 2
    most: int = 2


def read_inkml(content: bytes, name: str, max_points: int) -> list[Points]:
    """Read the traces of an InkML file.

    X and Y are read, wherever the trace format has them, with explicit values, differences and
    second differences; other channels are skipped, and so are traces of a lifted pen. A trace that
    continues another is part of its stroke. Units, brushes and mappings are left alone.

    Args:
        content: The whole file.
        name: What to call it in messages.
        max_points: How many points it may have.

    Returns:
        The strokes in the order of the file, y down.

    Raises:
        InkError: If it is not InkML, or damaged, or has more points.
    """
    return _Reader(parse_markup(content, name, "ink"), name, max_points).read()


class _Reader:
    """Reads one file."""

    def __init__(self, root: Element, name: str, max_points: int) -> None:
        self._root = root
        self._name = name
        self._points_left = max_points
        self._strokes: list[Points] = []
        self._stroke_by_trace: dict[str, Points] = {}
        self._count = 0  # of traces, for messages
        self._by_id: dict[str, Element] = {}
        for element in root.walk():
            if _id(element):
                self._by_id.setdefault(_id(element), element)
        self._known: dict[str, _Channels | None] = {}
        self._channels_of: dict[int, _Channels] = {}  # by the id() of their formats

    def read(self) -> list[Points]:
        self._read_group(self._root, _Channels())
        return [stroke for stroke in self._strokes if stroke]

    def _read_group(self, group: Element, channels: _Channels) -> None:
        for element in group.children:
            if element.tag == "trace":
                self._read_trace(element, self._referred(element, channels))
            elif element.tag == "traceGroup":
                self._read_group(element, self._referred(element, channels))
            elif element.tag in ("context", "inkSource", "traceFormat"):
                # Outside of definitions it holds from here on.
                found = self._format(element, set())
                channels = channels if found is None else self._channels(found)

    def _referred(self, element: Element, channels: _Channels) -> _Channels:
        """The channels of the context that an element refers to, otherwise the current ones."""
        reference = element.attributes.get("contextRef")
        if reference is None:
            return channels
        if reference not in self._known:
            target = self._target(reference)
            found = None if target is None else self._format(target, set())
            self._known[reference] = None if found is None else self._channels(found)
        return self._known[reference] or channels

    def _target(self, reference: str | None) -> Element | None:
        """The element in this file that a reference names."""
        return self._by_id.get(reference.removeprefix("#")) if reference else None

    def _format(self, element: Element, seen: set[int]) -> Element | None:
        """The trace format that an element is, holds or refers to."""
        if element.tag == "traceFormat":
            return element
        if id(element) in seen:  # it refers to itself
            return None
        if len(seen) == MAX_REFERENCES:
            return None
        seen.add(id(element))
        inside = [c for c in element.children if c.tag in ("traceFormat", "inkSource")]
        targets = [self._target(element.attributes.get(key)) for key in REFERENCES]
        for target in (*inside, *targets):
            found = None if target is None else self._format(target, seen)
            if found is not None:
                return found
        return None

    def _channels(self, trace_format: Element) -> _Channels:
        known = self._channels_of.get(id(trace_format))
        if known is None:
            known = self._channels_of[id(trace_format)] = self._read_channels(trace_format)
        return known

    def _read_channels(self, trace_format: Element) -> _Channels:
        found = [e for e in trace_format.walk() if e.tag == "channel"]
        rare = sum(
            e.tag == "channel"
            for child in trace_format.children
            if child.tag == "intermittentChannels"
            for e in child.walk()
        )
        names = [channel.attributes.get("name", "") for channel in found]
        if "X" not in names or "Y" not in names:
            raise InkError(
                f"{self._name} has a trace format of the channels {[n[:20] for n in names[:20]]};"
                " expected X and Y"
            )
        x, y = names.index("X"), names.index("Y")
        x_sign, y_sign = (
            -1 if found[k].attributes.get("orientation") == "-ve" else 1 for k in (x, y)
        )
        return _Channels(x, y, (x_sign, y_sign), len(found) - rare, len(found))

    def _read_trace(self, trace: Element, channels: _Channels) -> None:
        self._count += 1
        if trace.attributes.get("type") == "penUp":
            return
        points = self._points("".join(trace.texts), channels)
        prior = trace.attributes.get("priorRef", "").removeprefix("#")
        continued = trace.attributes.get("continuation") in ("middle", "end")
        stroke = self._stroke_by_trace.get(prior) if continued else None
        if stroke is None:
            stroke = []
            self._strokes.append(stroke)
        stroke += points
        if _id(trace):
            self._stroke_by_trace[_id(trace)] = stroke

    def _points(self, text: str, channels: _Channels) -> Points:
        texts = text.split(",")
        if not texts[-1].strip():  # a comma may end the last point, too
            texts.pop()
        self._points_left -= len(texts)
        if self._points_left < 0:
            raise InkTooLargeError(
                f"{self._name} has too many points; expected fewer: thin them out"
            )
        plain = _plain_points(text, texts, channels)
        if plain is not None:
            return plain
        x, y = _Coordinate(), _Coordinate()
        points = []
        for number, point in enumerate(texts):
            try:
                values = _values(point, channels)
                horizontal = x.follow(*values[channels.x]) * channels.signs[0]
                vertical = y.follow(*values[channels.y]) * channels.signs[1]
            except ValueError as exc:
                raise InkError(
                    f"{self._name}, trace {self._count - 1}, point {number}: {exc}"
                ) from exc
            points.append((horizontal, vertical))
        return points


def _plain_points(text: str, texts: list[str], channels: _Channels) -> Points | None:
    """The points of a trace of plain numbers, X and Y with a space between, five times as fast.

    None where anything else is in it, be it wrong or not.
    """
    if channels.most > 2 or not PLAIN.fullmatch(text):
        return None
    rows = [point.split() for point in texts]
    if any(len(row) != 2 for row in rows):
        return None
    (x, y), (x_sign, y_sign) = (channels.x, channels.y), channels.signs
    try:
        return [(float(row[x]) * x_sign, float(row[y]) * y_sign) for row in rows]
    except ValueError:  # "7-8", which are two numbers
        return None


def _values(point: str, channels: _Channels) -> list[tuple[str, float | str]]:
    """Each value's prefix, and its number, boolean or wildcard.

    Raises:
        ValueError: If there is something else, or they are too few or too many.
    """
    values: list[tuple[str, float | str]] = []
    position, end = 0, len(point.rstrip())
    while position < end and len(values) <= channels.most:
        match = VALUE.match(point, position)
        if match is None:
            raise ValueError(
                f"got {point[position : position + 20]!r}; expected numbers, and commas between"
                " points"
            )
        position = match.end()
        prefix, decimal, sign, hexadecimal, other = match.groups()
        value: float | str = other
        if decimal is not None:
            value = float("".join(decimal.split()))
        elif hexadecimal is not None:
            value = _from_hexadecimal((sign or "") + hexadecimal)
        values.append((prefix or "", value))
    if not channels.least <= len(values) <= channels.most:
        found = len(values) if len(values) <= channels.most else f"over {channels.most}"
        raise ValueError(
            f"{found} values; expected {channels.least} to {channels.most}, as the trace format"
            " says, or X and Y where there is none"
        )
    return values


def _from_hexadecimal(digits: str) -> float:
    try:
        return float.fromhex(digits)
    except OverflowError:
        return math.inf  # refused with the stroke


class _Coordinate:
    """Sums up the differences of one channel along a trace (section 3.2.1)."""

    def __init__(self) -> None:
        self._order = "!"
        self._given: float | None = None
        self._value = self._velocity = 0.0

    def follow(self, prefix: str, given: float | str) -> float:
        """The coordinate after the next value.

        Raises:
            ValueError: If that is no number, or a difference from nothing.
        """
        self._order = prefix or self._order
        if given == "*":  # the same again, or the same difference
            given = self._given if self._given is not None else "*"
        if isinstance(given, str):
            raise ValueError(f"X or Y is {given!r}; expected a number")
        if self._order != "!" and self._given is None:
            raise ValueError("a trace starts with a difference; expected a number without a prefix")
        if self._order == "!":
            # The velocity here, should a second difference follow without a first.
            self._velocity = given - self._value if self._given is not None else 0.0
            self._value = given
        else:
            self._velocity = given if self._order == "'" else self._velocity + given
            self._value += self._velocity
        self._given = given
        return self._value


def _id(element: Element) -> str:
    return element.attributes.get("xml:id") or element.attributes.get("id", "")
