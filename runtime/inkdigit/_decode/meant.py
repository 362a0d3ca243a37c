"""Which part of a picture's ink is the one digit that is meant: it may have a neighbour's pieces.

Each hypothesis of the segmenter is a candidate, and all the ink together is one. How likely each
is follows from how much it looks like a digit, how much of the ink it takes, where it lies, and
whether it was cut: a conditional logit whose weights `inkdigit_train fit-choices` fits on made
pictures, whose truth is known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.hand import Hand, HandRule
from inkdigit._decode.scoring import Engine
from inkdigit._segment.marks import MarkLayout
from inkdigit.labels import DIGITS, log_softmax, softmax

__all__ = [
    "BUNDLED_CHOICE",
    "FEATURES",
    "Candidates",
    "Meant",
    "find_candidates",
    "measures",
    "read_meant",
    "weigh_meant",
]

BUNDLED_CHOICE = Path(__file__).parent / "meant.json"
FEATURES = ("likelihood", "coverage", "offset", "edges", "cuts")
MOST = 48  # candidates that are scored, those with the most ink
LEAST_LIKELIHOOD = 1e-4  # so that its logarithm is finite
EDGE_PX = 1.5  # of the picture: so near its left or right border a candidate goes on beyond it


@dataclass(frozen=True, eq=False)
class Candidates:
    """What the one digit may be.

    Attributes:
        inks: (H, W) float32 each, the candidate's ink on the map; the last is all of the ink.
        rasters: (n, 28, 28) float32 in [0, 1].
        features: (n, 4) float64, `FEATURES` after the first.
    """

    inks: tuple[NDArray[np.float32], ...]
    rasters: NDArray[np.float32]
    features: NDArray[np.float64]


def find_candidates(layout: MarkLayout, width: int) -> Candidates:
    """What the one digit of a picture may be.

    Args:
        layout: Of the picture's ink, of which there is some.
        width: Of the picture in pixels.
    """
    hypotheses = [h for h in layout.hypotheses if not h.speck]
    lifted = [layout.ink_of(hypothesis) for hypothesis in hypotheses]
    total = float(layout.ink_map.sum())
    parts = np.array([float(part.sum()) for part in lifted])
    order = np.argsort(-parts, kind="stable")[: MOST - 1].tolist()
    chosen = [hypotheses[k] for k in order]
    boxes = [layout.to_input.box(hypothesis.box) for hypothesis in chosen]
    rows = [
        _features(parts[k] / total, box, hypotheses[k].cuts, width)
        for k, box in zip(order, boxes, strict=True)
    ]
    height, across = layout.ink_map.shape
    around = layout.to_input.box((0.0, 0.0, float(across), float(height)))
    if boxes:
        edges = np.array(boxes)
        around = (*edges[:, :2].min(axis=0).tolist(), *edges[:, 2:].max(axis=0).tolist())
    rows.append(_features(1.0, around, 0, width))
    return Candidates(
        (*(lifted[k] for k in order), layout.ink_map),
        np.concatenate([layout.rasters(chosen), layout.raster_of_all()[None]]),
        np.array(rows),
    )


def _features(
    coverage: float, box: tuple[float, float, float, float], cuts: int, width: int
) -> list[float]:
    left, _, right, _ = box
    edges = (left <= EDGE_PX) + (right >= width - EDGE_PX)
    return [coverage, abs((left + right) / 2 / width - 0.5), float(edges), float(cuts)]


def measures(probabilities: NDArray[np.float32], candidates: Candidates) -> NDArray[np.float64]:
    """(n, 5), `FEATURES` of the candidates whose rasters have these probabilities, (n, 11)."""
    likelihood = np.log(probabilities[:, :DIGITS].max(axis=1) + LEAST_LIKELIHOOD)
    return np.column_stack([likelihood, candidates.features])


@dataclass(frozen=True, eq=False)
class Meant:
    """What the one digit may be, weighed.

    Attributes:
        rasters: (n, 28, 28) float32 in [0, 1], of the candidates.
        share: (n,) how likely each is the digit that is meant.
        log_probabilities: (n, 11) of each, by the network alone.
        probabilities: (n, 11) of each, by the network and what is remembered of the writer.
        vectors: (n, d) float32, which glyphs are compared by; None where none were asked for.
    """

    rasters: NDArray[np.float32]
    share: NDArray[np.float64]
    log_probabilities: NDArray[np.float64]
    probabilities: NDArray[np.float32]
    vectors: NDArray[np.float32] | None


def weigh_meant(
    layout: MarkLayout,
    width: int,
    run: Engine,
    hand: Hand | None = None,
    rule: HandRule | None = None,
) -> Meant:
    """Weigh what may be the one digit that is meant.

    Args:
        layout: As for `find_candidates`.
        width: Likewise.
        run: `Session.run`.
        hand: What is remembered of the writer.
        rule: Makes vectors; the hand's where left out.

    Raises:
        InferenceError: If the engine fails, or answers with NaN.
    """
    candidates = find_candidates(layout, width)
    logits, embedding = run(np.ascontiguousarray(candidates.rasters)[:, None])
    log_probabilities, probabilities, vectors = log_softmax(logits), softmax(logits), None
    rule = rule or (None if hand is None else hand.rule)
    if rule is not None:
        vectors = rule.vectors(candidates.rasters, log_probabilities, embedding)
        if hand is not None:
            probabilities = np.exp(hand.weigh(log_probabilities, vectors)).astype(np.float32)
    score = measures(probabilities, candidates) @ _weights()
    share = np.exp(score - score.max())
    return Meant(candidates.rasters, share / share.sum(), log_probabilities, probabilities, vectors)


def read_meant(
    layout: MarkLayout, width: int, run: Engine, hand: Hand | None = None
) -> NDArray[np.float32]:
    """Probabilities (11,) of the one digit that is meant, over all that may be meant.

    Arguments and errors are those of `weigh_meant`.
    """
    meant = weigh_meant(layout, width, run, hand)
    return np.asarray(meant.share @ meant.probabilities, np.float32)


@cache
def _weights() -> NDArray[np.float64]:
    weights = json.loads(BUNDLED_CHOICE.read_text())
    return np.array([weights[name] for name in FEATURES])
