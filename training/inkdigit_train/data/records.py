"""Ink data sets: JSON lines in, records of labelled ink out, and back.

One record a line: `{"label": "7", "strokes": [[[x, y], …], …], "writer": "…"}`. The app exports its
corrections in the same format.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inkdigit import Ink, InkDigitError
from inkdigit.files import write_json_lines
from inkdigit_train.errors import DataError, DataNotFoundError
from inkdigit_train.files import read_packed

__all__ = [
    "InkRecord",
    "held_out_writers",
    "of_writers",
    "read_records",
    "read_sources",
    "write_records",
]

HELD_OUT_WRITERS = 12  # one writer in this many is for validation; 8 % of the ink
EXPECTED = 'expected one JSON object a line: {"label": "7", "strokes": [[[x, y], …], …]}'


@dataclass(frozen=True, eq=False)
class InkRecord:
    """One labelled piece of ink."""

    label: str  # what it shows: a digit, a letter, or a whole number
    ink: Ink  # y down
    writer: str | None = None  # an anonymous name; None if unknown


def read_records(path: str | os.PathLike[str]) -> list[InkRecord]:
    """Read an ink data set: JSON lines, gzip or plain, whatever its name.

    Blank lines are skipped, and records marked `"suspect": true`, whose label is probably wrong.

    Raises:
        DataNotFoundError: If there is no such file.
        DataError: If it cannot be read, or a line is not a record; the message has the line.
    """
    path = Path(path)
    records = []
    for number, line in enumerate(read_packed(path, "ink data set").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            record = _record(fields)
        except (ValueError, RecursionError, InkDigitError) as exc:
            raise DataError(f"{path}, line {number}: {exc}; {EXPECTED}") from exc
        if not fields.get("suspect", False):
            records.append(record)
    return records


def write_records(path: str | os.PathLike[str], records: Iterable[InkRecord]) -> int:
    """Write an ink data set atomically, gzip where the name ends in .gz; returns how many records.

    The same records give the same bytes.

    Raises:
        OSError: If the disk is full or the folder cannot be written; an older file stays.
    """

    def rows() -> Iterator[dict[str, Any]]:
        for record in records:
            fields: dict[str, Any] = {"label": record.label, "strokes": _strokes(record.ink)}
            if record.writer is not None:
                fields["writer"] = record.writer
            yield fields

    return write_json_lines(path, rows())


def held_out_writers(records: Sequence[InkRecord]) -> set[str | None]:
    """Writers for validation: whole writers, since one person's digits resemble each other."""
    writers = sorted({r.writer for r in records if r.writer is not None})
    return set(writers[::HELD_OUT_WRITERS])


def read_sources(
    ink: Sequence[Path], nondigits: Sequence[Path]
) -> tuple[list[InkRecord], list[InkRecord]]:
    """The records of all files of digits, and of all files of letters and signs.

    Raises:
        DataNotFoundError: If there is no file of one kind: rows are composed of both.
        DataError: If a file is damaged.
    """
    if not ink or not nondigits:
        raise DataNotFoundError(
            "no ink data sets of digits and of letters and signs to compose numbers from; name"
            " their folder with --data"
        )
    digits, others = (
        [r for path in paths for r in read_records(path)] for paths in (ink, nondigits)
    )
    return digits, others


def of_writers(records: Sequence[InkRecord], *, held_out: bool) -> list[InkRecord]:
    """Those of the writers that are held out for validation, or those of the others."""
    writers = held_out_writers(records)
    return [record for record in records if (record.writer in writers) == held_out]


def _record(fields: Any) -> InkRecord:
    if not isinstance(fields, dict):
        raise DataError(f"found a JSON {type(fields).__name__}")
    label, writer = fields.get("label"), fields.get("writer")
    if not isinstance(label, str) or not label:
        raise DataError(f'"label" is {label!r}, not a non-empty string')
    if writer is not None and not isinstance(writer, str):
        raise DataError(f'"writer" is {writer!r}, not a string')
    return InkRecord(label, Ink.from_dict(fields), writer)


def _strokes(ink: Ink) -> list[list[list[float]]]:
    """The strokes, whole numbers without a decimal point: half the bytes of a tablet's points."""
    return [
        [[int(v) if v.is_integer() else v for v in point] for point in stroke]
        for stroke in ink.to_dict()["strokes"]
    ]
