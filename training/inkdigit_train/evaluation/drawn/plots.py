"""Figures as plots: learning curves, confusion, calibration, robustness, rejection."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray
from scipy.special import logit

from inkdigit.files import write_atomic
from inkdigit.labels import DIGITS
from inkdigit_train.evaluation.answers import Answers
from inkdigit_train.evaluation.figures import Measured, confusion
from inkdigit_train.evaluation.metrics import reliability
from inkdigit_train.evaluation.test_sets import TestSets

__all__ = ["draw_plots", "draw_writers"]

Answered: TypeAlias = Sequence[tuple[str, Answers, NDArray[np.int64]]]  # title, answers, truths

BLUE, ORANGE, GREY = "#2a6f97", "#d1495b", "#8d99ae"  # distinct for colour-blind people too


def draw_plots(measured: Sequence[Measured], sets: TestSets, out: Path) -> None:
    """Plot the first model's figures, and the learning curves and robustness of all, into `out`."""
    first = measured[0]
    histories = [m.history for m in measured if m.history is not None]
    if histories:
        _save(_learning_curves(histories), out / "learning_curves.png")
    answered = [("MNIST test", first.mnist, sets.labels)]
    if first.ink is not None:
        answered.append(("Ink of unseen writers", first.ink, sets.digit_labels))
    _save(_confusions(answered), out / "confusion.png")
    _save(_reliabilities(answered), out / "reliability.png")
    _save(_robustness(measured), out / "robustness.png")
    if first.ink is not None and first.nondigits is not None:
        rejection = _rejection(first.ink, first.nondigits, first.figures["nondigits"])
        _save(rejection, out / "rejection.png")


def draw_writers(figures: Mapping[str, Any], out: Path) -> None:
    """Plot how the mistakes fall as more of a hand is known; see `evaluation.writers`."""
    kinds = [
        ("development", "Development writers"),
        ("made", "Made hands of validation writers"),
        ("two_hands", "Two development writers in one memory"),
    ]
    kinds = [(name, title) for name, title in kinds if name in figures]
    figure, axes = _axes(len(kinds), 4.6, 4)
    for axis, (name, title) in zip(axes, kinds, strict=True):
        groups = figures[name]["by_known"]
        ticks = range(len(groups))
        for key, colour, label in (
            ("alone", GREY, "the network alone"),
            ("with_memory", BLUE, "with what was learnt"),
        ):
            errors = [100 * group[key] / group["count"] for group in groups]
            axis.plot(ticks, errors, color=colour, marker=".", linewidth=1.2, label=label)
        limits = [group["known"] for group in groups]
        axis.set_xticks(ticks, [f"{limit}–" for limit in limits])
        axis.set(title=title, xlabel="glyphs known", ylabel="digits misread, %")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.25)
        axis.legend(frameon=False, fontsize=8)
    _save(figure, out / "writers.png")


def _save(figure: Figure, path: Path) -> None:
    # Without matplotlib's version in the file, equal figures are equal files.
    write_atomic(
        path,
        lambda stream: figure.savefig(stream, format="png", dpi=130, metadata={"Software": None}),
    )


def _axes(columns: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(width * columns, height), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False)
    for axis in axes[0]:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, list(axes[0])


