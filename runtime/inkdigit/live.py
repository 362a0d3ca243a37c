"""Reading while someone writes: layouts scored hypothesis by hypothesis, none of them twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.lattice import CLASSES, decode_line, merge_alternatives
from inkdigit._segment.join import Hypothesis, Layout
from inkdigit._segment.strokes import InkSegmenter
from inkdigit.errors import InputError, InputTypeError
from inkdigit.ink import Box, Ink
from inkdigit.results import DigitReading, Reading

__all__ = ["InkReader", "Length", "Scorer", "read_layout", "score_layout"]

Length: TypeAlias = int | tuple[int, int] | None
Scorer: TypeAlias = Callable[[NDArray[np.float32]], NDArray[np.float32]]

ALL_DIGITS = "0123456789"
MAX_BATCH = 64  # rasters scored at once: some 15 MB inside the engine, and no slower than more
REMEMBERED = 4096  # hypotheses and strokes an InkReader keeps: under 20 MB, with long strokes


class InkReader:
    """Reads one drawing again and again while it changes.

    Hand it the whole ink after each stroke, undo or erasure; it scores only the hypotheses that
    it has not seen. The search for the best reading is made anew, and grows with the length of the
    lines. What it answers is what `Recognizer.read` answers. It keeps the last `REMEMBERED` scores
    and no ink.

    Make one with `Recognizer.reader()`, one for each canvas; it is not thread-safe.

    Args:
        score: (N, 28, 28) rasters -> (N, 11) logits.
    """

    def __init__(self, score: Scorer) -> None:
        self._score = score
        self._segmenter = InkSegmenter(remember=REMEMBERED)
        self._known: dict[Hashable, NDArray[np.float64]] = {}
        self._scored = 0

    @property
    def scored(self) -> int:
        """How many hypotheses the last `read` had to score."""
        return self._scored

    def read(self, ink: Ink, *, length: Length = None, allowed: str = ALL_DIGITS) -> Reading:
        """Read the ink as it is now; arguments, result and errors as for `Recognizer.read`."""
        limits, digits = parse_constraints(length, allowed)
        layout = self._segmenter.segment(ink)
        hypotheses = [h for line in layout.lines for h in line.hypotheses]
        keys = [layout.key(h) for h in hypotheses]
        rows = {key: self._known.pop(key) for key in dict.fromkeys(keys) if key in self._known}
        new: dict[Hashable, Hypothesis] = {
            key: h for key, h in zip(keys, hypotheses, strict=True) if key not in rows
        }
        scores = score_hypotheses(list(new.values()), layout, self._score)
        rows.update(zip(new, scores, strict=True))
        self._scored = len(new)
        self._known.update(rows)  # behind the others: the oldest are forgotten first
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        table = np.array([rows[key] for key in keys]).reshape(-1, CLASSES)
        return read_layout(layout, table, limits, digits)


def parse_constraints(
    length: Length, allowed: str
) -> tuple[tuple[int, int] | None, tuple[int, ...]]:
    """Check what `read` was asked for.

    Raises:
        InputError: If a length is negative or upside down, or no digit is allowed.
        InputTypeError: If one is of another type.
    """
    if not isinstance(allowed, str):
        raise InputTypeError(f"allowed is a {type(allowed).__name__}; expected a string of digits")
    if not allowed or set(allowed) - set(ALL_DIGITS):
        raise InputError(f'allowed is {allowed!r}; expected one or more of the digits, as in "01"')
    digits = tuple(sorted({int(character) for character in allowed}))
    if length is None:
        return None, digits
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
    return (limits[0], limits[1]), digits


def score_layout(layout: Layout, score: Scorer) -> NDArray[np.float64]:
    """(n, 11) log-probabilities of all hypotheses of all lines, in their order."""
    return score_hypotheses([h for line in layout.lines for h in line.hypotheses], layout, score)


def score_hypotheses(
    hypotheses: Sequence[Hypothesis], layout: Layout, score: Scorer
) -> NDArray[np.float64]:
    """(n, 11) log-probabilities; one call of the engine for up to `MAX_BATCH` of them."""
    tables = [np.zeros((0, CLASSES))]
    for first in range(0, len(hypotheses), MAX_BATCH):
        logits = score(layout.rasters(hypotheses[first : first + MAX_BATCH])).astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        tables.append(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))
    return np.concatenate(tables)


def read_layout(
    layout: Layout,
    log_probabilities: NDArray[np.float64],
    length: tuple[int, int] | None,
    allowed: Sequence[int],
) -> Reading:
    """Decode each line of a layout.

    Args:
        layout: Lines in reading order.
        log_probabilities: (n, 11), as `score_layout` gives them.
        length: The least and the most glyphs in each line, or None.
        allowed: The digits that may be read.

    Returns:
        The reading.
    """
    digits: list[DigitReading] = []
    texts: list[tuple[tuple[str, float], ...]] = []
    first = 0
    for number, line in enumerate(layout.lines):
        last = first + len(line.hypotheses)
        reading = decode_line(line, log_probabilities[first:last], length=length, allowed=allowed)
        first = last
        texts.append(reading.alternatives)
        digits += [
            DigitReading(
                glyph.digit,
                glyph.confidence,
                _scaled(glyph.hypothesis.box, layout.scale),
                glyph.candidates,
                glyph.hypothesis.strokes,
                number,
            )
            for glyph in reading.glyphs
        ]
    alternatives = merge_alternatives(texts)
    return Reading(alternatives[0][0], tuple(digits), alternatives, alternatives[0][1])


def _scaled(box: Box, scale: tuple[float, float]) -> Box:
    (left, top, right, bottom), (wide, high) = box, scale
    return left * wide, top * high, right * wide, bottom * high
