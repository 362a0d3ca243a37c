"""A model and ink in; how a digit's size, position and cuts count beside its raster out.

Numbers are composed of the digits of validation writers: the network was not trained on them, so it
is no surer of them than of a stranger's. Some are taken as ink, some as pictures, many of them of
digits that touch. The fit maximises the likelihood of the right strokes with
the right digits among all paths of each row's lattice; that calibrates the probabilities of paths,
so no temperature is left to fit. Last, the odds of "?" are corrected from the fraction of letters
in the composed numbers to the fraction assumed in use.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkdigit._decode.lattice import MIN_LOG_PROBABILITY, Lattice, Scores
from inkdigit._decode.reading import score_hypotheses
from inkdigit._decode.row import IN_NUMBERS
from inkdigit._decode.weights import FEATURES, Weights
from inkdigit._segment.layout import Layout
from inkdigit._segment.marks import MarkLayout
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.files import write_json
from inkdigit.labels import CLASSES, NOT_DIGIT, log_softmax
from inkdigit.session import OnnxSession
from inkdigit_train.data.compose import Composed, Style, compose_many
from inkdigit_train.data.hypotheses import glyph_of
from inkdigit_train.data.nondigits import LOOKALIKES
from inkdigit_train.data.pages.writing import ink_writing
from inkdigit_train.data.pictured import Pictured, draw_composed, shows
from inkdigit_train.data.records import InkRecord, held_out_writers, read_records
from inkdigit_train.data.touching import KINDS, make_touching
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.files import sha256

__all__ = ["Example", "examples", "fit", "fit_to_model", "is_fitted", "picture_examples"]

PLAIN, WITH_LETTERS = 900, 250  # numbers composed for the fit: few letters, as in use
PICTURES, TOUCHING = 300, 50  # numbers drawn as pictures, and of each kind of touching digits
# From close to wide apart, as people fill in forms, with the small zeros of free writing.
STYLE = Style(gap=(0.0, 0.9), joined=0.1, sizes=0.2)
RIDGE = 0.2  # pulls the weights of features that hardly occur towards the start; by judgement
START = {"log_probability": 0.8, "unreadable_log_probability": 0.8, "unreadable_glyph": -2.0}


@dataclass(frozen=True, eq=False)
class Example:
    """One row of a composed number, scored."""

    lattice: Lattice  # the row's paths
    log_probabilities: NDArray[np.float64]  # (n, 11) of its hypotheses
    right: NDArray[np.bool_]  # (n, 11) True at the label of each that shows just one glyph

    @cached_property
    def pair_features(self) -> NDArray[np.float64]:
        """(edges, 7) of the lattice."""
        return self.lattice.pair_features()


def examples(numbers: Sequence[Composed], session: OnnxSession) -> list[Example]:
    """Segment and score composed numbers as ink, also where the lattice lacks the right reading."""
    found = []
    for number in numbers:
        layout = StrokeLayout(number.ink)
        right = np.zeros((len(layout.hypotheses), CLASSES), bool)
        for k, hypothesis in enumerate(layout.hypotheses):
            glyph = glyph_of(hypothesis, number)
            if glyph is not None:
                label = number.label[glyph]
                right[k, NOT_DIGIT if label == "?" else int(label)] = True
        scores = score_hypotheses(layout.hypotheses, layout, session.run)
        found += _by_row(layout, scores, right)
    return found


def picture_examples(numbers: Sequence[Pictured], session: OnnxSession) -> list[Example]:
    """The same of numbers as pictures."""
    found = []
    for number in numbers:
        layout = MarkLayout(1 - number.picture.astype(np.float32) / np.float32(255))
        rasters = layout.rasters(layout.hypotheses)
        logits, _ = session.run(rasters[:, None])
        found += _by_row(layout, log_softmax(logits), shows(layout, rasters, number))
    return found


def _by_row(
    layout: Layout, log_probabilities: NDArray[np.float64], right: NDArray[np.bool_]
) -> list[Example]:
    found, first = [], 0
    for row in layout.rows:
        last = first + len(row.hypotheses)
        found.append(Example(Lattice(row), log_probabilities[first:last], right[first:last]))
        first = last
    return found


def _loss(vector: NDArray[np.float64], example: Example) -> tuple[float, NDArray[np.float64]]:
    """Negative log-likelihood of the right paths, and its gradient."""
    weights = Weights.from_vector(vector)
    lattice = example.lattice
    scores = lattice.score(example.log_probabilities, weights)
    right = np.where(example.right, scores.labels, -np.inf)
    total, gradient = 0.0, np.zeros(len(vector))
    for labels, sign in ((right, -1.0), (scores.labels, 1.0)):
        sums = lattice.sums(Scores(labels, scores.skips, scores.edges), lattice.finals)
        if not np.isfinite(sums.log_weight):
            return 0.0, np.zeros(len(vector))  # the lattice has no right path
        tops = labels.max(axis=1, keepdims=True)
        read = np.exp(labels - np.where(np.isfinite(tops), tops, 0.0))
        read *= (sums.read / np.maximum(read.sum(axis=1), 1e-300))[:, None]
        clipped = np.maximum(example.log_probabilities, MIN_LOG_PROBABILITY)
        expected = np.concatenate(
            [
                sums.read @ lattice.glyph_features,
                read[:, NOT_DIGIT] @ lattice.glyph_features,
                sums.edges @ example.pair_features,
                [
                    float((read[:, :NOT_DIGIT] * clipped[:, :NOT_DIGIT]).sum()),
                    float(read[:, NOT_DIGIT] @ clipped[:, NOT_DIGIT]),
                    float(sums.edges @ lattice.is_link),
                ],
            ]
        )
        total += sign * sums.log_weight
        gradient += sign * expected
    return total, gradient


def fit(found: Sequence[Example], iterations: int = 60) -> tuple[dict[str, float], float]:
    """Maximise the likelihood.

    Returns:
        The weight of each feature, and the mean negative log-likelihood of a row.
    """
    start = np.array([START.get(name, 0.0) for name in FEATURES])

    def objective(vector: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, gradient = 0.0, np.zeros(len(vector))
        for example in found:
            loss, slope = _loss(vector, example)
            total += loss
            gradient += slope
        off = vector - start
        return total + RIDGE * float(off @ off) / 2, gradient + RIDGE * off

    options = {"maxiter": iterations}
    result = minimize(objective, start, jac=True, method="L-BFGS-B", options=options)
    named = {name: round(float(w), 4) for name, w in zip(FEATURES, result.x, strict=True)}
    return named, float(result.fun) / max(len(found), 1)


def fit_to_model(
    model: Path, ink: Sequence[Path], nondigits: Sequence[Path], out: Path, seed: int = 0
) -> float:
    """Fit the weights to a model's answers, and write them with a record of the fit.

    The ink must be what the model was trained on, and `out`, a weights.json, is written atomically.

    Returns:
        The mean negative log-likelihood of a row.

    Raises:
        DataNotFoundError: If the data sets of one kind are missing.
    """
    if not ink or not nondigits:
        raise DataNotFoundError(
            "no ink data sets of digits and of letters to compose numbers from; name their folder"
            " with --data"
        )
    digits = _of_validation_writers([r for path in ink for r in read_records(path)])
    symbols = [r for path in nondigits for r in read_records(path)]
    letters = _of_validation_writers([r for r in symbols if r.label not in LOOKALIKES])
    numbers = compose_many(digits, PLAIN, seed, STYLE)
    numbers += compose_many(digits, WITH_LETTERS, seed + 1, replace(STYLE, letters=0.2), letters)
    pictured = [draw_composed(n) for n in compose_many(digits, PICTURES, seed + 2, STYLE)]
    writing = ink_writing(digits)
    pictured += [n for kind in KINDS for n in make_touching(kind, writing, TOUCHING, seed)]
    session = OnnxSession(model)
    weights, loss = fit(examples(numbers, session) + picture_examples(pictured, session))
    composed = "".join([n.label for n in numbers] + [n.label for n in pictured])
    fraction = composed.count("?") / len(composed)
    weights["unreadable_glyph"] += math.log(IN_NUMBERS / fraction)
    write_json(
        out,
        {
            "command": f"python -m inkdigit_train fit-decoder MODEL.onnx --seed {seed}"
            " --out runtime/inkdigit/_decode/weights.json",
            "model_sha256": sha256(model),
            "numbers": len(numbers),
            "pictures": len(pictured),
            "digits": len(digits),
            "no_digits_composed": round(fraction, 4),
            "no_digits_in_use": IN_NUMBERS,
            "mean_loss": round(loss, 4),
            "weights": weights,
        },
    )
    return loss


def _of_validation_writers(records: Sequence[InkRecord]) -> list[InkRecord]:
    writers = held_out_writers(records)
    return [record for record in records if record.writer in writers]


def is_fitted(path: Path, model: Path) -> bool:
    """Whether a file holds weights that were fitted to this model."""
    return path.exists() and json.loads(path.read_text())["model_sha256"] == sha256(model)
