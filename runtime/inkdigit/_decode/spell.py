"""A row and what it says in; which hypothesis each of its characters is, out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.hand import Hand, class_of
from inkdigit._decode.row import score_row
from inkdigit._segment.layout import Row
from inkdigit.labels import SIGNS

__all__ = ["spell_row"]

# Log-odds of each sign that the text has: as good as sure, but not for what has no likeness to it.
SIGN_IN_TEXT = 10.0
LEAST_SURE = 0.8  # of where a character is: a wrong piece that was learnt would do harm


def spell_row(
    row: Row,
    log_probabilities: NDArray[np.float64],
    text: str,
    hand: Hand | None = None,
    vectors: NDArray[np.float32] | None = None,
) -> list[int | None]:
    """Find each character of a row whose text is known.

    Args:
        row: Its atoms and hypotheses.
        log_probabilities: (n, 11) of each hypothesis's raster.
        text: Digits, signs, and "?" for what is neither.
        hand: As for `decode_row`.
        vectors: Likewise.

    Returns:
        For each character the index of its hypothesis, or None where it is not clear.
    """
    lattice, scores = score_row(row, log_probabilities, counted=True, hand=hand, vectors=vectors)
    glyphs = [class_of(character) for character in text if character not in SIGNS]
    columns: list[list[int]] = [[] for _ in range(len(glyphs) + 1)]
    before = 0
    for character in text:
        if character in SIGNS:
            columns[before].append(1 + SIGNS.index(character))
        else:
            before += 1
    scores.passed[:, 1:] += SIGN_IN_TEXT
    found = lattice.spell(scores, glyphs, columns)
    if found is None:
        return [None] * len(text)
    read, passed = found
    passed[:, lattice.is_speck] = 0.0  # where a speck is, is no help: it has no shape
    places: list[int | None] = []
    before = 0
    for character in text:
        if character not in SIGNS:
            places.append(_surest(read[before]))
            before += 1
        else:  # of two signs side by side, each might be either
            alone = len(columns[before]) == 1
            places.append(_surest(passed[before]) if alone else None)
    return places


def _surest(likely: NDArray[np.float64]) -> int | None:
    best = int(likely.argmax()) if len(likely) else 0
    return best if len(likely) and likely[best] >= LEAST_SURE else None
