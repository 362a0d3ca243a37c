"""Fit the decoder's weights: what a digit's size, place and cuts say beside its raster.

    python -m inkdigit_train.publish.decoder_weights --model MODEL.onnx --out FILE.json

Numbers are composed of the digits of writers whom the network was not trained on (its validation
writers), so that it is no surer of them than of a stranger's. The likelihood of the right strokes
with the right digits, among all paths of each line's lattice, is brought to its maximum; path
probabilities are calibrated by that, and no temperature is left to fit. At last the odds of "?" are
brought from the composed numbers' share of letters to that assumed in lines of numbers.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkdigit._decode.features import FEATURES
from inkdigit._decode.lattice import MIN_LOG_PROBABILITY, Lattice, Scores
from inkdigit._decode.reading import score_hypotheses
from inkdigit._decode.row import IN_NUMBERS
from inkdigit._decode.weights import Weights
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.labels import CLASSES, NOT_DIGIT
from inkdigit.session import OnnxSession
from inkdigit_train.data.compose import Composed, Style, compose_many, glyph_of
from inkdigit_train.data.lookalikes import LOOKALIKES
from inkdigit_train.data.records import read_records
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.files import sha256, write_json

__all__ = ["Example", "examples", "fit", "fit_to_model", "is_fitted", "main"]

PLAIN, WITH_LETTERS = 900, 250  # numbers composed for the fit: letters are rare in use
# From close to wide apart, as people fill forms, with the small zeros of free writing.
STYLE = Style(gap=(0.0, 0.9), joined=0.1, sizes=0.2)
RIDGE = 0.2  # pulls weights towards the start, in numbers: for features that hardly occur
START = {"log_probability": 0.8, "unreadable_log_probability": 0.8, "unreadable_glyph": -2.0}


@dataclass(frozen=True, eq=False)
class Example:
    """One line of a composed number, scored.

    Attributes:
        lattice: Its paths.
        log_probabilities: (n, 11) of its hypotheses.
        right: (n, 11) bool: the label of each hypothesis that is just one glyph.
    """

    lattice: Lattice
    log_probabilities: NDArray[np.float64]
    right: NDArray[np.bool_]

    @cached_property
    def pair_features(self) -> NDArray[np.float64]:
        """(edges, 7) of the lattice."""
        return self.lattice.pair_features()


def examples(numbers: Sequence[Composed], session: OnnxSession) -> list[Example]:
    """Segment and score composed numbers; lines whose right reading is not in the lattice too."""
    found = []
    for number in numbers:
        layout = StrokeLayout(number.ink)
        scores = score_hypotheses(layout.hypotheses, layout, session.run)
        first = 0
        for row in layout.rows:
            last = first + len(row.hypotheses)
            right = np.zeros((last - first, CLASSES), bool)
            for k, hypothesis in enumerate(row.hypotheses):
                glyph = glyph_of(hypothesis, number)
                if glyph is not None:
                    label = number.label[glyph]
                    right[k, NOT_DIGIT if label == "?" else int(label)] = True
            found.append(Example(Lattice(row), scores[first:last], right))
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
        The weight of each feature, and the mean negative log-likelihood of a line.
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

    result = minimize(
        objective, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations}
    )
    named = {name: round(float(w), 4) for name, w in zip(FEATURES, result.x, strict=True)}
    return named, float(result.fun) / max(len(found), 1)


def fit_to_model(
    model: Path, ink: Sequence[Path], nondigits: Sequence[Path], out: Path, seed: int = 0
) -> float:
    """Fit the weights for a model's answers, and write them with how they were made.

    Args:
        model: The exported model.
        ink: Ink data sets of digits, those that it was trained on.
        nondigits: Ink data sets of letters and symbols.
        out: The priors.json to write, atomically.
        seed: Of the numbers composed.

    Returns:
        The mean negative log-likelihood of a line.

    Raises:
        DataNotFoundError: If there are no data sets of one of the kinds.
    """
    from inkdigit_train.data.pools import held_out_writers  # imports torch

    if not ink or not nondigits:
        raise DataNotFoundError("no ink data sets to compose numbers of; name their folder: --data")
    digits = [r for path in ink for r in read_records(path)]
    held_out = held_out_writers(digits)
    digits = [r for r in digits if r.writer in held_out]
    letters = [r for path in nondigits for r in read_records(path) if r.label not in LOOKALIKES]
    held_out = held_out_writers(letters)
    letters = [r for r in letters if r.writer in held_out]
    numbers = compose_many(digits, PLAIN, seed, STYLE)
    numbers += compose_many(digits, WITH_LETTERS, seed + 1, replace(STYLE, letters=0.2), letters)
    weights, loss = fit(examples(numbers, OnnxSession(model)))
    composed = "".join(number.label for number in numbers)
    share = composed.count("?") / len(composed)
    weights["unreadable_glyph"] += math.log(IN_NUMBERS / share)
    write_json(
        out,
        {
            "command": "python -m inkdigit_train.publish.decoder_weights --model MODEL.onnx"
            f" --seed {seed} --out runtime/inkdigit/priors.json",
            "model_sha256": sha256(model),
            "numbers": len(numbers),
            "digits": len(digits),
            "no_digits_composed": round(share, 4),
            "no_digits_in_use": IN_NUMBERS,
            "mean_loss": round(loss, 4),
            "weights": weights,
        },
    )
    return loss


def is_fitted(path: Path, model: Path) -> bool:
    """Whether a file holds weights that were fitted to this model."""
    return path.exists() and json.loads(path.read_text())["model_sha256"] == sha256(model)


def main(argv: Sequence[str] | None = None) -> int:
    """Fit and write; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m inkdigit_train.publish.decoder_weights",
        description="Fit the decoder's weights.",
    )
    parser.add_argument("--model", type=Path, required=True, help="the model.onnx to fit for")
    parser.add_argument("--data", type=Path, help="data folder (else INKDIGIT_DATA)")
    parser.add_argument("--out", type=Path, required=True, help="the priors.json to write")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    # Here, since it imports torch, which nothing else of this module needs.
    from inkdigit_train.data.pools import data_folder, ink_files

    ink, others = ink_files(data_folder(args.data))
    loss = fit_to_model(args.model, ink, others, args.out, args.seed)
    sys.stderr.write(f"{args.out}: mean loss {loss:.4f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
