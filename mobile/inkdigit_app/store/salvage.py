"""A damaged SQLite file in; the history's rows that are still in it out.

SQLite finds a row by way of the file's header, its schema and the upper pages of a tree; one
flipped bit there hides all that lies below. This reads every leaf by itself instead, and tells the
tables apart by the form of their rows. The format: https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from inkdigit_app.store.rows import decode_text

__all__ = ["Salvaged", "salvage"]

PAGE_BYTES = 4096  # SQLite's default, which the app has always used
HEADER_BYTES = 100  # of the file, at the start of its first page
TABLE_LEAF, INDEX_LEAF, INDEX_INNER = 13, 10, 2  # the first byte of a page
# Bodies of records by serial type (section 2.1); from 12 on even ones are blobs, odd ones text.
INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)
MAX_PAYLOAD_BYTES = 1_000_000_000  # SQLite's own bound
WAL_HEADER_BYTES, FRAME_HEADER_BYTES = 32, 24

Record: TypeAlias = list[Any]


@dataclass
class Salvaged:
    """Rows as they were found, not yet checked."""

    pages: dict[Any, Record] = field(default_factory=dict)  # by their key; `PAGE_COLUMNS`
    strokes: dict[tuple[Any, Any], Record] = field(
        default_factory=dict
    )  # page, number, width, points
    state: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pages) + len(self.strokes)


def salvage(path: Path) -> Salvaged:
    """Read the rows of a damaged history, those of its write-ahead log included.

    Args:
        path: Of the file; it is not changed.

    Raises:
        OSError: If it cannot be read.
    """
    if not path.stat().st_size:
        return Salvaged()
    with (
        path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        return _Reader(content, _logged_pages(path.with_name(path.name + "-wal"))).read()


class _Reader:
    """The pages of one file; those of the log stand for older ones."""

    def __init__(self, content: mmap.mmap, logged: dict[int, bytes]) -> None:
        self._content = content
        self._logged = logged
        self._count = max(-(-len(content) // PAGE_BYTES), *logged, 0)
        self._found = Salvaged()

    def read(self) -> Salvaged:
        schema = [record for record, _ in self._records(1)]
        # What lies on free pages was deleted, unless the tables themselves are gone.
        known = any(len(record) == 5 and record[1] == "page" for record in schema)
        free = self._free_pages() if known else set()
        for number in range(1, self._count + 1):
            if number not in free:
                for record, is_table in self._records(number):
                    self._sort(record, is_table)
        return self._found

    def _sort(self, record: Record, is_table: bool) -> None:
        found = self._found
        if is_table and len(record) in (10, 11, 13):
            # The eleventh is the thumbnail; what later versions added is missing in old rows.
            found.pages.setdefault(record[0], record[:10] + (record[11:] or [None, None]))
        elif not is_table and len(record) == 4 and isinstance(record[3], bytes):
            found.strokes.setdefault((record[0], record[1]), record)
        elif is_table and len(record) == 2 and isinstance(record[0], str):
            found.state[record[0]] = record[1]

    def _page(self, number: int) -> bytes:
        if number in self._logged:
            return self._logged[number]
        page = self._content[(number - 1) * PAGE_BYTES : number * PAGE_BYTES]
        return page + bytes(PAGE_BYTES - len(page))  # the last may be cut off

    def _free_pages(self) -> set[int]:
        free: set[int] = set()
        (trunk,) = struct.unpack_from(">I", self._page(1), 32)
        while 0 < trunk <= self._count and trunk not in free:
            free.add(trunk)
            page = self._page(trunk)
            trunk, count = struct.unpack_from(">II", page)
            free.update(struct.unpack_from(f">{min(count, PAGE_BYTES // 4 - 2)}I", page, 8))
        return free

    def _records(self, number: int) -> Iterator[tuple[Record, bool]]:
        """The records of a leaf, and whether it is one of a table."""
        page = self._page(number)
        start = HEADER_BYTES if number == 1 else 0
        kind = page[start]
        if kind not in (TABLE_LEAF, INDEX_LEAF, INDEX_INNER):
            return
        pointers = start + (12 if kind == INDEX_INNER else 8)
        (count,) = struct.unpack_from(">H", page, start + 3)
        count = min(count, (PAGE_BYTES - pointers) // 2)
        for offset in struct.unpack_from(f">{count}H", page, pointers):
            try:
                yield _record(self._payload(page, offset, kind)), kind == TABLE_LEAF
            except (IndexError, ValueError, struct.error):
                continue  # this one is damaged

    def _payload(self, page: bytes, offset: int, kind: int) -> bytes:
        if kind == INDEX_INNER:
            offset += 4  # of the page below
        size, offset = _varint(page, offset)
        if kind == TABLE_LEAF:
            _, offset = _varint(page, offset)  # the row's id
        if size > min(MAX_PAYLOAD_BYTES, self._count * PAGE_BYTES):
            raise ValueError("longer than the file")
        usable = PAGE_BYTES
        most = usable - 35 if kind == TABLE_LEAF else (usable - 12) * 64 // 255 - 23
        if size <= most:
            return _part(page, offset, size)
        least = (usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (usable - 4)
        local = local if local <= most else least
        parts = [_part(page, offset, local)]
        (overflow,) = struct.unpack_from(">I", page, offset + local)
        left = size - local
        while left:
            if not 0 < overflow <= self._count:
                raise ValueError("the rest of the row is missing")
            rest = self._page(overflow)
            parts.append(rest[4 : 4 + min(left, usable - 4)])
            left -= len(parts[-1])
            (overflow,) = struct.unpack_from(">I", rest)
        return b"".join(parts)


def _part(page: bytes, offset: int, size: int) -> bytes:
    part = page[offset : offset + size]
    if len(part) < size:
        raise ValueError("beyond the end of the page")
    return part


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    """A number of one to nine bytes, and the offset behind it (section 1.6)."""
    value = 0
    for length in range(8):
        byte = data[offset + length]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, offset + length + 1
    return value << 8 | data[offset + 8], offset + 9


def _record(payload: bytes) -> Record:
    """The columns of a row (section 2.1)."""
    end, offset = _varint(payload, 0)
    types = []
    while offset < end:
        kind, offset = _varint(payload, offset)
        types.append(kind)
    values: Record = []
    for kind in types:
        size = _size(kind)
        body = _part(payload, offset, size)
        offset += size
        values.append(_value(kind, body))
    if offset != len(payload):
        raise ValueError("the columns do not fill the row")
    return values


def _size(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    if kind in (10, 11):
        raise ValueError("a type that is not in use")
    return 8 if kind == 7 else INTEGER_BYTES[kind] if kind < 7 else 0


def _value(kind: int, body: bytes) -> Any:
    if kind == 0:
        return None
    if kind == 7:
        return struct.unpack(">d", body)[0]
    if kind < 12:
        return kind - 8 if kind >= 8 else int.from_bytes(body, "big", signed=True)
    return decode_text(body) if kind % 2 else body


def _logged_pages(path: Path) -> dict[int, bytes]:
    """The newest committed state of each page in a write-ahead log (section 4)."""
    try:
        log = path.read_bytes()
    except FileNotFoundError:
        return {}
    committed: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    salts = log[16:24]
    for start in range(WAL_HEADER_BYTES, len(log), FRAME_HEADER_BYTES + PAGE_BYTES):
        header = log[start : start + FRAME_HEADER_BYTES]
        page = log[start + FRAME_HEADER_BYTES :][:PAGE_BYTES]
        if len(page) < PAGE_BYTES or header[8:16] != salts:
            break  # left from before the log was begun again
        number, size_after_commit = struct.unpack_from(">II", header)
        pending[number] = page
        if size_after_commit:
            committed.update(pending)
            pending.clear()
    return committed
