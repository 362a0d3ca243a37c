"""The network: rasters in, eleven logits and an embedding out, with at most 100,000 parameters."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inkdigit.labels import DIGITS, NOT_DIGIT
from inkdigit.session import EMBEDDING_SIZE
from inkdigit_train.fit.config import TrainConfig

__all__ = [
    "CALIBRATION",
    "PARAMETER_LIMIT",
    "Calibration",
    "DigitNet",
    "build_model",
    "channels_last",
    "count_parameters",
    "logits_of",
]

PARAMETER_LIMIT = 100_000  # the limit this project sets itself; 100 kB as shipped
# What an exported model calls the fields of its `Calibration`.
CALIBRATION = ("temperature", "not_digit_factor", "not_digit_shift")
EVAL_BATCH = 1000  # rasters in a forward pass without gradients: bounds the memory


def _conv(inputs: int, outputs: int, pool: bool = False) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        # Before the norm, which then has a quarter of the work.
        *([nn.MaxPool2d(2)] if pool else []),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class DigitNet(nn.Module):
    """Convolutions at 28×28, 14×14 and 7×7 pixels, then one learned 7×7 filter per channel.

    The last filter keeps the position of a stroke, which a mean over 7×7 would lose (4 and 9, 1 and
    7 differ by it), for 49 weights per channel. In a trial of five epochs on MNIST's training
    split, one seed, ten classes, errors on augmented validation images were 1.05 % with this;
    1.23 % with a strided 5×5 stem instead of the convolution and pooling at 28×28; 1.36 % with that
    stem and a mean.

    Args:
        stem, body, top: Channels at 28×28, 14×14 and 7×7.
        dropout: Fraction of the embedding dropped in training.
    """

    def __init__(self, stem: int, body: int, top: int, dropout: float) -> None:
        super().__init__()
        self.features = nn.Sequential(
            _conv(1, stem, pool=True),
            _conv(stem, body),
            _conv(body, body, pool=True),
            _conv(body, top),
            _conv(top, top),
            _conv(top, EMBEDDING_SIZE),
        )
        self.field = nn.Conv2d(EMBEDDING_SIZE, EMBEDDING_SIZE, 7, groups=EMBEDDING_SIZE, bias=False)
        self.field_norm = nn.BatchNorm2d(EMBEDDING_SIZE)
        self.dropout = nn.Dropout(dropout)
        self.digits = nn.Linear(EMBEDDING_SIZE, DIGITS)
        self.none = nn.Linear(EMBEDDING_SIZE, 1)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Compute logits and embeddings.

        Args:
            image: (N, 1, 28, 28) in [0, 1], 1 = ink.

        Returns:
            logits (N, 11) and embedding (N, 64), which is at least 0.
        """
        # The first batch norm is the normalisation: paper stays 0, so the zeros that the
        # convolutions pad with are paper too.
        features = self.features(image)
        embedding = torch.relu(self.field_norm(self.field(features))).flatten(1)
        kept = self.dropout(embedding)
        digits = self.digits(kept)
        # "Not a digit" is a question of its own: softmax then gives sigmoid(none) for it, and
        # shares what is left among the digits as they would share all of it.
        none = self.none(kept) + digits.logsumexp(1, keepdim=True)
        return torch.cat([digits, none], 1), embedding


@dataclass(frozen=True)
class Calibration:
    """What makes a network's probabilities true.

    Attributes:
        temperature: To divide the logits of the digits by (Guo et al. 2017).
        factor: To multiply the log-odds of "not a digit" by.
        shift: To add to them afterwards.
    """

    temperature: float = 1.0
    factor: float = 1.0
    shift: float = 0.0

    def apply(self, logits: Tensor) -> Tensor:
        """Calibrate logits (N, 11)."""
        digits = logits[:, :NOT_DIGIT]
        odds = logits[:, NOT_DIGIT:] - digits.logsumexp(1, keepdim=True)
        digits = digits / self.temperature
        none = digits.logsumexp(1, keepdim=True) + odds * self.factor + self.shift
        return torch.cat([digits, none], 1)


def count_parameters(model: nn.Module) -> int:
    """The number of trained parameters; batch norm's running statistics are not among them."""
    return sum(parameter.numel() for parameter in model.parameters())


def build_model(config: TrainConfig) -> DigitNet:
    """The network that a config describes, with random weights."""
    return DigitNet(config.stem, config.body, config.top, config.dropout)


def channels_last(model: DigitNet) -> DigitNet:
    """The model itself, its weights in the memory layout that a CPU convolves fastest."""
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def logits_of(model: nn.Module, images: Tensor, device: torch.device | None = None) -> Tensor:
    """A network's logits for all images, in evaluation mode.

    Args:
        model: Gives logits (N, 11) first.
        images: (N, V, 28, 28) uint8, 255 = ink; the first variant of each is used.
        device: Where the model is; None for the CPU.

    Returns:
        (N, 11) float32 on the CPU.
    """
    model.eval()
    parts = []
    with torch.inference_mode():
        for first in range(0, len(images), EVAL_BATCH):
            part = images[first : first + EVAL_BATCH, :1].to(device or "cpu").float() / 255
            batch = part.contiguous(memory_format=torch.channels_last)
            parts.append(model(batch)[0].float().cpu())
    return torch.cat(parts)
