"""Exported models in, figures out: everything measured through the runtime, as a user meets it.

An answer is what `Recognizer.predict_digit` gives: a digit, or none where "not a digit" is over
the model's rejection threshold. A digit refused is an error in every accuracy here;
`accuracy_of_the_ten` takes the likeliest digit whatever the threshold: what refusing costs.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from inkdigit import Ink, OnnxSession, Recognizer
from inkdigit.labels import DIGITS, NOT_DIGIT
from inkdigit.recognizer import DEFAULT_REJECTION_THRESHOLD
from inkdigit_train.data.lookalikes import LOOKALIKES, is_bar
from inkdigit_train.data.pools import data_folder, load_mnist
from inkdigit_train.data.records import InkRecord, read_records
from inkdigit_train.errors import DataError
from inkdigit_train.evaluation.degrade import DEGRADATIONS, Images, invert
from inkdigit_train.evaluation.metrics import accepted_at_kept, auroc, reliability
from inkdigit_train.evaluation.numbers import STYLES, evaluate_numbers, read_numbers
from inkdigit_train.evaluation.plots import draw_plots
from inkdigit_train.files import sha256, write_json

__all__ = ["Answers", "Measured", "TestSets", "add_arguments", "evaluate", "run", "table"]

log = logging.getLogger(__name__)

SEED = 0  # of the shifts, turns and noise: the same pictures for every model
BATCH = 500  # rasters a classify call
WORSE_PICTURES = 2000  # of each way through predict_digit, which takes a millisecond each
KEPT = 0.98  # share of digits that the rejection figure keeps
FEWEST_BY_WRITER = 20  # a writer's accuracy on fewer digits says nothing
DEFAULT_MODEL = Path("artifacts/standard_v1/model.onnx")
DEFAULT_OUT = Path("runs/evaluation")


@dataclass(frozen=True)
class TestSets:
    """What is measured on, read and made once for all models.

    Attributes:
        images: (N, 28, 28) MNIST test, 1 = ink.
        labels: (N,) 0 to 9.
        degraded: The same images drawn worse, by the name of the way.
        digits: Ink of digits by writers that nobody trained on; empty where it is absent.
        nondigits: Ink of letters and symbols by such writers, without those that look like digits.
        cells: (N, H, W) uint8 grey photos of one digit each; empty where they are absent.
        cell_labels: (N,) their digits.
        sources: sha256 of each development file read, by its name.
    """

    __test__ = False  # no test class, whatever its name begins with

    images: Images
    labels: NDArray[np.int64]
    degraded: Mapping[str, Images]
    digits: Sequence[InkRecord]
    nondigits: Sequence[InkRecord]
    cells: NDArray[np.uint8]
    cell_labels: NDArray[np.int64]
    sources: Mapping[str, str]


@dataclass(frozen=True)
class Answers:
    """What a model said to N inputs.

    Attributes:
        answer: (N,) 0 to 9, or 10 where it is no digit.
        confidence: (N,) probability that the answer is right, as `Prediction.confidence`.
        likeliest: (N,) 0 to 9, whatever the threshold.
        not_digit: (N,) probability of "not a digit".
    """

    answer: NDArray[np.int64]
    confidence: NDArray[np.float64]
    likeliest: NDArray[np.int64]
    not_digit: NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """One model's figures, and the answers behind the plots.

    Attributes:
        figures: Nested dict, JSON-ready; shares are 0 to 1.
        mnist: Answers to the MNIST test rasters.
        ink: Answers to the ink digits.
        nondigits: Answers to the ink non-digits.
        history: The run's history.csv where it lies beside the model.
    """

    figures: dict[str, Any]
    mnist: Answers
    ink: Answers | None = None
    nondigits: Answers | None = None
    history: Path | None = None


@dataclass
class _Model:
    """An exported file as a recogniser, with the threshold that the recogniser applies."""

    path: Path
    recognizer: Recognizer = field(init=False)
    threshold: float = field(init=False)

    def __post_init__(self) -> None:
        session = OnnxSession(self.path)
        self.recognizer = Recognizer(session=session)
        self.threshold = float(
            session.metadata.get("rejection_threshold", DEFAULT_REJECTION_THRESHOLD)
        )

    def classify(self, rasters: Images) -> Answers:
        """Answers to framed rasters, in batches, by the rule of `predict_digit`."""
        parts = [
            self.recognizer.classify(np.ascontiguousarray(rasters[start : start + BATCH]))[0]
            for start in range(0, len(rasters), BATCH)
        ]
        probabilities = np.concatenate(parts).astype(np.float64)
        not_digit = probabilities[:, NOT_DIGIT]
        likeliest = probabilities[:, :DIGITS].argmax(axis=1)
        refused = not_digit > self.threshold
        return Answers(
            np.where(refused, NOT_DIGIT, likeliest),
            np.where(refused, not_digit, probabilities[:, :DIGITS].max(axis=1)),
            likeliest,
            not_digit,
        )

    def predict(self, sources: Sequence[Ink] | NDArray[Any], what: str) -> Answers:
        """Answers to pictures or ink, one `predict_digit` each."""
        predictions = [self.recognizer.predict_digit(s) for s in _progress(sources, what)]
        return Answers(
            np.array([NOT_DIGIT if p.digit is None else p.digit for p in predictions]),
            np.array([p.confidence for p in predictions]),
            np.array([int(p.probabilities.argmax()) for p in predictions]),
            np.array([p.not_digit for p in predictions]),
        )


def read_test_sets(data: Path | None, limit: int | None = None) -> TestSets:
    """Read and make what models are measured on.

    Args:
        data: The data folder; see `data.data_folder`. What it lacks besides MNIST is left out.
        limit: Only so many of each, the first ones; None for all.

    Raises:
        DataNotFoundError: If MNIST is neither there nor to be downloaded.
        DataError: If a file is damaged.
    """
    mnist, labels = load_mnist(data, train=False)
    images: Images = (mnist[:limit].numpy() / np.float32(255)).astype(np.float32)
    degraded = {
        name: change(images, np.random.default_rng(SEED))
        for name, change in _progress(list(DEGRADATIONS.items()), "drawing worse")
    }
    sources: dict[str, str] = {}

    def found(name: str) -> Path | None:
        path = None if data is None else data / name
        if path is None or not path.is_file():
            log.warning("no %s in the data folder: what it measures is left out", name)
            return None
        sources[path.name] = sha256(path)
        return path

    def ink(name: str) -> list[InkRecord]:
        path = found(f"ink/{name}.jsonl.gz")
        return [] if path is None else read_records(path)

    photos = found("photos/sudoku-cells-dev.npz")
    cells, cell_labels = np.empty((0, 1, 1), np.uint8), np.empty(0, np.int64)
    if photos is not None:
        try:
            with np.load(photos) as arrays:
                cells, cell_labels = arrays["X"], arrays["y"].astype(np.int64)
        except (OSError, ValueError, KeyError) as exc:
            raise DataError(f"{photos} cannot be read ({exc}); expected arrays X and y") from exc
    return TestSets(
        images,
        labels[:limit].numpy(),
        degraded,
        ink("unipen-digits-dev")[:limit],
        [r for r in ink("unipen-nondigits-dev") if r.label not in LOOKALIKES][:limit],
        cells[:limit],
        cell_labels[:limit],
        sources,
    )


def evaluate(
    models: Sequence[Path], data: Path | None, out: Path, limit: int | None = None
) -> dict[str, Any]:
    """Measure exported models, and draw the first one's plots.

    Args:
        models: Files written by `export`, of runs that differ in their seed only.
        data: The data folder; see `data.data_folder`.
        out: Folder for plots/ and for sheets/, which show parts of the data sets.
        limit: Only so many of each set; None for all.

    Returns:
        JSON-ready: "models" (sha256, each), "summary" (mean, std and values of each figure by its
        dotted name; shares are 0 to 1), "first" (all figures of the first model), "sources".

    Raises:
        DataError, DataNotFoundError: If a data file is damaged, or MNIST is missing.
        ModelError: If a model is missing or damaged.
    """
    opened = [_Model(Path(path)) for path in models]  # says what is wrong before the long part
    sets = read_test_sets(data, limit)
    measured = [_measure(model, sets) for model in opened]
    if data is not None:
        for model, each in zip(opened, measured, strict=True):
            each.figures["numbers"] = evaluate_numbers(model.recognizer, data, limit)
    draw_plots(measured, sets, out, [] if data is None else read_numbers(data, limit))
    return {
        "models": [sha256(model.path) for model in opened],
        "summary": _summary([m.figures for m in measured]),
        "first": measured[0].figures,
        "sources": dict(sets.sources),
    }


def _measure(model: _Model, sets: TestSets) -> Measured:
    labels = sets.labels
    mnist = model.classify(sets.images)
    figures: dict[str, Any] = {
        "rejection_threshold": model.threshold,
        "mnist": {
            **_accuracy(mnist, labels),
            "per_class": _by_group(mnist, labels, [str(d) for d in labels]),
            "confusion": _confusion(mnist, labels),
        },
        "mnist_degraded": {
            name: _accuracy(model.classify(images), labels)
            for name, images in sets.degraded.items()
        },
        "mnist_pictures": {
            name: _accuracy(model.predict(images, name), labels[: len(images)])
            for name, images in _pictures(sets)
        },
    }
    ink = nondigits = None
    if sets.digits:
        ink = model.predict([r.ink for r in sets.digits], "ink digits")
        truths = np.array([int(r.label) for r in sets.digits])
        figures["ink"] = {
            **_accuracy(ink, truths),
            "per_class": _by_group(ink, truths, [r.label for r in sets.digits]),
            "confusion": _confusion(ink, truths),
            "writers": _writers(ink, truths, [r.writer for r in sets.digits]),
        }
    if sets.digits and sets.nondigits and ink is not None:
        nondigits = model.predict([r.ink for r in sets.nondigits], "ink non-digits")
        figures["nondigits"] = _rejection(ink, nondigits, sets.nondigits)
    if len(sets.cells):
        figures["sudoku_cells"] = _accuracy(
            model.predict(sets.cells, "sudoku cells"), sets.cell_labels
        )
    history = model.path.with_name("history.csv")
    return Measured(figures, mnist, ink, nondigits, history if history.is_file() else None)


def _pictures(sets: TestSets) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """MNIST as somebody's small pictures, 8 bits grey, for `predict_digit`."""
    worse = {name: images[:WORSE_PICTURES] for name, images in sets.degraded.items()}
    named = {"as it is": sets.images, "inverted": invert(sets.images), **worse}
    for name, images in named.items():
        yield name, np.rint(images * 255).astype(np.uint8)


