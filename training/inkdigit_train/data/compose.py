"""Numbers composed of one writer's single digits, so that the digit of every stroke is known.

Sizes and shapes are the writer's own; how the digits stand next to each other is random: gaps from
wide to overlapping, a wandering and sloping baseline, slant, late strokes, digits joined without
lifting the pen, letters in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit import Ink, Stroke
from inkdigit.labels import SIGNS
from inkdigit_train.data.records import InkRecord

__all__ = ["Composed", "Hand", "Place", "Style", "compose", "compose_many", "hands_of"]

Points: TypeAlias = NDArray[np.float64]
Parts: TypeAlias = list[tuple[int, int, int]]  # (glyph, first point, last point)

MIN_DIGITS_OF_WRITER = 20  # fewer do not show how tall a person usually writes
SIZE_RANGE = (0.6, 1.6)  # of the usual height; a digit outside is an outlier
LETTER_SIZE = (0.6, 1.2)  # letters come from other forms, so they are scaled to the digits' height


@dataclass(frozen=True)
class Style:
    """How digits stand next to each other; sizes in usual heights of the writer's digits."""

    length: tuple[int, int] = (2, 6)  # fewest and most glyphs
    gap: tuple[float, float] = (0.02, 0.5)  # between neighbours' boxes; below 0 they overlap
    touching: float = 0.25  # fraction of the neighbours with a gap from `touching_gap` instead
    touching_gap: tuple[float, float] = (-0.2, 0.05)
    joined: float = 0.06  # fraction of the neighbours written without lifting the pen
    late: float = 0.1  # fraction of the digits of several strokes whose last is drawn at the end
    letters: float = 0.0  # fraction of the glyphs that are letters; never all of them
    # Standard deviation of the logarithm of a factor on each digit's size: single digits come from
    # the boxes of a form, where sizes vary less than in a number.
    sizes: float = 0.0


@dataclass(frozen=True)
class Place:
    """Where a glyph stands, in usual heights of the writer's digits.

    Attributes:
        gap: To the glyph before it; negative where they overlap.
        foot: Its lower edge above the line; negative below it.
    """

    gap: float
    foot: float = 0.0


@dataclass(frozen=True, eq=False)
class Composed:
    """A composed number."""

    label: str  # its glyphs: digits, and "?" for a letter
    ink: Ink  # its strokes, in the order drawn
    # For each stroke the glyphs it belongs to, in the order drawn, as (glyph, first point, last
    # point); the points of a joining line belong to none.
    parts: list[Parts]
    boxes: NDArray[np.float64]  # (n, 4) of each glyph: left, top, right, bottom


@dataclass(frozen=True, eq=False)
class Hand:
    """One writer's digits of roughly one size, and their usual height."""

    records: Sequence[InkRecord]
    height: float


def compose_many(
    digits: Sequence[InkRecord],
    count: int,
    seed: int,
    style: Style | None = None,
    letters: Sequence[InkRecord] = (),
) -> list[Composed]:
    """Compose numbers, each from the digits of one random writer.

    The same seed and records give the same numbers; there are none if no writer has enough digits
    of about one size. A style that has letters takes them from `letters`.
    """
    rng = np.random.default_rng(seed)
    hands = hands_of(digits)
    return [_number(hands, rng, style or Style(), letters) for _ in range(count)] if hands else []


def hands_of(digits: Sequence[InkRecord]) -> list[Hand]:
    """The writers with digits enough to compose numbers of."""
    of_writer: dict[str, list[InkRecord]] = defaultdict(list)
    for record in digits:
        if record.writer is not None:
            of_writer[record.writer].append(record)
    hands = []
    for records in of_writer.values():
        if len(records) < MIN_DIGITS_OF_WRITER:
            continue
        usual = float(np.median([_size(record.ink)[1] for record in records]))
        low, high = SIZE_RANGE[0] * usual, SIZE_RANGE[1] * usual
        usable = [record for record in records if low <= _size(record.ink)[1] <= high]
        if usable:
            hands.append(Hand(usable, usual))
    return hands


