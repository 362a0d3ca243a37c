"""What a reading is: plain, frozen results, JSON-ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Prediction"]


@dataclass(frozen=True, eq=False)
class Prediction:
    """The answer for one expected digit.

    Attributes:
        digit: 0 to 9, or None where the input is blank or no digit.
        confidence: Calibrated probability, 0 to 1, that `digit` is right; for None, that there
            is no digit.
        probabilities: (10,) float32, sums to 1: which digit, if it is one. Read-only.
        not_digit: Probability, 0 to 1, that it is no digit at all; 1 for a blank input.
    """

    digit: int | None
    confidence: float
    probabilities: NDArray[np.float32]
    not_digit: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: digit, confidence, probabilities, not_digit."""
        return {
            "digit": self.digit,
            "confidence": round(self.confidence, 6),
            "probabilities": [round(float(p), 6) for p in self.probabilities],
            "not_digit": round(self.not_digit, 6),
        }
