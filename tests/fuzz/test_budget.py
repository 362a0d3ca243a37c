"""SECURITY.md's budget, measured: files that took minutes or gigabytes once, each in a process."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest
from paths import ROOT
from tests.fuzz.budget import EVERY
from tests.fuzz.genomes import express, mutated, random_genome
from tests.fuzz.hostile import MAX_BYTES
from tests.fuzz.hostile_pages import read_as
from tests.fuzz.measure import MAX_MB, MAX_S, measure
from tests.fuzz.readers import make_source

# One of each way to be slow; `python -m tests.fuzz.budget` measures all.
QUICK = (
    *("crowd-large.png", "scans.jpg", "float-40.tiff", "deep-40.png", "jumps.bmp"),
    *("comments.pgm", "million.json", "mixed-large.json", "line.json", "contexts.inkml"),
    *("turns.svg", "table-strip.png"),
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells a process what it holds")


def test_the_budget_is_the_one_that_is_promised():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert re.search(rf"{MAX_S:.0f} seconds.{{0,90}}{MAX_MB:.0f} MB", text, re.DOTALL)


@linux
@pytest.mark.parametrize("name", QUICK)
def test_hostile_files_are_within_the_budget(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(EVERY[name]())
    assert path.stat().st_size <= MAX_BYTES
    cost = measure(path, read_as(name, "read"), limit_s=2 * MAX_S)
    assert "CRASH" not in cost.answer
    assert cost.seconds <= MAX_S
    assert cost.mb <= MAX_MB


@pytest.mark.parametrize("family", ["picture", "ink"])
def test_genomes_are_files_that_vary(family):
    rng = np.random.default_rng(0)
    genome = {**random_genome(family, rng), "count": 5.0, "points": 9.0, "size": 50.0}
    for form in np.arange(0.05, 1, 0.125):
        content, suffix = express({**genome, "form": float(form)}, family)
        assert content == express({**genome, "form": float(form)}, family)[0]
        make_source(content, suffix)
    changed = mutated(genome, family, rng)
    assert changed != genome
    assert changed.keys() == genome.keys()