def _accuracy(answers: Answers, truths: NDArray[np.int64]) -> dict[str, Any]:
    correct = answers.answer == truths
    return {
        "count": len(truths),
        "accuracy": float(correct.mean()),
        "accuracy_of_the_ten": float((answers.likeliest == truths).mean()),
        "refused": float((answers.answer == NOT_DIGIT).mean()),
        "errors": int((~correct).sum()),
        "ece": reliability(answers.confidence, correct).ece,
    }


def _by_group(
    answers: Answers, truths: NDArray[np.int64], groups: Sequence[str]
) -> dict[str, float]:
    """Accuracy in each group, by its name in order."""
    names = np.array(groups)
    return {
        str(name): float((answers.answer == truths)[names == name].mean())
        for name in np.unique(names)
    }


def _confusion(answers: Answers, truths: NDArray[np.int64]) -> list[list[int]]:
    """10 rows, the true digits; 11 columns, the answers, the last one "not a digit"."""
    counts = np.zeros((DIGITS, DIGITS + 1), np.int64)
    np.add.at(counts, (truths, answers.answer), 1)
    rows: list[list[int]] = counts.tolist()
    return rows


def _writers(
    answers: Answers, truths: NDArray[np.int64], writers: Sequence[str | None]
) -> dict[str, Any]:
    """How the accuracy spreads over the writers with enough digits."""
    counts = Counter(w for w in writers if w is not None)
    enough = {w for w, count in counts.items() if count >= FEWEST_BY_WRITER}
    by_writer = _by_group(answers, truths, [str(w) for w in writers])
    shares = {w: share for w, share in by_writer.items() if w in enough}
    if not shares:
        return {"count": 0}
    values = np.array(list(shares.values()))
    return {
        "count": len(shares),
        "mean": float(values.mean()),
        "std": float(values.std()),
        "worst": float(values.min()),
        "share_without_error": float((values == 1).mean()),
        "lowest": dict(sorted(shares.items(), key=lambda item: item[1])[:5]),
    }


