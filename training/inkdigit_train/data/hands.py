"""Writers' digits in, made hands out: the same person's digits in a manner of their own.

The writers there are write so plainly that the network misreads few of their digits. A made hand
bends all of one writer's sevens in one way, all their nines in another, as people's own shapes
differ from those that are usual.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit import Ink, Stroke, rasterize
from inkdigit.labels import ALL_DIGITS, DIGITS, NOT_DIGIT
from inkdigit_train.data.nondigits import LOOKALIKES, ink_pair, ink_piece, is_bar
from inkdigit_train.data.records import InkRecord
from inkdigit_train.data.stretch import stretch_about

__all__ = ["HandSample", "made_hands", "manner", "redraw"]

# Chosen so that one made digit in 50 to 25 is misread among the ten, some eight times as many as of
# the writers' own: enough to learn from, and most still look like somebody's digits.
SHEAR, ROTATION_RAD, LOG_STRETCH = 0.18, 0.10, 0.28  # standard deviations for one class
OF_ALL = 0.6  # times these for the manner that all of a hand's digits share
KNOT = (0.3, 0.6)  # where the upper part ends, as a fraction of the height
PEN_RANGE_PX = (1.6, 3.6)
MOST_DIGITS = 150  # of one hand
LETTERS = 0.25  # letters and symbols of the same writer, beside each digit
HABITS = 2  # symbols, a unit or a tick, that a hand writes again and again: half of its letters
# Of a glyph that is drawn again, standard deviations: of each coefficient of its bend, in its own
# size, and of its turn, slant and stretch. By judgement, from writers' own repeated digits.
BEND, TURN_RAD, SLANT, STRETCH = 0.02, 0.05, 0.06, 0.06
PIECES, PIECE = 0.25, 0.6  # pieces of digits and pairs likewise; how many of these are pieces
CHANGING, OTHER_PENS = 0.2, 0.3  # hands that change midway, or write with a pen of any width

Manner = Callable[[Ink, int], Ink]


@dataclass(frozen=True, eq=False)
class HandSample:
    """What one hand wrote, in the order of writing.

    Attributes:
        rasters: (n, 28, 28) uint8, 255 = ink.
        labels: (n,) 0 to 10.
        told: (n,) whether the writer would correct it: not so pieces of digits and pairs, which
            are only ever hypotheses.
    """

    rasters: NDArray[np.uint8]
    labels: NDArray[np.int64]
    told: NDArray[np.bool_]


def manner(rng: np.random.Generator) -> Manner:
    """A way to write: bends an ink as this hand writes its class, 0 to 10."""
    whole, each = _bend(rng, OF_ALL), [_bend(rng, 1.0) for _ in range(DIGITS + 1)]
    return lambda ink, label: whole(each[label](ink))


def _bend(rng: np.random.Generator, strength: float) -> Callable[[Ink], Ink]:
    shear, angle = rng.normal(0, SHEAR * strength), rng.normal(0, ROTATION_RAD * strength)
    upper, lower, width = np.exp(rng.normal(0, LOG_STRETCH * strength, 3)).tolist()
    knot = rng.uniform(*KNOT)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, -shear], [0, 1]])

    def bend(ink: Ink) -> Ink:
        strokes = [Stroke((s.points @ matrix.T).astype(np.float32)) for s in ink]
        return stretch_about(Ink(strokes), knot, upper, lower, width)

    return bend


def redraw(ink: Ink, rng: np.random.Generator) -> Ink:
    """The same digit as the same hand would draw it again: a little turned, slanted and bent."""
    angle, slant = rng.normal(0, TURN_RAD), rng.normal(0, SLANT)
    wide, tall = np.exp(rng.normal(0, STRETCH, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[wide, -slant], [0, tall]])
    left, top, right, bottom = ink.bounds
    size = max(right - left, bottom - top, 1e-6)
    bends = rng.normal(0, BEND * size, (2, 4))
    strokes = []
    for stroke in ink:
        points = stroke.points.astype(np.float64)
        u, v = ((points - (left, top)) / size * np.pi).T
        waves = np.stack([np.sin(u), np.sin(v), np.sin(2 * u), np.sin(2 * v)])
        strokes.append(Stroke(((points + (bends @ waves).T) @ matrix.T).astype(np.float32)))
    return Ink(strokes)


def made_hands(
    digits: Sequence[InkRecord],
    nondigits: Sequence[InkRecord],
    manners: int,
    rng: np.random.Generator,
) -> list[HandSample]:
    """Each writer's own hand, and a number of made ones of the same digits.

    Args:
        digits: Records of digits.
        nondigits: Of letters and symbols; those that pass for a digit are left out.
        manners: How many hands are made of each writer.
        rng: Decides all.
    """
    by_writer: dict[str, list[tuple[Ink, int]]] = {}
    letters: dict[str, list[Ink]] = {}
    for record in digits:
        if record.writer is not None and len(record.label) == 1 and record.label in ALL_DIGITS:
            by_writer.setdefault(record.writer, []).append((record.ink, int(record.label)))
    for record in nondigits:
        if record.writer is not None and record.label not in LOOKALIKES and not is_bar(record.ink):
            letters.setdefault(record.writer, []).append(record.ink)
    return [
        _sample(written, letters.get(writer, []), made > 0, rng)
        for writer, written in by_writer.items()
        for made in range(manners + 1)
    ]


def _sample(
    written: Sequence[tuple[Ink, int]],
    letters: Sequence[Ink],
    made: bool,
    rng: np.random.Generator,
) -> HandSample:
    chosen = [written[k] for k in rng.permutation(len(written))[:MOST_DIGITS]]
    items = [(ink, label, True) for ink, label in chosen]
    some = rng.permutation(len(letters))[: round(LETTERS * len(chosen))].tolist()
    habits = [letters[k] for k in some[:HABITS]]
    repeated = [redraw(habits[k % len(habits)], rng) for k in range(len(some) // 2)]
    plain = [letters[k] for k in some[len(repeated) :]]
    items += [(ink, NOT_DIGIT, True) for ink in (*repeated, *plain)]
    for _ in range(round(PIECES * len(chosen))):
        first, second = (written[k][0] for k in rng.integers(len(written), size=2))
        part = ink_piece(first, rng) if rng.random() < PIECE else ink_pair(first, second, rng)
        if part is not None:
            items.append((part, NOT_DIGIT, False))
    items = [items[k] for k in rng.permutation(len(items))]
    manners: list[Manner] = [lambda ink, label: ink] * 2
    if made:
        manners = [manner(rng)] * 2
        if rng.random() < CHANGING:
            manners[1] = manner(rng)
    low, high = np.log(PEN_RANGE_PX)
    pens = np.exp(np.full(len(items), rng.uniform(low, high)))
    if rng.random() < OTHER_PENS:
        pens = np.exp(rng.uniform(low, high, len(items)))
    rasters = [
        rasterize(manners[2 * k >= len(items)](ink, label) if told else ink, pen_px=float(pen))
        for k, ((ink, label, told), pen) in enumerate(zip(items, pens, strict=True))
    ]
    return HandSample(
        np.rint(np.stack(rasters) * 255).astype(np.uint8),
        np.array([label for _, label, _ in items], np.int64),
        np.array([told for _, _, told in items], bool),
    )
