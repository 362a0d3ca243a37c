"""A model and ink in; how a digit's size, position and cuts count beside its raster out.

Numbers are composed of the digits of validation writers: the network was not trained on them, so it
is no surer of them than of a stranger's. They are 8 hands only. With rows of the 115 training
writers beside theirs the loss on other hands fell, but a digit that stands out of line cost more,
and real numbers lost such digits.

Some rows are taken as ink, some as pictures, many of them of digits that touch. The fit maximises
the likelihood of the right strokes with the right digits among all paths of each row's lattice;
that calibrates the probabilities of paths, so no temperature is left to fit. Last, the odds of "?"
are corrected from the fraction of letters in the composed numbers to the fraction assumed in use.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkdigit._decode.lattice import LEFT_OUT, MIN_LOG_PROBABILITY, Scores
from inkdigit._decode.row import IN_NUMBERS
from inkdigit._decode.signs import BUNDLED_SIGNS, SignNet
from inkdigit._decode.weights import FEATURES, Weights
from inkdigit.labels import NOT_DIGIT
from inkdigit.session import OnnxSession
from inkdigit_train.data.compose import Style, compose_many
from inkdigit_train.data.lattices import Example, examples, picture_examples, shares
from inkdigit_train.data.nondigits import LOOKALIKES
from inkdigit_train.data.pages.writing import ink_writing
from inkdigit_train.data.pictured import draw_composed
from inkdigit_train.data.records import of_writers, read_sources
from inkdigit_train.data.signed import compose_signed
from inkdigit_train.data.touching import KINDS, make_touching
from inkdigit_train.files import sha256
from inkdigit_train.publish.fits.weight_files import write_weights

__all__ = ["fit", "fit_to_model", "is_fitted"]

# Numbers composed for the fit: few letters and signs, as in use.
PLAIN, WITH_LETTERS, SIGNED = 900, 250, 450
PICTURES, TOUCHING = 300, 50  # numbers drawn as pictures, and of each kind of touching digits
# From close to wide apart, as people fill in forms, with the small zeros of free writing.
STYLE = Style(gap=(0.0, 0.9), joined=0.1, sizes=0.2)
RIDGE = 0.2  # pulls the weights of features that hardly occur towards the start; by judgement
START = {
    "log_probability": 0.8,
    "unreadable_log_probability": 0.8,
    "unreadable_glyph": -2.0,
    "no_sign_log_probability": 0.8,
    "sign_log_probability": 0.8,
}


def _loss(vector: NDArray[np.float64], example: Example) -> tuple[float, NDArray[np.float64]]:
    """Negative log-likelihood of the right paths, and its gradient."""
    weights = Weights.from_vector(vector)
    lattice = example.lattice
    scores = lattice.score(example.log_probabilities, weights, example.signs)
    right = np.where(example.right, scores.labels, -np.inf)
    right_passed = np.where(example.right_passed, scores.passed, -np.inf)
    clipped = np.maximum(example.log_probabilities, MIN_LOG_PROBABILITY)
    told = np.maximum(example.signs, MIN_LOG_PROBABILITY)
    total, gradient = 0.0, np.zeros(len(vector))
    for labels, passed, sign in (
        (right, right_passed, -1.0),
        (scores.labels, scores.passed, 1.0),
    ):
        sums = lattice.sums(Scores(labels, passed, scores.edges), lattice.finals)
        if not np.isfinite(sums.log_weight):
            return 0.0, np.zeros(len(vector))  # the lattice has no right path
        read = shares(labels) * sums.read[:, None]
        taken = shares(passed) * sums.passed[:, None]
        expected = np.concatenate(
            [
                sums.read @ lattice.glyph_features,
                read[:, NOT_DIGIT] @ lattice.glyph_features,
                sums.edges @ example.pair_features,
                [
                    float((read[:, :NOT_DIGIT] * clipped[:, :NOT_DIGIT]).sum()),
                    float(read[:, NOT_DIGIT] @ clipped[:, NOT_DIGIT]),
                    float(sums.edges @ lattice.is_link),
                    float(sums.read @ told[:, LEFT_OUT]),
                    float(sums.read @ lattice.of_parts(told)),
                    float((taken * told).sum()),
                    float(taken[:, 1:].sum()),
                    float(taken[:, LEFT_OUT].sum()),
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
    model: Path,
    ink: Sequence[Path],
    nondigits: Sequence[Path],
    out: Path,
    seed: int = 0,
    signs: Path = BUNDLED_SIGNS,
) -> float:
    """Fit the weights to a model's answers, and write them with a record of the fit.

    The signs.json should be fitted to the same model.

    The ink must be what the model was trained on, and `out`, a weights.json, is written atomically.

    Returns:
        The mean negative log-likelihood of a row.

    Raises:
        DataNotFoundError: If the data sets of one kind are missing.
    """
    records, others = read_sources(ink, nondigits)
    digits, symbols = (of_writers(part, held_out=True) for part in (records, others))
    unlike = [record for record in others if record.label not in LOOKALIKES]
    letters = of_writers(unlike, held_out=True)
    numbers = compose_many(digits, PLAIN, seed, STYLE)
    numbers += compose_many(digits, WITH_LETTERS, seed + 1, replace(STYLE, letters=0.2), letters)
    pictured = [draw_composed(n) for n in compose_many(digits, PICTURES, seed + 2, STYLE)]
    writing = ink_writing(digits)
    pictured += [n for kind in KINDS for n in make_touching(kind, writing, TOUCHING, seed)]
    numbers += [signed.number for signed in compose_signed(digits, symbols, SIGNED, seed)]
    session, sign_net = OnnxSession(model), SignNet.load(signs)
    found = examples(numbers, session, sign_net) + picture_examples(pictured, session, sign_net)
    weights, loss = fit(found)
    composed = "".join([n.label for n in numbers] + [n.label for n in pictured])
    fraction = composed.count("?") / len(composed)
    weights["unreadable_glyph"] += math.log(IN_NUMBERS / fraction)
    write_weights(
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


def is_fitted(path: Path, model: Path) -> bool:
    """Whether a file holds weights that were fitted to this model."""
    return path.exists() and json.loads(path.read_text())["model_sha256"] == sha256(model)
