"""Ink data sets: JSON lines, gzip or not, in; records of labelled ink out, and back.

One record a line: `{"label": "7", "strokes": [[[x, y], …], …], "writer": "…"}`. The app exports its
corrections in the same format.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from inkdigit import Ink, InkDigitError
from inkdigit_train.errors import DataError, DataNotFoundError
from inkdigit_train.files import write_atomic

__all__ = ["InkRecord", "read_records", "write_records"]

GZIP_MAGIC = b"\x1f\x8b"  # RFC 1952: what tells gzip from text, whatever the file's name
EXPECTED = 'expected one JSON object a line: {"label": "7", "strokes": [[[x, y], …], …]}'


@dataclass(frozen=True, eq=False)
class InkRecord:
    """One labelled piece of ink.

    Attributes:
        label: What it shows: a digit, a letter, or a whole number.
        ink: The strokes, y down.
        writer: Who wrote it, an anonymous name; None where nobody noted it.
    """

    label: str
    ink: Ink
    writer: str | None = None


def read_records(path: str | os.PathLike[str], include_suspects: bool = False) -> list[InkRecord]:
    """Read an ink data set.

    Args:
        path: The file, JSON lines, gzip or plain: its first bytes tell, not its name.
        include_suspects: Whether to keep records marked `"suspect": true`, whose label is
            probably wrong.

    Returns:
        The records in the file's order. Blank lines are passed over.

    Raises:
        DataNotFoundError: If there is no such file.
        DataError: If it cannot be read, or a line is not a record; the message has the line.
    """
    path = Path(path)
    records = []
    for number, line in enumerate(_read(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            record = _record(fields)
        except (ValueError, RecursionError, InkDigitError) as exc:
            raise DataError(f"{path}, line {number}: {exc}; {EXPECTED}") from exc
        if include_suspects or not fields.get("suspect", False):
            records.append(record)
    return records


def write_records(path: str | os.PathLike[str], records: Iterable[InkRecord]) -> int:
    """Write an ink data set, whole or not at all; gzip where the name ends in .gz.

    The same records give the same bytes.

    Returns:
        The number of records written.

    Raises:
        OSError: If the disk is full or the folder cannot be written; what was there stays.
    """
    path = Path(path)
    count = 0

    def write_lines(stream: BinaryIO) -> None:
        nonlocal count
        for record in records:
            fields: dict[str, Any] = {"label": record.label, "strokes": _strokes(record.ink)}
            if record.writer is not None:
                fields["writer"] = record.writer
            text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
            stream.write(text.encode() + b"\n")
            count += 1

    def write(stream: BinaryIO) -> None:
        if path.suffix != ".gz":
            write_lines(stream)
            return
        # No time and no name in the header: equal records are equal files.
        with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as packed:
            write_lines(packed)  # type: ignore[arg-type]  # has the write() that is needed

    write_atomic(path, write)
    return count


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(GZIP_MAGIC) else content
    except FileNotFoundError as exc:
        raise DataNotFoundError(
            f"no ink data set at {path}; expected a JSON lines file, gzip or not"
        ) from exc
    except (OSError, EOFError, zlib.error) as exc:  # gzip's own error is an OSError
        raise DataError(f"{path} cannot be read ({exc}); copy or fetch it again") from exc


def _record(fields: Any) -> InkRecord:
    if not isinstance(fields, dict):
        raise DataError(f"found a JSON {type(fields).__name__}")
    label, writer = fields.get("label"), fields.get("writer")
    if not isinstance(label, str) or not label:
        raise DataError(f'"label" is {label!r}, not a string with something in it')
    if writer is not None and not isinstance(writer, str):
        raise DataError(f'"writer" is {writer!r}, not a string')
    return InkRecord(label, Ink.from_dict(fields), writer)


def _strokes(ink: Ink) -> list[list[list[float]]]:
    """The strokes with whole numbers written as such: half the bytes of a tablet's points."""
    return [
        [[int(v) if v.is_integer() else v for v in point] for point in stroke]
        for stroke in ink.to_dict()["strokes"]
    ]
