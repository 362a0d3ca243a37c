"""The benchmark runs through, in short: what it says is for `make bench`."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from PIL import Image

SPEC = importlib.util.spec_from_file_location("bench", Path(__file__).with_name("bench.py"))


def test_it_prints_a_table_and_writes_figures_and_a_plot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert SPEC is not None
    assert SPEC.loader is not None
    bench = importlib.util.module_from_spec(SPEC)
    SPEC.loader.exec_module(bench)
    figures, picture = tmp_path / "out" / "bench.json", tmp_path / "out" / "growth.png"
    short = ["--rounds", "2", "--processes", "1", "--digits", "1", "3", "--jobs", "1", "--files"]
    assert bench.main([*short, "2", "--json", str(figures), "--plot", str(picture)]) == 0
    table = capsys.readouterr().out
    written = json.loads(figures.read_text(encoding="utf-8"))
    for row in written["rows"]:
        assert row["name"] in table
        assert row["value"] is None or row["value"] > 0
        assert (row["value"] is None) == ("reason" in row)
    assert [point["digits"] for point in written["growth"]["digits"]] == [1, 3]
    with Image.open(picture) as drawn:
        assert drawn.size[0] > 500
