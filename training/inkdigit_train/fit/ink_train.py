"""Trains the ink network on made pages: a config in, checkpoints and a log out; resumable."""

from __future__ import annotations

import copy
import json
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader

from inkdigit._picture.look import RULE_PX
from inkdigit.files import write_atomic
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.fit.ink_batches import Batch, PageBatches
from inkdigit_train.fit.ink_net import InkNet

__all__ = ["InkConfig", "ink_loss", "load_ink_net", "train_ink"]

RULES = 0.3  # weight of the rules beside the ink, which matters more; by judgement
MIX = {  # how often each kind of page is made, over the others
    "clean canvas": 1.5,
    "tight crop": 2.5,
    "neighbours": 5.0,
    "cell": 2.0,
    "cell number": 1.2,
    "blank cell": 1.0,
    "bitmap": 2.0,
    "ruled digit": 2.0,
    # Of each of these several large parts are seen: one page weighs as much as 8 single digits.
    # With about three times these weights, singles were a quarter of the pixels, and the second
    # output hardly learned to leave neighbours out.
    "numbers": 1.4,
    "tight number": 0.7,
    "columns": 0.7,
    "spread": 0.6,
    "comb": 0.8,
    "table": 1.1,
    "form": 1.4,
    "codes": 0.6,
    "print only": 1.5,
    "desk": 0.9,
    "turned": 0.5,
}


@dataclass(frozen=True)
class InkConfig:
    """Every choice that shapes a run.

    Attributes:
        steps: Optimiser steps.
        batch_pixels: Pixels in a batch.
        lr: Peak learning rate; it rises over `warmup` of the steps, then falls along a cosine.
        warmup: Part of the steps in which the learning rate rises.
        settle: Part of the steps after which batch norm keeps the average statistics. A batch holds
            pictures of one shape, and thin ones, ones mostly, have statistics of their own, which
            are not those that the network is used with.
        weight_decay: Decoupled weight decay (AdamW).
        ema_decay: Decay a step of the weight average that is exported.
        dice: Weight of the overlap loss beside the cross-entropy of the pixels.
        seed: Of the weights and the pages.
        mix: Weight of each kind of page.
    """

    steps: int = 24000
    batch_pixels: int = 32 * 64 * 64
    lr: float = 2e-3
    warmup: float = 0.03
    settle: float = 0.2
    weight_decay: float = 0.01
    ema_decay: float = 0.998
    dice: float = 0.5
    seed: int = 0
    mix: dict[str, float] = field(default_factory=lambda: dict(MIX))


def ink_loss(logits: Tensor, batch: Batch, dice: float) -> Tensor:
    """Cross-entropy of the pixels, and of the overlap of ink found and true.

    Args:
        logits: (N, 3, H, W).
        batch: The truth.
        dice: Weight of the overlap.

    Returns:
        The loss; where no one digit is meant, the second output counts for nothing.
    """
    truth = batch.truth[:, :2].float() / 255
    counts = torch.stack([torch.ones_like(batch.single), batch.single], 1).float()
    ruled = rule_cells(batch.truth[:, 2])
    rules = F.binary_cross_entropy_with_logits(logits[:, 2, ::RULE_PX, ::RULE_PX], ruled)
    logits = logits[:, :2]
    pixels = F.binary_cross_entropy_with_logits(logits, truth, reduction="none").mean((2, 3))
    found = logits.sigmoid()
    common = 2 * (found * truth).sum((2, 3)) + 8
    overlap = 1 - common / ((found * found).sum((2, 3)) + (truth * truth).sum((2, 3)) + 8)
    return ((pixels + dice * overlap) * counts).sum() / counts.sum() + RULES * rules


def rule_cells(truth: Tensor) -> Tensor:
    """Whether a rule runs through each cell: (N, H, W) uint8 to (N, H / 4, W / 4) in [0, 1].

    A rule that covers half a pixel counts in full: seen from afar most rules are thinner.
    """
    return F.max_pool2d(truth[:, None].float(), RULE_PX)[:, 0].mul(2 / 255).clamp(max=1)


def train_ink(
    config: InkConfig, writing: Writing, out: Path, workers: int = 0, start_from: Path | None = None
) -> Path:
    """Train, or go on with the run in `out`.

    Args:
        config: The run.
        writing: Where the pages' digits come from.
        out: Folder for checkpoint.pt and log.jsonl.
        workers: Processes that make pages.
        start_from: A checkpoint whose averaged weights a new run starts with.

    Returns:
        The checkpoint.
    """
    out.mkdir(parents=True, exist_ok=True)
    path = out / "checkpoint.pt"
    torch.manual_seed(config.seed)
    # Convolutions of few channels run faster with the channels of a pixel side by side.
    net: InkNet = InkNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(net)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=config.weight_decay)
    step = 0
    if path.is_file():
        state = torch.load(path, weights_only=True)
        net.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    elif start_from is not None:
        weights = torch.load(start_from, weights_only=True)["average"]
        net.load_state_dict(weights, strict=False)
        average.load_state_dict(net.state_dict())
    pages = PageBatches(writing, config.mix, config.batch_pixels, config.seed + 1000 * step)
    losses, start = [], time.perf_counter()
    for batch in DataLoader(pages, batch_size=None, num_workers=workers):
        if step >= config.steps:
            break
        for group in optimizer.param_groups:
            group["lr"] = config.lr * _rate(step / config.steps, config.warmup)
        settled = step >= config.settle * config.steps
        if settled and net.training:
            net.load_state_dict(average.state_dict())
        # Dropout there is none: train and eval differ in batch norm's statistics only.
        net.train(not settled)
        pixels = batch.pixels.float().contiguous(memory_format=torch.channels_last)
        loss = ink_loss(net(pixels), batch, config.dice)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimizer.step()
        step += 1
        _average(average, net, min(config.ema_decay, step / (step + 10)))
        losses.append(loss.item())
        if step % 100 == 0 or step == config.steps:
            row = {"step": step, "loss": sum(losses) / len(losses)}
            row["seconds"] = time.perf_counter() - start
            with (out / "log.jsonl").open("a") as log:
                log.write(json.dumps(row) + "\n")
            losses.clear()
        if step % 500 == 0 or step == config.steps:
            _write(path, net, average, optimizer, step, config)
    return path


def _write(
    path: Path,
    net: InkNet,
    average: InkNet,
    optimizer: torch.optim.Optimizer,
    step: int,
    config: InkConfig,
) -> None:
    state = {
        "model": net.state_dict(),
        "average": average.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "config": asdict(config),
    }
    write_atomic(path, lambda stream: torch.save(state, stream))


def load_ink_net(path: Path) -> InkNet:
    """The averaged network of a checkpoint, ready for inference."""
    net = InkNet()
    net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["average"])
    return net.eval()


def _rate(done: float, warmup: float) -> float:
    if done < warmup:
        return done / warmup + 1e-3
    return 0.5 + 0.5 * math.cos(math.pi * (done - warmup) / (1 - warmup)) + 1e-3


@torch.no_grad()
def _average(average: InkNet, net: InkNet, decay: float) -> None:
    for kept, new in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
        if kept.is_floating_point():
            kept.lerp_(new, 1 - decay)
        else:
            kept.copy_(new)
