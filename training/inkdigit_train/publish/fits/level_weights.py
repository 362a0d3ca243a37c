"""A digit model and made pages in; how much tells which way a page lies out.

Pages by validation writers are turned by known angles. Their true ink is used, so that the fit does
not depend on the ink network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkdigit._segment.level import (
    DEGREES,
    WEIGHTS,
    Score,
    read_marks,
    small_turns,
    square_turns,
)
from inkdigit._segment.turn import row_evidence, turn_map
from inkdigit.labels import log_softmax
from inkdigit.session import OnnxSession
from inkdigit_train.data import touching
from inkdigit_train.data.pages.kinds import KINDS
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.data.touching import make_touching
from inkdigit_train.publish.fits.weight_files import write_weights

__all__ = ["fit_level"]

Floats = NDArray[np.float64]

PAGES = {"numbers": 200, "tight number": 150, "columns": 50, "form": 50}
TOUCHING = 50  # of each kind of touching digits: their marks read anything, either way up
# Of the pages turned for the fit: those nearly level, those turned by any angle; the rest is level.
NEARLY, ANY_ANGLE, NEARLY_DEGREES = 0.4, 0.1, 3.0
NEAR_ENOUGH = 4.0  # degrees off the true turn: digits read as well as level


@dataclass(frozen=True, eq=False)
class _Turned:
    """A turned page.

    Attributes:
        ink_map: (H, W) float32 in [0, 1].
        evidence: (4, n) pairs on one line for each way up and each of `DEGREES`.
        right: (n,) bool: the turns that level it.
        upright: Which way up is right.
    """

    ink_map: NDArray[np.float32]
    evidence: Floats
    right: NDArray[np.bool_]
    upright: int


def fit_level(model: Path, writing: Writing, out: Path, seed: int = 0) -> float:
    """Fit the weights of `inkdigit._segment.level`, and write them with a record of the fit.

    Args:
        model: The digit network's file.
        writing: What the pages are made of, by writers held out from training.
        out: A level.json, written atomically.
        seed: Of the pages and of their turns.

    Returns:
        The mean loss of a page in nats, of both choices together.
    """
    session = OnnxSession(model)

    def score(rasters: NDArray[np.float32]) -> Floats:
        return log_softmax(session.run(rasters[:, None])[0])

    rng = np.random.default_rng(seed)
    made = [KINDS[kind].make(writing, rng).ink for kind, n in PAGES.items() for _ in range(n)]
    joined = [n for kind in touching.KINDS for n in make_touching(kind, writing, TOUCHING, seed)]
    made += [1 - number.picture.astype(np.float32) / np.float32(255) for number in joined]
    turned = [page for page in (_turned(ink, rng) for ink in made) if page.evidence.any()]
    expected = small_turns()
    choices = [(np.stack([p.evidence[p.upright], expected], 1), p.right) for p in turned]
    small, small_loss = _fit_choice(choices)
    # As many pages lie each way up here: each counts as often as such pages are expected.
    choices = [(_ways(p, small, score), np.arange(4) == p.upright) for p in turned]
    odds = square_turns()
    counts = np.exp(odds[[page.upright for page in turned]])
    ways, ways_loss = _fit_choice(choices, odds, counts)
    weights = zip(WEIGHTS, [*small.tolist(), *ways.tolist()], strict=True)
    write_weights(
        out,
        {
            "command": f"python -m inkdigit_train fit-level --seed {seed}",
            "pages": len(turned),
            "mean_loss": round(small_loss + ways_loss, 4),
            "weights": {name: round(weight, 3) for name, weight in weights},
        },
    )
    return small_loss + ways_loss


def _fit_choice(
    choices: Sequence[tuple[Floats, NDArray[np.bool_]]],
    odds: Floats | float = 0.0,
    counts: Floats | None = None,
) -> tuple[Floats, float]:
    """The weights (k,) under which what is right is likeliest, and the mean loss in nats.

    Args:
        choices: For each page the features (n, k) of its n ways, and which are right.
        odds: (n,) log-odds of the ways before anything is seen.
        counts: How much each page counts; alike where left out.
    """

    def loss(weights: Floats) -> float:
        shares = [_log_share(f @ weights + odds, right) for f, right in choices]
        return -float(np.average(shares, weights=counts))

    start = np.ones(choices[0][0].shape[1])
    fitted = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 400})
    return np.asarray(fitted.x, np.float64), float(fitted.fun)


def _log_share(scores: Floats, right: NDArray[np.bool_]) -> float:
    share = np.exp(scores - scores.max())
    return float(np.log(share[right].sum() / share.sum() + 1e-12))


def _turned(ink: NDArray[np.float32], rng: np.random.Generator) -> _Turned:
    roll, small = rng.random(), 0.0
    if roll < ANY_ANGLE:
        small = float(rng.uniform(DEGREES[0], DEGREES[-1]))
    elif roll < ANY_ANGLE + NEARLY:
        small = float(np.clip(rng.normal(0, NEARLY_DEGREES), DEGREES[0], DEGREES[-1]))
    upright = int(rng.integers(4))
    page, _ = turn_map(ink, -small - 90.0 * upright)
    right = np.abs(DEGREES - small) <= NEAR_ENOUGH
    return _Turned(page, row_evidence(page, DEGREES), right, upright)


def _ways(page: _Turned, small: Floats, score: Score) -> Floats:
    """(4, 3) of the ways up: pairs on one line, what reads surely, ones that do."""
    best = (small[0] * page.evidence + small[1] * small_turns()).argmax(axis=1)
    ways = np.zeros((4, 3))
    for quarter in range(4):
        level, _ = turn_map(page.ink_map, 90.0 * quarter + float(DEGREES[best[quarter]]))
        ways[quarter] = [page.evidence[quarter, best[quarter]], *read_marks(level, score)]
    return ways
