"""The training loop: a config and data in; checkpoints, a CSV of epochs and a trained network out.

On Lightning Fabric: one CPU, one GPU, several, or several machines under torchrun are one path.
"""

from __future__ import annotations

import copy
import csv
import io
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor, nn
from tqdm import tqdm

from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.augment import Augment
from inkdigit_train.data.nondigits import halves, pairs
from inkdigit_train.data.pools import INK_DIGITS, INK_NONDIGITS, DataSet, Pool
from inkdigit_train.errors import CheckpointError, DivergedError
from inkdigit_train.files import write_atomic, write_json
from inkdigit_train.fit.checkpoint import (
    Checkpoint,
    build_model,
    load_averaged,
    read_checkpoint,
    write_checkpoint,
)
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.models import DigitNet
from inkdigit_train.fit.schedule import augment_strength, learning_rate, make_optimizer

__all__ = ["CHECKPOINT", "COLUMNS", "HISTORY", "Outcome", "make_fabric", "predict", "train"]

CHECKPOINT = "last.ckpt"
HISTORY = "history.csv"
COLUMNS = (
    "epoch",
    "step",
    "seconds",
    "lr",
    "train_loss",
    "val_loss",
    "val_accuracy",
    "ink_accuracy",
)
CHECK_EVERY = 20  # steps between looks at the loss: each waits for the device
AVERAGE_WARMUP = 10  # steps over which the weight average starts following slowly
EVAL_BATCH = 1000


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        finished: All epochs done, or the accuracy asked for reached; False after Ctrl-C.
        seconds: Time spent training, resumed parts included.
        history: A row an epoch; see `COLUMNS`.
    """

    finished: bool
    seconds: float
    history: list[dict[str, float]]


def make_fabric(device: str = "auto", precision: str = "auto") -> Fabric:
    """Fabric for this machine, or for this process's place under torchrun.

    Args:
        device: auto, cpu, cuda or mps.
        precision: auto, fp32 or bf16. Auto takes bf16 where the device multiplies in it.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if precision == "auto":
        precision = "bf16" if _multiplies_in_bf16(device) else "fp32"
    here, world = (int(os.environ.get(name, "1")) for name in ("LOCAL_WORLD_SIZE", "WORLD_SIZE"))
    fabric = Fabric(
        accelerator=device,
        devices=here,
        num_nodes=world // here,
        strategy="ddp" if world > 1 else "auto",
        precision="bf16-mixed" if precision == "bf16" else "32-true",
    )
    fabric.launch()
    return fabric


def _multiplies_in_bf16(device: str) -> bool:
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    # On a CPU without AMX tiles bf16 is emulated, and slower: 0.6 times fp32's speed on a Xeon.
    has_tiles = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return device == "cpu" and has_tiles is not None and bool(has_tiles())


def train(
    config: TrainConfig,
    data: DataSet,
    out: Path,
    fabric: Fabric,
    *,
    teachers: Sequence[Path] = (),
    resume: bool = False,
    until: float | None = None,
    show: bool = True,
) -> Outcome:
    """Fit a network.

    Args:
        config: The run's choices.
        data: What to train and to validate on.
        out: Folder for `last.ckpt`, `history.csv` and `config.json`.
        fabric: Launched; see `make_fabric`.
        teachers: Checkpoints whose mean probabilities are learned from as well.
        resume: Go on from `last.ckpt` where it is there.
        until: Stop once validation accuracy, 0 to 1, reaches this.
        show: Talk on standard error: a bar on a terminal, else a line an epoch.

    Returns:
        How it ended. Ctrl-C is no error: the step at hand is finished and saved.

    Raises:
        CheckpointError: If the checkpoint to resume, or a teacher, does not fit.
        DivergedError: If the loss is NaN or infinite; the last checkpoint stays.
    """
    run = _Run(config, data, out, fabric, teachers)
    if resume and (out / CHECKPOINT).exists():
        run.restore(read_checkpoint(out / CHECKPOINT))
    if fabric.is_global_zero:
        write_json(out / "config.json", config.to_dict())
    show = show and fabric.is_global_zero
    with _interrupt() as interrupted:
        while run.epoch < config.epochs:
            finished = run.train_epoch(interrupted, show)
            if not finished:
                run.save()
                return Outcome(False, run.seconds, run.history)
            run.validate()
            run.save()
            row = run.history[-1]
            if show:
                tqdm.write(_summary(row, config.epochs), file=sys.stderr)
            if until is not None and row["val_accuracy"] >= until:
                break
    return Outcome(True, run.seconds, run.history)


