"""Reads one canvas again and again while someone writes on it; no hypothesis is scored twice."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.constraints import Constraints, Length
from inkdigit._decode.hand import HandRule
from inkdigit._decode.reading import read_layout
from inkdigit._decode.scoring import Scored, score_hypotheses
from inkdigit._decode.steady import steady
from inkdigit._segment.layout import Hypothesis
from inkdigit._segment.strokes import StrokeCutter, StrokeLayout
from inkdigit.errors import InputTypeError
from inkdigit.ink import MAX_POINTS, Ink
from inkdigit.labels import ALL_DIGITS, CLASSES
from inkdigit.results import Reading
from inkdigit.session import Session
from inkdigit.writer import Writer, check_writer

__all__ = ["InkReader"]

REMEMBERED = 4096  # hypotheses and strokes an InkReader keeps: under 20 MB, with long strokes


class InkReader:
    """Reads one drawing again and again while it changes.

    Hand it the whole ink after each stroke, undo or erasure; it scores only the hypotheses that
    it has not seen. The search for the best reading starts anew each time and grows with the
    length of the rows. The answers are those of `Recognizer.read`. It keeps the last `REMEMBERED`
    scores and no ink.

    Make one with `Recognizer.reader()`, one for each canvas; it is not thread-safe.

    Args:
        session: The engine.
        max_points: Ink of more points is refused.
    """

    def __init__(self, session: Session, *, max_points: int = MAX_POINTS) -> None:
        self._run = steady(session.run)
        self._max_points = max_points
        self._cutter = StrokeCutter(remember=REMEMBERED)
        # Log-probabilities (11,) and the vector that a hand compares.
        self._known: dict[Hashable, tuple[NDArray[np.float64], NDArray[np.float32]]] = {}
        self._scored = 0

    @property
    def scored(self) -> int:
        """How many hypotheses the last `read` had to score."""
        return self._scored

    def read(
        self,
        ink: Ink,
        *,
        length: Length = None,
        allowed: str = ALL_DIGITS,
        min_confidence: float = 0.0,
        writer: Writer | None = None,
    ) -> Reading:
        """Read the ink as it is now; arguments, result and errors as for `Recognizer.read`."""
        if not isinstance(ink, Ink):
            raise InputTypeError(f"ink is a {type(ink).__name__}; expected an inkdigit.Ink")
        ink.check_size(self._max_points)
        check_writer(writer)
        constraints = Constraints.parse(length, allowed, min_confidence)
        layout = StrokeLayout(ink, self._cutter)
        keys = [layout.key(h) for h in layout.hypotheses]
        scores = {key: self._known.pop(key) for key in dict.fromkeys(keys) if key in self._known}
        new: dict[Hashable, Hypothesis] = {
            key: h for key, h in zip(keys, layout.hypotheses, strict=True) if key not in scores
        }
        rule = HandRule.bundled()
        found = score_hypotheses(list(new.values()), layout, self._run, rule)
        assert found.vectors is not None
        scores.update(
            zip(new, zip(found.log_probabilities, found.vectors, strict=True), strict=True)
        )
        self._scored = len(new)
        self._known.update(scores)  # behind the others: the oldest are forgotten first
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        table = np.array([scores[key][0] for key in keys]).reshape(-1, CLASSES)
        vectors = np.array([scores[key][1] for key in keys]).reshape(-1, rule.size)
        hand = None if writer is None else writer.hand(self._run)
        return read_layout(layout, Scored(table, vectors), constraints, hand)
