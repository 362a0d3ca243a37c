"""What is on the canvas and what it reads: the app's state. No Kivy in here.

Strokes go in as the pen lifts, requests to read come out, predictions go in, an answer comes out.
An answer belongs to exactly the ink that is shown: whatever changes the ink drops it, and one that
comes for older ink is dropped too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from inkdigit import Ink, Prediction, Stroke

__all__ = ["Answer", "Certainty", "Request", "ViewModel"]

SURE_CONFIDENCE = 0.95  # from here on an answer needs no second look


class Certainty(Enum):
    """How far an answer can be trusted."""

    SURE = "sure"
    UNSURE = "not sure"
    NO_DIGIT = "no digit"


@dataclass(frozen=True)
class Answer:
    """What the app says about the ink.

    Attributes:
        text: The digit, or "–" where there is none.
        confidence: Calibrated probability, 0 to 1, that this is right.
        certainty: What it amounts to.
    """

    text: str
    confidence: float
    certainty: Certainty

    @classmethod
    def from_prediction(cls, prediction: Prediction) -> Answer:
        """The answer that a prediction gives."""
        if prediction.digit is None:
            return cls("–", prediction.confidence, Certainty.NO_DIGIT)
        sure = prediction.confidence >= SURE_CONFIDENCE
        return cls(
            str(prediction.digit),
            prediction.confidence,
            Certainty.SURE if sure else Certainty.UNSURE,
        )

    @property
    def percentage(self) -> str:
        """The confidence in whole per cent, rounded down: 100 % is for certainty alone."""
        return f"{int(self.confidence * 100 + 1e-9)} %"


@dataclass(frozen=True)
class Request:
    """Ink to read.

    Attributes:
        revision: Which state of the canvas it is; the answer is good for that state only.
        ink: The strokes, in canvas pixels, y down.
    """

    revision: int
    ink: Ink


class ViewModel:
    """The state behind the screen. Used from one thread, the user interface's."""

    def __init__(self) -> None:
        self._strokes: tuple[Stroke, ...] = ()
        self._writing = False
        self._answer: Answer | None = None
        self._error: str | None = None
        self._revision = 0
        self._requested: int | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The finished strokes, oldest first."""
        return self._strokes

    @property
    def blank(self) -> bool:
        """Whether nothing is written and nothing is being written."""
        return not self._strokes and not self._writing

    @property
    def readable(self) -> bool:
        """Whether there is something to read: strokes, and the pen up."""
        return bool(self._strokes) and not self._writing

    @property
    def answer(self) -> Answer | None:
        """What the ink reads, or None where nobody has asked since it changed."""
        return self._answer

    @property
    def error(self) -> str | None:
        """Why there is no answer, or None."""
        return self._error

    @property
    def waiting(self) -> bool:
        """Whether the ink has been sent to be read and the answer is still to come."""
        return self._requested == self._revision

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change."""
        self._listeners.append(listener)

    def begin_stroke(self) -> None:
        """The pen touches the canvas."""
        self._writing = True
        self._ink_changed()

    def end_stroke(self, stroke: Stroke) -> None:
        """The pen leaves the canvas, and `stroke` is what it wrote."""
        self._writing = False
        self._strokes = (*self._strokes, stroke)
        self._ink_changed()

    def clear(self) -> None:
        """Take all the ink away."""
        if not self.blank:
            self._writing = False
            self._strokes = ()
            self._ink_changed()

    def request(self) -> Request | None:
        """Ask for the ink to be read.

        Returns:
            What to hand to the recogniser, or None where there is nothing to read, or where it is
            being read already.
        """
        if not self.readable or self.waiting:
            return None
        self._requested = self._revision
        self._error = None
        self._changed()
        return Request(self._revision, Ink(self._strokes))

    def accept(self, request: Request, prediction: Prediction) -> None:
        """Take the answer to a request, unless the ink has changed since."""
        if self._is_current(request):
            self._answer = Answer.from_prediction(prediction)
            self._changed()

    def reject(self, request: Request, reason: str) -> None:
        """Take the news that a request failed, unless the ink has changed since."""
        if self._is_current(request):
            self._error = reason
            self._changed()

    def _is_current(self, request: Request) -> bool:
        if request.revision != self._revision:
            return False
        self._requested = None
        return True

    def _ink_changed(self) -> None:
        self._revision += 1
        self._answer = None
        self._error = None
        self._changed()

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()
