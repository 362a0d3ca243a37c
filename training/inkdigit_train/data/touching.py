"""Pictures of numbers whose digits touch, with the pixels of each digit known.

Digits of one hand are pushed together until they touch, and then on by up to two widths of their
lines: they meet, share a wall, or cross. In some pictures a digit is not drawn where its
neighbour's line already stands, as people write 00 with three walls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._pixels.components import label as connected
from inkdigit._pixels.measure import INK_LEVEL, stroke_width
from inkdigit_train.data.pages.writing import Writing, draw_image, draw_strokes
from inkdigit_train.data.pictured import Pictured

__all__ = ["KINDS", "make_touching"]

Floats: TypeAlias = NDArray[np.float32]

# What is written, by kind; a pattern is drawn at random, "." stands for any digit.
KINDS: Mapping[str, tuple[str, ...]] = {
    "zeros": ("00", "000"),
    "zero and eight": ("08", "80", "800", "080"),
    "zero and six": ("60", "06", "600", "006"),
    "five and zero": ("50", "500", "05"),
    "one and round": ("10", "16", "18", "19", "100", "01", "61", "81", "91"),
    "seven": ("7.", "7.", "70", ".7"),
    "four and zero": ("40", "04", "400"),
    "any": ("..", "..", "..."),
}

HEIGHT_PX = (22.0, 110.0)  # of a digit
PEN = (0.04, 0.16)  # width of a line, in heights of a digit
MNIST_PART = 0.35  # of the numbers are MNIST's digits, the others one writer's ink
SLANT = (-0.12, 0.3)  # run over rise beyond the writer's own
SIZES, DRIFT = 0.08, 0.04  # standard deviations of a digit's log-size and of its foot, in heights
ALONE = 0.35  # of the numbers have another digit on a side, which touches nothing
GAP = (0.12, 0.5)  # to that digit, in heights
# How two digits touch: fraction of the pairs, and by how many line widths one reaches into the
# other, at least and at most. A borrowed wall is drawn by one of the two only.
MANNERS = {
    "meets": (0.3, (0.1, 0.6)),
    "shares": (0.35, (0.6, 1.2)),
    "crosses": (0.15, (1.2, 2.2)),
    "borrows": (0.2, (0.6, 2.2)),
}
TRIES = 20  # for each number: not all that are drawn touch in one connected mark
MARGIN_PX = 12
PAPER, INK = 245, 20  # grey levels


def make_touching(kind: str, writing: Writing, count: int, seed: int) -> list[Pictured]:
    """Make numbers of one of `KINDS`; the same for the same seed and writing.

    They are fewer than `count` where hardly any hand of the writing has the digits.
    """
    if not len(writing.labels) and not writing.hands:
        return []
    rng = np.random.default_rng([seed, list(KINDS).index(kind)])
    made: list[Pictured] = []
    for _ in range(TRIES * count):
        number = _number(KINDS[kind], writing, rng) if len(made) < count else None
        if number is not None:
            made.append(number)
    return made


def _number(patterns: Sequence[str], writing: Writing, rng: np.random.Generator) -> Pictured | None:
    """A number, or None where its digits turn out not to touch."""
    pattern = patterns[int(rng.integers(len(patterns)))]
    text = "".join(str(rng.integers(10)) if c == "." else c for c in pattern)
    touch = [False] + [True] * (len(text) - 1)
    if rng.random() < ALONE:
        other = str(rng.integers(10))
        before = rng.random() < 0.5
        text = other + text if before else text + other
        touch = [False, *touch] if before else [*touch, False]
    height = float(np.exp(rng.uniform(*np.log(HEIGHT_PX))))
    drawn = _draw(text, writing, height, rng)
    if drawn is None:
        return None
    written, whole = _place(drawn, touch, height, rng)
    picture = np.rint(PAPER + (INK - PAPER) * written.max(axis=0)).astype(np.uint8)
    first = touch.index(True) - 1
    joined = written[first : first + sum(touch) + 1].max(axis=0)
    if (
        len(connected(joined >= INK_LEVEL)) != 1
        or len(connected(written.max(axis=0) >= INK_LEVEL)) > 2
    ):
        return None
    return Pictured(text, picture, whole)


def _draw(
    text: str, writing: Writing, height: float, rng: np.random.Generator
) -> list[tuple[Floats, int]] | None:
    """Each digit's coverage, and its row that stands on the line; None if the hand lacks one."""
    both = len(writing.labels) and writing.hands
    from_images = rng.random() < MNIST_PART if both else not writing.hands
    sizes = height * np.exp(rng.normal(0, SIZES, len(text)))
    drifts = rng.normal(0, DRIFT, len(text)) * height
    drawn = []
    if from_images:
        weight, crisp = float(rng.normal(0, 0.1)), float(rng.uniform(0.3, 1))
        for digit, size, drift in zip(text, sizes.tolist(), drifts.tolist(), strict=True):
            raster = writing.images[int(rng.choice(np.flatnonzero(writing.labels == int(digit))))]
            coverage = draw_image(raster, size, weight, crisp)
            drawn.append((coverage, coverage.shape[0] - 1 + round(drift)))
        return drawn
    hand = writing.hands[int(rng.integers(len(writing.hands)))]
    pen_px = max(float(np.exp(rng.uniform(*np.log(PEN)))) * height, 1.0)
    shear = np.array([[1.0, 0.0], [-rng.uniform(*SLANT), 1.0]])
    for digit, size, drift in zip(text, sizes.tolist(), drifts.tolist(), strict=True):
        own = [lines for label, lines in hand.glyphs if label == digit]
        if not own:
            return None
        lines = [line @ shear for line in own[int(rng.integers(len(own)))]]
        coverage, foot = draw_strokes(lines, size, pen_px)
        drawn.append((coverage, foot + round(drift)))
    return drawn


