"""Protocol Buffers' wire format: the bytes of a message in, its fields by number out.

Source: https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TypeAlias

__all__ = ["Fields", "WireError", "floats", "integers", "read_fields", "text"]

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
MAX_VARINT_BYTES = 10  # 64 bits at 7 a byte

Fields: TypeAlias = dict[int, list["int | bytes"]]


class WireError(ValueError):
    """The bytes are no message, or a field holds another kind of value."""


def read_fields(message: bytes) -> Fields:
    """Split a message into its fields.

    Returns:
        For each field's number its values in order: an int for a varint, bytes for anything else.

    Raises:
        WireError: If the bytes end too early, or break the format.
    """
    found: Fields = {}
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        number, kind = key >> 3, key & 7
        value: int | bytes
        if number == 0:
            raise WireError("a field has the number 0")
        if kind == VARINT:
            value, position = _varint(message, position)
        else:
            if kind == LENGTH:
                size, position = _varint(message, position)
            elif kind in (FIXED32, FIXED64):
                size = 4 if kind == FIXED32 else 8
            else:
                raise WireError(f"field {number} has the unknown wire type {kind}")
            value = message[position : position + size]
            if len(value) < size:
                raise WireError(f"field {number} is {size} bytes long, {len(value)} are left")
            position += size
        found.setdefault(number, []).append(value)
    return found


def integers(values: list[int | bytes]) -> tuple[int, ...]:
    """The signed 64-bit integers of a repeated field, packed into bytes or not."""
    return tuple(_signed(number) for value in values for number in _unpacked(value))


def floats(values: list[int | bytes]) -> tuple[float, ...]:
    """The 32-bit floats of a repeated field, packed into bytes or not."""
    content = b"".join(_checked_bytes(value) for value in values)
    if len(content) % 4:
        raise WireError(f"{len(content)} bytes are no floats of 4 bytes each")
    return struct.unpack(f"<{len(content) // 4}f", content)


def text(value: int | bytes) -> str:
    """A string field.

    Raises:
        WireError: If it is no UTF-8.
    """
    try:
        return _checked_bytes(value).decode()
    except UnicodeDecodeError as exc:
        raise WireError(f"a name or an entry is no text ({exc})") from exc


def _checked_bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise WireError("a number stands where bytes are expected")
    return value


def _unpacked(value: int | bytes) -> Iterator[int]:
    if isinstance(value, int):
        yield value
        return
    position = 0
    while position < len(value):
        number, position = _varint(value, position)
        yield number


def _varint(message: bytes, position: int) -> tuple[int, int]:
    """An unsigned number of up to 64 bits, and the position after it."""
    value = 0
    for index in range(MAX_VARINT_BYTES):
        if position + index >= len(message):
            raise WireError("the bytes end within a number")
        byte = message[position + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & (2**64 - 1), position + index + 1
    raise WireError(f"a number is longer than {MAX_VARINT_BYTES} bytes")


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value
