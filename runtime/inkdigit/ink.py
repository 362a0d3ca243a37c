"""Ink: what a pen, a finger or a mouse drew. Points or files in, checked, immutable strokes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inkdigit._formats.points import EXPECTED, check_points, plain_points, quickdraw_strokes
from inkdigit._formats.source import FileSource, read_source
from inkdigit.errors import (
    EmptyInkError,
    InkError,
    InkTooLargeError,
    InputError,
    InputTypeError,
)

__all__ = ["Ink", "Stroke", "arc_length"]

Box: TypeAlias = tuple[float, float, float, float]
Points: TypeAlias = ArrayLike | Sequence[Mapping[str, Any]] | Mapping[str, Any]

MAX_COORDINATE_PX = 1e7  # far beyond any canvas; squares of it still fit float32
MAX_POINTS = 2_000_000  # over four hours of writing at 120 points a second
MAX_STROKES = 50_000  # three hours of writing; of a drawing the 1,000 largest are read
MAX_SVG_POINTS = 500_000  # most are of curves, not of the file: a byte may make two
MAX_FILE_BYTES = 20_000_000  # MAX_POINTS of 10 characters each


def arc_length(points: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Distance travelled along a polyline up to each of its points.

    Args:
        points: (n, 2), n >= 1.

    Returns:
        (n,) float64 in the unit of the points; the first is 0.
    """
    steps = np.diff(np.asarray(points, np.float64), axis=0)
    travelled = np.zeros(len(points))
    np.cumsum(np.hypot(steps[:, 0], steps[:, 1]), out=travelled[1:])
    return travelled


