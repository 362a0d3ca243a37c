"""Ink data sets, read and written."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from inkdigit import Ink
from inkdigit_train.data.records import InkRecord, held_out_writers, read_records, write_records
from inkdigit_train.errors import DataError, DataNotFoundError

SEVEN = '{"label": "7", "strokes": [[[0, 0], [9, 0], [4, 12]]], "writer": "a"}'
SUSPECT = '{"label": "1", "strokes": [[[0, 0]]], "suspect": true}'


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_reads_plain_and_gzip_whatever_the_name(tmp_path: Path, compress: type[bytes]) -> None:
    path = tmp_path / "ink.any"
    path.write_bytes(compress(f"{SEVEN}\n\n{SEVEN}\r\n".encode()))

    records = read_records(path)

    assert [r.label for r in records] == ["7", "7"]
    assert records[0].ink == Ink([[[0, 0], [9, 0], [4, 12]]])
    assert records[0].writer == "a"


def test_suspects_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ink.jsonl"
    path.write_text(f"{SEVEN}\n{SUSPECT}\n")

    assert [r.label for r in read_records(path)] == ["7"]


def test_missing_writer_is_none(tmp_path: Path) -> None:
    path = tmp_path / "ink.jsonl"
    path.write_text('{"label": "7", "strokes": [[[1, 2]]]}')

    assert read_records(path)[0].writer is None


def test_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match=r"no ink data set at .*nothing\.jsonl"):
        read_records(tmp_path / "nothing.jsonl")


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[1, 2]",
        '{"strokes": [[[1, 2]]]}',
        '{"label": 7, "strokes": [[[1, 2]]]}',
        '{"label": "", "strokes": [[[1, 2]]]}',
        '{"label": "7"}',
        '{"label": "7", "strokes": [[]]}',
        '{"label": "7", "strokes": [[[1, NaN]]]}',
        '{"label": "7", "strokes": [[[1, 2]]], "writer": 3}',
        "[" * 100_000,
    ],
)
def test_bad_line_names_file_and_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "ink.jsonl"
    path.write_text(f"{SEVEN}\n{line}\n")

    with pytest.raises(DataError, match=r"ink\.jsonl, line 2: "):
        read_records(path)


def test_bytes_that_are_not_text_name_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "ink.jsonl"
    path.write_bytes(b'{"label": "\xff\xfe"}')

    with pytest.raises(DataError, match="line 1"):
        read_records(path)


@pytest.mark.parametrize("damage", [lambda b: b[:40], lambda b: b[:20] + b"\0\0\0\0" + b[24:]])
def test_damaged_gzip_says_so(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "ink.jsonl.gz"
    path.write_bytes(damage(gzip.compress(SEVEN.encode())))  # type: ignore[operator]

    with pytest.raises(DataError, match="cannot be read"):
        read_records(path)


def test_a_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_records(tmp_path)


@pytest.mark.parametrize("name", ["ink.jsonl", "ink.jsonl.gz"])
def test_written_records_read_back(tmp_path: Path, name: str) -> None:
    records = [
        InkRecord("7", Ink([[[0, 0.5], [9, 3]], [[1, 1]]]), "ä"),
        InkRecord("46", Ink([[[0, 0, 0.01], [1, 2, 0.02]]])),
    ]

    assert write_records(tmp_path / name, records) == 2

    back = read_records(tmp_path / name)
    assert [(r.label, r.writer) for r in back] == [("7", "ä"), ("46", None)]
    assert [r.ink for r in back] == [r.ink for r in records]


def test_equal_records_are_equal_files(tmp_path: Path) -> None:
    records = [InkRecord("7", Ink([[[0, 0], [9, 3]]]), "a")]

    write_records(tmp_path / "one.jsonl.gz", records)
    write_records(tmp_path / "two.jsonl.gz", records)

    assert (tmp_path / "one.jsonl.gz").read_bytes() == (tmp_path / "two.jsonl.gz").read_bytes()


def test_failed_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "ink.jsonl"
    path.write_text(SEVEN)

    def records() -> object:
        yield InkRecord("1", Ink([[[0, 0]]]))
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_records(path, records())  # type: ignore[arg-type]

    assert path.read_text() == SEVEN
    assert list(tmp_path.iterdir()) == [path]


def test_one_writer_in_twelve_is_held_out() -> None:
    ink = Ink([[[0, 0]]])
    records = [InkRecord("7", ink, f"{k:02}") for k in range(24)] + [InkRecord("7", ink)]

    assert held_out_writers(records) == {"00", "12"}
