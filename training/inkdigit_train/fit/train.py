"""The training loop: a config and data in; checkpoints and a CSV of epochs out.

It runs on Lightning Fabric, so one CPU, one GPU, several, or several machines under torchrun take
the same path.
"""

from __future__ import annotations

import copy
import math
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor
from tqdm import tqdm

from inkdigit.files import write_json
from inkdigit_train.data.augment import Augment, mixed
from inkdigit_train.data.nondigits import add_nondigits
from inkdigit_train.data.pools import INK_DIGITS, INK_NONDIGITS, DataSet, Pool
from inkdigit_train.errors import CheckpointError, DivergedError
from inkdigit_train.fit.checkpoint import Checkpoint, load_averaged, read_checkpoint
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.history import HISTORY, summary, write_history
from inkdigit_train.fit.interrupt import catch_interrupt
from inkdigit_train.fit.models import DigitNet, build_model, channels_last, logits_of
from inkdigit_train.fit.schedule import augment_strength, learning_rate, make_optimizer
from inkdigit_train.fit.unfold import unfold

__all__ = ["CHECKPOINT", "Outcome", "pool_weight", "train"]

CHECKPOINT = "last.ckpt"  # in a run's folder
CHECK_EVERY = 20  # steps between looks at the loss: each look waits for the device
MEASURED = 1500  # rasters of each pool that batch norm's statistics are measured on
AVERAGE_WARMUP = 10  # steps in which the averaged weights follow faster: the first ones are random


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    finished: bool  # all epochs are done, or `until` was reached; False after Ctrl-C
    history: list[dict[str, float]]  # a row per epoch; see `history.COLUMNS`


def train(
    config: TrainConfig,
    data: DataSet,
    out: Path,
    fabric: Fabric,
    *,
    start: Path | None = None,
    teachers: Sequence[Path] = (),
    resume: bool = False,
    until: float | None = None,
    show: bool = True,
) -> Outcome:
    """Train a network.

    Args:
        config: The run's choices.
        data: What to train on and to validate on.
        out: Folder for `last.ckpt`, `history.csv` and `config.json`.
        fabric: Launched; see `make_fabric`.
        start: Checkpoint whose averaged weights the network starts with, or an exported model, as
            model.onnx; instead of random ones.
        teachers: Checkpoints whose mean probabilities the network learns from as well.
        resume: Go on from `last.ckpt` if it exists.
        until: Stop once validation accuracy, 0 to 1, reaches this.
        show: Report progress on standard error: a bar on a terminal, else a line per epoch.

    Returns:
        How it ended. Ctrl-C is not an error: the current step is finished and saved.

    Raises:
        CheckpointError: If the checkpoint to start with or to resume, or a teacher, does not fit.
        DivergedError: If the loss is NaN or infinite; the last checkpoint stays.
    """
    run = _Run(config, data, out, fabric, teachers, start)
    if resume and (out / CHECKPOINT).exists():
        run.restore(read_checkpoint(out / CHECKPOINT))
    if fabric.is_global_zero:
        write_json(out / "config.json", config.to_dict())
    show = show and fabric.is_global_zero
    with catch_interrupt() as interrupted:
        while run.epoch < config.epochs:
            if not run.train_epoch(interrupted, show):
                run.save()
                return Outcome(False, run.history)
            run.validate()
            run.save()
            row = run.history[-1]
            if show:
                tqdm.write(summary(row, config.epochs), file=sys.stderr)
            if until is not None and row["val_accuracy"] >= until:
                break
    return Outcome(True, run.history)


