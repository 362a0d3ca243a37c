"""Constants found, moved and measured, in a package made here."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.evaluation import constants, sensitivity
from inkdigit_train.evaluation.constants import Constant, changed, find_constants
from inkdigit_train.evaluation.sensitivity import Sample, markdown

ROOM = """
LEVEL = 0.35
SIDE: int = 28
LEAST, SPAN, MOST = -2, (1, 2), 1.0
FLAG, NAME, NOTHING = True, "x", 0.0
TWICE = 2 * LEVEL
lower = 3

def level():
    return LEVEL
"""
USER = """
from made_runtime._room.levels import LEVEL as OWN, SIDE
from made_runtime._room import levels

def read():
    if SIDE != 28:
        raise ValueError(SIDE)
    return str(int(100 * OWN))
"""


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package with constants in one room, used by a module outside of it."""
    room = tmp_path / "made_runtime" / "_room"
    room.mkdir(parents=True)
    for path in (room / "__init__.py", room.parent / "__init__.py"):
        path.write_text("")
    (room / "levels.py").write_text(ROOM)
    (room.parent / "reader.py").write_text(USER)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(constants, "FOLDER", room.parent)
    monkeypatch.setattr(constants, "PACKAGE", "made_runtime")
    yield "made_runtime._room.levels"
    for name in [name for name in sys.modules if name.startswith("made_runtime")]:
        del sys.modules[name]


def test_plain_numbers_in_capitals_are_found(runtime: str) -> None:
    found = find_constants(["_room"])

    assert {(c.name, c.value) for c in found} == {
        ("LEVEL", 0.35), ("SIDE", 28), ("LEAST", -2), ("MOST", 1.0),
    }  # fmt: skip
    assert found[0].full_name == "_room.levels.LEVEL"


@pytest.mark.parametrize(
    ("value", "lower", "higher"),
    [(28, 21, 35), (1, 0, 2), (-2, -1, -3), (0, -1, 1), (3, 2, 4), (0.4, 0.3, 0.5), (-4.0, -3, -5)],
)
def test_whole_numbers_move_by_one_at_least(value: float, lower: float, higher: float) -> None:
    constant = Constant("m", "C", value)
    assert constant.scaled(0.75) == pytest.approx(lower)
    assert constant.scaled(1.25) == pytest.approx(higher)
    assert type(constant.scaled(0.75)) is type(value)


def test_a_constant_changes_where_it_is_imported_and_comes_back(runtime: str) -> None:
    levels, reader = (importlib.import_module(n) for n in (runtime, "made_runtime.reader"))

    with pytest.raises(KeyError), changed(Constant(runtime, "LEVEL", 0.35), 0.5):
        assert (levels.level(), reader.read()) == (0.5, "50")
        assert levels.TWICE == 0.7
        raise KeyError

    assert (levels.level(), reader.read()) == (0.35, "35")


def test_the_runtime_has_the_values_of_its_source() -> None:
    found = find_constants()
    assert any(c.module.startswith("inkdigit._segment") for c in found)
    for constant in found:
        assert getattr(importlib.import_module(constant.module), constant.name) == constant.value


def test_each_constant_is_measured_lower_and_higher(
    runtime: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writing: Writing
) -> None:
    reader = importlib.import_module("made_runtime.reader")
    kinds = {name: sensitivity.KINDS[name] for name in ("print only",)}
    monkeypatch.setattr(sensitivity, "KINDS", kinds)
    monkeypatch.setattr(sensitivity, "read_writing", lambda _folder, validation: writing)
    monkeypatch.setattr(sensitivity, "Recognizer", lambda _model: None)

    def read(_source: object, _mode: str) -> str:
        return "" if reader.read() == "35" else reader.read()

    monkeypatch.setattr(sensitivity, "rules_reader", lambda _recognizer: read)
    model = tmp_path / "model.onnx"
    model.write_bytes(b"")

    report = sensitivity.sensitivity(
        model, tmp_path, find_constants(["_room"])[:2], Sample(pages=3), jobs=1
    )

    assert (report["readings"], report["rows"], report["exact"]) == (3, 3, 3)
    level, side = report["constants"]
    assert (level["name"], level["value"]) == ("_room.levels.LEVEL", 0.35)
    assert level["lower"] == {"value": pytest.approx(0.2625), "exact": 0, "changed": 3}
    assert side["higher"] == {"value": 35, "exact": None, "changed": None}
    section = markdown(report)
    assert "100.0 % of the 3 rows" in section
    assert "| `_room.levels.LEVEL` | 0.35 | 0.0 % | 3 | 0.0 % | 3 |" in section
    assert "| `_room.levels.SIDE` | 28 | fails |  | fails |  |" in section
