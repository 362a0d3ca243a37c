"""Validation data in; a temperature, a shift of "not a digit" and a rejection threshold out."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import nn

from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.pools import Pool
from inkdigit_train.fit.models import logits_of

__all__ = ["fit_calibration", "rejection_threshold"]

DIGITS_KEPT = 0.999  # fraction of the validation digits that the rejection threshold lets through
BOUNDS = ((-2.0, 2.0), (-20.0, 20.0))  # of the temperature's logarithm, and of the shift
NONDIGIT_FRACTION = 0.05  # assumed fraction of non-digits among the drawings in use


def fit_calibration(
    model: nn.Module, digits: list[Pool], others: list[Pool]
) -> tuple[float, float]:
    """Fit the temperature (Guo et al. 2017), and a shift of the logit of "not a digit".

    A third of the training data are non-digits, far more than people draw; without the shift, that
    prior would make the network refuse or doubt digits. Both values together minimise the
    cross-entropy of the labels, with non-digits weighted to `NONDIGIT_FRACTION` in all.

    Args:
        model: Gives logits (N, 11).
        digits: Validation digits.
        others: Validation non-digits; if there are none, the shift is 0.

    Returns:
        The temperature to divide all logits by, and the shift to add to the last one afterwards.
    """
    pools = [*digits, *others]
    scores = torch.cat([logits_of(model, pool.images).double() for pool in pools])
    answers = torch.cat([pool.labels for pool in pools]).unsqueeze(1)
    counts = [sum(map(len, digits)), sum(map(len, others))]
    fractions = [1 - NONDIGIT_FRACTION, NONDIGIT_FRACTION] if others else [1.0, 0.0]
    weights = [fraction / max(count, 1) for fraction, count in zip(fractions, counts, strict=True)]
    mass = torch.tensor(weights, dtype=torch.float64).repeat_interleave(torch.tensor(counts))
    last = torch.zeros(scores.shape[1], dtype=torch.float64)
    last[NOT_DIGIT] = 1.0 if others else 0.0

    def loss(choice: NDArray[np.float64]) -> float:
        log_temperature, shift = choice.tolist()
        calibrated = scores / float(np.exp(log_temperature)) + shift * last
        return -float((mass * calibrated.log_softmax(1).gather(1, answers).squeeze(1)).sum())

    # Without bounds, a network without a mistake would get a temperature of 0.
    found = minimize(loss, np.zeros(2), method="Nelder-Mead", bounds=BOUNDS)
    return float(np.exp(found.x[0])), float(found.x[1]) if others else 0.0


def rejection_threshold(model: nn.Module, pools: list[Pool]) -> float:
    """The probability of "not a digit" that `DIGITS_KEPT` of the pools' digits stay below.

    At least one half: below that a digit is the likelier answer.
    """
    logits = torch.cat([logits_of(model, pool.images) for pool in pools])
    not_digit = logits.softmax(1)[:, NOT_DIGIT]
    return max(0.5, float(not_digit.double().quantile(DIGITS_KEPT)))
