"""Checkpoints: all that a run needs to resume bit for bit, in one file."""

from __future__ import annotations

import pickle
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from inkdigit.files import write_atomic
from inkdigit_train.errors import CheckpointError
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.models import DigitNet, build_model

__all__ = ["Checkpoint", "load_averaged", "read_checkpoint"]

FORMAT = 2  # 1 had a choice of optimisers in its config


@dataclass
class Checkpoint:
    """A run after some step.

    A step's randomness follows from the seed and the step alone, so no generator state is kept.
    """

    config: dict[str, Any]  # the run's `TrainConfig`
    step: int  # optimiser steps taken
    seconds: float  # spent training so far
    loss_sum: float  # of the losses so far in this epoch
    model: dict[str, Any]  # the network's weights
    average: dict[str, Any]  # the averaged weights, which are evaluated and exported
    optimizer: dict[str, Any]  # its state
    history: list[dict[str, float]] = field(default_factory=list)  # a row per finished epoch
    sources: dict[str, str] = field(default_factory=dict)  # sha256 of the ink files, by name
    format: int = FORMAT

    def write(self, path: Path) -> None:
        """Write atomically: a full disk or a kill leaves the previous one."""
        write_atomic(path, lambda stream: torch.save(vars(self), stream))


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
        raise CheckpointError(f"{path} is not a checkpoint of inkdigit_train ({exc})") from exc
    if checkpoint.format != FORMAT:
        raise CheckpointError(f"{path} has format {checkpoint.format}; expected {FORMAT}")
    return checkpoint


def load_averaged(path: Path) -> tuple[DigitNet, Checkpoint]:
    """A checkpoint, and its averaged network in evaluation mode.

    Raises:
        CheckpointError: As `read_checkpoint`, or if its weights are of another network.
    """
    checkpoint = read_checkpoint(path)
    try:
        model = build_model(TrainConfig(**checkpoint.config))
        model.load_state_dict(checkpoint.average)
    except (TypeError, ValueError, AttributeError, RuntimeError) as exc:
        raise CheckpointError(
            f"{path} does not fit this version's network ({exc}); expected a checkpoint that"
            " `inkdigit_train train` wrote"
        ) from exc
    return model.eval(), checkpoint
