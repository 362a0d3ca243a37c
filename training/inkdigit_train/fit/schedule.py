"""The optimiser, and what changes from step to step."""

from __future__ import annotations

import math

import torch
from torch import nn

from inkdigit_train.fit.config import TrainConfig

__all__ = ["augment_strength", "learning_rate", "make_optimizer"]


def make_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW; biases and batch norm's gains are not decayed."""
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": weights, "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.lr)


def learning_rate(step: int, steps: int, config: TrainConfig) -> float:
    """One cycle: a linear rise over the warm-up, then half a cosine down to `lr_end`."""
    rise = max(1, round(config.warmup * steps))
    if step < rise:
        return config.lr * (step + 1) / rise
    progress = (step - rise + 1) / (steps - rise + 1)
    fall = 0.5 + 0.5 * math.cos(math.pi * progress)
    return config.lr * (config.lr_end + (1 - config.lr_end) * fall)


def augment_strength(step: int, steps: int, config: TrainConfig) -> float:
    """Constant, then linear to the last step's strength."""
    first = (1 - config.fade) * steps
    progress = max(0.0, (step - first) / max(1.0, steps - first))
    return config.augment + (config.augment_end - config.augment) * progress
