"""UNIPEN files in, ink data sets out: the pen tablets' format of the 1990s.

Guyon and others, "UNIPEN project of on-line data exchange and recognizer benchmarks", ICPR 1994.
A file is a sequence of statements; each is a keyword, with a dot in the first column, and the text
up to the next keyword. Pen-downs and pen-ups with points are components,
numbered from 0 and again from 0 after each .START_SET. A .SEGMENT lists components, or points of
them, and labels them.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, takewhile
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from inkdigit import Ink
from inkdigit_train.data.records import InkRecord, write_records
from inkdigit_train.errors import DataError
from inkdigit_train.files import read_packed

__all__ = ["import_unipen", "read_unipen"]

log = logging.getLogger(__name__)

KEYWORD = re.compile(r"^\.([A-Z_]+)", re.MULTILINE)
DELINEATION = re.compile(r"[\d:,-]+")
RANGE = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")
LABEL = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPES = {'\\"': '"', "\\\\": "\\", "\\t": " ", "\\n": " "}
MAX_INCLUDES = 32  # deeper than this, files must include each other


@dataclass(frozen=True)
class _Component:
    """A pen-down or pen-up: its points (n, 2), y up, and its writer."""

    points: NDArray[np.float64]
    down: bool
    writer: str | None


@dataclass
class _Segment:
    where: str  # file and line, for messages
    delineation: str
    label: str
    writer: str | None = None


@dataclass
class _Reader:
    """The statements so far, of a file and those it includes."""

    columns: list[str] = field(default_factory=lambda: ["X", "Y"])
    resolution: dict[str, float] = field(default_factory=dict)
    writer: str | None = None
    components: list[_Component] = field(default_factory=list)
    segments: list[_Segment] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    records: list[InkRecord] = field(default_factory=list)


def read_unipen(path: Path) -> list[InkRecord]:
    """Read one UNIPEN file, gzip or plain, and those it includes.

    An included file is searched for beside the file, in each folder above it, and in an `include`
    folder there, as on the UNIPEN disc. A missing one is only logged, since it may hold nothing but
    documentation; so is a segment of components that do not exist.

    Returns:
        One record per labelled segment, in the file's order: the pen-downs it lists, y down, with
        the top left corner of their box at 0, 0. A writer's name is replaced by its hash.

    Raises:
        DataNotFoundError: If there is no such file.
        DataError: If it cannot be read, or its points are not numbers; the message has the line.
    """
    reader = _Reader()
    _read_file(reader, path, depth=0)
    _finish_set(reader)
    return reader.records


def import_unipen(paths: Sequence[Path], out: Path) -> int:
    """Convert UNIPEN files to one ink data set; returns the number of records.

    Args:
        paths: Files, or folders in which every *.dat is read.
        out: The data set to write, atomically; gzip if the name ends in .gz.

    Raises:
        DataNotFoundError: If a path does not exist.
        DataError: If a file cannot be read, or none has a labelled segment; nothing is written.
    """
    files = chain.from_iterable(sorted(p.rglob("*.dat")) if p.is_dir() else [p] for p in paths)
    records = chain.from_iterable(map(read_unipen, files))
    first = next(records, None)
    if first is None:
        where = ", ".join(map(str, paths))
        raise DataError(f"no labelled segment in {where}; expected .SEGMENT statements with labels")
    return write_records(out, chain([first], records))


def _read_file(reader: _Reader, path: Path, depth: int) -> None:
    text = read_packed(path, "UNIPEN file").decode("latin-1")  # older than UTF-8
    starts = list(KEYWORD.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    line, counted = 1, 0
    for match, end in zip(starts, ends, strict=True):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        argument = text[match.end() : end].strip()
        where = f"{path}, line {line}"
        if match[1] == "INCLUDE":
            _include(reader, path, argument, where, depth)
        else:
            _statement(reader, match[1], argument, where)


def _include(reader: _Reader, path: Path, name: str, where: str, depth: int) -> None:
    if depth >= MAX_INCLUDES:
        raise DataError(f"{where}: includes go {depth} deep; expected no file to include itself")
    parts = PurePosixPath(name.replace("\\", "/"))
    if name and not parts.is_absolute() and ".." not in parts.parts:
        for folder in path.resolve().parents:
            for found in (folder / parts, folder / "include" / parts):
                if found.is_file() and found.resolve() != path.resolve():
                    _read_file(reader, found, depth + 1)
                    return
    reader.missing.append(name)
    log.warning("%s: no file %r to include; continuing without it", where, name)


def _statement(reader: _Reader, keyword: str, argument: str, where: str) -> None:
    if keyword in ("PEN_DOWN", "PEN_UP"):
        points = _points(argument, reader.columns, where)
        if len(points):  # a pen-up without points is not a component
            down = keyword == "PEN_DOWN"
            reader.components.append(_Component(points, down, reader.writer))
    elif keyword == "SEGMENT":
        _segment(reader, argument, where)
    elif keyword == "COORD":
        reader.columns = argument.split()
        if not {"X", "Y"} <= set(reader.columns):
            raise DataError(f"{where}: .COORD {argument}; expected X and Y among the columns")
    elif keyword == "WRITER_ID":
        reader.writer = _anonymous(argument)
    elif keyword == "START_SET":
        _finish_set(reader)
    elif keyword == "COMMENT" and reader.segments:
        # UCI's pendigits give label, writer and number in a comment after each segment.
        words, last = argument.split(), reader.segments[-1]
        if len(words) == 3 and words[0] == last.label and all(map(str.isdigit, words)):
            last.writer = words[1]
    elif re.fullmatch(r"[XY]_POINTS_PER_(INCH|MM)", keyword):
        try:
            reader.resolution[keyword[0]] = float(argument)
        except ValueError:
            log.warning("%s: .%s %s is not a number; ignored", where, keyword, argument)


def _points(argument: str, columns: Sequence[str], where: str) -> NDArray[np.float64]:
    try:
        numbers = np.array(argument.split(), np.float64)
        rows = numbers.reshape(-1, len(columns))
    except ValueError as exc:
        raise DataError(
            f"{where}: the points are not rows of {len(columns)} numbers ({exc});"
            f" expected {' '.join(columns)}, as .COORD says"
        ) from exc
    return rows[:, [columns.index("X"), columns.index("Y")]]


def _segment(reader: _Reader, argument: str, where: str) -> None:
    label = LABEL.search(argument)
    if label is None:
        return
    delineation = "".join(takewhile(DELINEATION.fullmatch, argument.split()[1:]))
    text = re.sub(r"\\.", lambda match: ESCAPES.get(match[0], match[0]), label[1])
    text = " ".join(text.split())
    if delineation and text:
        reader.segments.append(_Segment(where, delineation, text))


def _finish_set(reader: _Reader) -> None:
    """Turn the segments so far into records: they may come before or after their components."""
    for segment in reader.segments:
        try:
            record = _record(reader, segment)
        except DataError as exc:
            hint = f"; could not include {', '.join(reader.missing)}" if reader.missing else ""
            log.warning("%s: segment skipped: %s%s", segment.where, exc, hint)
        else:
            reader.records.append(record)
    reader.segments.clear()
    reader.components.clear()


def _record(reader: _Reader, segment: _Segment) -> InkRecord:
    strokes, writer = [], segment.writer
    for number, first, last in _parts(segment.delineation, reader.components):
        component = reader.components[number]
        writer = writer or component.writer
        if component.down:
            strokes.append(component.points[first:last])
    if not strokes:
        raise DataError(f"{segment.delineation} has no pen-down")
    stretch = reader.resolution.get("X", 1.0) / reader.resolution.get("Y", 1.0)
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    moved = [np.stack([p[:, 0] - low[0], (high[1] - p[:, 1]) * stretch], axis=1) for p in strokes]
    return InkRecord(segment.label, Ink(moved), writer)


def _parts(
    delineation: str, components: Sequence[_Component]
) -> Iterator[tuple[int, int, int | None]]:
    """The components of `0,2-4,6:3-7:10` with the slice of their points; both ends included."""
    for part in delineation.strip(",").split(","):
        match = RANGE.fullmatch(part)
        if match is None:
            raise DataError(f"{part!r} is not COMPONENT[:POINT][-COMPONENT[:POINT]]")
        start, start_point, stop, stop_point = (
            None if g is None else int(g) for g in match.groups()
        )
        assert start is not None
        if stop is None:
            stop, stop_point = start, start_point
        if not start <= stop < len(components):
            raise DataError(f"{part} of {len(components)} components")
        for number in range(start, stop + 1):
            first = start_point if number == start and start_point is not None else 0
            last = stop_point + 1 if number == stop and stop_point is not None else None
            count = len(components[number].points)
            if first >= count or (last is not None and not first < last <= count):
                raise DataError(f"{part}: component {number} has {count} points")
            yield number, first, last


def _anonymous(name: str) -> str | None:
    """Numbers stay; anything else may be a person's name, so it is hashed."""
    if not name or name == "?":
        return None
    return name if name.isdigit() else hashlib.sha256(name.encode()).hexdigest()[:8]
