"""Reads a small file of the app's own, whatever lies at its path."""

from __future__ import annotations

import os
import stat
from pathlib import Path

__all__ = ["read_plain_file"]


def read_plain_file(path: Path, most_bytes: int) -> bytes:
    """The content of a file.

    Args:
        path: Of the file.
        most_bytes: That it may have.

    Raises:
        OSError: If there is none, or it cannot be read.
        ValueError: If it is longer, or a pipe, a device or a folder.
    """
    # Looked at before it is opened: opening a pipe waits for ever, opening a device may act on it.
    _check(path.stat(), most_bytes)
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as stream:
        _check(os.fstat(handle), most_bytes)  # it may have been exchanged in between
        return stream.read(most_bytes)


def _check(status: os.stat_result, most_bytes: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is no file")
    if status.st_size > most_bytes:
        raise ValueError(f"{status.st_size:,} bytes; expected at most {most_bytes:,}")
