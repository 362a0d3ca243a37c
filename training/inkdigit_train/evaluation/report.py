"""Exported models in; figures, their summary over the models, a table and plots out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inkdigit_train.data.touching import KINDS
from inkdigit_train.evaluation.answers import LoadedModel
from inkdigit_train.evaluation.degrade import DEGRADATIONS
from inkdigit_train.evaluation.figures import measure
from inkdigit_train.evaluation.numbers import STYLES, evaluate_numbers
from inkdigit_train.evaluation.plots import draw_plots
from inkdigit_train.evaluation.sheets import draw_sheets
from inkdigit_train.evaluation.test_sets import read_numbers, read_test_sets
from inkdigit_train.files import sha256

__all__ = ["evaluate", "table"]

NOT_SUMMARISED = ("per_class", "confusion", "lowest", "labels")  # these stay in "first" alone


def evaluate(
    models: Sequence[Path], folder: Path | None, out: Path, limit: int | None = None
) -> dict[str, Any]:
    """Measure exported models, and draw plots and sheets of the first one.

    Args:
        models: Files written by `export`, from runs that differ in their seed only.
        folder: The data folder; see `data_folder`.
        out: Folder for plots/ and for sheets/, which show parts of the data sets.
        limit: Only so many of each set; None for all.

    Returns:
        Ready for JSON: "models" (sha256 of each), "summary" (mean, std and values of each figure by
        its dotted name; fractions are 0 to 1), "first" (all figures of the first model), "sources".

    Raises:
        DataError, DataNotFoundError: If a data file is damaged, or MNIST is missing.
        ModelError: If a model is missing or damaged.
    """
    loaded = [LoadedModel(Path(path)) for path in models]  # a damaged model is found at once
    sets = read_test_sets(folder, limit)
    measured = [measure(model, sets) for model in loaded]
    if folder is not None:
        for model, each in zip(loaded, measured, strict=True):
            each.figures["numbers"] = evaluate_numbers(model.recognizer, folder, limit)
    draw_plots(measured, sets, out / "plots")
    numbers = [] if folder is None else read_numbers(folder, limit)
    draw_sheets(measured[0], sets, out / "sheets", numbers)
    return {
        "models": [sha256(model.path) for model in loaded],
        "summary": _summary([m.figures for m in measured]),
        "first": measured[0].figures,
        "sources": dict(sets.sources),
    }


def _summary(figures: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Mean, sample standard deviation and values of each of the first model's figures."""
    flat = [dict(_flatten(f)) for f in figures]
    summary = {}
    for name in flat[0]:
        values = [f[name] for f in flat if name in f]
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
        summary[name] = {"mean": float(np.mean(values)), "std": spread, "values": values}
    return summary


def _flatten(figures: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            if name not in NOT_SUMMARISED:
                yield from _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, (int, float)):
            yield prefix + name, value


def _percent(value: float) -> str:
    return f"{100 * value:.2f} %"


ROWS: list[tuple[str, str, Callable[[float], str]]] = [
    ("MNIST test", "mnist.accuracy", _percent),
    ("  wrong or refused, of 10,000", "mnist.errors", "{:.1f}".format),
    ("  of the ten digits alone", "mnist.accuracy_of_the_ten", _percent),
    ("  calibration error (ECE)", "mnist.ece", _percent),
    *((f"  {n}", f"mnist_degraded.{n}.accuracy", _percent) for n in DEGRADATIONS),
    ("MNIST test as small pictures", "mnist_pictures.as it is.accuracy", _percent),
    *((f"  {n}", f"mnist_pictures.{n}.accuracy", _percent) for n in ("inverted", *DEGRADATIONS)),
    ("Ink of unseen writers", "ink.accuracy", _percent),
    ("  wrong or refused", "ink.errors", "{:.1f}".format),
    ("  of the ten digits alone", "ink.accuracy_of_the_ten", _percent),
    ("  calibration error (ECE)", "ink.ece", _percent),
    ("  worst writer", "ink.writers.worst", _percent),
    ("  writers without an error", "ink.writers.share_without_error", _percent),
    ("Letters and symbols: AUROC", "nondigits.auroc", "{:.4f}".format),
    ("  accepted at 98 % of digits kept", "nondigits.accepted_at_98", _percent),
    ("  AUROC without mere bars", "nondigits.auroc_without_bars", "{:.4f}".format),
    ("  accepted at 98 %, without mere bars", "nondigits.accepted_at_98_without_bars", _percent),
    ("  accepted as shipped", "nondigits.accepted_as_shipped", _percent),
    ("  digits kept as shipped", "nondigits.digits_kept_as_shipped", _percent),
    ("Sudoku cells, photos", "sudoku_cells.accuracy", _percent),
    ("  refused", "sudoku_cells.refused", _percent),
    ("Real numbers, whole string", "numbers.real_numbers.exact", _percent),
    ("  with the length given", "numbers.real_numbers.exact_with_length", _percent),
    ("  digit error rate", "numbers.real_numbers.digit_error_rate", _percent),
    ("The same as pictures, whole string", "numbers.pictures.exact", _percent),
    ("  with the length given", "numbers.pictures.exact_with_length", _percent),
    ("  digit error rate", "numbers.pictures.digit_error_rate", _percent),
    ("Photos of pages, whole lines", "numbers.photos.lines_right", _percent),
    ("  digits", "numbers.photos.digit_accuracy", _percent),
    *((f"Composed numbers, {n}", f"numbers.composed.{n}.exact", _percent) for n in STYLES),
    ("Touching digits as pictures", "numbers.touching.exact", _percent),
    *((f"  {kind}", f"numbers.touching.{kind}.exact", _percent) for kind in KINDS),
    ("Letters among digits, marked", "numbers.letters.letters_marked", _percent),
    ("  digits there, right", "numbers.letters.digits_right", _percent),
]


def table(report: Mapping[str, Any]) -> str:
    """The figures of `evaluate` as text for a terminal."""
    summary = report["summary"]
    width = max(len(title) for title, _, _ in ROWS)
    lines = []
    for title, name, form in ROWS:
        if name not in summary:
            continue
        mean, std = summary[name]["mean"], summary[name]["std"]
        spread = "" if std is None else f" ± {form(std).removesuffix(' %')}"
        lines.append(f"{title:<{width}}  {form(mean):>9}{spread}")
    count = len(report["models"])
    lines.append("one model" if count == 1 else f"mean ± standard deviation of {count} models")
    return "\n".join(lines)
