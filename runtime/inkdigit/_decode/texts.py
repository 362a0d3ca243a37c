"""Best paths through a row in, the likeliest texts out, and what each text is made of."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkdigit._decode.lattice import LEFT_OUT, OTHER, Path, Scores, Step
from inkdigit.labels import NOT_DIGIT, SIGNS

__all__ = ["ALTERNATIVES", "Text", "character", "join_texts", "likeliest_texts"]

ALTERNATIVES = 5
LABELS_A_GLYPH = 3  # likeliest classes of a glyph that texts are made of
NEGLIGIBLE_LOG_FRACTION = -20.0  # of all weight: too little to be seen in a text's probability


@dataclass(frozen=True, eq=False)
class Text:
    """A text of a row.

    Attributes:
        text: Digits, signs, and "?" for what is neither.
        probability: Of it, 0 to 1.
        glyphs: What its best path makes it of, from left to right: each step, and the column of
            `Scores.labels` or, where it is passed, of `Scores.passed`.
    """

    text: str
    probability: float
    glyphs: tuple[tuple[Step, int], ...]


def likeliest_texts(kinds: Sequence[Sequence[Path]], log_weight: float) -> list[Text]:
    """Of each path the best text, and those with a glyph or two changed.

    Args:
        kinds: For each kind of row its paths, best first.
        log_weight: Logarithm of the weight of all paths.

    Returns:
        Texts, best first; at least one.
    """
    found: dict[str, tuple[float, float, tuple[tuple[Step, int], ...]]] = {}
    for paths in kinds:
        known: dict[Step, list[tuple[float, int]]] = {}
        for each in paths:
            if each.score - log_weight < NEGLIGIBLE_LOG_FRACTION and len(found) >= ALTERNATIVES:
                break  # the next are less likely still
            for step in each.steps:
                if step not in known:
                    known[step] = _choices(step, each.scores)
            choices = [known[step] for step in each.steps]
            if not all(choices):
                continue
            for loss, ranks in _best_combinations(choices, ALTERNATIVES):
                columns = [c[rank][1] for c, rank in zip(choices, ranks, strict=True)]
                glyphs = tuple(zip(each.steps, columns, strict=True))
                text = "".join(character(*glyph) for glyph in glyphs)
                score = each.score + loss
                probability = math.exp(min(score - log_weight, 0.0))
                total, best, spelled = found.get(text, (0.0, -math.inf, glyphs))
                if score > best:
                    best, spelled = score, glyphs
                found[text] = total + probability, best, spelled
    if not found:
        return [Text("", 1.0, ())]
    whole = max(sum(probability for probability, _, _ in found.values()), 1.0)
    ranked = sorted(found.items(), key=lambda item: -item[1][0])
    return [Text(text, p / whole, glyphs) for text, (p, _, glyphs) in ranked]


def character(step: Step, column: int) -> str:
    """What a step is read as: a digit, a sign, "?", or "" where it is left out."""
    if step.passed:
        return "" if column == LEFT_OUT else "?" if column == OTHER else SIGNS[column - 1]
    return "?" if column == NOT_DIGIT else str(column)


def join_texts(
    rows: Sequence[Sequence[tuple[str, float]]], separators: Sequence[str] | None = None
) -> tuple[tuple[str, float], ...]:
    """Texts of several rows with their probabilities, best first, joined.

    Args:
        rows: The texts of each row.
        separators: What stands before each row; line breaks where left out, before all but the
            first.
    """
    joined: list[tuple[str, float]] = [("", 1.0)]
    for index, alternatives in enumerate(rows):
        separator = ("\n" if index else "") if separators is None else separators[index]
        joined = heapq.nlargest(
            ALTERNATIVES,
            ((a + separator + b, p * q) for a, p in joined for b, q in alternatives),
            key=lambda item: item[1],
        )
    return tuple(joined)


def _choices(step: Step, scores: Scores) -> list[tuple[float, int]]:
    """The likeliest columns of a step with their log-weights, best first."""
    assert step.hypothesis is not None
    row = (scores.passed if step.passed else scores.labels)[step.hypothesis]
    likeliest = np.argsort(-row, kind="stable")[:LABELS_A_GLYPH].tolist()
    return [(float(row[column]), column) for column in likeliest if row[column] > -math.inf]


def _best_combinations(
    choices: list[list[tuple[float, int]]], count: int
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
