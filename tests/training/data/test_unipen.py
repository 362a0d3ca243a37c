"""The UNIPEN reader."""

from __future__ import annotations

import gzip
import logging
from pathlib import Path

import numpy as np
import pytest
from paths import DATA

from inkdigit_train.data.records import InkRecord, read_records
from inkdigit_train.data.unipen import import_unipen, read_unipen
from inkdigit_train.errors import DataError, DataNotFoundError

TWO_STROKES = """\
.VERSION 1.0
.COORD X Y T
.HIERARCHY WORD CHARACTER
.WRITER_ID 42
.SEGMENT WORD 0-2 ? "41"
.SEGMENT CHARACTER 0-1 GOOD "4"
.SEGMENT CHARACTER 2 ? "1"
.PEN_DOWN
 10 20 0
 12 10 1
.PEN_UP
.DT 100
.PEN_DOWN
 14 20 5
 14 0 6
.PEN_UP
.PEN_DOWN
 30 20 9
 30 0 10
.PEN_UP
"""


def read(tmp_path: Path, text: str) -> list[InkRecord]:
    path = tmp_path / "some.dat"
    path.write_text(text)
    return read_unipen(path)


def strokes(record: InkRecord) -> list[list[list[float]]]:
    return record.ink.to_dict()["strokes"]


def line(count: int) -> str:
    return "".join(f" {k} 0\n" for k in range(count))


def test_segment_takes_its_components_with_y_down(tmp_path: Path) -> None:
    four = read(tmp_path, TWO_STROKES)[1]

    assert (four.label, four.writer) == ("4", "42")
    assert strokes(four) == [[[0, 0], [2, 10]], [[4, 0], [4, 20]]]


def test_segments_of_all_levels_are_read(tmp_path: Path) -> None:
    assert [r.label for r in read(tmp_path, TWO_STROKES)] == ["41", "4", "1"]


def test_pen_up_with_points_is_a_component_but_not_ink(tmp_path: Path) -> None:
    text = f".PEN_DOWN\n{line(2)}.PEN_UP\n{line(3)}.PEN_DOWN\n{line(4)}"
    first, both = read(tmp_path, text + '.SEGMENT X 2 ? "1"\n.SEGMENT X 0-2 ? "2"\n')

    assert [len(s) for s in first.ink] == [4]
    assert [len(s) for s in both.ink] == [2, 4]


@pytest.mark.parametrize(
    ("delineation", "lengths"),
    [
        ("0", [5]),
        ("0-2", [5, 6, 7]),
        ("0,2", [5, 7]),
        ("0-1,2", [5, 6, 7]),
        ("0, 2", [5, 7]),
        ("0:3-1:2", [2, 3]),
        ("0:3-2", [2, 6, 7]),
        ("0-1:2", [5, 3]),
        ("1:2-1:4", [3]),
        ("1:2", [1]),
    ],
)
def test_delineations(tmp_path: Path, delineation: str, lengths: list[int]) -> None:
    text = "".join(f".PEN_DOWN\n{line(count)}.PEN_UP\n" for count in (5, 6, 7))

    (record,) = read(tmp_path, f'{text}.SEGMENT DIGIT {delineation} ? "7"\n')

    assert [len(s) for s in record.ink] == lengths


@pytest.mark.parametrize("delineation", ["3", "0-3", "2-1", "0:5", "0:0-1:6", "1:4-1:2", "0--1"])
def test_segment_of_missing_components_is_skipped_and_logged(
    tmp_path: Path, delineation: str, caplog: pytest.LogCaptureFixture
) -> None:
    text = "".join(f".PEN_DOWN\n{line(count)}" for count in (5, 6, 7))

    with caplog.at_level(logging.WARNING):
        records = read(tmp_path, f'{text}.SEGMENT D {delineation} ? "7"\n.SEGMENT D 0 ? "1"\n')

    assert [r.label for r in records] == ["1"]
    assert "some.dat, line 22: segment skipped" in caplog.text


def test_components_are_numbered_from_0_in_each_set(tmp_path: Path) -> None:
    part = '.START_SET {}\n.SEGMENT DIGIT 0 ? "{}"\n.PEN_DOWN\n{}'

    records = read(tmp_path, part.format("a", 1, line(2)) + part.format("b", 2, line(3)))

    assert [(r.label, len(r.ink.strokes[0])) for r in records] == [("1", 2), ("2", 3)]


