"""Tuning on whole numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from inkdigit._decode.signs import SignNet
from inkdigit._decode.weights import Weights
from inkdigit.session import BUNDLED_MODEL, OnnxSession
from inkdigit_train.data.compose import Style, compose_many
from inkdigit_train.data.lattices import examples
from inkdigit_train.fit.checkpoint import load_averaged
from inkdigit_train.fit.fabric import make_fabric
from inkdigit_train.fit.models import Calibration
from inkdigit_train.fit.strings import TuneConfig, string_loss, tune
from inkdigit_train.fit.train import CHECKPOINT, train


@pytest.fixture(scope="module")
def rows(hand):
    numbers = compose_many(hand, 3, 1, Style(length=(2, 3), joined=0.0, touching=0.0))
    return examples(numbers, OnnxSession(BUNDLED_MODEL), SignNet.bundled())


def test_the_slope_is_that_of_the_loss(rows):
    row, weights = rows[0], Weights.bundled()
    rng = np.random.default_rng(0)
    start = np.log(rng.dirichlet(np.ones(11), len(row.rasters)))
    answers = torch.from_numpy(start).float().requires_grad_()
    surrogate, loss = string_loss(answers, row, weights)
    surrogate.backward()
    assert loss > 0
    for place in [(0, 0), (0, 4), (1, 10), (len(start) - 1, 7)]:
        moved = []
        for step in (1e-3, -1e-3):
            other = start.copy()
            other[place] += step
            moved.append(string_loss(torch.from_numpy(other), row, weights)[1])
        expected = (moved[0] - moved[1]) / 2e-3
        assert float(answers.grad[place]) == pytest.approx(expected, abs=1e-3)


def test_tuning_lowers_the_loss_of_the_numbers(rows, small_config, small_data, tmp_path):
    train(small_config, small_data, tmp_path, make_fabric("cpu", "fp32"), show=False)
    config = TuneConfig(epochs=30, rows=3, singles=16, lr=3e-3, strings=1.0)
    args = tmp_path / CHECKPOINT, rows, small_data, Calibration()
    losses = tune(*args, config, tmp_path / "tuned.ckpt")
    assert losses[-1] < 0.7 * losses[0]
    before, after = (
        load_averaged(tmp_path / name)[0].state_dict() for name in (CHECKPOINT, "tuned.ckpt")
    )
    assert any(not torch.equal(before[name], after[name]) for name in before)
    tune(*args, replace(config, epochs=1, kept=1.0), tmp_path / "kept.ckpt")
    kept = load_averaged(tmp_path / "kept.ckpt")[0].state_dict()
    assert all(torch.allclose(before[name], kept[name]) for name in before)
