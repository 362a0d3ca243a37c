"""What is read: the network's classes and the signs; and logits as probabilities."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from inkdigit.errors import InferenceError

__all__ = [
    "ALL_DIGITS",
    "CLASSES",
    "DIGITS",
    "NOT_DIGIT",
    "SIGNS",
    "SIGN_CLASSES",
    "SPACE",
    "log_softmax",
    "softmax",
]

DIGITS = 10  # classes 0 to 9
NOT_DIGIT = 10  # index of the class "not a digit"
CLASSES = 11
ALL_DIGITS = "0123456789"
SIGNS = ".,-/:"  # told by their shape and place in a row, not by the network
# What a mark may be beside a digit: no sign, one of those, or another one, such as a percent sign.
SIGN_CLASSES = ("none", *SIGNS, "other")
SPACE = " "  # a wide gap between two numbers of one line


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities of logits (N, 11), as float32; each row sums to 1.

    Raises:
        InferenceError: If a probability would be NaN.
    """
    probabilities: NDArray[np.float32] = logits - _peaks(logits)
    np.exp(probabilities, out=probabilities)
    probabilities /= np.add.reduce(probabilities, axis=1, keepdims=True)
    return probabilities


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log-probabilities of logits (N, 11), as float64.

    Raises:
        InferenceError: If a probability would be NaN.
    """
    shifted = logits.astype(np.float64)
    shifted -= _peaks(logits)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def _peaks(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 1) each row's largest; refuses logits whose probabilities would be NaN."""
    peaks: NDArray[np.float32] = np.maximum.reduce(logits, axis=1, keepdims=True)
    if not math.isfinite(np.add.reduce(peaks, axis=None)):
        raise InferenceError(
            "the model answered with NaN or infinite logits; it is damaged: export it again, or"
            " reinstall inkdigit if it is the bundled one"
        )
    return peaks
