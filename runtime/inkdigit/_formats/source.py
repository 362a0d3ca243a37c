"""A path, bytes or a binary file object in; its bytes, and what to call it in messages, out."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from inkdigit.errors import InputNotFoundError, InputReadError, InputTypeError

__all__ = ["BinaryFile", "FileSource", "read_source"]


class BinaryFile(Protocol):
    """A file object opened in binary mode, such as `open(path, "rb")` or `io.BytesIO`."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; none at the end."""


FileSource: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryFile


def read_source(source: object, limit: int, kind: str, others: str = "") -> tuple[bytes, str]:
    """Read a file whole.

    Args:
        source: Path; bytes of the file; or a binary file object, read from its start where it can
            seek, otherwise from its position.
        limit: Where there are more bytes than this, about one more is read: compare lengths.
        kind: What was expected, as in "a picture".
        others: What else the caller takes, for the message about another type.

    Returns:
        The bytes; and the path, the file object's name or "the input".

    Raises:
        InputTypeError: If the source is of another type, or a file object is in text mode.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file cannot be read.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), "the input"
    if isinstance(source, (str, os.PathLike)):
        path = Path(os.fsdecode(source))
        return _read_path(path, limit, kind), str(path)
    if hasattr(source, "read"):
        name = getattr(source, "name", None)
        name = name if isinstance(name, str) else "the file object"
        return _read_file(source, limit, name), name
    raise InputTypeError(
        f"got a {type(source).__name__}; expected the path of {kind}, its bytes, a file object"
        f" opened in binary mode{others}"
    )


def _read_path(path: Path, limit: int, kind: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(limit + 1)
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


def _hint(path: Path) -> str:
    is_markup = str(path).lstrip().startswith("<")
    return "; pass the text of a file as bytes: text.encode()" if is_markup else ""


def _read_file(source: Any, limit: int, name: str) -> bytes:
    text_mode = f"{name} is opened in text mode; expected binary mode, as in open(path, 'rb')"
    if isinstance(source, io.TextIOBase):
        raise InputTypeError(text_mode)
    with contextlib.suppress(Exception):  # a pipe or a socket cannot seek
        source.seek(0)
    content = bytearray()
    try:
        while len(content) <= limit:  # a pipe or a socket gives less at a time than it is asked for
            chunk = source.read(limit + 1 - len(content))
            if isinstance(chunk, str):
                raise InputTypeError(text_mode)
            if not chunk:
                break
            content += chunk
    except InputTypeError:
        raise
    except Exception as exc:  # file objects of other libraries raise errors of their own
        if isinstance(exc, UnicodeDecodeError):
            raise InputTypeError(text_mode) from exc
        raise InputReadError(f"{name} cannot be read ({exc}): check that it is open") from exc
    return bytes(content)