def test_labels_are_unescaped(tmp_path: Path) -> None:
    segments = '.SEGMENT C 0 ? "\\""\n.SEGMENT C 0 ? "\\\\"\n.SEGMENT C 0 ? "a\nb"\n'

    records = read(tmp_path, f".PEN_DOWN\n{line(2)}{segments}.SEGMENT C 0 ?\n")

    assert [r.label for r in records] == ['"', "\\", "a b"]


def test_aspect_is_kept_if_the_axes_differ_in_resolution(tmp_path: Path) -> None:
    header = ".X_POINTS_PER_INCH 200\n.Y_POINTS_PER_INCH 100\n"

    (record,) = read(tmp_path, f'{header}.PEN_DOWN\n 0 0\n 10 10\n.SEGMENT D 0 ? "1"\n')

    assert record.ink.bounds == (0, 0, 10, 20)


def test_names_of_writers_are_hashed(tmp_path: Path) -> None:
    (record,) = read(tmp_path, f'.WRITER_ID Ann\n.PEN_DOWN\n{line(2)}.SEGMENT D 0 ? "1"\n')

    assert record.writer is not None
    assert "Ann" not in record.writer


def test_includes_are_found_beside_and_above_and_in_include_folders(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "1a"
    folder.mkdir(parents=True)
    ink = tmp_path / "include" / "lab" / "ink.dat"
    ink.parent.mkdir(parents=True)
    ink.write_text(f".WRITER_ID 7\n.PEN_DOWN\n{line(3)}")
    path = folder / "labels.dat"
    path.write_text('.INCLUDE lab/ink.dat\n.SEGMENT CHARACTER 0 ? "1"\n')

    (record,) = read_unipen(path)

    assert (record.label, record.writer) == ("1", "7")


@pytest.mark.parametrize("name", ["missing.doc", "../../secret", "/etc/hostname", ""])
def test_missing_include_is_logged_and_skipped(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        records = read(tmp_path, f".INCLUDE {name}\n{TWO_STROKES}")

    assert len(records) == 3
    assert "to include" in caplog.text


def test_files_that_include_each_other_say_so(tmp_path: Path) -> None:
    (tmp_path / "other.dat").write_text(".INCLUDE some.dat\n")

    with pytest.raises(DataError, match="includes go"):
        read(tmp_path, ".INCLUDE other.dat\n")


@pytest.mark.parametrize("points", ["1 2 3", "1 x"])
def test_bad_points_name_file_and_line(tmp_path: Path, points: str) -> None:
    with pytest.raises(DataError, match=r"some\.dat, line 2: "):
        read(tmp_path, f".COORD X Y\n.PEN_DOWN\n{points}\n")


def test_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match="no UNIPEN file"):
        read_unipen(tmp_path / "nothing.dat")


def test_import_writes_the_records_of_files_and_folders(tmp_path: Path) -> None:
    folder = tmp_path / "disc" / "deep"
    folder.mkdir(parents=True)
    (folder / "one.dat").write_text(TWO_STROKES)
    two = tmp_path / "two.unp.gz"
    two.write_bytes(gzip.compress(TWO_STROKES.encode()))

    count = import_unipen([tmp_path / "disc", two], tmp_path / "out.jsonl.gz")

    assert count == 6
    assert [r.label for r in read_records(tmp_path / "out.jsonl.gz")] == ["41", "4", "1"] * 2


def test_import_of_nothing_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.dat").write_text(".VERSION 1.0\n")

    with pytest.raises(DataError, match="no labelled segment"):
        import_unipen([tmp_path / "empty.dat"], tmp_path / "out.jsonl.gz")

    assert not (tmp_path / "out.jsonl.gz").exists()


def test_pendigits_matches_its_conversion_record_by_record() -> None:
    raw, converted = (DATA / "ink" / f"pendigits-train.{end}.gz" for end in ("raw", "jsonl"))
    if not (raw.is_file() and converted.is_file()):
        pytest.skip(f"no pendigits in {DATA / 'ink'}")

    ours, theirs = read_unipen(raw), read_records(converted)

    assert len(ours) == len(theirs) == 7494
    for one, other in zip(ours, theirs, strict=True):
        assert (one.label, one.writer) == (other.label, other.writer)
        corner = np.float32(other.ink.bounds[:2])  # theirs are where the tablet had them
        assert len(one.ink) == len(other.ink)
        for stroke, same in zip(one.ink, other.ink, strict=True):
            np.testing.assert_array_equal(stroke.points + corner, same.points)
