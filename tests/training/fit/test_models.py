"""The network: its size and its outputs."""

from __future__ import annotations

import torch

from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.models import PARAMETER_LIMIT, build_model, count_parameters, logits_of


def test_standard_network_is_within_the_parameter_limit():
    assert count_parameters(build_model(TrainConfig())) <= PARAMETER_LIMIT == 100_000


def test_outputs_have_the_shapes_of_the_contract():
    logits, embedding = build_model(TrainConfig()).eval()(torch.zeros(3, 1, 28, 28))
    assert logits.shape == (3, 11)
    assert embedding.shape == (3, 64)
    assert embedding.min() >= 0


def test_logits_come_in_order_from_the_first_variants():
    torch.manual_seed(0)
    model = build_model(TrainConfig(stem=4, body=4, top=4))
    images = torch.randint(256, (1003, 2, 28, 28), dtype=torch.uint8)
    logits = logits_of(model, images)
    assert not model.training
    expected, _ = model(images[1000:, :1] / 255)
    assert torch.allclose(logits[1000:], expected, atol=1e-5)
