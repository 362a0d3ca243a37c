"""From the data to an artifact, in one command: train every seed, export, evaluate, copy to the runtime."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from inkdigit.session import BUNDLED_MODEL
from lightning_fabric import Fabric

from inkdigit_train.checkpoint import read_checkpoint
from inkdigit_train.config import TrainConfig
from inkdigit_train.data import DataSet, data_folder, gather
from inkdigit_train.evaluate import evaluate
from inkdigit_train.export import export
from inkdigit_train.files import write_atomic, write_json
from inkdigit_train.train import CHECKPOINT, HISTORY, train

__all__ = ["publish", "reproduce"]

PUBLISHED = ("model.onnx", "config.json")


def reproduce(
    config: TrainConfig,
    seeds: Sequence[int],
    folder: Path | None,
    ink: Sequence[Path],
    nondigits: Sequence[Path],
    runs: Path,
    out: Path,
    fabric: Fabric,
) -> dict[str, Any] | None:
    """Make an artifact.

    Runs that are complete already are taken as they are; one that was cut short goes on.

    Args:
        config: The choices; its seed is replaced by each of `seeds`.
        seeds: One run each. The first one's model is the artifact; figures are over all.
        folder, ink, nondigits: The data; see `data.gather`.
        runs: Folder for the runs.
        out: Folder for the artifact.
        fabric: Launched; see `train.make_fabric`.

    Returns:
        What metrics.json holds, or None if the training was interrupted.
    """
    models, exports = [], []
    for seed in seeds:
        run = runs / f"seed{seed}"
        seeded = replace(config, seed=seed)
        data = gather(folder, ink, nondigits, seeded.val_size, seed)
        if not train(seeded, data, run, fabric, resume=True).finished:
            return None
        exports.append(_export_once(run, data))
        models.append(run / "model.onnx")
    metrics = {
        "seeds": list(seeds),
        "commit": _commit(),
        "hardware": f"{platform.processor() or platform.machine()}, {torch.get_num_threads()} threads",
        "train_seconds": [read_checkpoint(runs / f"seed{s}" / CHECKPOINT).seconds for s in seeds],
        "exports": exports,
        "evaluation": evaluate(models, data_folder(folder), out),
    }
    write_json(out / "metrics.json", metrics)
    publish(runs / f"seed{seeds[0]}", out)
    return metrics
