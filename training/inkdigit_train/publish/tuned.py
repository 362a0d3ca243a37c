"""A run's checkpoint and export in; the checkpoint tuned on whole numbers out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch

from inkdigit._decode.signs import SignNet
from inkdigit._decode.weights import Weights
from inkdigit.session import OnnxSession
from inkdigit_train.data.lattices import Example, string_rows
from inkdigit_train.data.pools import gather
from inkdigit_train.data.records import of_writers, read_sources
from inkdigit_train.fit.checkpoint import load_averaged, read_checkpoint
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.models import Calibration, DigitNet, logits_of
from inkdigit_train.fit.strings import TuneConfig, mean_loss, tune

__all__ = ["tune_exported"]

VALIDATION = 0.15  # as many rows of validation writers, over those that are trained on


def tune_exported(
    checkpoint: Path,
    folder: Path | None,
    ink: Sequence[Path],
    nondigits: Sequence[Path],
    out: Path,
    config: TuneConfig | None = None,
    scale: float = 1.0,
) -> tuple[float, float]:
    """Tune a run's network; see `fit.strings`.

    Args:
        checkpoint: Of `train`, with the model.onnx and the config.json of `export` beside it.
        folder: The data folder; see `pools.gather`.
        ink: The ink data sets of digits that it was trained on.
        nondigits: Those of letters and symbols.
        out: File for the tuned checkpoint.
        config: The choices; the usual ones if left out.
        scale: How many rows; see `string_rows`.

    Returns:
        Mean loss of a row of validation writers' numbers, before and after.

    Raises:
        DataNotFoundError: If there is no ink to compose numbers from.
    """
    records, others = read_sources(ink, nondigits)
    session, sign_net = OnnxSession(checkpoint.with_name("model.onnx")), SignNet.bundled()
    config = config or TuneConfig()
    rows = [
        string_rows(
            of_writers(records, held_out=held_out),
            of_writers(others, held_out=held_out),
            session,
            sign_net,
            scale * (VALIDATION if held_out else 1.0),
            config.seed + held_out,
        )
        for held_out in (False, True)
    ]
    about = json.loads(checkpoint.with_name("config.json").read_text(encoding="utf-8"))
    calibration = Calibration(
        about["temperature"], about["not_digit_factor"], about["not_digit_shift"]
    )
    trained = TrainConfig(**read_checkpoint(checkpoint).config)
    data = gather(folder, ink, nondigits, trained.val_size, trained.seed, trained.forms)
    before = _loss(load_averaged(checkpoint)[0], rows[1], calibration)
    tune(checkpoint, rows[0], data, calibration, config, out)
    return before, _loss(load_averaged(out)[0], rows[1], calibration)


def _loss(net: DigitNet, rows: Sequence[Example], calibration: Calibration) -> float:
    answers = [
        calibration.apply(logits_of(net, torch.from_numpy(row.rasters)[:, None])).log_softmax(1)
        for row in rows
    ]
    return mean_loss(rows, [answer.double().numpy() for answer in answers], Weights.bundled())
