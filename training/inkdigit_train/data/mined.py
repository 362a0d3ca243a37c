"""What the segmenter proposes in composed numbers: wrong cuts and joins, and digits cut out right.

Reading a number means telling these apart, so the network trains on just what it will be shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inkdigit import Ink, Stroke
from inkdigit._segment.layout import Hypothesis
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.compose import Composed, Style, compose_many, glyph_of, held_and_lengths
from inkdigit_train.data.lookalikes import is_bar
from inkdigit_train.data.nondigits import WIDEST_ONE
from inkdigit_train.data.records import InkRecord

__all__ = ["mine"]

STYLE = Style(gap=(-0.05, 0.5), touching=0.5, joined=0.2, late=0.1)
NEARLY_WHOLE, NEARLY_ALONE = 0.7, 0.35  # such a hypothesis still looks like its digit: left out


def mine(
    digits: Sequence[InkRecord], numbers: int, most: int, seed: int
) -> tuple[list[Ink], list[int]]:
    """Take hypotheses out of composed numbers.

    Args:
        digits: Single digits with their writers.
        numbers: How many numbers to compose.
        most: Of what is no digit to take at most, and of digits half as many, at random.
        seed: The same seed and records give the same.

    Returns:
        Inks and their labels: digits that were cut out of a stroke, and `NOT_DIGIT`.
    """
    rng = np.random.default_rng(seed)
    right: list[Ink] = []
    labels: list[int] = []
    wrong: list[Ink] = []
    for number in compose_many(digits, numbers, seed, STYLE):
        for row in StrokeLayout(number.ink).rows:
            for hypothesis in row.hypotheses:
                glyph = glyph_of(hypothesis, number)
                if glyph is None:
                    ink = ink_of(hypothesis, number.ink)
                    if _is_no_digit(hypothesis, number) and not is_bar(ink):
                        wrong.append(ink)
                elif hypothesis.cuts:
                    right.append(ink_of(hypothesis, number.ink))
                    labels.append(int(number.label[glyph]))
    kept = rng.permutation(len(right))[: most // 2].tolist()
    wrong = [wrong[k] for k in rng.permutation(len(wrong))[:most].tolist()]
    return (
        [right[k] for k in kept] + wrong,
        [labels[k] for k in kept] + [NOT_DIGIT] * len(wrong),
    )


def ink_of(hypothesis: Hypothesis, ink: Ink) -> Ink:
    """The strokes, and stretches of strokes, that a hypothesis is made of."""
    return Ink(
        [
            Stroke(_stretch(ink.strokes[part.source].points, part.start, part.end))
            for part in hypothesis.parts
        ]
    )


def _stretch(points: NDArray[np.float32], start: float, end: float) -> NDArray[np.float32]:
    """The points from one share of a line's length to another, with the ends put in."""
    if (start, end) == (0.0, 1.0):
        return points
    steps = np.hypot(*np.diff(points.astype(np.float64), axis=0).T)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    low, high = start * travelled[-1], end * travelled[-1]
    places = np.concatenate([[low], travelled[(travelled > low) & (travelled < high)], [high]])
    stretch = np.stack([np.interp(places, travelled, axis) for axis in points.T], 1)
    return stretch.astype(np.float32)


def _is_no_digit(hypothesis: Hypothesis, number: Composed) -> bool:
    """Whether a hypothesis is neither nearly a digit nor a bare line."""
    left, top, right, bottom = hypothesis.box
    if right - left < WIDEST_ONE * (bottom - top):
        return False
    held, lengths = held_and_lengths(hypothesis, number)
    best = int((held / lengths).argmax())
    foreign = held.sum() - held[best]
    nearly = held[best] >= NEARLY_WHOLE * lengths[best]
    return not (nearly and foreign <= NEARLY_ALONE * lengths[best])
