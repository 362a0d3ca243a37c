"""A scribe puts digits, numbers and signs on a canvas: one hand, one pen, one size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigit_train.data.pages.page import Canvas
from inkdigit_train.data.pages.pens import Pen
from inkdigit_train.data.pages.writing import SIGNS, Hand, Writing, draw_image, draw_strokes

__all__ = ["Drawn", "Scribe"]

Floats = NDArray[np.float32]

MNIST_PART = 0.45  # of the scribes write MNIST's digits, the others a writer's ink
SLANT = (-0.12, 0.25)  # run over rise beyond the writer's own,
STRONG_SLANT = (0.25, 0.65)  # and in the old hands that lean far to the right
STRONG_PART = 0.25  # of the scribes lean so
ONES = 0.2  # of the digits are ones beyond their usual tenth: the digit most like a rule,
PLAIN = 0.6  # of which are one plain stroke, as many hands write them, and MNIST's few
PLAIN_SLANT = (0.03, 0.12)  # mean and deviation of its run over rise: upright, unlike MNIST's
HARD_LEVEL = 0.35  # of coverage: a line one pixel wide stays in one piece
LEAST_PEN_PX = 0.7  # thinner lines are not seen


@dataclass(frozen=True, eq=False)
class Drawn:
    """A glyph as drawn: its label, (h, w) coverage, and the row of it that stands on the line."""

    label: str
    coverage: Floats
    foot: int


class Scribe:
    """Writes in one hand.

    Args:
        writing: Where the digits come from.
        pen: The pen; only its width matters here.
        height: Usual height of a digit in pixels.
        rng: Where chance comes from.
        hard: Whether lines of ink have no soft edges, as a simple drawing program draws them.

    Attributes:
        slant: Run over rise that its lines of ink lean to the right beyond the writer's own.
    """

    def __init__(
        self,
        writing: Writing,
        pen: Pen,
        height: float,
        rng: np.random.Generator,
        hard: bool = False,
    ) -> None:
        self._writing, self._rng = writing, rng
        self.pen, self.height, self.hard = pen, height, hard
        both = len(writing.labels) and writing.hands
        from_images = rng.random() < MNIST_PART if both else not writing.hands
        hands = writing.hands
        self._hand: Hand | None = None if from_images else hands[int(rng.integers(len(hands)))]
        slant = rng.uniform(*(STRONG_SLANT if rng.random() < STRONG_PART else SLANT))
        self.slant = float(slant) if self._hand is not None else 0.0
        self._shear = np.array([[1.0, 0.0], [-slant, 1.0]])
        self._weight, self._crisp = float(rng.normal(0, 0.12)), float(rng.uniform(0, 1))

    def digit(self) -> Drawn:
        """A random digit of this hand."""
        rng = self._rng
        height = self.height * float(np.exp(rng.normal(0, 0.06)))
        a_one = rng.random() < ONES
        if a_one and rng.random() < PLAIN:
            return self._draw("1", [self._plain_one()], height)
        if self._hand is None:
            choices = np.flatnonzero(self._writing.labels == 1) if a_one else ()
            many = len(self._writing.labels)
            index = int(rng.choice(choices) if len(choices) else rng.integers(many))
            weight = self._weight if height > 30 else 0.0
            coverage = draw_image(self._writing.images[index], height, weight, self._crisp)
            return Drawn(str(self._writing.labels[index]), coverage, coverage.shape[0] - 1)
        glyphs = self._hand.glyphs
        ones = [glyph for glyph in glyphs if glyph[0] == "1"] if a_one else []
        label, lines = (ones or glyphs)[int(rng.integers(len(ones or glyphs)))]
        return self._draw(label, lines, height)

    def _plain_one(self) -> NDArray[np.float64]:
        """A one of a single stroke, a little bent, in heights with its foot at y = 0."""
        rng = self._rng
        along = np.linspace(0, 1, 8)
        slant = rng.normal(*PLAIN_SLANT) - self.slant / 2  # leans half as far as the hand's others
        x = slant * (1 - along) + rng.normal(0, 0.025) * np.sin(np.pi * along)
        return np.stack([x, along - 1], axis=1)

    def sign(self) -> Drawn:
        """A random sign: minus, plus, point, comma, slash, equals."""
        name = list(SIGNS)[int(self._rng.integers(len(SIGNS)))]
        wobble = self._rng.normal(0, 0.02, 2)
        return self._draw("?", [line + wobble for line in SIGNS[name]], self.height)

    def letter(self) -> Drawn:
        """A letter or symbol, a sign where there are none."""
        letters = self._writing.letters
        if not letters:
            return self.sign()
        lines = letters[int(self._rng.integers(len(letters)))]
        return self._draw("?", lines, self.height * float(self._rng.uniform(0.6, 1.2)))

    def _draw(self, label: str, lines: list[NDArray[np.float64]], height: float) -> Drawn:
        pen_px = max(self.pen.width * self.height, LEAST_PEN_PX)
        coverage, foot = draw_strokes([line @ self._shear for line in lines], height, pen_px)
        if self.hard:
            coverage = np.asarray(coverage > HARD_LEVEL, np.float32)
        return Drawn(label, coverage, foot)

    def put(
        self,
        canvas: Canvas,
        drawn: Drawn,
        x: float,
        foot: float,
        row: int = 0,
        number: int = 0,
        meant: bool = False,
    ) -> None:
        """Put a glyph on the canvas with its left edge at x and its foot in row `foot`."""
        texture = self.pen.texture(drawn.coverage.shape, self._rng)
        canvas.write(
            drawn.coverage, texture, self.pen.colour,
            round(x), round(foot) - drawn.foot, drawn.label, row, number, meant,
        )  # fmt: skip

    def number(
        self,
        canvas: Canvas,
        x: float,
        foot: float,
        row: int,
        length: int,
        gap: tuple[float, float] = (0.05, 0.35),
        signs: float = 0.0,
        slope: float = 0.0,
        right: float | None = None,
        number: int | None = None,
    ) -> tuple[str, float]:
        """Write a number from left to right.

        Args:
            canvas: Where to.
            x: Left edge in pixels.
            foot: Row of the foot of the first digit.
            row: Index of the row, for the truth.
            length: How many glyphs.
            gap: Least and most gap between two in heights; below 0 they overlap.
            signs: Share of the glyphs that are signs.
            slope: Rise of the line over its run, downwards.
            right: Stop before a glyph that would pass this column; never before the first.
            number: Index of the number, for the truth; a new one where left out.

        Returns:
            The digits written, and the column where the number ends.
        """
        rng, text, start = self._rng, "", x
        index = len(canvas.labels) if number is None else number
        usual = rng.uniform(*gap)
        for k in range(length):
            drawn = self.sign() if rng.random() < signs else self.digit()
            width = drawn.coverage.shape[1]
            if k and right is not None and x + width > right:
                break
            drift = rng.normal(0, 0.03) * self.height
            self.put(canvas, drawn, x, foot + slope * (x - start) + drift, row, index)
            text += drawn.label if drawn.label != "?" else ""
            space = float(np.clip(usual + rng.normal(0, 0.06), *gap)) * self.height
            x += max(width + space, 0.4 * width + 1)
        return text, x
