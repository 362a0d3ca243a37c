"""A model and constants of the runtime in; what moving each of them does to its readings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from inkdigit import Recognizer
from inkdigit.drawing import draw_ink
from inkdigit.recognizer import Source
from inkdigit_train.data.pages.kinds import KINDS, make_pages
from inkdigit_train.data.pages.writing import read_writing
from inkdigit_train.evaluation.constants import Constant, changed
from inkdigit_train.evaluation.made_pages import BOXED, mode_of, rows_of
from inkdigit_train.evaluation.metrics import compare_rows
from inkdigit_train.evaluation.parts import JOBS
from inkdigit_train.evaluation.pictures import rules_reader
from inkdigit_train.evaluation.test_sets import read_cells, read_numbers
from inkdigit_train.evaluation.workers import spread
from inkdigit_train.files import sha256

__all__ = ["Sample", "markdown", "sensitivity"]

LOWER, HIGHER = 0.75, 1.25


@dataclass(frozen=True)
class Sample:
    """How much is read with each value of a constant: by default half a minute's worth.

    Attributes:
        pages: Made pages of each kind.
        seed: Of the pages.
        cells: Photographed sudoku cells.
        numbers: Real numbers, each as a picture and as ink.
    """

    pages: int = 8
    seed: int = 2000  # no figure of `evaluate` has these pages
    cells: int = 100
    numbers: int = 60


def sensitivity(
    model: Path,
    folder: Path | None,
    constants: Sequence[Constant],
    sample: Sample | None = None,
    jobs: int = JOBS,
) -> dict[str, Any]:
    """Read a sample with each constant lowered and raised by a quarter, all others as they are.

    Args:
        model: An exported model.
        folder: The data folder; cells and numbers are left out where it has none.
        constants: See `find_constants`.
        sample: What to read.
        jobs: Processes.

    Returns:
        Ready for JSON: "model" (its sha256), "sample", "readings" and "rows" of it, "exact" (rows
        read exactly, as `compare_rows` counts, with the constants as they are), and "constants",
        each with its "name" and "value" and, as "lower" and "higher", "value", "exact", and
        "changed", the number of readings that differ. The last two are None where reading fails.

    Raises:
        DataError, DataNotFoundError: If a data file is missing or damaged.
        ModelError: If the model is missing or damaged.
    """
    sample = sample or Sample()
    changes = [_Change(model, folder, sample)]
    changes += [
        _Change(model, folder, sample, constant, constant.scaled(factor))
        for constant in constants
        for factor in (LOWER, HIGHER)
    ]
    shipped, *moved = spread(_read_with, changes, jobs, "constants")
    assert shipped is not None
    found: list[dict[str, Any]] = [{"name": c.full_name, "value": c.value} for c in constants]
    for index, (change, outcome) in enumerate(zip(changes[1:], moved, strict=True)):
        side = ("lower", "higher")[index % 2]
        found[index // 2][side] = _compare(shipped, outcome, change.value)
    return {
        "model": sha256(model),
        "sample": asdict(sample),
        "readings": len(shipped.texts),
        "rows": shipped.rows,
        "exact": shipped.exact,
        "constants": found,
    }


def markdown(report: Mapping[str, Any]) -> str:
    """A report of `sensitivity` as a section for the model card."""
    sample, rows = report["sample"], report["rows"]

    def percent(exact: int | None) -> str:
        return "fails" if exact is None else f"{100 * exact / rows:.1f} %"

    lines = [
        "## Sensitivity to the runtime's constants",
        "",
        "Each plain number in the modules that read, lowered and raised by a quarter (whole numbers"
        " by 1 at least), all others as they are; what is computed from it at import stays. Read"
        f" each time: {sample['pages']} made pages of each kind, {sample['cells']} sudoku cells,"
        f" {sample['numbers']} real numbers as pictures and as ink. With the constants as shipped"
        f' {percent(report["exact"])} of the {rows:,} rows are exact. "Changed" counts the'
        f" readings that differ, of {report['readings']:,}. Printed by `python -m inkdigit_train"
        " sensitivity`.",
        "",
        "| constant | value | −25 % | changed | +25 % | changed |",
        "|---|---|---|---|---|---|",
    ]
    for constant in report["constants"]:
        cells = [f"`{constant['name']}`", f"{constant['value']:g}"]
        for side in (constant["lower"], constant["higher"]):
            changed_readings = "" if side["changed"] is None else str(side["changed"])
            cells += [percent(side["exact"]), changed_readings]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, eq=False)
class _Item:
    """Something to read, and what is written there."""

    source: Source
    mode: str
    rows: tuple[str, ...]
    boxed: bool = False


@dataclass(frozen=True)
class _Change:
    """What to read, and with which value of a constant."""

    model: Path
    folder: Path | None
    sample: Sample
    constant: Constant | None = None
    value: float = 0.0


@dataclass(frozen=True)
class _Outcome:
    """What was read; something without a digit counts as a row, exact if no digit is read."""

    texts: list[str]
    rows: int
    exact: int


def _compare(shipped: _Outcome, moved: _Outcome | None, value: float) -> dict[str, Any]:
    if moved is None:
        return {"value": value, "exact": None, "changed": None}
    pairs = zip(shipped.texts, moved.texts, strict=True)
    differing = sum(before != after for before, after in pairs)
    return {"value": value, "exact": moved.exact, "changed": differing}


def _read_with(change: _Change) -> _Outcome | None:
    """The readings with one constant changed; None where that breaks the runtime."""
    items = _items(change.folder, change.sample)
    if change.constant is None:
        return _read(change.model, items)
    with changed(change.constant, change.value):
        try:
            return _read(change.model, items)
        except Exception:  # noqa: BLE001  another size of the raster may fail in any way
            return None


def _read(model: Path, items: Sequence[_Item]) -> _Outcome:
    reader = rules_reader(Recognizer(model))  # a new one: it may keep what a constant gave it
    texts = [reader(item.source, item.mode) for item in items]
    rows = exact = 0
    for item, text in zip(items, texts, strict=True):
        right, rest = compare_rows(text, item.rows, item.boxed)
        rows += len(item.rows) or 1
        exact += right if item.rows else not rest
    return _Outcome(texts, rows, exact)


@lru_cache(maxsize=1)  # in each process
def _items(folder: Path | None, sample: Sample) -> list[_Item]:
    writing = read_writing(folder, validation=True)
    items = [
        _Item(page.pixels, mode_of(page), rows_of(page), kind in BOXED)
        for kind in KINDS
        for page in make_pages(kind, writing, sample.pages, sample.seed)
    ]
    cells, labels = read_cells(folder)
    step = max(1, len(cells) // sample.cells)
    some = list(zip(cells, labels, strict=True))[::step][: sample.cells]
    items += [_Item(cell, "digit", (str(label),)) for cell, label in some]
    numbers = [] if folder is None else read_numbers(folder, sample.numbers)[: sample.numbers]
    for show in (draw_ink, lambda ink: ink):
        items += [_Item(show(n.ink), "read", (n.label,)) for n in numbers]
    return items
