"""Files are written whole or not at all."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import BinaryIO

import pytest

from inkdigit.files import write_atomic, write_json, write_json_lines


def test_error_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "kept.bin"
    path.write_bytes(b"old")

    def fail(stream: BinaryIO) -> None:
        stream.write(b"new, half of it")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, fail)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_json_is_written_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.json"
    write_json(path, {"é": 1})
    assert json.loads(path.read_text(encoding="utf-8")) == {"é": 1}


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_json_lines_are_one_a_row_and_counted(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert write_json_lines(path, ({"k": k} for k in range(3))) == 3
    content = path.read_bytes()
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    assert content == b'{"k":0}\n{"k":1}\n{"k":2}\n'
