"""The example that reads an archive on a Ray cluster, here of two workers on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

REASON = "Ray is not installed: pip install --group cluster"


@pytest.fixture(scope="module")
def scans(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scans")
    for k in range(4):
        shutil.copy(samples / "seven.png", folder / f"seven{k}.png")
        shutil.copy(samples / "three.png", folder / f"three{k}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def run(example: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(example), *args, "--workers", "2", "--batch", "3"]
    env = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0"}
    return subprocess.run(
        command, capture_output=True, text=True, env=env, timeout=240, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_every_picture_is_a_row_and_a_second_run_reads_what_is_new(
    example_path: Callable[[str], Path], scans: Path, tmp_path: Path, form: str
) -> None:
    pytest.importorskip("ray", reason=REASON)
    import pyarrow.csv
    import pyarrow.parquet

    out = tmp_path / "rows"
    example = example_path("ray_archive")
    done = run(example, str(scans), str(out), "--format", form)
    assert done.returncode == 1, done.stderr
    assert "9 pictures" in done.stderr
    assert "1 of them unreadable" in done.stderr
    read = pyarrow.csv.read_csv if form == "csv" else pyarrow.parquet.read_table
    rows = {row["path"]: row for file in out.iterdir() for row in read(file).to_pylist()}
    assert len(rows) == 9
    for path, row in rows.items():
        name = Path(path).name
        expected = "" if "broken" in name else "7" if "seven" in name else "3"
        assert str(row["text"] if row["text"] is not None else "") == expected
        assert bool(row["error"]) == ("broken" in name)
    shutil.copy(scans / "seven0.png", scans / f"late-{form}.png")
    again = run(example, str(scans), str(out), "--format", form)
    (scans / f"late-{form}.png").unlink()
    assert again.returncode == 0, again.stderr
    assert again.stderr.splitlines()[-1].startswith("1 pictures")
    assert "9 read before" in again.stderr


def test_pictures_are_listed_from_a_folder_or_a_list(
    load_example: Callable[[str], ModuleType], scans: Path, tmp_path: Path
) -> None:
    example = load_example("ray_archive")
    found = list(example.list_pictures(scans))
    assert len(found) == 9
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(found[:2]) + "\n\n")
    assert list(example.list_pictures(listed)) == found[:2]