def _label_ones_twos_fives(axis: Axis) -> None:
    """Label a logarithmic axis 0.5 1 2 5 10, not with powers."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def _learning_curves(histories: Sequence[Path]) -> Figure:
    figure, (errors, losses) = _axes(2, 5.5, 4)
    for number, path in enumerate(histories):
        with path.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        if not rows:
            continue
        epochs = [int(r["epoch"]) for r in rows]
        first = number == 0  # one entry per kind in the legend, however many seeds
        for axis, column, colour, name in (
            (errors, "val_accuracy", BLUE, "MNIST, held out"),
            (errors, "ink_accuracy", ORANGE, "ink and non-digits, held-out writers"),
            (losses, "train_loss", GREY, "training (augmented, smoothed labels)"),
            (losses, "val_loss", BLUE, "MNIST, held out"),
        ):
            if rows[-1].get(column) in (None, "", "nan"):
                continue
            values = np.array([float(r[column] or "nan") for r in rows])
            if axis is errors:
                values = 100 * (1 - values)
            axis.plot(
                epochs, values, color=colour, marker=".", linewidth=1.2, alpha=0.8,
                label=name if first else None,
            )  # fmt: skip
    for axis, title in ((errors, "Errors on validation, %"), (losses, "Loss")):
        axis.set(title=title, xlabel="epoch", yscale="log")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        _label_ones_twos_fives(axis.yaxis)
        axis.grid(alpha=0.25)
        axis.legend(frameon=False, fontsize=8)
    if len(histories) > 1:
        errors.set_title(f"Errors on validation, %, {len(histories)} seeds")
    return figure


def _confusions(answered: Answered) -> Figure:
    figure, axes = _axes(len(answered), 6, 5.6)
    for axis, (title, answers, truths) in zip(axes, answered, strict=True):
        counts = confusion(answers, truths)
        mistakes = counts.copy()
        np.fill_diagonal(mistakes, 0)
        darkest = 1.5 * max(mistakes.max(), 4)  # keeps the numbers legible
        axis.imshow(mistakes, cmap="Reds", vmin=0, vmax=darkest, aspect="auto")
        for row, column in np.ndindex(*counts.shape):
            if counts[row, column]:
                right = row == column
                axis.text(
                    column, row, str(counts[row, column]), ha="center", va="center",
                    fontsize=8, color=GREY if right else "black",
                )  # fmt: skip
        axis.set(
            title=f"{title}: {mistakes.sum()} of {len(truths):,} wrong",
            xlabel="answer",
            ylabel="truth",
            xticks=range(DIGITS + 1),
            yticks=range(DIGITS),
            xticklabels=[*map(str, range(DIGITS)), "none"],
        )
        axis.spines[:].set_visible(False)
    return figure


def _reliabilities(answered: Answered) -> Figure:
    figure, axes = _axes(len(answered), 5, 4.6)
    for axis, (title, answers, truths) in zip(axes, answered, strict=True):
        figures = reliability(answers.confidence, answers.answer == truths)
        some = figures.count > 0
        confidence, accuracy = figures.confidence[some], figures.accuracy[some]
        axis.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--", label="calibrated")
        # The error bar is one standard error of a fraction.
        error = np.sqrt((accuracy * (1 - accuracy)).clip(0.01) / figures.count[some])
        axis.errorbar(
            confidence, accuracy, error, color=BLUE, fmt="o", markersize=4, elinewidth=1, capsize=2,
            label="measured, ± a standard error; how many",
        )  # fmt: skip
        for x, y, count in zip(confidence, accuracy, figures.count[some], strict=True):
            axis.annotate(
                f"{count:,}", (x, y), xytext=(4, -9), textcoords="offset points", fontsize=7
            )
        axis.set(
            title=f"{title}: ECE {100 * figures.ece:.2f} %",
            xlabel="confidence of the answer",
            ylabel="fraction of right answers",
            xlim=(0, 1.06),
            ylim=(-0.05, 1.05),
        )
        axis.grid(alpha=0.25)
        axis.legend(frameon=False, fontsize=8, loc="lower right")
    return figure


def _robustness(measured: Sequence[Measured]) -> Figure:
    names = ["as it is", "inverted", *measured[0].figures["mnist_degraded"]]
    figure, (axis,) = _axes(1, 7, 0.38 * len(names) + 1.4)
    for group, colour, label, offset in (
        ("mnist_degraded", BLUE, "raster through classify", -0.14),
        ("mnist_pictures", ORANGE, "picture through predict_digit", 0.14),
    ):
        for y, name in enumerate(names):
            parts = [
                m.figures["mnist"] if group == "mnist_degraded" and name == "as it is"
                else m.figures[group].get(name)
                for m in measured
            ]  # fmt: skip
            # A logarithmic axis has no zero: half an error stands for none.
            values = [100 * max(p["errors"], 0.5) / p["count"] for p in parts if p is not None]
            if values:
                axis.plot(
                    values, [y + offset] * len(values), "o", color=colour, markersize=5,
                    alpha=0.8, label=label if y == 0 else None,
                )  # fmt: skip
                axis.annotate(
                    f"{np.mean(values):.2f}", (max(values), y + offset), xytext=(6, -3),
                    textcoords="offset points", fontsize=7,
                )  # fmt: skip
    axis.set(title="MNIST test, degraded: errors, %", xscale="log")
    _label_ones_twos_fives(axis.xaxis)
    axis.margins(x=0.12)
    axis.set_yticks(range(len(names)), names)
    axis.invert_yaxis()
    axis.grid(alpha=0.25)
    figure.legend(frameon=False, fontsize=8, loc="outside lower center", ncols=2)
    return figure


def _rejection(digits: Answers, others: Answers, figures: dict[str, Any]) -> Figure:
    figure, (spread, labels) = _axes(2, 5.5, 4.6)
    edges = np.linspace(-12, 12, 49).tolist()
    for answers, colour, name in ((digits, BLUE, "digits"), (others, ORANGE, "non-digits")):
        log_odds = logit(answers.not_digit.clip(1e-9, 1 - 1e-9)).clip(-12, 12)
        spread.hist(log_odds, edges, color=colour, alpha=0.6, label=f"{name}, {len(log_odds):,}")
    threshold = logit(np.clip(figures["threshold_at_98"], 1e-9, 1 - 1e-9))
    spread.axvline(
        threshold, color="black", linewidth=1, linestyle="--", label="98 % of digits kept"
    )
    spread.set(
        title=f'"Not a digit": AUROC {figures["auroc"]:.4f}',
        xlabel="log-odds of not a digit",
        ylabel="drawings",
        yscale="log",
    )
    spread.legend(frameon=False, fontsize=8)
    worst = [(n, f) for n, f in figures["labels"].items() if f["accepted"] > 0][:20]
    labels.barh(range(len(worst)), [100 * f["accepted"] for _, f in worst], color=ORANGE)
    labels.set_title(f"Accepted at 98 % kept, %: {100 * figures['accepted_at_98']:.2f} of all")
    # Labels are symbols: a dollar sign would start a formula.
    names = [f"{n}  ({f['count']})" for n, f in worst]
    labels.set_yticks(range(len(worst)), names, parse_math=False)
    labels.invert_yaxis()
    labels.grid(alpha=0.25, axis="x")
    return figure
