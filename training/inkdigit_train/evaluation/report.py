"""Exported models in; figures, their summary over the models, plots and sheets out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inkdigit_train.evaluation.answers import LoadedModel
from inkdigit_train.evaluation.crops import evaluate_crops
from inkdigit_train.evaluation.drawn.plots import draw_plots, draw_writers
from inkdigit_train.evaluation.drawn.sheets import draw_number_sheets, draw_sheets
from inkdigit_train.evaluation.figures import measure
from inkdigit_train.evaluation.invariance import evaluate_invariance
from inkdigit_train.evaluation.made_pages import evaluate_pages
from inkdigit_train.evaluation.made_tables import evaluate_tables
from inkdigit_train.evaluation.numbers import evaluate_numbers
from inkdigit_train.evaluation.parts import JOBS, PARTS
from inkdigit_train.evaluation.pictures import evaluate_pictures
from inkdigit_train.evaluation.practice import evaluate_practice
from inkdigit_train.evaluation.signs import evaluate_signs
from inkdigit_train.evaluation.test_sets import read_numbers, read_test_sets
from inkdigit_train.evaluation.writers import evaluate_writers
from inkdigit_train.files import sha256

__all__ = ["evaluate"]

NOT_SUMMARISED = ("per_class", "confusion", "lowest", "labels")  # these stay in "first" alone


def evaluate(
    models: Sequence[Path],
    folder: Path | None,
    out: Path,
    limit: int | None = None,
    parts: Sequence[str] = PARTS,
    jobs: int = JOBS,
) -> dict[str, Any]:
    """Measure exported models, and draw plots and sheets of the first one.

    Args:
        models: Files written by `export`, from runs that differ in their seed only.
        folder: The data folder; see `data_folder`. What it lacks is left out.
        out: Folder for plots/ and for sheets/, which show parts of the data sets.
        limit: Only so many of each set; None for all.
        parts: What to measure, of `PARTS`.
        jobs: Processes that read pages and pictures.

    Returns:
        Ready for JSON: "models" (sha256 of each), "summary" (mean, std and values of each figure by
        its dotted name; fractions are 0 to 1), "first" (all figures of the first model), "sources".

    Raises:
        DataError, DataNotFoundError: If a data file is damaged, or MNIST is missing.
        ModelError: If a model is missing or damaged.
    """
    loaded = [LoadedModel(Path(path)) for path in models]  # a damaged model is found at once
    figures: list[dict[str, Any]] = [{} for _ in loaded]
    sources: Mapping[str, str] = {}
    if "digits" in parts:
        sets = read_test_sets(folder, limit)
        sources = sets.sources
        measured = [measure(model, sets) for model in loaded]
        for each, own in zip(measured, figures, strict=True):
            own.update(each.figures)
        draw_plots(measured, sets, out / "plots")
        draw_sheets(measured[0], sets, out / "sheets")
    for index, (model, own) in enumerate(zip(loaded, figures, strict=True)):
        own.update(
            _of_reading(model, folder, limit, parts, jobs, None if index else out / "sheets")
        )
    writers = figures[0].get("writers")
    if writers:
        draw_writers(writers, out / "plots")
    return {
        "models": [sha256(model.path) for model in loaded],
        "summary": _summary(figures),
        "first": figures[0],
        "sources": dict(sources),
    }


def _of_reading(
    model: LoadedModel,
    folder: Path | None,
    limit: int | None,
    parts: Sequence[str],
    jobs: int,
    sheets: Path | None,
) -> dict[str, Any]:
    """A model's figures on more than single digits, by part; arguments as for `evaluate`."""
    own: dict[str, Any] = {}
    if "pages" in parts:
        own["pages"] = evaluate_pages(model.path, folder, limit, jobs, sheets)
    if "tables" in parts:
        own["tables"] = evaluate_tables(model.path, folder, limit, jobs)
    if "pictures" in parts:
        own["pictures"] = evaluate_pictures(model.path, folder, limit, jobs, sheets)
    if "crops" in parts:
        own["crops"] = evaluate_crops(model, folder, limit, sheets)
    if folder is None:
        return own
    if "numbers" in parts:
        own["numbers"] = evaluate_numbers(model.recognizer, folder, limit)
        if sheets is not None:
            draw_number_sheets(own["numbers"], read_numbers(folder, limit), sheets)
    if "signs" in parts:
        own["signs"] = evaluate_signs(model.recognizer, folder, limit)
    if "invariance" in parts:
        own["invariance"] = evaluate_invariance(model.recognizer, folder, limit, sheets)
    if "writers" in parts:
        own["writers"] = evaluate_writers(model.recognizer, folder, limit)
    if "practice" in parts:
        own["practice"] = evaluate_practice(model.path, folder, limit, jobs)
    return own


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