def _number(
    hands: Sequence[Hand], rng: np.random.Generator, style: Style, letters: Sequence[InkRecord]
) -> Composed:
    hand = hands[int(rng.integers(len(hands)))]
    length = int(rng.integers(style.length[0], style.length[1] + 1))
    glyphs = [hand.records[int(rng.integers(len(hand.records)))] for _ in range(length)]
    is_letter = [bool(letters) and length > 1 and rng.random() < style.letters for _ in glyphs]
    if all(is_letter):
        is_letter[int(rng.integers(length))] = False
    label, inks = "", []
    for digit, lettered in zip(glyphs, is_letter, strict=True):
        if lettered:
            glyph = letters[int(rng.integers(len(letters)))]
            size = hand.height * rng.uniform(*LETTER_SIZE) / max(*_size(glyph.ink), 1e-6)
        else:
            glyph = digit
            # No random number is drawn if sizes stay: a seed's numbers are then the same as ever.
            size = float(np.exp(style.sizes * rng.normal())) if style.sizes else 1.0
        label += "?" if lettered else glyph.label
        inks.append([s.points.astype(np.float64) * size / hand.height for s in glyph.ink])
    return compose(label, inks, rng, style)


def compose(
    label: str,
    inks: Sequence[Sequence[Points]],
    rng: np.random.Generator,
    style: Style,
    places: Sequence[Place | None] | None = None,
) -> Composed:
    """Put glyphs side by side: a number with a usual height of 100.

    Args:
        label: One character for each glyph.
        inks: Their strokes, in usual heights.
        rng: For the gaps, the baseline and the slant.
        style: How they are written.
        places: For each glyph where it stands; None where the style says. The same if left out.
    """
    slope, slant = rng.uniform(-0.12, 0.12), rng.uniform(-0.15, 0.4)
    placed = _place(inks, rng, style, places or [None] * len(inks))
    drawn = _draw(label, placed, rng, style)
    shear = np.array([[1.0, slope], [-slant, 1.0]])
    boxes = []
    for strokes in placed:
        points = np.concatenate(strokes) @ shear * 100
        boxes.append([*points.min(axis=0), *points.max(axis=0)])
    ink = Ink([Stroke(((points @ shear) * 100).astype(np.float32)) for points, _ in drawn])
    return Composed(label, ink, [parts for _, parts in drawn], np.array(boxes))


def _place(
    inks: Sequence[Sequence[Points]],
    rng: np.random.Generator,
    style: Style,
    places: Sequence[Place | None],
) -> list[list[Points]]:
    """Move glyphs next to each other, on a wandering baseline at y = 0."""
    placed: list[list[Points]] = []
    edge = before = 0.0
    for k, (strokes, place) in enumerate(zip(inks, places, strict=True)):
        points = np.concatenate(strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        width = high[0] - low[0]
        touching = rng.random() < style.touching
        gap = rng.uniform(*(style.touching_gap if touching else style.gap)) if k else 0.0
        # At most a third of the narrower one overlaps, or a 1 would stand inside its neighbour.
        gap = max(gap, -width / 3, -before / 3)
        rise = rng.normal(0, 0.05)
        if place is not None:
            gap, rise = place.gap if k else 0.0, rise - place.foot
        offset = np.array([edge + gap - low[0], rise - high[1]])
        placed.append([stroke + offset for stroke in strokes])
        edge += gap + width
        before = float(np.ptp(np.concatenate(placed[-1])[:, 0]))
    return placed


def _draw(
    label: str, placed: Sequence[Sequence[Points]], rng: np.random.Generator, style: Style
) -> list[tuple[Points, Parts]]:
    """The strokes in the order drawn: some joined to the one before, some left for the end."""
    drawn: list[tuple[Points, Parts]] = []
    late = []
    for k, strokes in enumerate(placed):
        for n, stroke in enumerate(strokes):
            entry = (stroke, [(k, 0, len(stroke) - 1)])
            if n and n == len(strokes) - 1 and rng.random() < style.late:
                late.append(entry)
            elif n == 0 and drawn and _joinable(label, k) and rng.random() < style.joined:
                drawn[-1] = _join(drawn[-1], entry)
            else:
                drawn.append(entry)
    return drawn + [late[k] for k in rng.permutation(len(late))]


def _joinable(label: str, k: int) -> bool:
    return label[k] != "?" and not set(label[max(k - 1, 0) : k + 1]) & set(SIGNS)


def _join(before: tuple[Points, Parts], after: tuple[Points, Parts]) -> tuple[Points, Parts]:
    """Two strokes as one, with a straight line between them."""
    steps = np.linspace(0, 1, 6)[1:-1, None]
    link = before[0][-1] * (1 - steps) + after[0][0] * steps
    shift = len(before[0]) + len(link)
    parts = before[1] + [(k, first + shift, last + shift) for k, first, last in after[1]]
    return np.concatenate([before[0], link, after[0]]), parts


def _size(ink: Ink) -> tuple[float, float]:
    left, top, right, bottom = ink.bounds
    return right - left, bottom - top
