"""The segmenter's hypotheses in composed numbers: which show a digit, and which show none.

To read a number is to separate the two, so the network trains on both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inkdigit import Ink, Stroke
from inkdigit._segment.layout import Hypothesis
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.ink import arc_length
from inkdigit.labels import NOT_DIGIT, SIGNS
from inkdigit_train.data.compose import Composed, Style, compose_many
from inkdigit_train.data.nondigits import is_bar, is_slim
from inkdigit_train.data.pictured import PEN_PX
from inkdigit_train.data.records import InkRecord

__all__ = ["glyph_of", "mine"]

STYLE = Style(gap=(-0.05, 0.5), touching=0.5, joined=0.2, late=0.1)
# As fractions of the glyph's length; set by judgement, not by a search.
WHOLE, FOREIGN = 0.85, 0.12  # a hypothesis shows a glyph: a cut may be a little off the true one
NEARLY_WHOLE, NEARLY_ALONE = 0.7, 0.35  # it still looks like its digit, so it is left out


def mine(
    digits: Sequence[InkRecord], numbers: int, most: int, seed: int
) -> tuple[list[Ink], list[int]]:
    """Take hypotheses out of composed numbers, at random; the same for the same seed and records.

    Returns:
        Inks and their labels: at most `most` labelled `NOT_DIGIT`, and half as many digits that
        were cut out of a stroke.
    """
    rng = np.random.default_rng(seed)
    right: list[tuple[Ink, int]] = []
    wrong: list[tuple[Ink, int]] = []
    for number in compose_many(digits, numbers, seed, STYLE):
        for hypothesis in StrokeLayout(number.ink).hypotheses:
            if hypothesis.speck:
                continue
            ink, glyph = ink_of(hypothesis, number.ink), glyph_of(hypothesis, number)
            if glyph is not None and hypothesis.cuts:
                right.append((ink, int(number.label[glyph])))
            elif glyph is None and _is_no_digit(hypothesis, number) and not is_bar(ink):
                wrong.append((ink, NOT_DIGIT))
    kept = [right[k] for k in rng.permutation(len(right))[: most // 2]]
    kept += [wrong[k] for k in rng.permutation(len(wrong))[:most]]
    return [ink for ink, _ in kept], [label for _, label in kept]


def glyph_of(hypothesis: Hypothesis, number: Composed) -> int | None:
    """The index of the glyph that a hypothesis holds nearly whole and nearly alone, or None.

    A sign must be there with each of its strokes, and may not hang on a digit: a point is next to
    nothing of a digit's length, and yet it makes another number.
    """
    owners, lengths, held = _pieces(hypothesis, number)
    count = len(number.label)
    whole = np.bincount(owners, lengths, count)
    own = np.bincount(owners, held, count)
    best = int(own.argmax())
    holds = own >= WHOLE * whole
    if number.label[best] in SIGNS and not held[owners == best].all():
        return None
    foreign = own.sum() - own[best]
    return best if holds[best] and holds.sum() == 1 and foreign <= FOREIGN * whole[best] else None


def _pieces(
    hypothesis: Hypothesis, number: Composed
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """The glyph, the length, and the length that a hypothesis holds, of each piece of a stroke."""
    travels = [arc_length(stroke.points) for stroke in number.ink]
    taken: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for part in hypothesis.parts:
        taken[part.source].append((part.start, part.end))
    owners, lengths, held = [], [], []
    for source, (travelled, parts) in enumerate(zip(travels, number.parts, strict=True)):
        for glyph, first, last in parts:
            start, end = travelled[first], travelled[last]
            owners.append(glyph)
            lengths.append(max(end - start, PEN_PX))  # a tap is as large as the pen
            shares = [_share(start, end, low, high, travelled[-1]) for low, high in taken[source]]
            held.append(sum(shares) * lengths[-1])
    return np.array(owners, np.int64), np.array(lengths), np.array(held, np.float64)


def _share(start: float, end: float, low: float, high: float, length: float) -> float:
    """Of a piece from `start` to `end`, what lies between two fractions of its stroke's length."""
    if end <= start:  # a tap
        return float(low * length <= start <= high * length)
    return max(0.0, min(end, high * length) - max(start, low * length)) / (end - start)


def _is_no_digit(hypothesis: Hypothesis, number: Composed) -> bool:
    """Whether a hypothesis is neither nearly a digit nor a bare line."""
    if is_slim(hypothesis.box):
        return False
    owners, lengths, held = _pieces(hypothesis, number)
    whole = np.bincount(owners, lengths, len(number.label))
    own = np.bincount(owners, held, len(number.label))
    best = int((own / whole).argmax())
    foreign = own.sum() - own[best]
    nearly = own[best] >= NEARLY_WHOLE * whole[best]
    return not (nearly and foreign <= NEARLY_ALONE * whole[best])


def ink_of(hypothesis: Hypothesis, ink: Ink) -> Ink:
    """The strokes, and stretches of strokes, that a hypothesis consists of."""
    parts = [_stretch(ink.strokes[p.source].points, p.start, p.end) for p in hypothesis.parts]
    return Ink([Stroke(points) for points in parts])


def _stretch(points: NDArray[np.float32], start: float, end: float) -> NDArray[np.float32]:
    """The points between two fractions of a polyline's length, with both ends added."""
    if (start, end) == (0.0, 1.0):
        return points
    travelled = arc_length(points)
    low, high = start * travelled[-1], end * travelled[-1]
    at = np.concatenate([[low], travelled[(travelled > low) & (travelled < high)], [high]])
    return np.stack([np.interp(at, travelled, axis) for axis in points.T], 1).astype(np.float32)
