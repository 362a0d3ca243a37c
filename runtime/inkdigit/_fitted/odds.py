"""Probabilities in, their log-odds out, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["log_odds", "probability"]

LEAST = 1e-3  # of a probability, and of its complement: log-odds are within ±6.9
MOST_ODDS = 30.0  # beyond this a probability is 0 or 1


def log_odds(probabilities: ArrayLike) -> NDArray[np.float64]:
    """Log-odds of probabilities, of the same shape; 0 and 1 count as nearly so."""
    share = np.clip(np.asarray(probabilities, np.float64), LEAST, 1 - LEAST)
    return np.asarray(np.log(share / (1 - share)), np.float64)


def probability(odds: ArrayLike) -> NDArray[np.float64]:
    """Probabilities, 0 to 1, of log-odds, of the same shape."""
    limited = np.clip(np.asarray(odds, np.float64), -MOST_ODDS, MOST_ODDS)
    return np.asarray(1 / (1 + np.exp(-limited)), np.float64)
