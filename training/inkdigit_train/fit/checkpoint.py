"""Checkpoints: everything a run needs to go on bit for bit, in one atomically written file."""

from __future__ import annotations

import pickle
import zipfile
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import torch

from inkdigit_train.errors import CheckpointError
from inkdigit_train.files import write_atomic
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.models import DigitNet

__all__ = ["Checkpoint", "build_model", "load_averaged", "read_checkpoint", "write_checkpoint"]

FORMAT = 1


@dataclass
class Checkpoint:
    """A run after some step.

    All randomness of a step is drawn from (seed, step), so the step is all there is to remember.

    Attributes:
        config: The run's `TrainConfig` as a dict.
        step: Optimiser steps done.
        seconds: Time spent training so far.
        loss_sum: Sum of the losses of the epoch begun.
        model: The network's weights.
        average: The averaged weights: what is evaluated and exported.
        optimizer: The optimiser's state.
        history: A row for each epoch done; see `train.COLUMNS`.
        sources: sha256 of the data files read.
        format: Version of this record.
    """

    config: dict[str, Any]
    step: int
    seconds: float
    loss_sum: float
    model: dict[str, Any]
    average: dict[str, Any]
    optimizer: dict[str, Any]
    history: list[dict[str, float]] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write atomically: a full disk or a kill leaves the last good one."""
    state = {f.name: getattr(checkpoint, f.name) for f in fields(Checkpoint)}
    write_atomic(path, lambda stream: torch.save(state, stream))


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        CheckpointError: If the file is missing, damaged, or of another format.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        checkpoint = Checkpoint(**state)
    except (OSError, RuntimeError, pickle.UnpicklingError, zipfile.BadZipFile, EOFError) as exc:
        raise CheckpointError(f"{path} cannot be read as a checkpoint ({exc})") from exc
    except (TypeError, KeyError) as exc:
        raise CheckpointError(f"{path} is no checkpoint of inkdigit_train ({exc})") from exc
    if checkpoint.format != FORMAT:
        raise CheckpointError(f"{path} has format {checkpoint.format}; expected {FORMAT}")
    return checkpoint


def build_model(config: TrainConfig) -> DigitNet:
    """The network a config describes, with random weights."""
    return DigitNet(config.stem, config.body, config.top, config.dropout)


def load_averaged(path: Path) -> tuple[DigitNet, Checkpoint]:
    """The averaged network of a checkpoint, ready for inference, and the checkpoint itself."""
    checkpoint = read_checkpoint(path)
    model = build_model(TrainConfig(**checkpoint.config))
    model.load_state_dict(checkpoint.average)
    return model.eval(), checkpoint