class _Run:
    """A run's state between steps."""

    def __init__(
        self,
        config: TrainConfig,
        data: DataSet,
        out: Path,
        fabric: Fabric,
        teachers: Sequence[Path],
    ) -> None:
        self.config, self.data, self.out, self.fabric = config, data, out, fabric
        torch.manual_seed(config.seed)
        self.net = _channels_last(build_model(config))
        self.model, self.optimizer = fabric.setup(self.net, make_optimizer(self.net, config))
        self.average = copy.deepcopy(self.net)
        self.teachers = [
            _channels_last(load_averaged(path)[0].to(fabric.device)) for path in teachers
        ]
        self.augment = Augment(config.augment, config.noise)
        self.step = 0
        self.seconds = 0.0
        self.loss_sum = 0.0
        self.history: list[dict[str, float]] = []
        count = sum(len(pool) * _weight(pool, config) for pool in data.train)
        self.steps_per_epoch = count // config.batch_size
        if not self.steps_per_epoch or config.batch_size % fabric.world_size:
            raise ValueError(
                f"batch size {config.batch_size} with {count} images and {fabric.world_size}"
                " processes; expected at most the images, and a multiple of the processes"
            )
        self.steps = self.steps_per_epoch * config.epochs

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return self.step // self.steps_per_epoch

    def train_epoch(self, interrupted: threading.Event, show: bool) -> bool:
        """Train to the end of the epoch; False if interrupted before it."""
        config, rank = self.config, self.fabric.global_rank
        images, labels = self._epoch_data(self.epoch)
        share = config.batch_size // self.fabric.world_size
        self.model.train()
        bar = tqdm(
            total=self.steps_per_epoch,
            initial=self.step % self.steps_per_epoch,
            desc=f"epoch {self.epoch + 1}/{config.epochs}",
            disable=None if show else True,
            leave=False,
        )
        pending: list[Tensor] = []
        clock = time.perf_counter()
        with bar:
            for place in range(self.step % self.steps_per_epoch, self.steps_per_epoch):
                first = place * config.batch_size + rank * share
                loss = self._one_step(images[first : first + share], labels[first : first + share])
                pending.append(loss)
                last = place + 1 == self.steps_per_epoch
                if last or len(pending) == CHECK_EVERY or interrupted.is_set():
                    self._check(pending)
                    bar.set_postfix(loss=f"{self.loss_sum / (place + 1):.4f}", val=self._last_val())
                bar.update()
                if interrupted.is_set() and not last:
                    self.seconds += time.perf_counter() - clock
                    return False
        self.seconds += time.perf_counter() - clock
        return True

    def _epoch_data(self, epoch: int) -> tuple[Tensor, Tensor]:
        """The epoch's images in its order, one variant of each, on the device."""
        draw = torch.Generator().manual_seed(_mix(self.config.seed, epoch, 1))
        images, labels = [], []
        for pool in self.data.train:
            for _ in range(_weight(pool, self.config)):
                variant = torch.randint(pool.images.shape[1], (len(pool),), generator=draw)
                images.append(pool.images[torch.arange(len(pool)), variant])
                labels.append(pool.labels)
        order = torch.randperm(sum(map(len, labels)), generator=draw)
        return (
            self.fabric.to_device(torch.cat(images)[order].unsqueeze(1)),
            self.fabric.to_device(torch.cat(labels)[order]),
        )

    def _one_step(self, images: Tensor, labels: Tensor) -> Tensor:
        config = self.config
        # All of a step's randomness hangs on the seed and the step, so a resumed run repeats it.
        torch.manual_seed(_mix(config.seed, self.step, 2 + self.fabric.global_rank))
        batch, labels = _with_made(images.float() / 255, labels, config.made_nondigits)
        self.augment.strength = augment_strength(self.step, self.steps, config)
        batch = self.augment(batch).contiguous(memory_format=torch.channels_last)
        rate = learning_rate(self.step, self.steps, config)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        logits, _ = self.model(batch)
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=config.label_smoothing)
        if self.teachers:
            with torch.no_grad():
                shares = torch.stack([t(batch)[0].softmax(1) for t in self.teachers]).mean(0)
            soft = F.cross_entropy(logits.float(), shares)
            loss = (1 - config.distill) * loss + config.distill * soft
        self.optimizer.zero_grad(set_to_none=True)
        self.fabric.backward(loss)
        self.optimizer.step()
        self.step += 1
        self._follow()
        return loss.detach()

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the weight average towards the weights; faster in the first steps."""
        decay = min(self.config.ema_decay, (1 + self.step) / (AVERAGE_WARMUP + self.step))
        pairs_of = zip(
            self.average.state_dict().values(), self.net.state_dict().values(), strict=True
        )
        floats = [(a, b) for a, b in pairs_of if a.is_floating_point()]
        torch._foreach_lerp_([a for a, _ in floats], [b for _, b in floats], 1 - decay)

    def _check(self, pending: list[Tensor]) -> None:
        losses = torch.stack(pending).tolist()
        pending.clear()
        for loss in losses:  # one by one: the same sum wherever a run was cut
            self.loss_sum += loss
        if not math.isfinite(self.loss_sum):
            raise DivergedError(
                f"the loss is {losses[-1]} before step {self.step}; the last checkpoint stays as it"
                " was. Lower --lr, or look for damaged data"
            )

    def _last_val(self) -> str:
        return f"{self.history[-1]['val_accuracy']:.2%}" if self.history else "-"

    def validate(self) -> None:
        """Measure the averaged network, and add the epoch's row."""
        # Each process saw its own batches, so their batch norm statistics are averaged.
        for buffer in self.average.buffers():
            if buffer.is_floating_point():
                reduced = self.fabric.all_reduce(buffer, reduce_op="mean")
                buffer.copy_(cast(Tensor, reduced))
        digits = self.data.val_mnist
        logits = predict(self.average, digits, self.fabric.device)
        ink_logits = [predict(self.average, pool, self.fabric.device) for pool in self.data.val_ink]
        right = sum(
            int((g.argmax(1) == p.labels).sum())
            for g, p in zip(ink_logits, self.data.val_ink, strict=True)
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
        # One process's word for all: "until" must stop them in the same epoch.
        self.history.append(self.fabric.broadcast(row))
        self.loss_sum = 0.0

    def save(self) -> None:
        """Write the checkpoint and the CSV, from the first process alone."""
        if self.fabric.is_global_zero:
            write_checkpoint(
                self.out / CHECKPOINT,
                Checkpoint(
                    config=self.config.to_dict(),
                    step=self.step,
                    seconds=self.seconds,
                    loss_sum=self.loss_sum,
                    model=self.net.state_dict(),
                    average=self.average.state_dict(),
                    optimizer=self.optimizer.state_dict(),
                    history=self.history,
                    sources=self.data.sources,
                ),
            )
            write_history(self.out / HISTORY, self.history)
        self.fabric.barrier()

    def restore(self, checkpoint: Checkpoint) -> None:
        """Take up a checkpoint of the same config."""
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


def _weight(pool: Pool, config: TrainConfig) -> int:
    return {INK_DIGITS: config.ink_weight, INK_NONDIGITS: config.letter_weight}.get(pool.name, 1)


def _channels_last(model: DigitNet) -> DigitNet:
    """Weights laid out the way a CPU convolves fastest."""
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def predict(model: nn.Module, pool: Pool, device: torch.device) -> Tensor:
    """Logits (N, 11) of a pool's images, the first variant of each, on the CPU."""
    model.eval()
    parts = []
    with torch.inference_mode():
        for first in range(0, len(pool), EVAL_BATCH):
            images = pool.images[first : first + EVAL_BATCH, :1].to(device)
            batch = (images.float() / 255).contiguous(memory_format=torch.channels_last)
            parts.append(model(batch)[0].float().cpu())
    return torch.cat(parts)


def write_history(path: Path, history: Sequence[dict[str, Any]]) -> None:
    """Write the epochs' rows as CSV, atomically."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    write_atomic(path, lambda stream: stream.write(text.getvalue().encode()))


def _with_made(batch: Tensor, labels: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """Add halves and pairs of the batch's digits, labelled "not a digit"."""
    count = round(share * len(batch) / 2)
    # Half of a 1 is a 1.
    whole = batch[(labels != 1) & (labels != NOT_DIGIT)]
    digits = batch[labels != NOT_DIGIT]
    if count == 0 or len(whole) < count or len(digits) < 2 * count:
        return batch, labels
    made = [halves(whole[:count]), pairs(digits[:count], digits[-count:])]
    return (
        torch.cat([batch, *made]),
        torch.cat([labels, labels.new_full((2 * count,), NOT_DIGIT)]),
    )


def _mix(seed: int, step: int, stream: int) -> int:
    """A seed for one step of one stream; large odd factors keep neighbours apart."""
    return (
        seed * 0x9E3779B97F4A7C15 + step * 0xBF58476D1CE4E5B9 + stream * 0x94D049BB133111EB
    ) % 2**63


def _summary(row: dict[str, float], epochs: int) -> str:
    left = row["seconds"] / row["epoch"] * (epochs - row["epoch"])
    return (
        f"epoch {row['epoch']:.0f}/{epochs}  loss {row['train_loss']:.4f}"
        f"  val {row['val_accuracy']:.2%}  ink {row['ink_accuracy']:.2%}"
        f"  {row['seconds']:.0f} s, {left:.0f} s left"
    )


@contextmanager
def _interrupt() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets; the second one interrupts as usual."""
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return

    def stop(signum: int, frame: object) -> None:
        event.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)
