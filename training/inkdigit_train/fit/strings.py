"""A trained network in; the same one, tuned to read whole numbers, out.

The decoder weighs paths through a number's hypotheses by the network's answers. Here the network
learns from that weight: the loss of a number is the negative logarithm of the right paths' share of
all paths, as in Bottou, Bengio, LeCun, "Global training of document processing systems", 1997.
Beside it stands the loss on single rasters, so that these stay as well read as they were.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from inkdigit._decode.lattice import MIN_LOG_PROBABILITY, Scores
from inkdigit._decode.weights import Weights
from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.augment import Augment
from inkdigit_train.data.lattices import Example, shares
from inkdigit_train.data.nondigits import add_nondigits
from inkdigit_train.data.pools import DataSet
from inkdigit_train.fit.checkpoint import load_averaged
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.models import Calibration, DigitNet
from inkdigit_train.fit.train import pool_weight

__all__ = ["TuneConfig", "mean_loss", "string_loss", "tune"]


@dataclass(frozen=True)
class TuneConfig:
    """The choices of tuning; set by judgement, and by the loss on validation writers' numbers."""

    epochs: int = 3  # passes over the numbers
    rows: int = 12  # rows of numbers in a step,
    singles: int = 128  # and single rasters beside them
    lr: float = 4e-4  # at the first step; it falls along half a cosine
    strings: float = 0.3  # weight of a row's loss beside a raster's
    kept: float = 0.5  # share of the weights before tuning in the average that is kept
    seed: int = 0


def string_loss(
    log_probabilities: Tensor, example: Example, weights: Weights
) -> tuple[Tensor, float]:
    """The loss of one row.

    Args:
        log_probabilities: (n, 11) of its hypotheses, calibrated, with their gradient.
        example: The row.
        weights: The decoder's.

    Returns:
        What to differentiate: its gradient is that of the loss, its value is not; and the loss.
        Both are 0 where the row's lattice lacks the right reading.
    """
    values = log_probabilities.detach().double().numpy()
    lattice = example.lattice
    scores = lattice.score(values, weights, example.signs)
    right = Scores(
        np.where(example.right, scores.labels, -np.inf),
        np.where(example.right_passed, scores.passed, -np.inf),
        scores.edges,
    )
    wanted, every = (lattice.sums(s, lattice.finals) for s in (right, scores))
    if not np.isfinite(wanted.log_weight):
        return log_probabilities.sum() * 0, 0.0
    slope = shares(scores.labels) * every.read[:, None]
    slope -= shares(right.labels) * wanted.read[:, None]
    slope[:, :NOT_DIGIT] *= weights.label[0]
    slope[:, NOT_DIGIT] *= weights.label[1]
    slope[values < MIN_LOG_PROBABILITY] = 0
    surrogate = (log_probabilities * torch.from_numpy(slope).float()).sum()
    return surrogate, every.log_weight - wanted.log_weight


def tune(
    checkpoint: Path,
    rows: Sequence[Example],
    data: DataSet,
    calibration: Calibration,
    config: TuneConfig,
    out: Path,
) -> list[float]:
    """Tune the averaged network of a checkpoint, and write another checkpoint.

    Args:
        checkpoint: Of `train`.
        rows: Of training writers' numbers.
        data: The rasters it was trained on.
        calibration: As exported with it: the decoder reads calibrated answers.
        config: The choices.
        out: File for the checkpoint, whose weights are those before and after tuning averaged.

    Returns:
        Mean loss of a row in each epoch.
    """
    net, state = load_averaged(checkpoint)
    before = copy.deepcopy(net)
    trained = TrainConfig(**state.config)
    optimizer = torch.optim.AdamW(net.parameters(), config.lr, weight_decay=trained.weight_decay)
    augment = Augment(trained.augment_end, trained.noise, trained.stretched)
    weights = Weights.bundled()
    rng = np.random.default_rng(config.seed)
    torch.manual_seed(config.seed)
    batches = len(rows) // config.rows
    steps = batches * config.epochs
    losses = []
    for epoch in range(config.epochs):
        order, total = rng.permutation(len(rows)), 0.0
        for index in range(batches):
            step = epoch * batches + index
            for group in optimizer.param_groups:
                group["lr"] = config.lr * 0.5 * (1 + np.cos(np.pi * step / steps))
            chosen = [rows[k] for k in order[index * config.rows : (index + 1) * config.rows]]
            strings, loss = _strings(net, chosen, calibration, weights)
            images, labels = _singles(data, config.singles, trained, rng)
            images, labels = add_nondigits(images, labels, trained.made_nondigits)
            # Batch norm keeps its statistics: a row's rasters are mostly wrong cuts.
            single = F.cross_entropy(net(augment(images))[0], labels)
            optimizer.zero_grad(set_to_none=True)
            (single + config.strings * strings).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            total += loss
        losses.append(total / max(batches, 1))
    _mix(net, before, config.kept)
    state.average = state.model = net.state_dict()
    state.write(out)
    return losses


def _strings(
    net: DigitNet, rows: Sequence[Example], calibration: Calibration, weights: Weights
) -> tuple[Tensor, float]:
    """Mean over rows of what to differentiate, and of the loss."""
    images = np.concatenate([row.rasters for row in rows])
    logits, _ = net(torch.from_numpy(images)[:, None].float() / 255)
    answers = calibration.apply(logits).log_softmax(1)
    surrogate, total, first = torch.zeros(()), 0.0, 0
    for row in rows:
        last = first + len(row.rasters)
        part, loss = string_loss(answers[first:last], row, weights)
        surrogate, total, first = surrogate + part, total + loss, last
    return surrogate / len(rows), total / len(rows)


def _singles(
    data: DataSet, count: int, trained: TrainConfig, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Rasters (count, 1, 28, 28) in [0, 1] and labels, of each pool as often as in training."""
    sizes = np.array([len(pool) * pool_weight(pool, trained) for pool in data.train])
    images, labels = [], []
    for pool, own in zip(data.train, rng.multinomial(count, sizes / sizes.sum()), strict=True):
        indices = torch.from_numpy(rng.integers(len(pool), size=own))
        variants = torch.from_numpy(rng.integers(pool.images.shape[1], size=own))
        images.append(pool.images[indices, variants])
        labels.append(pool.labels[indices])
    return torch.cat(images)[:, None].float() / 255, torch.cat(labels)


@torch.no_grad()
def _mix(net: DigitNet, before: DigitNet, kept: float) -> None:
    pairs: list[tuple[Tensor, Tensor]] = list(
        zip(net.state_dict().values(), before.state_dict().values(), strict=True)
    )
    for new, old in pairs:
        if new.is_floating_point():
            new.lerp_(old, kept)


def mean_loss(
    rows: Sequence[Example], log_probabilities: Sequence[NDArray[np.float64]], weights: Weights
) -> float:
    """Mean loss of rows whose hypotheses have these log-probabilities."""
    losses = [
        string_loss(torch.from_numpy(values), row, weights)[1]
        for row, values in zip(rows, log_probabilities, strict=True)
    ]
    return float(np.mean(losses))
