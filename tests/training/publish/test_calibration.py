"""Calibration: the temperature of the digits, and the log-odds of "not a digit"."""

from __future__ import annotations

import math

import pytest
import torch

from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.pools import Pool
from inkdigit_train.fit.models import Calibration
from inkdigit_train.publish.calibration import NONDIGIT_FRACTION, fit_calibration


def test_the_temperature_undoes_a_known_scale(make_bars):
    class Scaled(torch.nn.Module):
        """Logits three times too large for a label that is right in three of four cases."""

        def forward(self, image):
            wrong = torch.arange(len(image)) % 4 == 0
            label = (image[:, 0, 10].argmax(1) - 3) // 2
            guess = torch.where(wrong, (label + 1) % 10, label)
            sure = torch.log(torch.tensor(0.75 / (0.25 / 9)))
            logits = torch.nn.functional.one_hot(guess, 11) * sure * 3
            logits[:, NOT_DIGIT] = -50
            return logits, image

    calibration = fit_calibration(Scaled(), [make_bars(400, 0)], [])
    assert calibration.temperature == pytest.approx(3.0, rel=0.02)
    assert (calibration.factor, calibration.shift) == (1, 0)


def test_the_shift_undoes_the_many_non_digits_in_training(make_bars):
    class Torn(torch.nn.Module):
        """Every input looks as likely a non-digit as its digit."""

        def forward(self, image):
            label = (image[:, 0, 10].argmax(1) - 3) // 2
            logits = torch.nn.functional.one_hot(label, 11) * 9.0
            logits[:, 10] = 9.0
            return logits, image

    digits = make_bars(400, 0)
    others = Pool("others", digits.images, torch.full_like(digits.labels, 10))
    calibration = fit_calibration(Torn(), [digits], [others])
    odds = calibration.apply(torch.tensor([[9.0] + [0.0] * 9 + [9.0]])).softmax(1)[0, NOT_DIGIT]
    assert odds == pytest.approx(NONDIGIT_FRACTION, rel=0.02)


def test_digits_keep_their_odds_whatever_is_done_to_not_a_digit():
    logits = torch.tensor([[1.0, 3.0] + [0.0] * 8 + [2.0]])
    calibrated = Calibration(temperature=1.0, factor=0.3, shift=-4.0).apply(logits)
    assert torch.equal(calibrated[:, :NOT_DIGIT], logits[:, :NOT_DIGIT])
    log_odds = 2.0 - float(logits[:, :NOT_DIGIT].logsumexp(1))
    expected = 1 / (1 + math.exp(-(0.3 * log_odds - 4.0)))
    assert float(calibrated.softmax(1)[0, NOT_DIGIT]) == pytest.approx(expected, rel=1e-4)
