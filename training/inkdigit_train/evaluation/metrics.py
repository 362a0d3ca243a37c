"""Answers and truths in, figures out: calibration and the rejection of what is no digit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_auc_score, roc_curve

__all__ = ["Reliability", "accepted_at_kept", "auroc", "reliability"]

ECE_BINS = 15  # of equal width, as in Guo and others, "On calibration of modern neural networks"


@dataclass(frozen=True)
class Reliability:
    """How often answers are right, by how confident they are.

    Attributes:
        confidence: (bins,) mean confidence in each bin; NaN where it is empty.
        accuracy: (bins,) share of right answers in each bin; NaN where it is empty.
        count: (bins,) answers in each bin.
        ece: Expected calibration error, 0 to 1: the mean of |accuracy - confidence|, each bin
            weighing as much as it has answers.
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    count: NDArray[np.int64]
    ece: float


def reliability(confidence: ArrayLike, correct: ArrayLike, bins: int = ECE_BINS) -> Reliability:
    """Compare the answers' confidence with how often they are right.

    Args:
        confidence: (N,) in [0, 1], of the answer given.
        correct: (N,) whether it is right.
        bins: Bins of equal width; a confidence on an edge counts below it.

    Returns:
        The figures of each bin and the expected calibration error.

    Raises:
        ValueError: If there is no answer, or the shapes differ.
    """
    confidences = np.asarray(confidence, np.float64)
    rights = np.asarray(correct, np.float64)
    if confidences.shape != rights.shape or confidences.ndim != 1 or not len(confidences):
        raise ValueError(
            f"confidence {confidences.shape} and correct {rights.shape}; expected both (N,), N > 0"
        )
    place = np.clip(np.ceil(confidences * bins).astype(np.int64) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean_confidence = np.bincount(place, confidences, bins) / count
        accuracy = np.bincount(place, rights, bins) / count
    gaps = np.nan_to_num(np.abs(accuracy - mean_confidence))
    return Reliability(mean_confidence, accuracy, count, float(gaps @ count / count.sum()))


def auroc(digits: ArrayLike, others: ArrayLike) -> float:
    """The chance that a random non-digit scores above a random digit.

    Args:
        digits: (N,) probability of "not a digit" of true digits.
        others: (M,) the same of what is none.

    Returns:
        The area under the ROC curve, 0 to 1; 1 where every non-digit is above every digit.
    """
    scores = np.concatenate([np.asarray(digits, np.float64), np.asarray(others, np.float64)])
    labels = np.concatenate([np.zeros(np.shape(digits)), np.ones(np.shape(others))])
    return float(roc_auc_score(labels, scores))


def accepted_at_kept(
    digits: ArrayLike, others: ArrayLike, kept: float = 0.98
) -> tuple[float, float]:
    """The share of non-digits taken for digits, at the threshold that keeps a share of the digits.

    Args:
        digits: (N,) probability of "not a digit" of true digits.
        others: (M,) the same of what is none.
        kept: Share of the digits that must be accepted, at least.

    Returns:
        The share of `others` accepted, and the highest "not a digit" that is still accepted.
    """
    scores = -np.concatenate([np.asarray(digits, np.float64), np.asarray(others, np.float64)])
    labels = np.concatenate([np.ones(np.shape(digits)), np.zeros(np.shape(others))])
    accepted, share_kept, threshold = roc_curve(labels, scores, drop_intermediate=False)
    first = int(np.argmax(share_kept >= kept))
    return float(accepted[first]), float(-threshold[first])
