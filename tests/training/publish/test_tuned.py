"""A run's checkpoint tuned on whole numbers."""

from __future__ import annotations

import math

import pytest

from inkdigit_train.data.records import InkRecord, write_records
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.fit.checkpoint import load_averaged
from inkdigit_train.fit.fabric import make_fabric
from inkdigit_train.fit.strings import TuneConfig
from inkdigit_train.fit.train import CHECKPOINT, train
from inkdigit_train.publish import tuned
from inkdigit_train.publish.export import export


def test_tuning_reads_validation_rows_better(
    tmp_path, monkeypatch, hand, letter, symbols, small_config, small_data
):
    train(small_config, small_data, tmp_path, make_fabric("cpu", "fp32"), show=False)
    export(tmp_path / CHECKPOINT, small_data, tmp_path)
    monkeypatch.setattr(tuned, "gather", lambda *_: small_data)
    files = tmp_path / "ink.jsonl", tmp_path / "others.jsonl"
    for path, records in zip(files, (hand, [letter, *symbols]), strict=True):
        write_records(path, [InkRecord(r.label, r.ink, w) for w in "ab" for r in records])
    out = tmp_path / "tuned.ckpt"
    config = TuneConfig(epochs=3, rows=4, singles=8, lr=3e-3, strings=1.0, kept=0.0)
    sources = None, [files[0]], [files[1]]
    before, after = tuned.tune_exported(tmp_path / CHECKPOINT, *sources, out, config, scale=0.01)
    assert math.isfinite(before)
    assert after < 0.9 * before
    load_averaged(out)


def test_without_letters_there_is_nothing_to_tune_on(tmp_path):
    with pytest.raises(DataNotFoundError, match="letters"):
        tuned.tune_exported(tmp_path / "x.ckpt", None, [tmp_path / "ink"], [], tmp_path / "out")
