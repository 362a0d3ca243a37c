"""A model and test sets in, its figures on single digits out, through the runtime.

A refused digit, "not a digit" over the model's rejection threshold, is an error in every accuracy
but `accuracy_of_the_ten`, which takes the likeliest digit: the difference is the cost of refusing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkdigit.labels import DIGITS, NOT_DIGIT
from inkdigit_train.data.nondigits import is_bar
from inkdigit_train.data.records import InkRecord
from inkdigit_train.data.stretch import stretch
from inkdigit_train.evaluation.answers import Answers, LoadedModel
from inkdigit_train.evaluation.degrade import invert
from inkdigit_train.evaluation.metrics import accepted_at_kept, auroc, reliability
from inkdigit_train.evaluation.test_sets import TestSets

__all__ = ["Measured", "accuracy", "confusion", "measure"]

DEGRADED_PICTURES = 2000  # of each kind through predict_digit, which takes a millisecond each
KEPT = 0.98  # fraction of the digits that the rejection figure keeps
# Longer than most people write: the lower 60 % of the digit, and the whole narrower.
STRETCHES: Mapping[str, dict[str, float]] = {
    "lower x 1.8": {"lower": 1.8},
    "lower x 2.4": {"lower": 2.4},
    "width x 0.6": {"width": 0.6},
    "width x 0.6, lower x 1.5": {"width": 0.6, "lower": 1.5},
}
FEWEST_BY_WRITER = 20  # with fewer digits, one mistake is over 5 points of a writer's accuracy


@dataclass(frozen=True)
class Measured:
    """One model's figures, and the answers behind the plots."""

    figures: dict[str, Any]  # nested, ready for JSON; fractions are 0 to 1
    mnist: Answers  # to the test rasters
    ink: Answers | None = None  # to the ink digits
    nondigits: Answers | None = None  # to the ink non-digits
    history: Path | None = None  # the run's history.csv, if it lies beside the model


def measure(model: LoadedModel, sets: TestSets) -> Measured:
    """Measure a model on all test sets of single digits."""
    labels = sets.labels
    mnist = model.classify(sets.images)
    figures: dict[str, Any] = {
        "rejection_threshold": model.threshold,
        "mnist": _by_class(mnist, labels),
        "mnist_degraded": {
            name: accuracy(model.classify(images), labels) for name, images in sets.degraded.items()
        },
        "mnist_pictures": {
            name: accuracy(model.predict(images, name), labels[: len(images)])
            for name, images in _pictures(sets)
        },
    }
    ink = nondigits = None
    if sets.digits:
        ink = model.predict([r.ink for r in sets.digits], "ink digits")
        writers = _writers(ink.answer == sets.digit_labels, [r.writer for r in sets.digits])
        figures["ink"] = {**_by_class(ink, sets.digit_labels), "writers": writers}
        figures["ink_stretched"] = {
            name: accuracy(
                model.predict([stretch(r.ink, **how) for r in sets.digits], name),
                sets.digit_labels,
            )
            for name, how in STRETCHES.items()
        }
    if ink is not None and sets.nondigits:
        nondigits = model.predict([r.ink for r in sets.nondigits], "ink non-digits")
        figures["nondigits"] = _rejection(ink, nondigits, sets.nondigits)
    if len(sets.cells):
        cells = model.predict(sets.cells, "sudoku cells")
        figures["sudoku_cells"] = accuracy(cells, sets.cell_labels)
    history = model.path.with_name("history.csv")
    return Measured(figures, mnist, ink, nondigits, history if history.is_file() else None)


def _pictures(sets: TestSets) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """MNIST as small 8-bit grey pictures, for `predict_digit`."""
    degraded = {name: images[:DEGRADED_PICTURES] for name, images in sets.degraded.items()}
    named = {"as it is": sets.images, "inverted": invert(sets.images), **degraded}
    for name, images in named.items():
        yield name, np.rint(images * 255).astype(np.uint8)


def accuracy(answers: Answers, truths: NDArray[np.int64]) -> dict[str, Any]:
    """The figures of answers to (N,) true digits, ready for JSON; fractions are 0 to 1."""
    correct = answers.answer == truths
    return {
        "count": len(truths),
        "accuracy": float(correct.mean()),
        "accuracy_of_the_ten": float((answers.likeliest == truths).mean()),
        "refused": float((answers.answer == NOT_DIGIT).mean()),
        "errors": int((~correct).sum()),
        "ece": reliability(answers.confidence, correct).ece,
    }


def _by_class(answers: Answers, truths: NDArray[np.int64]) -> dict[str, Any]:
    return {
        **accuracy(answers, truths),
        "per_class": _by_group(answers.answer == truths, [str(digit) for digit in truths]),
        "confusion": confusion(answers, truths).tolist(),
    }


def _by_group(hits: NDArray[np.bool_], groups: Sequence[str]) -> dict[str, float]:
    """The fraction of hits in each group, by its name in order."""
    names = np.array(groups)
    return {str(name): float(hits[names == name].mean()) for name in np.unique(names)}


def confusion(answers: Answers, truths: NDArray[np.int64]) -> NDArray[np.int64]:
    """(10, 11) counts: a row per true digit, a column per answer, the last one "not a digit"."""
    counts = np.zeros((DIGITS, DIGITS + 1), np.int64)
    np.add.at(counts, (truths, answers.answer), 1)
    return counts


def _writers(correct: NDArray[np.bool_], writers: Sequence[str | None]) -> dict[str, Any]:
    """How the accuracy varies over the writers with enough digits."""
    counts = Counter(w for w in writers if w is not None)
    by_writer = _by_group(correct, [str(w) for w in writers])
    accuracies = {w: a for w, a in by_writer.items() if counts[w] >= FEWEST_BY_WRITER}
    if not accuracies:
        return {"count": 0}
    values = np.array(list(accuracies.values()))
    return {
        "count": len(accuracies),
        "mean": float(values.mean()),
        "std": float(values.std()),
        "worst": float(values.min()),
        "share_without_error": float((values == 1).mean()),
        "lowest": dict(sorted(accuracies.items(), key=lambda item: item[1])[:5]),
    }


def _rejection(digits: Answers, others: Answers, records: Sequence[InkRecord]) -> dict[str, Any]:
    accepted, threshold = accepted_at_kept(digits.not_digit, others.not_digit, KEPT)
    names = [record.label for record in records]
    counts, fractions = Counter(names), _by_group(others.not_digit <= threshold, names)
    bars = np.array([is_bar(record.ink) for record in records])
    return {
        "count": len(records),
        "auroc": auroc(digits.not_digit, others.not_digit),
        "accepted_at_98": accepted,
        "threshold_at_98": threshold,
        "bars": int(bars.sum()),
        # A bare bar looks like a 1, whatever its label; training leaves it out too.
        "auroc_without_bars": auroc(digits.not_digit, others.not_digit[~bars]),
        "accepted_at_98_without_bars": float((others.not_digit[~bars] <= threshold).mean()),
        "accepted_as_shipped": float((others.answer != NOT_DIGIT).mean()),
        "digits_kept_as_shipped": float((digits.answer != NOT_DIGIT).mean()),
        "labels": {
            label: {"count": counts[label], "accepted": fractions[label]}
            for label in sorted(fractions, key=lambda label: (-fractions[label], label))
        },
    }