@dataclass(frozen=True, eq=False)
class Stroke:
    """One pen-down to pen-up.

    Attributes:
        points: (n, 2) float32, n >= 1: x, y in canvas pixels, y down. Read-only.
        times: (n,) float64 seconds, or None where the source had none. Read-only.
    """

    points: NDArray[np.float32]
    times: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Check the arrays, as a stroke made without `from_points` may hold any.

        Raises:
            InkError: If their shape, type, a NaN or the range is wrong.
        """
        points, times = self.points, self.times
        whole = isinstance(points, np.ndarray) and points.dtype.kind == "f"
        whole = whole and points.ndim == 2 and points.shape[1] == 2 and len(points) > 0
        if not whole or not np.abs(points).max() <= MAX_COORDINATE_PX:  # nor where it is NaN
            raise InkError(
                "a stroke's points are not (n, 2) finite floats of canvas pixels, n >= 1; expected"
                " these: make it by Stroke.from_points, which says what is wrong"
            )
        if times is not None and (
            not isinstance(times, np.ndarray)
            or times.shape != (len(points),)
            or not np.isfinite(times).all()
        ):
            raise InkError(f"a stroke's times are not ({len(points)},) finite floats")

    def __len__(self) -> int:
        return len(self.points)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Stroke):
            return NotImplemented
        if not np.array_equal(self.points, other.points):
            return False
        if self.times is None or other.times is None:
            return self.times is other.times
        return np.array_equal(self.times, other.times)

    __hash__ = None  # type: ignore[assignment]  # holds arrays

    @classmethod
    def from_points(cls, points: Points, *, index: int = 0) -> Stroke:
        """Validate one stroke.

        Args:
            points: (n, 2) or (n, 3) numbers, n >= 1: x, y[, t]; px, y down, seconds. Or n records
                `{"x": …, "y": …}`, or a record with them under "points", as signature_pad's
                `toData()` gives them: where each has a `time`, it is in milliseconds; other keys
                are left alone.
            index: The stroke's index in its ink, for the message.

        Returns:
            The stroke, with its own read-only copy of the points.

        Raises:
            InkError: If the shape, the type, a NaN or the range is wrong, or a record has no x
                and y.
        """
        values = check_points(plain_points(points, index), index)
        if not np.isfinite(values).all():
            bad = int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0])
            raise InkError(f"stroke {index}, point {bad} is {values[bad].tolist()}; {EXPECTED}")
        if np.abs(values[:, :2]).max() > MAX_COORDINATE_PX:
            raise InkError(
                f"stroke {index} reaches {np.abs(values[:, :2]).max():.3g} px; expected coordinates"
                f" within ±{MAX_COORDINATE_PX:.0e} px: scale the ink to canvas pixels"
            )
        xy = values[:, :2].astype(np.float32)
        xy.setflags(write=False)
        times = None
        if values.shape[1] == 3:
            times = values[:, 2].copy()
            times.setflags(write=False)
        return cls(xy, times)


class Ink:
    """All strokes of a drawing, in the order they were drawn. Immutable.

    Args:
        strokes: Sequence of (n, 2) or (n, 3) arrays or lists: x, y[, t seconds] in canvas pixels,
            y down; of records of points, as `Stroke.from_points` takes them; or of `Stroke`
            objects. May be empty: a blank canvas. For Quick, Draw! arrays, which look the same
            where strokes are short, use `from_quickdraw`.

    Raises:
        InkError: If a stroke is empty, or has the wrong shape, type, NaN or range; as
            InkTooLargeError above 2 million points or 50,000 strokes.
    """

    __slots__ = ("_strokes",)
    _strokes: tuple[Stroke, ...]

    def __init__(self, strokes: Sequence[Points | Stroke] = ()) -> None:
        if isinstance(strokes, (str, bytes, Mapping)):
            raise InkError(
                f"strokes is a {type(strokes).__name__}; expected a sequence of strokes."
                " For JSON use Ink.from_json, for its dict Ink.from_dict"
            )
        try:
            items = list(strokes)
        except TypeError as exc:
            raise InkError(
                f"strokes is a {type(strokes).__name__}; expected a sequence of (n, 2) arrays"
            ) from exc
        if len(items) > MAX_STROKES:
            raise InkTooLargeError(
                f"the ink has {len(items):,} strokes; expected at most {MAX_STROKES:,}: split it"
            )
        self._strokes = tuple(
            item if isinstance(item, Stroke) else Stroke.from_points(item, index=index)
            for index, item in enumerate(items)
        )
        self.check_size(MAX_POINTS)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The strokes, oldest first."""
        return self._strokes

    @property
    def bounds(self) -> Box:
        """(left, top, right, bottom) of the points in canvas pixels.

        Raises:
            EmptyInkError: If there is no stroke.
        """
        if not self._strokes:
            raise EmptyInkError("the ink has no stroke, so it has no bounds; check len(ink) first")
        lows = np.min([s.points.min(axis=0) for s in self._strokes], axis=0)
        highs = np.max([s.points.max(axis=0) for s in self._strokes], axis=0)
        return (float(lows[0]), float(lows[1]), float(highs[0]), float(highs[1]))

    @property
    def point_count(self) -> int:
        """How many points all strokes have together."""
        return sum(map(len, self._strokes))

    def check_size(self, max_points: int) -> None:
        """Refuse the ink if it has more points.

        Raises:
            InkTooLargeError: If it has.
        """
        if self.point_count > max_points:
            raise InkTooLargeError(
                f"the ink has {self.point_count:,} points; expected at most {max_points:,}: thin"
                " them out"
            )

    def __len__(self) -> int:
        return len(self._strokes)

    def __iter__(self) -> Iterator[Stroke]:
        return iter(self._strokes)

    def __eq__(self, other: object) -> bool:
        return self._strokes == other._strokes if isinstance(other, Ink) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # holds arrays

    def __repr__(self) -> str:
        return f"Ink({len(self)} strokes, {self.point_count} points)"

    def subset(self, indices: Sequence[int]) -> Ink:
        """The ink of some strokes only, by their indices.

        Raises:
            InputError: If an index is not from 0 to the number of strokes less 1.
            InputTypeError: If one is no whole number.
        """
        if isinstance(indices, str) or not isinstance(indices, Iterable):
            raise InputTypeError(f"indices are {indices!r}; expected a list of whole numbers")
        count, indices = len(self._strokes), list(indices)
        for index in indices:
            if isinstance(index, bool) or not isinstance(index, (int, np.integer)):
                raise InputTypeError(f"index {index!r} of a stroke; expected a whole number")
            if not 0 <= index < count:
                raise InputError(f"index {index} of a stroke; expected 0 to {count - 1}")
        return Ink([self._strokes[i] for i in indices])

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Ink:
        """Read `{"strokes": [[[x, y], …], …]}`; other keys (label, writer) are left alone.

        Args:
            record: With strokes as `Ink` takes them, or with a Quick, Draw! drawing under
                "drawing", as `from_quickdraw` takes it.

        Raises:
            InkError: If there is no list under "strokes", or a stroke is not valid.
        """
        if isinstance(record, Mapping) and "strokes" not in record and "drawing" in record:
            return cls.from_quickdraw(record)
        if not isinstance(record, Mapping) or not isinstance(record.get("strokes"), (list, tuple)):
            found = (
                f"a dict of {len(record)} other keys"
                if isinstance(record, Mapping)
                else f"a {type(record).__name__}"
            )
            raise InkError(f'expected a dict with a list under "strokes", found {found}')
        return cls(record["strokes"])

    def to_dict(self) -> dict[str, list[list[list[float]]]]:
        """JSON-ready: `{"strokes": [[[x, y], …], …]}`, points [x, y, t] where there are times."""
        strokes = []
        for stroke in self._strokes:
            points = stroke.points.astype(np.float64)
            if stroke.times is not None:
                points = np.column_stack([points, stroke.times])
            strokes.append(points.tolist())
        return {"strokes": strokes}

    @classmethod
    def from_json(cls, text: str | bytes) -> Ink:
        """Read one JSON object as `from_dict` does, or a list of strokes as `Ink` does.

        Raises:
            InkError: If it is not JSON, or not ink; as InkTooLargeError above 20 MB, 2 million
                points or 50,000 strokes.
            InputTypeError: If it is no text.
        """
        if not isinstance(text, (str, bytes, bytearray)):
            raise InputTypeError(f"text is a {type(text).__name__}; expected JSON as str or bytes")
        if len(text) > MAX_FILE_BYTES:
            raise InkTooLargeError(
                f"the JSON has {len(text):,} characters; expected at most {MAX_FILE_BYTES:,}:"
                " split it"
            )
        try:
            record = json.loads(text)
        except (
            ValueError,
            RecursionError,
        ) as exc:  # ValueError: of wrong text, and of long numbers
            raise InkError(f'not JSON ({exc}); expected {{"strokes": [[[x, y], …], …]}}') from exc
        return cls(record) if isinstance(record, list) else cls.from_dict(record)

    @classmethod
    def from_quickdraw(cls, drawing: Sequence[Any] | Mapping[str, Any]) -> Ink:
        """Read a Quick, Draw! drawing, whose strokes hold a list for each coordinate.

        Args:
            drawing: Strokes `[[x, …], [y, …]]` or `[[x, …], [y, …], [t, …]]`, t in milliseconds;
                or a record of the data set, with them under "drawing".

        Raises:
            InkError: If it has another form, or a stroke is not valid.
        """
        return cls(quickdraw_strokes(drawing))

    @classmethod
    def from_inkml(cls, source: FileSource) -> Ink:
        """Read the traces of an InkML file (W3C Recommendation, 2011).

        X and Y are read in any trace format, times and other channels are not. Coordinates stay
        in the file's unit.

        Args:
            source: Path, bytes, or a file object opened in binary mode.

        Returns:
            A stroke for each trace of a pen that is down; one for traces that continue each other.

        Raises:
            InkError: If it is not InkML, is damaged or unsafe (it defines entities); as
                InkTooLargeError above 20 MB, 2 million points or 50,000 strokes.
            InputTypeError: If the source is of another type.
            InputNotFoundError: If there is no file at the path.
            InputReadError: If the file cannot be read.
        """
        from inkdigit._formats.inkml import read_inkml  # noqa: PLC0415  (loads the XML parser)

        return cls(_read(source, "an InkML file", read_inkml, MAX_POINTS))

    @classmethod
    def from_svg(cls, source: FileSource) -> Ink:
        """Read the paths, polylines, polygons and lines of an SVG file, as a pen would draw them.

        Coordinates are those of the outermost `svg` element, transforms applied; curves are
        flattened to within a 200th of their own size. What is hidden or only defined is left out,
        and so are other shapes, `use`, text and pictures. A filled outline is read as its outline,
        not as what it fills.

        Args:
            source: Path, bytes, or a file object opened in binary mode.

        Returns:
            A stroke for each subpath; one for subpaths that start exactly where the last one
            ended, as signature_pad writes a path for each piece of a stroke.

        Raises:
            InkError: If it is not SVG, is damaged or unsafe (it defines entities); as
                InkTooLargeError above 20 MB, 500,000 points or 50,000 strokes.
            InputTypeError: If the source is of another type.
            InputNotFoundError: If there is no file at the path.
            InputReadError: If the file cannot be read.
        """
        from inkdigit._formats.svg import read_svg  # noqa: PLC0415  (loads the XML parser)

        return cls(_read(source, "an SVG file", read_svg, min(MAX_SVG_POINTS, MAX_POINTS)))

    def to_json(self) -> str:
        """One line of JSON that `from_json` reads."""
        return json.dumps(self.to_dict(), separators=(",", ":"))


def _read(
    source: FileSource,
    kind: str,
    parse: Callable[[bytes, str, int], Sequence[Points]],
    max_points: int,
) -> Sequence[Points]:
    content, name = read_source(source, MAX_FILE_BYTES, kind)
    if len(content) > MAX_FILE_BYTES:
        raise InkTooLargeError(
            f"{name} has over {MAX_FILE_BYTES:,} bytes; expected {kind} of ink: split it"
        )
    return parse(content, name, max_points)
