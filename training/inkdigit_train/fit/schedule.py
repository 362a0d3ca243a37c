"""The optimisers a run may choose from, and what changes over its steps."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import nn

from inkdigit_train.fit.config import TrainConfig

__all__ = ["OPTIMIZERS", "augment_strength", "learning_rate", "make_optimizer"]

OPTIMIZERS = ("adamw", "adam", "adadelta", "sgd")


def make_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """The optimiser a config names; biases and batch norm's gains are not decayed."""
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups: Iterable[dict[str, object]] = [
        {"params": weights, "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    if config.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=config.lr)
    if config.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=config.lr, momentum=0.9, nesterov=True)
    # Adam and Adadelta mix weight decay into the gradient's scale, so they go without.
    if config.optimizer == "adam":
        return torch.optim.Adam(model.parameters(), lr=config.lr)
    if config.optimizer == "adadelta":
        return torch.optim.Adadelta(model.parameters(), lr=config.lr)
    raise ValueError(f"optimizer {config.optimizer!r}; expected one of {', '.join(OPTIMIZERS)}")


def learning_rate(step: int, steps: int, config: TrainConfig) -> float:
    """One cycle: a linear rise over the warm-up, then a cosine down to its end."""
    rise = max(1, round(config.warmup * steps))
    if step < rise:
        return config.lr * (step + 1) / rise
    share = (step - rise + 1) / (steps - rise + 1)
    fall = 0.5 + 0.5 * math.cos(math.pi * share)
    return config.lr * (config.lr_end + (1 - config.lr_end) * fall)


def augment_strength(step: int, steps: int, config: TrainConfig) -> float:
    """Constant, then a straight line to the last step's strength."""
    first = (1 - config.fade) * steps
    share = max(0.0, (step - first) / max(1.0, steps - first))
    return config.augment + (config.augment_end - config.augment) * share
