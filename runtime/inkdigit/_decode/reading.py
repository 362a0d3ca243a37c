"""Layout in, reading out: hypotheses scored in batches, and each row decoded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.row import RowReading, decode_row
from inkdigit._decode.texts import join_texts
from inkdigit._decode.written import RowLook, written
from inkdigit._segment.layout import Hypothesis, Layout
from inkdigit.errors import InputError, InputTypeError
from inkdigit.labels import ALL_DIGITS, CLASSES, log_softmax
from inkdigit.results import DigitReading, Reading

__all__ = [
    "Constraints",
    "Length",
    "decode_rows",
    "read_layout",
    "row_looks",
    "score_hypotheses",
]

Length: TypeAlias = int | tuple[int, int] | None
Engine: TypeAlias = Callable[
    [NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]
]  # `Session.run`

# A row is left out where it is print for almost certain. Of the chances 0.1, 0.2, 0.33 and 0.5,
# most rows of made pages are read right with 0.2: a lost row costs more than one too many.
LEAST_BY_HAND = 0.2
MAX_BATCH = 64  # rasters scored at once: some 15 MB inside the engine, and no slower than more


@dataclass(frozen=True)
class Constraints:
    """What a caller knows of a reading.

    Attributes:
        length: The least and the most glyphs of each row, or None for any number.
        digits: The digits that may be read, ascending.
    """

    length: tuple[int, int] | None
    digits: tuple[int, ...]

    @classmethod
    def parse(cls, length: Length = None, allowed: str = ALL_DIGITS) -> Constraints:
        """Check what a caller gave; see `Recognizer.read`.

        Raises:
            InputError: If a length is below 1 or upside down, or no digit is allowed.
            InputTypeError: If one is of another type.
        """
        if not isinstance(allowed, str):
            raise InputTypeError(
                f"allowed is a {type(allowed).__name__}; expected a string of digits"
            )
        if not allowed or set(allowed) - set(ALL_DIGITS):
            raise InputError(
                f'allowed is {allowed!r}; expected one or more of the digits, as in "01"'
            )
        digits = tuple(sorted({int(character) for character in allowed}))
        if length is None:
            return cls(None, digits)
        limits = (length, length) if isinstance(length, int) else length
        if (
            not isinstance(limits, (tuple, list))
            or len(limits) != 2
            or not all(isinstance(n, int) and not isinstance(n, bool) for n in limits)
        ):
            raise InputTypeError(
                f"length is {length!r}; expected a whole number, or two: (least, most)"
            )
        if not 1 <= limits[0] <= limits[1]:
            raise InputError(f"length is {length!r}; expected at least 1, and least <= most")
        return cls((limits[0], limits[1]), digits)

    def fits(self, glyphs: int) -> bool:
        """Whether a row may have this many glyphs."""
        return self.length is None or self.length[0] <= glyphs <= self.length[1]


def score_hypotheses(
    hypotheses: Sequence[Hypothesis], layout: Layout, run: Engine
) -> NDArray[np.float64]:
    """(n, 11) log-probabilities; one call of the engine for up to `MAX_BATCH` of them.

    Raises:
        InferenceError: If the engine fails, or answers with NaN.
    """
    blocks = [np.zeros((0, CLASSES))]
    for first in range(0, len(hypotheses), MAX_BATCH):
        rasters = layout.rasters(hypotheses[first : first + MAX_BATCH])
        logits, _ = run(np.ascontiguousarray(rasters)[:, None])
        blocks.append(log_softmax(logits))
    return np.concatenate(blocks)


def read_layout(
    layout: Layout, log_probabilities: NDArray[np.float64], constraints: Constraints
) -> Reading:
    """Decode each row of a layout.

    Args:
        layout: Rows in reading order.
        log_probabilities: (n, 11) of the hypotheses of all rows, in their order.
        constraints: What is known of the reading.

    Returns:
        The reading; boxes in pixels of the input.
    """
    readings = decode_rows(layout, log_probabilities, constraints)
    hand = _by_hand(layout, readings)
    digits: list[DigitReading] = []
    texts: list[tuple[tuple[str, float], ...]] = []
    wrong_length: list[int] = []
    for reading, sure in zip(readings, hand.tolist(), strict=True):
        if sure < LEAST_BY_HAND:
            continue
        index = len(texts)
        if not constraints.fits(len(reading.glyphs)):
            wrong_length.append(index)
        texts.append(reading.alternatives)
        for glyph in reading.glyphs:
            digits.append(
                DigitReading(
                    glyph.digit,
                    glyph.confidence * sure,
                    layout.to_input.box(glyph.hypothesis.box),
                    tuple((digit, p * sure) for digit, p in glyph.candidates),
                    glyph.hypothesis.sources if layout.from_ink else (),
                    index,
                )
            )
    # What was left out for print, or might have been, is as much in doubt as what was read.
    right = float(np.where(hand >= LEAST_BY_HAND, hand, 1 - hand).prod())
    alternatives = tuple((text, p * right) for text, p in join_texts(texts))
    text, confidence = alternatives[0]
    return Reading(text, tuple(digits), alternatives, confidence, tuple(wrong_length))


def decode_rows(
    layout: Layout, log_probabilities: NDArray[np.float64], constraints: Constraints
) -> list[RowReading]:
    """Decode each row of a layout; arguments as for `read_layout`."""
    readings, first = [], 0
    for row in layout.rows:
        last = first + len(row.hypotheses)
        readings.append(
            decode_row(
                row,
                log_probabilities[first:last],
                length=constraints.length,
                allowed=constraints.digits,
            )
        )
        first = last
    return readings


def row_looks(layout: Layout, readings: Sequence[RowReading]) -> list[RowLook] | None:
    """Each row as it looks and as it was read; None where the ink network was not asked."""
    looks = layout.looks()
    if looks is None:
        return None
    return [
        RowLook(
            ink,
            ruled,
            row.height,
            [glyph.digit for glyph in reading.glyphs],
            [glyph.confidence for glyph in reading.glyphs],
        )
        for (ink, ruled), row, reading in zip(looks.tolist(), layout.rows, readings, strict=True)
    ]


def _by_hand(layout: Layout, readings: Sequence[RowReading]) -> NDArray[np.float64]:
    """(n,) how likely a hand wrote each row."""
    rows = row_looks(layout, readings)
    return np.ones(len(readings)) if rows is None else written(rows)
