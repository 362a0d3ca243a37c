"""Answers and truths in, figures out: calibration, rejection, rows and digits right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score, roc_curve

__all__ = [
    "Reliability",
    "accepted_at_kept",
    "auroc",
    "compare_rows",
    "edit_distance",
    "mcnemar",
    "reliability",
    "rows_right",
]

ECE_BINS = 15  # of equal width, as in Guo and others, "On calibration of modern neural networks"


@dataclass(frozen=True)
class Reliability:
    """How often answers are right at each level of confidence; arrays are (bins,)."""

    confidence: NDArray[np.float64]  # mean in each bin; NaN if it is empty
    accuracy: NDArray[np.float64]  # fraction of right answers in each bin; NaN if it is empty
    count: NDArray[np.int64]  # answers in each bin
    # Expected calibration error, 0 to 1: the mean of |accuracy - confidence|, weighted by count.
    ece: float


def reliability(confidence: ArrayLike, correct: ArrayLike, bins: int = ECE_BINS) -> Reliability:
    """Compare the answers' confidence with how often they are right.

    Args:
        confidence: (N,) in [0, 1], of the answer given.
        correct: (N,) whether it is right.
        bins: Number of bins, of equal width; a confidence on an edge goes to the lower bin.

    Raises:
        ValueError: If there are no answers, or the shapes differ.
    """
    confidences = np.asarray(confidence, np.float64)
    rights = np.asarray(correct, np.float64)
    if confidences.shape != rights.shape or confidences.ndim != 1 or not len(confidences):
        raise ValueError(
            f"confidence {confidences.shape} and correct {rights.shape}; expected both (N,), N > 0"
        )
    index = np.clip(np.ceil(confidences * bins).astype(np.int64) - 1, 0, bins - 1)
    count = np.bincount(index, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean_confidence = np.bincount(index, confidences, bins) / count
        accuracy = np.bincount(index, rights, bins) / count
    gaps = np.nan_to_num(np.abs(accuracy - mean_confidence))
    return Reliability(mean_confidence, accuracy, count, float(gaps @ count / count.sum()))


def auroc(digits: ArrayLike, others: ArrayLike) -> float:
    """The area under the ROC curve: the chance that a random non-digit scores above a digit.

    Scores are probabilities of "not a digit", (N,) of true digits and (M,) of true non-digits.
    """
    scores = np.concatenate([np.asarray(digits, np.float64), np.asarray(others, np.float64)])
    labels = np.concatenate([np.zeros(np.shape(digits)), np.ones(np.shape(others))])
    return float(roc_auc_score(labels, scores))


def accepted_at_kept(
    digits: ArrayLike, others: ArrayLike, kept: float = 0.98
) -> tuple[float, float]:
    """The fraction of non-digits accepted, at the threshold that keeps most digits.

    Args:
        digits: (N,) probability of "not a digit" of true digits.
        others: (M,) the same of true non-digits.
        kept: Fraction of the digits that must be accepted, at least.

    Returns:
        The fraction of `others` accepted, and the highest "not a digit" that is still accepted.
    """
    scores = -np.concatenate([np.asarray(digits, np.float64), np.asarray(others, np.float64)])
    labels = np.concatenate([np.ones(np.shape(digits)), np.zeros(np.shape(others))])
    accepted, digits_kept, threshold = roc_curve(labels, scores, drop_intermediate=False)
    first = int(np.argmax(digits_kept >= kept))
    return float(accepted[first]), float(-threshold[first])


def mcnemar(more: int, fewer: int) -> float:
    """The probability that a change of answers is as lopsided by chance alone.

    McNemar's test ("Note on the sampling error of the difference between correlated proportions",
    1947), exact and one-sided: of the answers that one of two networks gets right and the other
    does not, each would be either's with probability 1/2.

    Args:
        more: Answers that changed in the way that is asked about.
        fewer: Answers that changed in the other way.

    Returns:
        The probability of `more` or more of them among `more + fewer`; 1 if there are none.
    """
    changed = more + fewer
    return float(binomtest(more, changed, 0.5, "greater").pvalue) if changed else 1.0


def rows_right(found: Sequence[str], written: Sequence[str]) -> tuple[int, int]:
    """How many rows of text are exactly right, and of how many.

    Rows are paired in order, with as many equal pairs as possible: a missing or an extra row does
    not shift those after it. Every row written counts, and so does every row read beyond that
    number, as a wrong one.
    """
    common = [0] * (len(written) + 1)  # lengths of the longest common subsequences
    for row in found:
        before = common.copy()
        for j, other in enumerate(written, start=1):
            common[j] = before[j - 1] + 1 if row == other else max(before[j], common[j - 1])
    return common[-1], max(len(found), len(written))


def compare_rows(read: str, written: Sequence[str], apart: bool = False) -> tuple[int, int]:
    """Compare a reading of a page with its rows of numbers.

    A row is exact if a line of the reading has its numbers, from left to right, and no others. The
    numbers of one row may also come as lines of their own, one after the other: the cells of a
    table's row do. Signs, letters, "?" and lines without a digit are left out. Lines and rows are
    paired in order, with as many exact rows as possible.

    Args:
        read: A line each for what was found to be a row.
        written: The numbers of each row, with spaces between them, from top to bottom.
        apart: Whether each digit has a box of its own, as in a comb: then it does not matter where
            numbers begin and end, only which digits follow each other.

    Returns:
        How many rows are exact, and how many lines of the reading belong to none of those.
    """
    lines = [items for line in read.split("\n") if (items := _items(line, apart))]
    rows = [items for row in written if (items := _items(row, apart))]
    # best[i][j]: (exact rows, lines they use) among the first i lines and j rows.
    best = [[(0, 0)] * (len(rows) + 1) for _ in range(len(lines) + 1)]
    for i in range(1, len(lines) + 1):
        for j, row in enumerate(rows, start=1):
            best[i][j] = max(best[i - 1][j], best[i][j - 1])
            joined: list[str] = []
            for first in range(i - 1, -1, -1):
                joined = lines[first] + joined
                if joined == row:
                    exact, used = best[first][j - 1]
                    best[i][j] = max(best[i][j], (exact + 1, used + i - first))
                if len(joined) >= len(row):
                    break
    exact, used = best[-1][-1]
    return exact, len(lines) - used


def _items(line: str, apart: bool) -> list[str]:
    kept = "".join(c for c in line if c in "0123456789 ")
    return list(kept.replace(" ", "")) if apart else kept.split()


def edit_distance(one: str, other: str) -> int:
    """Fewest insertions, deletions and changes that turn one string into the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]
