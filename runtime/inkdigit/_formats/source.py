"""A path, bytes or a binary file object in; its bytes, and what to call it in messages, out."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from inkdigit.errors import InkDigitError, InputNotFoundError, InputReadError, InputTypeError

__all__ = ["START_BYTES", "BinaryFile", "FileSource", "read_source"]


Look: TypeAlias = Callable[[bytes, str], None]

START_BYTES = 1024  # enough to tell what a file is: a PDF says so in its first kilobyte
KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class BinaryFile(Protocol):
    """A file object opened in binary mode, such as `open(path, "rb")` or `io.BytesIO`."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; none at the end."""


FileSource: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryFile


def read_source(
    source: object,
    limit: int,
    kind: str,
    others: str = "",
    look: Callable[[bytes, str], None] | None = None,
) -> tuple[bytes, str]:
    """Read a file whole, once its start was looked at.

    Args:
        source: Path; bytes of the file; or a binary file object, read from its start where it can
            seek, otherwise from its position.
        limit: Where there are more bytes than this, about one more is read: compare lengths.
        kind: What was expected, as in "a picture".
        others: What else the caller takes, for the message about another type.
        look: Is called with the first `START_BYTES` and what to call the file in messages, before
            more is read; raises where it is another kind of file.

    Returns:
        The bytes; and the path, the file object's name or "the input".

    Raises:
        InputTypeError: If the source is of another type, or a file object is in text mode.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file cannot be read, or there is a pipe or a device at the path.
    """
    look = look or _take
    if isinstance(source, (bytes, bytearray, memoryview)):
        look(bytes(source[:START_BYTES]), "the input")
        return bytes(source), "the input"
    if isinstance(source, (str, os.PathLike)):
        path = Path(os.fsdecode(source))
        return _read_path(path, limit, kind, look), str(path)
    if hasattr(source, "read"):
        name = getattr(source, "name", None)
        name = name if isinstance(name, str) else "the file object"
        return _read_file(source, limit, name, look), name
    raise InputTypeError(
        f"got a {type(source).__name__}; expected the path of {kind}, its bytes, a file object"
        f" opened in binary mode{others}"
    )


def _take(_: bytes, __: str) -> None:
    """Look at nothing."""


def _read_path(path: Path, limit: int, kind: str, look: Look) -> bytes:
    try:
        with open(path, "rb", opener=_open_file) as stream:
            start = stream.read(min(START_BYTES, limit + 1))
            look(start, str(path))
            return start + stream.read(max(0, limit + 1 - len(start)))
    except InkDigitError:
        raise
    except FileNotFoundError as exc:
        raise InputNotFoundError(
            f"no file at {path}; expected the path of {kind}{_hint(path)}"
        ) from exc
    except (OSError, ValueError) as exc:  # ValueError: a null byte in the path
        if isinstance(exc, IsADirectoryError):
            raise InputReadError(f"{path} is a folder; expected the path of {kind}") from exc
        raise InputReadError(
            f"{str(path)!r} cannot be read ({exc}): check its permissions{_hint(path)}"
        ) from exc


def _open_file(path: str, flags: int) -> int:
    """Open a file; another thing with a name is refused: it may have no end, or never begin."""
    # Without O_NONBLOCK, opening a pipe waits for whoever writes to it.
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    kind = next((word for is_kind, word in KINDS if is_kind(mode)), "no file")
    raise InputReadError(
        f"{path} is {kind}; expected a file: read it yourself, as far as you trust it, and pass the"
        " bytes"
    )


def _hint(path: Path) -> str:
    is_markup = str(path).lstrip().startswith("<")
    return "; pass the text of a file as bytes: text.encode()" if is_markup else ""


def _read_file(source: Any, limit: int, name: str, look: Look) -> bytes:
    text_mode = f"{name} is opened in text mode; expected binary mode, as in open(path, 'rb')"
    if isinstance(source, io.TextIOBase):
        raise InputTypeError(text_mode)
    with contextlib.suppress(Exception):  # a pipe or a socket cannot seek
        source.seek(0)
    content = bytearray()
    enough = min(START_BYTES, limit + 1)
    try:
        while len(content) <= limit:  # a pipe or a socket gives less at a time than it is asked for
            chunk = source.read((enough if len(content) < enough else limit + 1) - len(content))
            if isinstance(chunk, str):
                raise InputTypeError(text_mode)
            if not chunk:
                break
            is_start = len(content) < enough
            content += chunk
            if is_start and len(content) >= enough:
                look(bytes(content[:enough]), name)
        if len(content) < enough:
            look(bytes(content), name)
    except InkDigitError:
        raise
    except Exception as exc:  # file objects of other libraries raise errors of their own
        if isinstance(exc, UnicodeDecodeError):
            raise InputTypeError(text_mode) from exc
        raise InputReadError(f"{name} cannot be read ({exc}): check that it is open") from exc
    return bytes(content)
