"""Hypotheses in, what the network says of each out: drawn and scored in batches."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.hand import HandRule
from inkdigit._decode.printed import print_odds
from inkdigit._segment.layout import Hypothesis, Layout
from inkdigit.labels import CLASSES, log_softmax

__all__ = ["MAX_BATCH", "Engine", "Scored", "score_hypotheses", "score_rasters"]

Engine: TypeAlias = Callable[
    [NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]
]  # `Session.run`

# Rasters scored at once. The engine keeps the memory of its largest batch: 4 MB here and 10 MB at
# 64, where a raster takes as long (161 and 160 µs).
MAX_BATCH = 16


@dataclass(frozen=True, eq=False)
class Scored:
    """What the network says of n hypotheses.

    Attributes:
        log_probabilities: (n, 11) of each.
        vectors: (n, d) float32 for `Hand` to compare, 0 for specks; None where none were asked for.
        printed: (n,) log-odds that each is print, 0 for specks; None where all is handwriting.
    """

    log_probabilities: NDArray[np.float64]
    vectors: NDArray[np.float32] | None = None
    printed: NDArray[np.float64] | None = None

    def of(self, rows: slice | NDArray[np.int64]) -> Scored:
        """Those of some hypotheses."""
        vectors, printed = self.vectors, self.printed
        return Scored(
            self.log_probabilities[rows],
            None if vectors is None else vectors[rows],
            None if printed is None else printed[rows],
        )


def score_hypotheses(
    hypotheses: Sequence[Hypothesis], layout: Layout, run: Engine, rule: HandRule | None = None
) -> Scored:
    """Score hypotheses, with one call of the engine for up to `MAX_BATCH` of them.

    Args:
        hypotheses: Of the layout.
        layout: To draw them.
        run: `Session.run`.
        rule: Makes their vectors, where there is a hand to compare them with.

    Raises:
        InferenceError: If the engine fails, or answers with NaN.
    """
    bodies = _bodies(hypotheses)
    scores = _unscored(hypotheses)
    vectors = None if rule is None else np.zeros((len(hypotheses), rule.size), np.float32)
    printed = np.zeros(len(hypotheses)) if layout.may_be_print else None
    for first in range(0, len(bodies), MAX_BATCH):
        block = bodies[first : first + MAX_BATCH]
        rasters = layout.rasters([hypotheses[k] for k in block])
        logits, embedding = run(np.ascontiguousarray(rasters)[:, None])
        scores[block] = log_softmax(logits)
        if rule is not None and vectors is not None:
            vectors[block] = rule.vectors(rasters, scores[block], embedding)
        if printed is not None:
            printed[block] = print_odds(rasters, embedding)
    return Scored(scores, vectors, printed)


def score_rasters(
    rasters: NDArray[np.float32], hypotheses: Sequence[Hypothesis], run: Engine
) -> NDArray[np.float64]:
    """The same for rasters (n, 28, 28) that are drawn already."""
    bodies = _bodies(hypotheses)
    scores = _unscored(hypotheses)
    for first in range(0, len(bodies), MAX_BATCH):
        block = bodies[first : first + MAX_BATCH]
        scores[block] = log_softmax(run(rasters[block][:, None])[0])
    return scores


def _bodies(hypotheses: Sequence[Hypothesis]) -> list[int]:
    """Those that may be digits: a raster of a speck says nothing."""
    return [k for k, hypothesis in enumerate(hypotheses) if not hypothesis.speck]


def _unscored(hypotheses: Sequence[Hypothesis]) -> NDArray[np.float64]:
    return np.full((len(hypotheses), CLASSES), -math.log(CLASSES))