class _Run:
    """A run's state between steps."""

    def __init__(
        self,
        config: TrainConfig,
        data: DataSet,
        out: Path,
        fabric: Fabric,
        teachers: Sequence[Path],
        start: Path | None,
    ) -> None:
        self.config, self.data, self.out, self.fabric = config, data, out, fabric
        torch.manual_seed(config.seed)
        net = build_model(config) if start is None else _started(start, config, data)
        self.net = channels_last(net)
        self.model, self.optimizer = fabric.setup(self.net, make_optimizer(self.net, config))
        self.average = copy.deepcopy(self.net)
        taught = [load_averaged(path)[0].to(fabric.device) for path in teachers]
        self.teachers = [channels_last(teacher) for teacher in taught]
        self.augment = Augment(config.augment, config.noise, config.stretched)
        self.step, self.seconds, self.loss_sum = 0, 0.0, 0.0
        self.history: list[dict[str, float]] = []
        count = sum(len(pool) * pool_weight(pool, config) for pool in data.train)
        self.steps_per_epoch = count // config.batch_size
        if not self.steps_per_epoch or config.batch_size % fabric.world_size:
            raise ValueError(
                f"batch size {config.batch_size} with {count} images and {fabric.world_size}"
                " processes; expected at most the number of images, and a multiple of the number"
                " of processes"
            )
        self.steps = self.steps_per_epoch * config.epochs

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return self.step // self.steps_per_epoch

    def train_epoch(self, interrupted: threading.Event, show: bool) -> bool:
        """Train to the end of the epoch; False if interrupted before it."""
        config = self.config
        images, labels = self._epoch_data(self.epoch)
        size = config.batch_size // self.fabric.world_size
        offset = self.fabric.global_rank * size
        self.model.train()
        done = self.step % self.steps_per_epoch
        title = f"epoch {self.epoch + 1}/{config.epochs}"
        quiet = None if show else True  # None: on a terminal only
        bar = tqdm(total=self.steps_per_epoch, initial=done, desc=title, disable=quiet, leave=False)
        pending: list[Tensor] = []
        clock = time.perf_counter()
        with bar:
            for index in range(done, self.steps_per_epoch):
                first = index * config.batch_size + offset
                batch = slice(first, first + size)
                pending.append(self._one_step(images[batch], labels[batch]))
                last = index + 1 == self.steps_per_epoch
                if last or len(pending) == CHECK_EVERY or interrupted.is_set():
                    self._check(pending)
                    bar.set_postfix(loss=f"{self.loss_sum / (index + 1):.4f}", val=self._last_val())
                bar.update()
                if interrupted.is_set() and not last:
                    self.seconds += time.perf_counter() - clock
                    return False
        self.seconds += time.perf_counter() - clock
        return True

    def _epoch_data(self, epoch: int) -> tuple[Tensor, Tensor]:
        """The epoch's images in its order, one variant of each, on the device."""
        generator = torch.Generator().manual_seed(_mix(self.config.seed, epoch, 1))
        images, labels = [], []
        for pool in self.data.train:
            for _ in range(pool_weight(pool, self.config)):
                variant = torch.randint(pool.images.shape[1], (len(pool),), generator=generator)
                images.append(pool.images[torch.arange(len(pool)), variant])
                labels.append(pool.labels)
        order = torch.randperm(sum(map(len, labels)), generator=generator)
        epoch_images, epoch_labels = torch.cat(images)[order].unsqueeze(1), torch.cat(labels)[order]
        return self.fabric.to_device(epoch_images), self.fabric.to_device(epoch_labels)

    def _one_step(self, images: Tensor, labels: Tensor) -> Tensor:
        config = self.config
        # A step's randomness follows from the seed and the step, so a resumed run repeats it.
        torch.manual_seed(_mix(config.seed, self.step, 2 + self.fabric.global_rank))
        batch, labels = add_nondigits(images.float() / 255, labels, config.made_nondigits)
        self.augment.strength = augment_strength(self.step, self.steps, config)
        batch = self.augment(batch).contiguous(memory_format=torch.channels_last)
        rate = learning_rate(self.step, self.steps, config)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        batch, partners, share = mixed(batch, self.step / self.steps * config.mixup)
        logits, _ = self.model(batch)
        logits = logits.float()
        smoothing = config.label_smoothing
        own = F.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
        other = F.cross_entropy(
            logits, labels[partners], reduction="none", label_smoothing=smoothing
        )
        loss = (share * own + (1 - share) * other).mean()
        if self.teachers:
            with torch.no_grad():
                taught = torch.stack([t(batch)[0].softmax(1) for t in self.teachers]).mean(0)
            soft = F.cross_entropy(logits, taught)
            loss = (1 - config.distill) * loss + config.distill * soft
        self.optimizer.zero_grad(set_to_none=True)
        self.fabric.backward(loss)
        self.optimizer.step()
        self.step += 1
        self._update_average()
        return loss.detach()

    @torch.no_grad()
    def _update_average(self) -> None:
        """Move the averaged weights towards the weights; faster in the first steps."""
        decay = min(self.config.ema_decay, (1 + self.step) / (AVERAGE_WARMUP + self.step))
        pairs = zip(self.average.state_dict().values(), self.net.state_dict().values(), strict=True)
        floats = [(a, b) for a, b in pairs if a.is_floating_point()]
        torch._foreach_lerp_([a for a, _ in floats], [b for _, b in floats], 1 - decay)

    def _check(self, pending: list[Tensor]) -> None:
        losses = torch.stack(pending).tolist()
        pending.clear()
        for loss in losses:  # one by one: the same sum wherever a run was interrupted
            self.loss_sum += loss
        if not math.isfinite(self.loss_sum):
            raise DivergedError(
                f"the loss is {losses[-1]} before step {self.step}; the last checkpoint stays."
                " Lower --lr, or look for damaged data"
            )

    def _last_val(self) -> str:
        return f"{self.history[-1]['val_accuracy']:.2%}" if self.history else "-"

    def validate(self) -> None:
        """Measure the averaged network, and add the epoch's row."""
        # Each process saw its own batches, so batch norm's statistics are averaged over processes.
        for buffer in self.average.buffers():
            if buffer.is_floating_point():
                buffer.copy_(cast(Tensor, self.fabric.all_reduce(buffer, reduce_op="mean")))
        digits = self.data.val_mnist
        logits = logits_of(self.average, digits.images, self.fabric.device)
        right = sum(
            int((logits_of(self.average, p.images, self.fabric.device).argmax(1) == p.labels).sum())
            for p in self.data.val_ink
        )
        count = sum(map(len, self.data.val_ink))
        row = {
            "epoch": self.epoch,
            "step": self.step,
            "seconds": round(self.seconds, 2),
            "lr": self.optimizer.param_groups[0]["lr"],
            "train_loss": self.loss_sum / self.steps_per_epoch,
            "val_loss": float(F.cross_entropy(logits, digits.labels)),
            "val_accuracy": float((logits.argmax(1) == digits.labels).float().mean()),
            "ink_accuracy": right / count if count else float("nan"),
        }
        # The first process's row for all, so that `until` stops them in the same epoch.
        self.history.append(self.fabric.broadcast(row))
        self.loss_sum = 0.0

    def save(self) -> None:
        """Write the checkpoint and the CSV; the first process does."""
        if self.fabric.is_global_zero:
            checkpoint = Checkpoint(
                config=self.config.to_dict(),
                step=self.step,
                seconds=self.seconds,
                loss_sum=self.loss_sum,
                model=self.net.state_dict(),
                average=self.average.state_dict(),
                optimizer=self.optimizer.state_dict(),
                history=self.history,
                sources=self.data.sources,
            )
            checkpoint.write(self.out / CHECKPOINT)
            write_history(self.out / HISTORY, self.history)
        self.fabric.barrier()

    def restore(self, checkpoint: Checkpoint) -> None:
        """Continue from a checkpoint of the same config and data."""
        ours = self.config.to_dict()
        changed = [k for k in ours if checkpoint.config.get(k) != ours[k]]
        if changed:
            raise CheckpointError(
                f"the checkpoint was trained with other values of {', '.join(changed)};"
                " resume with the same ones, or train into another folder"
            )
        if checkpoint.sources != self.data.sources:
            raise CheckpointError(
                "the checkpoint was trained on other ink files; resume with the same ones"
            )
        self.net.load_state_dict(checkpoint.model)
        self.average.load_state_dict(checkpoint.average)
        self.optimizer.load_state_dict(checkpoint.optimizer)
        self.step, self.seconds = checkpoint.step, checkpoint.seconds
        self.loss_sum, self.history = checkpoint.loss_sum, list(checkpoint.history)


def _started(path: Path, config: TrainConfig, data: DataSet) -> DigitNet:
    if path.suffix == ".onnx":
        net = build_model(config)
        unfold(path, net, torch.cat([p.images[:MEASURED, :1] for p in data.train if len(p)]))
        return net
    net, checkpoint = load_averaged(path)
    other = [k for k in ("stem", "body", "top") if checkpoint.config[k] != config.to_dict()[k]]
    if other:
        raise CheckpointError(
            f"{path} has another {', '.join(other)}; start with a network of the config's size"
        )
    net.dropout.p = config.dropout
    return net


def pool_weight(pool: Pool, config: TrainConfig) -> int:
    """How often an epoch sees each raster of a pool."""
    return {INK_DIGITS: config.ink_weight, INK_NONDIGITS: config.letter_weight}.get(pool.name, 1)


def _mix(seed: int, step: int, stream: int) -> int:
    """A seed for one step of one stream; large odd factors keep neighbours apart (splitmix64)."""
    return (
        seed * 0x9E3779B97F4A7C15 + step * 0xBF58476D1CE4E5B9 + stream * 0x94D049BB133111EB
    ) % 2**63
