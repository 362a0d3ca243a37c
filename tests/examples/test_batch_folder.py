"""The example that reads a folder into a table."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def example(load_example: Callable[[str], ModuleType]) -> ModuleType:
    return load_example("batch_folder")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_each_picture_is_a_row_in_order_of_name(
    example: ModuleType, samples: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    assert example.main([str(samples), str(out)]) == 0
    rows = table(out)
    assert [(row["file"], row["text"]) for row in rows] == [("seven.png", "7"), ("three.png", "3")]
    assert all(row["check"] == "no" and row["error"] == "" for row in rows)
    assert all(float(row["confidence"]) > 0.9 for row in rows)


def test_a_damaged_file_is_a_row_that_says_why(
    example: ModuleType, samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "broken.png").write_bytes(b"no picture")
    shutil.copy(samples / "seven.png", folder)
    out = tmp_path / "out.csv"
    assert example.main([str(folder), str(out), "--length", "1"]) == 1
    broken, seven = table(out)
    assert "expected" in broken["error"]
    assert (broken["text"], broken["check"]) == ("", "yes")
    assert (seven["text"], seven["check"]) == ("7", "no")
    assert capsys.readouterr().err.startswith("2 files, 1 of them unreadable")
