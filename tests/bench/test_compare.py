"""The comparison with other readers: its pictures, and the table it writes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from paths import ROOT


@pytest.fixture(scope="module")
def compare() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare", ROOT / "tests/bench/compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["compare"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def answers(*texts: str) -> dict[str, object]:
    rows = [{"text": text, "ms": 5.0, "problem": ""} for text in texts]
    return {"megabytes": 100.0, "rows": rows}


def test_signs_are_left_out_and_missing_readers_say_why(compare: ModuleType) -> None:
    cases = [
        compare.Case("cells", Path("a"), "digit", "7"),
        compare.Case("cells", Path("b"), "digit", "1"),
        compare.Case("rows", Path("c"), "read", "1.5\n20"),
    ]
    one = compare.Result("one", 50.0, answers("7", "7", "15\n2-0"))
    other = compare.Result("other", problem="not installed: no such package")
    text = compare.table([one, other], cases, 2)
    assert "| cells | 2 | **50.0%** |" in text
    assert "| rows | 1 | **100.0%** |" in text
    assert "| installed, MB | 3 | 50 |" in text
    assert "- other: not installed: no such package" in text
    assert "`--limit 2`" in text


def test_rows_on_which_another_reader_is_ahead_are_named(compare: ModuleType) -> None:
    cases = [
        compare.Case("cells", Path("a"), "digit", "7"),
        compare.Case("rows", Path("b"), "row", "12"),
    ]
    ours = compare.Result("inkdigit", 50.0, answers("7", "17"))
    other = compare.Result("other", 50.0, answers("7", "12"))
    text = compare.table([ours, other], cases, 9)
    assert "another reader is ahead of inkdigit: rows (other)." in text
    assert "| rows | 1 | 0.0% | **100.0%** |" in text


def test_the_same_pictures_are_chosen_each_time(compare: ModuleType) -> None:
    chosen = compare.choose(range(100), 10)
    assert chosen == sorted(set(chosen)) == compare.choose(range(100), 10)
    assert len(chosen) == 10
    assert compare.choose(range(3), 10) == [0, 1, 2]


def test_a_command_that_fails_says_its_last_line(compare: ModuleType) -> None:
    import sys

    assert compare.failed([sys.executable, "-c", "raise SystemExit('no luck')"], 60) == "no luck"
    assert compare.failed([sys.executable, "-c", ""], 60) == ""
