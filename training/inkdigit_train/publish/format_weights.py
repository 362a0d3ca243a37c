"""A model and ink in; which forms texts with signs have, and how much that counts, out.

Forms are counted on the texts of made rows. What they weigh is fitted to rows composed of the ink
of validation writers, as the decoder's weights are: of the texts that the decoder finds in a row,
the right one should be the likeliest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkdigit._decode.formats import END, FORMAT_FEATURES, START, Formats, form_of
from inkdigit._decode.reading import by_row, score_hypotheses
from inkdigit._decode.row import likely_texts
from inkdigit._decode.steady import steady
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.files import write_json
from inkdigit.labels import SIGNS, SPACE
from inkdigit.session import OnnxSession
from inkdigit_train.data.compose import Composed, compose_many
from inkdigit_train.data.records import of_writers, read_sources
from inkdigit_train.data.signed import KINDS, compose_signed
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.files import sha256

__all__ = ["count_forms", "fit_formats", "fit_weights"]

TEXTS = 30_000  # made texts whose forms are counted
ORDER, BACKING = 5, 20.0  # as long as a day, a sign and a month; by judgement
SELDOM = 3  # runs seen less often are left out: a tenth of the file, and none of the rows
ROWS, NUMBERS = 1350, 450  # composed rows with signs, and numbers without any
RIDGE = 1.0  # pulls the weights towards 0


@dataclass(frozen=True, eq=False)
class Choice:
    """The texts that the decoder finds in one row.

    Attributes:
        features: (n, 9) of each text.
        log_probabilities: (n,) of each text.
        right: Index of the right one.
    """

    features: NDArray[np.float64]
    log_probabilities: NDArray[np.float64]
    right: int


def count_forms(texts: Sequence[str]) -> dict[str, int]:
    """How often each run of up to `ORDER` characters stands in the forms of some texts."""
    counts: Counter[str] = Counter()
    for text in texts:
        form = START * (ORDER - 1) + form_of(text) + END
        for place in range(ORDER - 1, len(form)):
            # Contexts are counted where a character follows, so that shares add up to 1.
            counts[""] += 1
            for before in range(ORDER):
                counts[form[place - before : place + 1]] += 1
        for length in range(1, ORDER):
            counts[START * length] += 1
    return {run: count for run, count in sorted(counts.items()) if count >= SELDOM}


def fit_formats(
    model: Path, ink: Sequence[Path], nondigits: Sequence[Path], out: Path, seed: int = 0
) -> tuple[float, float]:
    """Fit to a model's answers, and write the file that the runtime reads.

    Returns:
        Fraction of the rows whose right text the decoder finds that are read right without forms,
        and with them.

    Raises:
        DataNotFoundError: If there is nothing to compose rows from.
    """
    rng = np.random.default_rng(seed)
    kinds = list(KINDS.values())
    texts = [kinds[k % len(kinds)](rng) for k in range(TEXTS)]
    words = [word for text in texts for word in text.split(SPACE)]
    formats = Formats(count_forms(words), ORDER, BACKING, np.zeros(len(FORMAT_FEATURES)))
    digits, symbols = (of_writers(part, held_out=True) for part in read_sources(ink, nondigits))
    rows = [
        (row.number, row.text.split(SPACE)) for row in compose_signed(digits, symbols, ROWS, seed)
    ]
    if not rows:
        raise DataNotFoundError(
            "no ink data sets of digits and of signs to compose rows from; name their folder"
            " with --data"
        )
    rows += [(number, [number.label]) for number in compose_many(digits, NUMBERS, seed)]
    session = OnnxSession(model)
    choices = [choice for number, own in rows for choice in _choices(number, own, session, formats)]
    weights = fit_weights(choices)
    before, after = (_right(choices, w) for w in (np.zeros_like(weights), weights))
    named = zip(FORMAT_FEATURES, weights.tolist(), strict=True)
    write_json(
        out,
        {
            "command": f"python -m inkdigit_train fit-formats MODEL.onnx --seed {seed}",
            "model_sha256": sha256(model),
            "rows": len(choices),
            "right_without_forms": round(before, 4),
            "right": round(after, 4),
            "weights": {name: round(weight, 4) for name, weight in named},
            "order": ORDER,
            "backing": BACKING,
            "counts": dict(formats.counts),
        },
    )
    return before, after


def _choices(
    number: Composed, words: Sequence[str], session: OnnxSession, formats: Formats
) -> list[Choice]:
    """The rows of a number in which the right text is found, and others are."""
    layout = StrokeLayout(number.ink)
    if len(layout.rows) != len(words):
        return []
    scored = score_hypotheses(layout.hypotheses, layout, steady(session.run))
    found = []
    for (row, part), word in zip(by_row(layout, scored), words, strict=True):
        texts = likely_texts(row, part.log_probabilities, SIGNS)
        right = [k for k, (text, _) in enumerate(texts) if text == word]
        if right and len(texts) > 1:
            features = formats.features(texts)
            found.append(Choice(features, features[:, 0], right[0]))
    return found


def fit_weights(choices: Sequence[Choice]) -> NDArray[np.float64]:
    """(9,) with which the right texts are the likeliest: a conditional logit."""

    def objective(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, gradient = RIDGE * float(weights @ weights) / 2, RIDGE * weights
        for choice in choices:
            scores = choice.log_probabilities + choice.features @ weights
            top = scores.max()
            whole = top + np.log(np.exp(scores - top).sum())
            total += whole - scores[choice.right]
            expected = np.exp(scores - whole) @ choice.features
            gradient = gradient + expected - choice.features[choice.right]
        return float(total), gradient

    start = np.zeros(len(FORMAT_FEATURES))
    return np.asarray(minimize(objective, start, jac=True, method="L-BFGS-B").x)


def _right(choices: Sequence[Choice], weights: NDArray[np.float64]) -> float:
    told = [int((c.log_probabilities + c.features @ weights).argmax()) == c.right for c in choices]
    return float(np.mean(told))
