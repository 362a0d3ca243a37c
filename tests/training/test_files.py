"""Files read: gzip or plain, and their fingerprints."""

from __future__ import annotations

import gzip

import pytest

from inkdigit_train.errors import DataError, DataNotFoundError
from inkdigit_train.files import read_packed, sha256


def test_gzip_is_unpacked_whatever_the_name(tmp_path):
    path = tmp_path / "some.txt"
    path.write_bytes(gzip.compress(b"abc"))
    assert read_packed(path, "text") == b"abc"
    path.write_bytes(b"abc")
    assert read_packed(path, "text") == b"abc"


def test_a_missing_file_and_a_damaged_one_are_errors(tmp_path):
    path = tmp_path / "some.gz"
    with pytest.raises(DataNotFoundError, match=r"no text at .*some\.gz"):
        read_packed(path, "text")
    path.write_bytes(gzip.compress(b"abc")[:-3])
    with pytest.raises(DataError, match="cannot be read"):
        read_packed(path, "text")


def test_sha256_is_the_standard_one(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256(path).startswith("ba7816bf")
