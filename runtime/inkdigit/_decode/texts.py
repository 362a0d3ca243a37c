"""Best paths through a row in, the likeliest texts out, and what each text is made of."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.lattice import Path
from inkdigit.labels import NOT_DIGIT

__all__ = ["ALTERNATIVES", "join_texts", "likeliest_texts", "spell"]

ALTERNATIVES = 5
LABELS_A_GLYPH = 3  # likeliest classes of a glyph that texts are made of
NEGLIGIBLE_LOG_FRACTION = -20.0  # of all weight: too little to be seen in a text's probability


def likeliest_texts(kinds: Sequence[Sequence[Path]], log_weight: float) -> list[tuple[str, float]]:
    """Of each path the best text, and those with a glyph or two changed.

    Args:
        kinds: For each kind of row its paths, best first.
        log_weight: Logarithm of the weight of all paths.

    Returns:
        Texts with their probabilities, best first; at least one.
    """
    found: dict[str, float] = {}
    for paths in kinds:
        for each in paths:
            if each.score - log_weight < NEGLIGIBLE_LOG_FRACTION and len(found) >= ALTERNATIVES:
                break  # the next are less likely still
            choices = [_choices(each.labels[index]) for index in each.hypotheses]
            if not all(choices):
                continue
            for loss, ranks in _best_combinations(choices, ALTERNATIVES):
                text = "".join(c[rank][1] for c, rank in zip(choices, ranks, strict=True))
                probability = math.exp(min(each.score + loss - log_weight, 0.0))
                found[text] = found.get(text, 0.0) + probability
    if not found:
        return [("", 1.0)]
    total = max(sum(found.values()), 1.0)
    ranked = sorted(found.items(), key=lambda item: -item[1])
    return [(text, probability / total) for text, probability in ranked]


def spell(text: str, paths: Sequence[Path]) -> list[tuple[int, int]]:
    """The best path that reads a text, as hypotheses and their classes from left to right."""
    best, best_score = list[tuple[int, int]](), -math.inf
    wanted = [NOT_DIGIT if character == "?" else int(character) for character in text]
    for each in paths:
        indices = each.hypotheses
        if len(indices) != len(wanted):
            continue
        spelled = list(zip(indices, wanted, strict=True))
        score = each.score - sum(each.labels[i].max() - each.labels[i, w] for i, w in spelled)
        if score > best_score:
            best, best_score = spelled, score
    return best


def join_texts(
    rows: Sequence[Sequence[tuple[str, float]]],
) -> tuple[tuple[str, float], ...]:
    """Texts of several rows with their probabilities, best first, joined by line breaks."""
    joined: list[tuple[str, float]] = [("", 1.0)]
    for index, alternatives in enumerate(rows):
        separator = "\n" if index else ""
        joined = heapq.nlargest(
            ALTERNATIVES,
            ((a + separator + b, p * q) for a, p in joined for b, q in alternatives),
            key=lambda item: item[1],
        )
    return tuple(joined)


def _choices(labels: NDArray[np.float64]) -> list[tuple[float, str]]:
    """The likeliest characters of a glyph with their log-weights, best first."""
    likeliest = np.argsort(-labels, kind="stable")[:LABELS_A_GLYPH].tolist()
    scores = [float(labels[label]) for label in likeliest]
    return [
        (score, "?" if label == NOT_DIGIT else str(label))
        for score, label in zip(scores, likeliest, strict=True)
        if score > -math.inf
    ]


def _best_combinations(
    choices: list[list[tuple[float, str]]], count: int
) -> list[tuple[float, tuple[int, ...]]]:
    """The best ways to take one of each: log-weights against the best, and ranks."""
    losses = [[options[0][0] - score for score, _ in options] for options in choices]
    # None of the best changes a glyph while `count - 1` others are cheaper to change.
    cheapest = heapq.nsmallest(
        count - 1, (k for k, row in enumerate(losses) if len(row) > 1), key=lambda k: losses[k][1]
    )
    start = (0,) * len(choices)
    heap = [(0.0, start)]
    seen = {start}
    taken: list[tuple[float, tuple[int, ...]]] = []
    while heap and len(taken) < count:
        loss, ranks = heapq.heappop(heap)
        taken.append((-loss, ranks))
        for k in cheapest:
            rank = ranks[k]
            if rank + 1 < len(losses[k]):
                after = (*ranks[:k], rank + 1, *ranks[k + 1 :])
                if after not in seen:
                    seen.add(after)
                    heapq.heappush(heap, (loss + losses[k][rank + 1] - losses[k][rank], after))
    return taken
