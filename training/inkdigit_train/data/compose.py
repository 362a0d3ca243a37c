"""Numbers composed of one writer's single digits, whose every stroke's digit is known.

Sizes and shapes are the writer's own; how the digits stand beside each other is drawn at random:
gaps from wide to overlapping, a wandering and sloping line, slant, late strokes, digits joined
without lifting the pen, letters in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit import Ink, Stroke
from inkdigit._segment.layout import Hypothesis
from inkdigit_train.data.records import InkRecord

__all__ = ["Composed", "Style", "compose", "compose_many", "glyph_of", "held_and_lengths"]

MIN_DIGITS_OF_WRITER = 20  # to know the usual height of a hand
SIZE_RANGE = (0.6, 1.6)  # of the usual height; a digit beyond is out of the common
OWN_SHARE, FOREIGN_SHARE = 0.85, 0.12  # a cut may fall a little beside the true one
LETTER_SIZE = (0.6, 1.2)  # letters come from other forms: brought to about the digits' height


@dataclass(frozen=True)
class Style:
    """How digits stand beside each other; sizes in usual heights of the writer's digits.

    Attributes:
        length: Least and most glyphs.
        gap: Least and most distance between neighbours' boxes; below 0 they overlap.
        touching: Share of the neighbours with a gap from `touching_gap` instead.
        touching_gap: As `gap`.
        joined: Share of the neighbours written without lifting the pen.
        late: Share of the digits of several strokes whose last one is drawn at the end.
        letters: Share of the glyphs that are letters; never the first of all alone.
        sizes: Standard deviation of the logarithm of a factor on each digit's size: in the boxes
            of a form, where single digits come from, sizes vary less than in a number.
    """

    length: tuple[int, int] = (2, 6)
    gap: tuple[float, float] = (0.02, 0.5)
    touching: float = 0.25
    touching_gap: tuple[float, float] = (-0.2, 0.05)
    joined: float = 0.06
    late: float = 0.1
    letters: float = 0.0
    sizes: float = 0.0


@dataclass(frozen=True, eq=False)
class Composed:
    """A composed number.

    Attributes:
        label: Its glyphs: digits, "?" for a letter.
        ink: Its strokes, in the order of drawing.
        parts: For each stroke what it is of: (glyph, first point, last point) of each glyph, in
            the order drawn; the points of a joining line are of none.
        boxes: (n, 4) of each glyph: left, top, right, bottom.
    """

    label: str
    ink: Ink
    parts: tuple[tuple[tuple[int, int, int], ...], ...]
    boxes: NDArray[np.float64]


def compose_many(
    digits: Sequence[InkRecord],
    count: int,
    seed: int,
    style: Style | None = None,
    letters: Sequence[InkRecord] = (),
) -> list[Composed]:
    """Compose numbers, each of one writer who is drawn at random.

    Args:
        digits: Single digits with their writers.
        count: How many numbers.
        seed: The same seed and records give the same numbers.
        style: How they are written.
        letters: Letters and symbols to put in between.

    Returns:
        The numbers; none where no writer has digits enough of about one size.
    """
    rng = np.random.default_rng(seed)
    style = style or Style()
    of_writer: dict[str, list[InkRecord]] = defaultdict(list)
    for record in digits:
        if record.writer is not None:
            of_writer[record.writer].append(record)
    hands = [hand for hand in of_writer.values() if len(hand) >= MIN_DIGITS_OF_WRITER]
    usual = [float(np.median([_size(record.ink)[1] for record in hand])) for hand in hands]
    hands = [
        [
            record
            for record in hand
            if SIZE_RANGE[0] * height <= _size(record.ink)[1] <= SIZE_RANGE[1] * height
        ]
        for hand, height in zip(hands, usual, strict=True)
    ]
    kept = [place for place, hand in enumerate(hands) if hand]
    if not kept:
        return []
    hands, usual = [hands[place] for place in kept], [usual[place] for place in kept]
    composed = []
    for _ in range(count):
        chosen = int(rng.integers(len(hands)))
        hand, height = hands[chosen], usual[chosen]
        length = int(rng.integers(style.length[0], style.length[1] + 1))
        glyphs = [hand[rng.integers(len(hand))] for _ in range(length)]
        marked = [bool(letters) and length > 1 and rng.random() < style.letters for _ in glyphs]
        if all(marked):
            marked[int(rng.integers(length))] = False
        inks = []
        for k, glyph in enumerate(glyphs):
            if marked[k]:
                glyph = letters[int(rng.integers(len(letters)))]  # noqa: PLW2901
                size = height * rng.uniform(*LETTER_SIZE) / max(*_size(glyph.ink), 1e-6)
            else:
                # Without a spread no chance is used up: a seed's numbers stay as they were.
                size = float(np.exp(style.sizes * rng.normal())) if style.sizes else 1.0
            inks.append([stroke.points.astype(np.float64) * size / height for stroke in glyph.ink])
        label = "".join("?" if m else g.label for g, m in zip(glyphs, marked, strict=True))
        composed.append(compose(label, inks, rng, style))
    return composed


def compose(
    label: str,
    inks: Sequence[Sequence[NDArray[np.float64]]],
    rng: np.random.Generator,
    style: Style,
) -> Composed:
    """Put glyphs beside each other.

    Args:
        label: A character for each.
        inks: Their strokes, in usual heights.
        rng: Where chance comes from.
        style: How they are written.

    Returns:
        The number, with a usual height of 100.
    """
    slope, slant = rng.uniform(-0.12, 0.12), rng.uniform(-0.15, 0.4)
    placed: list[list[NDArray[np.float64]]] = []
    edge = 0.0
    for k, strokes in enumerate(inks):
        points = np.concatenate(strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        touching = rng.random() < style.touching
        gap = rng.uniform(*(style.touching_gap if touching else style.gap)) if k else 0.0
        # No deeper than a third of the narrower one, or a 1 would stand inside its neighbour.
        gap = max(gap, -(high[0] - low[0]) / 3, -_width(placed[-1]) / 3 if placed else 0.0)
        offset = np.array([edge + gap - low[0], rng.normal(0, 0.05) - high[1]])
        placed.append([stroke + offset for stroke in strokes])
        edge += gap + high[0] - low[0]
    drawn: list[tuple[NDArray[np.float64], list[tuple[int, int, int]]]] = []
    late = []
    for k, strokes in enumerate(placed):
        for n, stroke in enumerate(strokes):
            entry = (stroke, [(k, 0, len(stroke) - 1)])
            if n and n == len(strokes) - 1 and rng.random() < style.late:
                late.append(entry)
            elif n == 0 and drawn and label[k] != "?" and rng.random() < style.joined:
                drawn[-1] = _join(drawn[-1], entry)
            else:
                drawn.append(entry)
    drawn += [late[k] for k in rng.permutation(len(late))]
    shear = np.array([[1.0, slope], [-slant, 1.0]])
    strokes_out = [(points @ shear) * 100 for points, _ in drawn]
    boxes = []
    for k in range(len(placed)):
        points = np.concatenate(placed[k]) @ shear * 100
        boxes.append([*points.min(axis=0), *points.max(axis=0)])
    ink = Ink([Stroke(points.astype(np.float32)) for points in strokes_out])
    return Composed(label, ink, tuple(tuple(parts) for _, parts in drawn), np.array(boxes))


def _join(
    before: tuple[NDArray[np.float64], list[tuple[int, int, int]]],
    after: tuple[NDArray[np.float64], list[tuple[int, int, int]]],
) -> tuple[NDArray[np.float64], list[tuple[int, int, int]]]:
    """One stroke of two, where the pen goes over straight and forwards; else `before` is bent."""
    steps = np.linspace(0, 1, 6)[1:-1, None]
    link = before[0][-1] * (1 - steps) + after[0][0] * steps
    shift = len(before[0]) + len(link)
    parts = before[1] + [(k, first + shift, last + shift) for k, first, last in after[1]]
    return np.concatenate([before[0], link, after[0]]), parts


def _size(ink: Ink) -> tuple[float, float]:
    left, top, right, bottom = ink.bounds
    return right - left, bottom - top


def _width(strokes: Sequence[NDArray[np.float64]]) -> float:
    points = np.concatenate(strokes)
    return float(points[:, 0].max() - points[:, 0].min())


def glyph_of(hypothesis: Hypothesis, number: Composed) -> int | None:
    """The glyph that a hypothesis is made of: nearly all of it, and next to nothing else."""
    held, lengths = held_and_lengths(hypothesis, number)
    best = int(held.argmax())
    whole = held[best] >= OWN_SHARE * lengths[best]
    foreign = held.sum() - held[best]
    return best if whole and foreign <= FOREIGN_SHARE * lengths[best] else None


def held_and_lengths(
    hypothesis: Hypothesis, number: Composed
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much line of each glyph a hypothesis holds, and how much it has: (glyphs,) each."""
    return _held(hypothesis, number), _glyph_lengths(number)


def _held(hypothesis: Hypothesis, number: Composed) -> NDArray[np.float64]:
    """How much line of each glyph a hypothesis holds."""
    held = np.zeros(len(number.label))
    for part in hypothesis.parts:
        travelled = _travelled(number, part.source)
        start, end = part.start * travelled[-1], part.end * travelled[-1]
        for glyph, first, last in number.parts[part.source]:
            held[glyph] += max(0.0, min(end, travelled[last]) - max(start, travelled[first]))
    return held


def _glyph_lengths(number: Composed) -> NDArray[np.float64]:
    lengths = np.full(len(number.label), 1e-6)
    for stroke, parts in enumerate(number.parts):
        travelled = _travelled(number, stroke)
        for glyph, first, last in parts:
            lengths[glyph] += travelled[last] - travelled[first]
    return lengths


def _travelled(number: Composed, stroke: int) -> NDArray[np.float64]:
    points = number.ink.strokes[stroke].points.astype(np.float64)
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
