"""The network: its size, its outputs, and the parts of a checkpoint."""

from __future__ import annotations

import torch

from inkdigit_train.fit.checkpoint import build_model
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.models import PARAMETER_LIMIT, count_parameters


def test_standard_network_keeps_the_parameter_limit():
    assert count_parameters(build_model(TrainConfig())) <= PARAMETER_LIMIT == 100_000


def test_outputs_have_the_contracts_shapes():
    logits, embedding = build_model(TrainConfig()).eval()(torch.zeros(3, 1, 28, 28))
    assert logits.shape == (3, 11)
    assert embedding.shape == (3, 64)
    assert embedding.min() >= 0
