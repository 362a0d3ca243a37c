"""The learning rate, the augmentation and the optimiser over a run."""

from __future__ import annotations

import pytest

from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.models import build_model
from inkdigit_train.fit.schedule import augment_strength, learning_rate, make_optimizer

CONFIG = TrainConfig(lr=1.0, lr_end=0.25, warmup=0.2)


def test_rate_rises_to_its_peak_and_falls_to_its_end():
    rates = [learning_rate(step, 100, CONFIG) for step in range(100)]
    assert rates[:20] == sorted(rates[:20])
    assert rates[19:] == sorted(rates[19:], reverse=True)
    assert max(rates) == pytest.approx(1.0, abs=1e-5)
    assert rates[-1] == pytest.approx(0.25, abs=1e-3)


def test_batch_norm_and_biases_are_not_decayed():
    optimizer = make_optimizer(build_model(TrainConfig()), TrainConfig())
    decayed, free = optimizer.param_groups
    assert decayed["weight_decay"] > 0 == free["weight_decay"]
    assert all(p.ndim > 1 for p in decayed["params"])


def test_augmentation_fades_to_its_end_over_the_last_steps():
    config = TrainConfig(augment=1.0, augment_end=0.5, fade=0.2)
    strengths = [augment_strength(step, 101, config) for step in range(101)]
    assert strengths[:80] == [1.0] * 80
    assert strengths[80:] == sorted(strengths[80:], reverse=True)
    assert strengths[-1] == pytest.approx(0.5, abs=0.03)