def _rejection(digits: Answers, others: Answers, records: Sequence[InkRecord]) -> dict[str, Any]:
    accepted, threshold = accepted_at_kept(digits.not_digit, others.not_digit, KEPT)
    taken: dict[str, list[bool]] = defaultdict(list)
    for record, score in zip(records, others.not_digit, strict=True):
        taken[record.label].append(bool(score <= threshold))
    shares = {label: float(np.mean(hits)) for label, hits in taken.items()}
    bars = np.array([is_bar(record.ink) for record in records])
    labels = {
        label: {"count": len(taken[label]), "accepted": shares[label]}
        for label in sorted(shares, key=lambda label: (-shares[label], label))
    }
    return {
        "count": len(records),
        "auroc": auroc(digits.not_digit, others.not_digit),
        "accepted_at_98": accepted,
        "threshold_at_98": threshold,
        "bars": int(bars.sum()),
        # A mere bar is a look-alike by its drawing, whatever its label; training leaves it out too.
        "auroc_without_bars": auroc(digits.not_digit, others.not_digit[~bars]),
        "accepted_at_98_without_bars": float((others.not_digit[~bars] <= threshold).mean()),
        "accepted_as_shipped": float((others.answer != NOT_DIGIT).mean()),
        "digits_kept_as_shipped": float((digits.answer != NOT_DIGIT).mean()),
        "labels": labels,
    }


