"""Validation data in; what calibrates a network, and a rejection threshold, out."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import nn

from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.pools import Pool
from inkdigit_train.fit.models import Calibration, logits_of

__all__ = ["fit_calibration", "rejection_threshold"]

DIGITS_KEPT = 0.999  # fraction of the validation digits that the rejection threshold lets through
# Of the logarithm of the temperature, that of the factor, and the shift.
BOUNDS = ((-2.0, 2.0), (-2.0, 2.0), (-20.0, 20.0))
NONDIGIT_FRACTION = 0.05  # assumed fraction of non-digits among the drawings in use


def fit_calibration(model: nn.Module, digits: list[Pool], others: list[Pool]) -> Calibration:
    """Fit the calibration to validation data.

    A third of the training data are non-digits, far more than people draw; without the shift, that
    prior would make the network refuse or doubt digits. The values together minimise the
    cross-entropy of the labels, with non-digits weighted to `NONDIGIT_FRACTION` in all.

    Args:
        model: Gives logits (N, 11).
        digits: Validation digits.
        others: Validation non-digits; if there are none, factor and shift change nothing.
    """
    pools = [*digits, *others]
    scores = torch.cat([logits_of(model, pool.images).double() for pool in pools])
    answers = torch.cat([pool.labels for pool in pools]).unsqueeze(1)
    counts = [sum(map(len, digits)), sum(map(len, others))]
    fractions = [1 - NONDIGIT_FRACTION, NONDIGIT_FRACTION] if others else [1.0, 0.0]
    weights = [fraction / max(count, 1) for fraction, count in zip(fractions, counts, strict=True)]
    mass = torch.tensor(weights, dtype=torch.float64).repeat_interleave(torch.tensor(counts))

    def calibration(choice: NDArray[np.float64]) -> Calibration:
        log_temperature, log_factor, shift = choice.tolist()
        if not others:
            return Calibration(float(np.exp(log_temperature)))
        return Calibration(float(np.exp(log_temperature)), float(np.exp(log_factor)), shift)

    def loss(choice: NDArray[np.float64]) -> float:
        calibrated = calibration(choice).apply(scores)
        return -float((mass * calibrated.log_softmax(1).gather(1, answers).squeeze(1)).sum())

    # Without bounds, a network without a mistake would get a temperature of 0.
    found = minimize(loss, np.zeros(3), method="Nelder-Mead", bounds=BOUNDS)
    return calibration(found.x)


def rejection_threshold(model: nn.Module, pools: list[Pool]) -> float:
    """The probability of "not a digit" that `DIGITS_KEPT` of the pools' digits stay below.

    At least one half: below that a digit is the likelier answer.
    """
    logits = torch.cat([logits_of(model, pool.images) for pool in pools])
    not_digit = logits.softmax(1)[:, NOT_DIGIT]
    return max(0.5, float(not_digit.double().quantile(DIGITS_KEPT)))
