"""A model and ink in; how a digit's size, position and cuts count beside its raster out.

Numbers are composed of the digits of training and of validation writers. The network was trained on
the former and is a little surer of them than of a stranger's, but they are 115 hands, and the
latter are 8: weights fitted on half of those 8 left a loss of 0.66 on the other half, weights
fitted on training writers 0.61. Letters and signs are those of validation writers: with training
writers' letters, which the network knows for none, strangers' digits were read "?" more often (a
loss of 0.55 on validation rows instead of 0.52). How well the weights do is measured on rows of
validation writers before these join the fit.

Some rows are taken as ink, some as pictures, many of them of digits that touch. The fit maximises
the likelihood of the right strokes with the right digits among all paths of each row's lattice;
that calibrates the probabilities of paths, so no temperature is left to fit. Last, the odds of "?"
are corrected from the fraction of letters in the composed numbers to the fraction assumed in use.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkdigit._decode.lattice import LEFT_OUT, MIN_LOG_PROBABILITY, Scores
from inkdigit._decode.row import IN_NUMBERS
from inkdigit._decode.signs import BUNDLED_SIGNS, SignNet
from inkdigit._decode.weights import FEATURES, Weights
from inkdigit.files import write_json
from inkdigit.labels import NOT_DIGIT
from inkdigit.session import OnnxSession, Session
from inkdigit_train.data.compose import Composed, Style, compose_many
from inkdigit_train.data.lattices import Example, examples, picture_examples, shares
from inkdigit_train.data.nondigits import LOOKALIKES
from inkdigit_train.data.pages.writing import ink_writing
from inkdigit_train.data.pictured import Pictured, draw_composed
from inkdigit_train.data.records import InkRecord, of_writers, read_sources
from inkdigit_train.data.signed import compose_signed
from inkdigit_train.data.touching import KINDS, make_touching
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.files import sha256

__all__ = ["fit", "fit_to_model", "is_fitted", "mean_loss"]

# Numbers composed for the fit: few letters and signs, as in use.
PLAIN, WITH_LETTERS, SIGNED = 1080, 300, 540
PICTURES, TOUCHING = 360, 60  # numbers drawn as pictures, and of each kind of touching digits
VALIDATION = 0.6  # rows of validation writers, as a fraction of those
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


def fit(found: Sequence[Example], iterations: int = 60) -> dict[str, float]:
    """Maximise the likelihood.

    Returns:
        The weight of each feature.
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
    return {name: round(float(w), 4) for name, w in zip(FEATURES, result.x, strict=True)}


def mean_loss(weights: Mapping[str, float], found: Sequence[Example]) -> float:
    """The mean negative log-likelihood of a row."""
    vector = np.array([weights[name] for name in FEATURES])
    return float(np.mean([_loss(vector, example)[0] for example in found]))


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
        The mean negative log-likelihood of a row of validation writers, fitted without them.

    Raises:
        DataNotFoundError: If the data sets of one kind are missing, or too small to compose rows.
    """
    records, others = read_sources(ink, nondigits)
    session, sign_net = OnnxSession(model), SignNet.load(signs)

    symbols = of_writers(others, held_out=True)
    rows = _Rows.compose(of_writers(records, held_out=False), symbols, 1.0, seed)
    unseen = _Rows.compose(of_writers(records, held_out=True), symbols, VALIDATION, seed + 10)
    if not rows.numbers or not unseen.numbers:
        raise DataNotFoundError(
            "too few digits of writers with names to compose numbers of, for the fit or for its"
            " validation"
        )
    found, others_found = (part.examples(session, sign_net) for part in (rows, unseen))
    loss = mean_loss(fit(found), others_found)
    weights = fit(found + others_found)
    labels = rows.labels() + unseen.labels()
    fraction = labels.count("?") / len(labels)
    if fraction:
        weights["unreadable_glyph"] += math.log(IN_NUMBERS / fraction)
    write_json(
        out,
        {
            "command": f"python -m inkdigit_train fit-decoder MODEL.onnx --seed {seed}"
            " --out runtime/inkdigit/_decode/weights.json",
            "model_sha256": sha256(model),
            "numbers": len(rows.numbers) + len(unseen.numbers),
            "pictures": len(rows.pictures) + len(unseen.pictures),
            "digits": rows.digits + unseen.digits,
            "no_digits_composed": round(fraction, 4),
            "no_digits_in_use": IN_NUMBERS,
            "mean_loss": round(loss, 4),
            "weights": weights,
        },
    )
    return loss


@dataclass(frozen=True, eq=False)
class _Rows:
    """Composed numbers, some of them as pictures, and how many single digits they are made of."""

    numbers: Sequence[Composed]
    pictures: Sequence[Pictured]
    digits: int

    @classmethod
    def compose(
        cls, digits: Sequence[InkRecord], symbols: Sequence[InkRecord], scale: float, seed: int
    ) -> _Rows:
        counts = (PLAIN, WITH_LETTERS, SIGNED, PICTURES, TOUCHING)
        plain, lettered, signed, pictured, touching = (round(scale * count) for count in counts)
        letters = [record for record in symbols if record.label not in LOOKALIKES]
        numbers = compose_many(digits, plain, seed, STYLE)
        numbers += compose_many(digits, lettered, seed + 1, replace(STYLE, letters=0.2), letters)
        numbers += [row.number for row in compose_signed(digits, symbols, signed, seed)]
        pictures = [draw_composed(n) for n in compose_many(digits, pictured, seed + 2, STYLE)]
        writing = ink_writing(digits)
        pictures += [n for kind in KINDS for n in make_touching(kind, writing, touching, seed)]
        return cls(numbers, pictures, len(digits))

    def examples(self, session: Session, sign_net: SignNet) -> list[Example]:
        return examples(self.numbers, session, sign_net) + picture_examples(
            self.pictures, session, sign_net
        )

    def labels(self) -> str:
        return "".join([n.label for n in self.numbers] + [p.label for p in self.pictures])


def is_fitted(path: Path, model: Path) -> bool:
    """Whether a file holds weights that were fitted to this model."""
    return path.exists() and json.loads(path.read_text())["model_sha256"] == sha256(model)
