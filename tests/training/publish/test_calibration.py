"""Calibration: the temperature and the shift of "not a digit"."""

from __future__ import annotations

import math

import pytest
import torch

from inkdigit_train.data.pools import Pool
from inkdigit_train.publish.calibration import NONDIGIT_FRACTION, fit_calibration


def test_the_temperature_undoes_a_known_scale(make_bars):
    class Scaled(torch.nn.Module):
        """Logits three times too large for a label that is right in three of four cases."""

        def forward(self, image):
            wrong = torch.arange(len(image)) % 4 == 0
            label = (image[:, 0, 10].argmax(1) - 3) // 2
            guess = torch.where(wrong, (label + 1) % 10, label)
            sure = torch.log(torch.tensor(0.75 / (0.25 / 10)))
            return torch.nn.functional.one_hot(guess, 11) * sure * 3, image

    temperature, shift = fit_calibration(Scaled(), [make_bars(400, 0)], [])
    assert temperature == pytest.approx(3.0, rel=0.02)
    assert shift == 0


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
    _, shift = fit_calibration(Torn(), [digits], [others])
    odds = NONDIGIT_FRACTION / (1 - NONDIGIT_FRACTION)
    assert shift == pytest.approx(math.log(odds), rel=0.02)
