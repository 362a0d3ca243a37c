"""Makes an artifact from the data: trains every seed, exports, publishes and evaluates."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from inkdigit._decode.formats import BUNDLED_FORMATS, Formats
from inkdigit._decode.hand import BUNDLED_RULE, HandRule
from inkdigit._decode.signs import BUNDLED_SIGNS, SignNet
from inkdigit._decode.weights import BUNDLED_WEIGHTS, Weights
from inkdigit.files import write_atomic, write_json
from inkdigit.session import BUNDLED_MODEL
from inkdigit_train.data.pools import gather
from inkdigit_train.evaluation.report import evaluate
from inkdigit_train.fit.checkpoint import read_checkpoint
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.train import CHECKPOINT, train
from inkdigit_train.publish.export import export
from inkdigit_train.publish.fits.decoder_weights import fit_to_model, is_fitted
from inkdigit_train.publish.fits.format_weights import fit_formats
from inkdigit_train.publish.fits.hand_weights import fit_hand
from inkdigit_train.publish.fits.sign_weights import fit_signs

__all__ = ["publish", "reproduce"]

PUBLISHED = ("model.onnx", "config.json")
EXPORT_REPORT = "export.json"  # in a run's folder


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
    """Make an artifact, and fit what goes by its model: signs, the decoder, a writer's hand.

    Finished runs are kept; one that was interrupted goes on.

    Args:
        config: The choices; its seed is replaced by each of `seeds`.
        seeds: One run each. The first one's model is the artifact; figures are over all.
        folder: The data folder; see `pools.gather` and `report.evaluate`.
        ink: Ink data sets of digits.
        nondigits: Ink data sets of letters and symbols.
        runs: Folder for the runs.
        out: Folder for the artifact.
        fabric: Launched; see `make_fabric`.

    Returns:
        The content of metrics.json; None if the training was interrupted.
    """
    models, exports = [], []
    for seed in seeds:
        run = runs / f"seed{seed}"
        seeded = replace(config, seed=seed)
        if not _is_complete(run, seeded):
            data = gather(folder, ink, nondigits, seeded.val_size, seed, seeded.forms)
            if not train(seeded, data, run, fabric, resume=True).finished:
                return None
            write_json(run / EXPORT_REPORT, export(run / CHECKPOINT, data, run))
        exports.append(json.loads((run / EXPORT_REPORT).read_text(encoding="utf-8")))
        models.append(run / "model.onnx")
    publish(runs / f"seed{seeds[0]}", out)
    if ink and nondigits and not is_fitted(BUNDLED_SIGNS, models[0]):
        fit_signs(models[0], ink, nondigits, BUNDLED_SIGNS)
        SignNet.bundled.cache_clear()
    if ink and nondigits and not is_fitted(BUNDLED_WEIGHTS, models[0]):
        fit_to_model(models[0], ink, nondigits, BUNDLED_WEIGHTS)
        Weights.bundled.cache_clear()
    if ink and nondigits and not is_fitted(BUNDLED_FORMATS, models[0]):
        fit_formats(models[0], ink, nondigits, BUNDLED_FORMATS)
        Formats.bundled.cache_clear()
    if ink and nondigits and not is_fitted(BUNDLED_RULE, models[0]):
        fit_hand(models[0], ink, nondigits, BUNDLED_RULE)
        HandRule.bundled.cache_clear()
    metrics = {
        "seeds": list(seeds),
        "commit": _commit(),
        "hardware": f"{_processor()}, {torch.get_num_threads()} threads",
        "train_seconds": [read_checkpoint(runs / f"seed{s}" / CHECKPOINT).seconds for s in seeds],
        "exports": exports,
        "evaluation": evaluate(models, folder, out),
    }
    write_json(out / "metrics.json", metrics)
    return metrics


def publish(run: Path, out: Path, package_model: Path = BUNDLED_MODEL.parent) -> None:
    """Copy a run's exported model to the artifact's folder and into the runtime package."""
    for folder in (out, package_model):
        for name in PUBLISHED:
            with (run / name).open("rb") as source:
                write_atomic(folder / name, partial(shutil.copyfileobj, source))


def _is_complete(run: Path, config: TrainConfig) -> bool:
    """Whether a run with this config has finished, and was exported since."""
    checkpoint, report = run / CHECKPOINT, run / EXPORT_REPORT
    if not (checkpoint.exists() and report.exists() and (run / "model.onnx").exists()):
        return False
    if report.stat().st_mtime < checkpoint.stat().st_mtime:
        return False
    found = read_checkpoint(checkpoint)
    return found.config == config.to_dict() and len(found.history) == config.epochs


def _commit() -> str:
    """The commit that is checked out, with a + if the working tree differs from it."""
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return described.stdout.strip()


def _processor() -> str:
    """The processor's name, from the operating system."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.exists() else ""
    found = re.search(r"^model name\s*:(.*)", text, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()