def _place(
    drawn: Sequence[tuple[Floats, int]],
    touch: Sequence[bool],
    height: float,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Push digits together.

    Returns:
        (n, H, W) of the ink as written, and of the digits as each would be alone.
    """
    names = list(MANNERS)
    parts = [part for part, _ in MANNERS.values()]
    above = max(foot for _, foot in drawn)
    below = max(coverage.shape[0] - foot for coverage, foot in drawn)
    wide = sum(coverage.shape[1] for coverage, _ in drawn) + round(height * len(drawn))
    shape = (len(drawn), above + below + 2 * MARGIN_PX, wide + 2 * MARGIN_PX)
    written, whole = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    x = MARGIN_PX
    for k, (coverage, foot) in enumerate(drawn):
        top = MARGIN_PX + above - foot
        rows = slice(top, top + coverage.shape[0])
        manner = names[int(rng.choice(len(names), p=parts))]
        depth = rng.uniform(*MANNERS[manner][1]) * stroke_width(coverage)
        if k and touch[k]:
            reach = _right_edge(written[k - 1])[rows] - _left_edge(coverage)
            x = round(float(reach[np.isfinite(reach)].max(initial=x)) - depth)
        elif k:
            x = _end(written[k - 1]) + round(rng.uniform(*GAP) * height)
        x = max(x, 0)
        there = np.s_[k, rows, x : x + coverage.shape[1]]
        whole[there] = written[there] = coverage
        if k and touch[k] and manner == "borrows":
            _borrow(written, k, rng.random() < 0.5)
    wide = _end(written.max(axis=0)) + MARGIN_PX
    return written[..., :wide], whole[..., :wide]


def _end(coverage: Floats) -> int:
    """The column behind the last that has ink."""
    return int(np.flatnonzero(coverage.any(axis=0))[-1]) + 1


def _borrow(written: Floats, k: int, by_later: bool) -> None:
    """Take away what one of two neighbours drew beyond the other's outline."""
    column = np.arange(written.shape[2])
    if by_later:
        inside = column < _right_edge(written[k - 1])[:, None]
        written[k] *= ~inside
    else:
        inside = column >= written.shape[2] - _right_edge(written[k, :, ::-1])[:, None]
        written[k - 1] *= ~inside


def _right_edge(coverage: Floats) -> NDArray[np.float64]:
    """(h,) column behind each row's last inked pixel; -inf where there is none."""
    inked = coverage >= INK_LEVEL
    last = coverage.shape[1] - inked[:, ::-1].argmax(axis=1)
    return np.where(inked.any(axis=1), last, -np.inf)


def _left_edge(coverage: Floats) -> NDArray[np.float64]:
    """(h,) column of each row's first inked pixel; inf where there is none."""
    inked = coverage >= INK_LEVEL
    return np.where(inked.any(axis=1), inked.argmax(axis=1), np.inf)
