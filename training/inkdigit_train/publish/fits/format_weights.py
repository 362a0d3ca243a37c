"""A model and ink in; which forms texts with signs have, and how much that counts, out.

Forms are counted on the texts of made rows. What they weigh is fitted to rows composed of the ink
of training writers, as the decoder's weights are: of the texts that the decoder finds in a row, the
right one should be the likeliest. Rows of validation writers say how well that does. They were
fitted to once: validation writers are 8, and one of them puts a dot before threes, so that a point
hardly counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkdigit._decode.formats import DIGIT, END, FORMAT_FEATURES, START, Formats, form_of
from inkdigit._decode.row import likely_texts
from inkdigit._decode.rows import by_row
from inkdigit._decode.scoring import score_hypotheses
from inkdigit._decode.steady import steady
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.labels import SIGNS, SPACE
from inkdigit.session import OnnxSession
from inkdigit_train.data.compose import Composed, Style, compose_many
from inkdigit_train.data.records import InkRecord, of_writers, read_sources
from inkdigit_train.data.signed import KINDS, compose_signed
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.files import sha256
from inkdigit_train.publish.fits.weight_files import write_weights

__all__ = ["count_forms", "fit_formats", "fit_weights"]

TEXTS = 30_000  # made texts whose forms are counted
ORDER, BACKING = 5, 20.0  # as long as a day, a sign and a month; by judgement
SELDOM = 3  # runs seen less often are left out: a tenth of the file, and none of the rows
ROWS, NUMBERS = 2250, 2250  # composed rows with signs, and numbers without any
VALIDATION = 0.3  # rows of validation writers, as a fraction of those
# A single digit is a text too, and the commonest one in use. Where forms were counted on longer
# texts alone, 341 of 800 single digits that are read right without forms were read as two.
PLAIN_DIGITS = (1, 8)  # least and most digits of a number without signs; each is as likely
# Fraction of the rows read with signs allowed that are assumed to have none. Of 322 other composed
# numbers that are read right without forms 11 were lost with a half, 6 with two thirds and 3 with
# four fifths; rows with signs lost 3 points from a half to four fifths.
PLAIN_ROWS = 0.75
RIDGE = 1.0  # pulls the weights towards 0


@dataclass(frozen=True, eq=False)
class Choice:
    """The texts that the decoder finds in one row.

    Attributes:
        features: (n, 8) of each text.
        log_probabilities: (n,) of each text.
        right: Index of the right one.
        weight: How much the row counts.
    """

    features: NDArray[np.float64]
    log_probabilities: NDArray[np.float64]
    right: int
    weight: float = 1.0


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
        Fraction of the validation writers' rows whose right text the decoder finds that are read
        right without forms, and with them.

    Raises:
        DataNotFoundError: If there is nothing to compose rows from.
    """
    rng = np.random.default_rng(seed)
    kinds = list(KINDS.values())
    signed_texts = round((1 - PLAIN_ROWS) * TEXTS)
    texts = [kinds[k % len(kinds)](rng) for k in range(signed_texts)]
    words = [word for text in texts for word in text.split(SPACE)]
    low, high = PLAIN_DIGITS
    words += [DIGIT * int(rng.integers(low, high + 1)) for _ in range(TEXTS - signed_texts)]
    formats = Formats(count_forms(words), ORDER, BACKING, np.zeros(len(FORMAT_FEATURES)))
    sources, session = read_sources(ink, nondigits), OnnxSession(model)
    signed_rows = _signed_rows(*sources, ROWS, seed, held_out=False)
    unseen_rows = _signed_rows(*sources, round(VALIDATION * ROWS), seed + 10, held_out=True)
    plain = of_writers(sources[0], held_out=False)
    numbers = compose_many(plain, NUMBERS, seed, Style(length=PLAIN_DIGITS))
    plain_rows = [(number, [number.label]) for number in numbers]
    signed, unsigned, unseen = (
        [choice for number, words in rows for choice in _choices(number, words, session, formats)]
        for rows in (signed_rows, plain_rows, unseen_rows)
    )
    share = PLAIN_ROWS / (1 - PLAIN_ROWS) * len(signed) / max(len(unsigned), 1)
    choices = signed + [replace(choice, weight=share) for choice in unsigned]
    weights = fit_weights(choices)
    before, after = (_right(unseen, w) for w in (np.zeros_like(weights), weights))
    named = zip(FORMAT_FEATURES, weights.tolist(), strict=True)
    write_weights(
        out,
        {
            "command": f"python -m inkdigit_train fit-formats MODEL.onnx --seed {seed}",
            "model_sha256": sha256(model),
            "rows": len(signed),
            "numbers": len(unsigned),
            "plain_rows": PLAIN_ROWS,
            "right_without_forms": round(before, 4),
            "right": round(after, 4),
            "weights": {name: round(weight, 4) for name, weight in named},
            "order": ORDER,
            "backing": BACKING,
            "counts": dict(formats.counts),
        },
    )
    return before, after


def _signed_rows(
    digits: Sequence[InkRecord],
    symbols: Sequence[InkRecord],
    count: int,
    seed: int,
    *,
    held_out: bool,
) -> list[tuple[Composed, list[str]]]:
    """Composed rows with signs, and the words of each: what stands between its wide gaps."""
    own, drawn = (of_writers(part, held_out=held_out) for part in (digits, symbols))
    rows = [(r.number, r.text.split(SPACE)) for r in compose_signed(own, drawn, count, seed)]
    if not rows:
        raise DataNotFoundError(
            "no ink data sets of digits and of signs to compose rows from; name their folder"
            " with --data"
        )
    return rows


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
    """(8,) with which the right texts are the likeliest: a conditional logit."""
    features = np.concatenate([choice.features for choice in choices])
    lattice = np.concatenate([choice.log_probabilities for choice in choices])
    sizes = np.array([len(choice.features) for choice in choices])
    first = np.cumsum(sizes) - sizes
    right = first + np.array([choice.right for choice in choices])
    counts = np.array([choice.weight for choice in choices])

    def objective(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = lattice + features @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, first), sizes)
        whole = np.log(np.add.reduceat(np.exp(scores), first))
        loss = counts @ (whole - scores[right]) + RIDGE * (weights @ weights) / 2
        likely = np.exp(scores - np.repeat(whole, sizes)) * np.repeat(counts, sizes)
        gradient = likely @ features - counts @ features[right] + RIDGE * weights
        return float(loss), gradient

    start = np.zeros(len(FORMAT_FEATURES))
    return np.asarray(minimize(objective, start, jac=True, method="L-BFGS-B").x)


def _right(choices: Sequence[Choice], weights: NDArray[np.float64]) -> float:
    told = [int((c.log_probabilities + c.features @ weights).argmax()) == c.right for c in choices]
    return float(np.mean(told))
