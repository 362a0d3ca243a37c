"""The check of a built package, on packages made here."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

import check_apk


def library(*alignments: int) -> bytes:
    """An ELF header and table, with one loaded segment per alignment and one other segment."""
    header = (
        b"\x7fELF\x02\x01\x01"
        + bytes(9)
        + struct.pack("<HHIQQQIHHH", 3, 183, 1, 0, 64, 0, 0, 64, 56, len(alignments) + 1)
    )
    loaded = [struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, 0, 0, a) for a in alignments]
    return (
        header.ljust(64, b"\0")
        + b"".join(loaded)
        + struct.pack("<IIQQQQQQ", 2, 6, 0, 0, 0, 0, 0, 8)
    )


def package(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def test_aligned_libraries_and_no_permission_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = package(
        tmp_path / "good.apk",
        **{
            "lib__arm64-v8a__libonnxruntime.so": library(16_384, 65_536),
            "lib__armeabi-v7a__libold.so": b"32 bits have pages of 4 KB for ever",
            "AndroidManifest.xml": "io.github.inkdigit".encode("utf-16-le"),
        },
    )
    assert check_apk.main([str(path)]) == 0
    assert capsys.readouterr().out == "No problems found.\n"


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("lib__arm64-v8a__liba.so", library(16_384, 4096), "4096"),
        ("lib__x86_64__liba.so", b"no library", "ELF"),
        ("AndroidManifest.xml", b"\0\x22android.permission.INTERNET\0", "INTERNET"),
        (
            "base__manifest__AndroidManifest.xml",
            b"\0" + "android.permission.CAMERA".encode("utf-16-le"),
            "CAMERA",
        ),
    ],
)
def test_problems_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, word: str
) -> None:
    path = package(tmp_path / "bad.apk", **{name: content})
    assert check_apk.main([str(path)]) == 1
    assert word in capsys.readouterr().out
