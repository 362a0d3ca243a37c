"""Files written whole or not at all."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

__all__ = ["write_atomic", "write_json", "write_json_lines"]


def write_atomic(path: str | os.PathLike[str], write: Callable[[BinaryIO], object]) -> None:
    """Write a file through `write(stream)`; an error leaves what was there.

    A file that is replaced keeps its permissions; a new one has those that the user's umask leaves.

    Args:
        path: The file, or a link to it; missing folders are made.
        write: Is called once, with an open binary stream.

    Raises:
        OSError: If the disk is full or the folder cannot be written.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name[:40]}.{os.urandom(8).hex()}.part")
    try:
        with part.open("xb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileNotFoundError):
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_json(path: str | os.PathLike[str], value: Any) -> None:
    """Write indented JSON as `write_atomic` does."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    write_atomic(path, lambda stream: stream.write(text.encode()))


def write_json_lines(path: str | os.PathLike[str], rows: Iterable[Any]) -> int:
    """Write one compact JSON value a line as `write_atomic` does; gzip where the name ends in .gz.

    The same rows give the same bytes.

    Returns:
        The number of rows written.
    """
    count = 0

    def write_rows(stream: BinaryIO) -> None:
        nonlocal count
        for row in rows:
            text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
            stream.write(text.encode() + b"\n")
            count += 1

    def write(stream: BinaryIO) -> None:
        if Path(path).suffix != ".gz":
            write_rows(stream)
            return
        # No time and no name in the header: the same rows give the same bytes.
        import gzip  # noqa: PLC0415

        with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as packed:
            write_rows(cast(BinaryIO, packed))

    write_atomic(path, write)
    return count