NOT_SUMMED = ("per_class", "confusion", "lowest", "labels")  # what the summary leaves to "first"


def _summary(figures: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Mean, sample standard deviation and values of each figure that all models have."""
    flat = [dict(_flat(f)) for f in figures]
    summary = {}
    for name in flat[0]:
        values = [f[name] for f in flat if name in f]
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
        summary[name] = {"mean": float(np.mean(values)), "std": spread, "values": values}
    return summary


def _flat(figures: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            if name not in NOT_SUMMED:
                yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, (int, float)):
            yield prefix + name, value


Row = tuple[str, str, Callable[[float], str]]


def _percent(value: float) -> str:
    return f"{100 * value:.2f} %"


def table(report: Mapping[str, Any]) -> str:
    """The figures of `evaluate` as lines for a terminal."""
    summary = report["summary"]
    rows: list[Row] = [
        ("MNIST test", "mnist.accuracy", _percent),
        ("  wrong or refused, of 10,000", "mnist.errors", "{:.1f}".format),
        ("  of the ten digits alone", "mnist.accuracy_of_the_ten", _percent),
        ("  calibration error (ECE)", "mnist.ece", _percent),
        *((f"  {n}", f"mnist_degraded.{n}.accuracy", _percent) for n in DEGRADATIONS),
        ("MNIST test as small pictures", "mnist_pictures.as it is.accuracy", _percent),
        *(
            (f"  {n}", f"mnist_pictures.{n}.accuracy", _percent)
            for n in ("inverted", *DEGRADATIONS)
        ),
        ("Ink of unseen writers", "ink.accuracy", _percent),
        ("  wrong or refused", "ink.errors", "{:.1f}".format),
        ("  of the ten digits alone", "ink.accuracy_of_the_ten", _percent),
        ("  calibration error (ECE)", "ink.ece", _percent),
        ("  worst writer", "ink.writers.worst", _percent),
        ("  writers without an error", "ink.writers.share_without_error", _percent),
        ("Letters and symbols: AUROC", "nondigits.auroc", "{:.4f}".format),
        ("  accepted at 98 % of digits kept", "nondigits.accepted_at_98", _percent),
        ("  AUROC without mere bars", "nondigits.auroc_without_bars", "{:.4f}".format),
        (
            "  accepted at 98 %, without mere bars",
            "nondigits.accepted_at_98_without_bars",
            _percent,
        ),
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
        *(
            (f"Composed numbers, {name}", f"numbers.composed.{name}.exact", _percent)
            for name in STYLES
        ),
        ("Letters among digits, marked", "numbers.letters.letters_marked", _percent),
        ("  digits there, right", "numbers.letters.digits_right", _percent),
    ]
    width = max(len(title) for title, _, _ in rows)
    lines = []
    for title, name, form in rows:
        if name not in summary:
            continue
        mean, std = summary[name]["mean"], summary[name]["std"]
        spread = "" if std is None else f" ± {form(std).removesuffix(' %')}"
        lines.append(f"{title:<{width}}  {form(mean):>9}{spread}")
    count = len(report["models"])
    lines.append("one model" if count == 1 else f"mean ± standard deviation of {count} models")
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the `evaluate` command's arguments to its parser."""
    parser.add_argument(
        "models",
        type=Path,
        nargs="*",
        default=[DEFAULT_MODEL],
        metavar="MODEL",
        help=f"exported models, one a seed (default: {DEFAULT_MODEL})",
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="data folder (else INKDIGIT_DATA, else download)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=DEFAULT_OUT,
        metavar="DIR",
        help=f"folder for metrics.json, plots/ and sheets/ (default: {DEFAULT_OUT})",
    )
    parser.add_argument(
        "--limit", type=int, metavar="N", help="measure on the first N of each set only"
    )


def run(args: argparse.Namespace) -> int:
    """Carry out the `evaluate` command; the exit status."""
    report = evaluate(args.models, data_folder(args.data), args.out, args.limit)
    write_json(args.out / "metrics.json", {"evaluation": report})
    sys.stdout.write(table(report) + "\n")
    return 0


def _progress(items: Any, what: str) -> Any:
    return tqdm(items, desc=what, leave=False, disable=not sys.stderr.isatty())
