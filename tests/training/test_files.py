"""Files are written whole or not at all."""

from __future__ import annotations

import json

import pytest

from inkdigit_train.files import sha256, write_atomic, write_json


def test_error_while_writing_leaves_the_old_file(tmp_path):
    path = tmp_path / "kept.bin"
    path.write_bytes(b"old")

    def fail(stream):
        stream.write(b"new, half of it")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, fail)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_json_is_written_with_its_folders(tmp_path):
    path = tmp_path / "a" / "b.json"
    write_json(path, {"é": 1})
    assert json.loads(path.read_text(encoding="utf-8")) == {"é": 1}


def test_sha256_is_the_standard_one(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256(path).startswith("ba7816bf")
