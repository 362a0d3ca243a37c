"""The loop: learns, resumes bit for bit, survives Ctrl-C, NaN, a full disk; two processes."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from inkdigit.errors import InputError
from inkdigit_train.errors import CheckpointError, DivergedError
from inkdigit_train.fit import checkpoint as checkpoint_module
from inkdigit_train.fit import train as train_module
from inkdigit_train.fit.checkpoint import load_averaged, read_checkpoint
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.fabric import make_fabric
from inkdigit_train.fit.history import COLUMNS, HISTORY
from inkdigit_train.fit.train import CHECKPOINT, train


@pytest.fixture(scope="module")
def fabric():
    return make_fabric("cpu", "fp32")


def same_weights(first: Path, second: Path) -> bool:
    a, b = read_checkpoint(first / CHECKPOINT), read_checkpoint(second / CHECKPOINT)
    return all(
        torch.equal(x[k], y[k]) for x, y in ((a.model, b.model), (a.average, b.average)) for k in x
    )


def test_learns_to_classify_bars(small_data, small_config, fabric, tmp_path):
    config = replace(small_config, epochs=12, augment=0.0, augment_end=0.0, made_nondigits=0.0)
    outcome = train(config, small_data, tmp_path, fabric, show=False)
    assert outcome.finished
    assert outcome.history[-1]["val_accuracy"] > 0.9


def test_csv_has_a_row_per_epoch(small_data, small_config, fabric, tmp_path):
    train(small_config, small_data, tmp_path, fabric, show=False)
    with (tmp_path / HISTORY).open() as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [row["epoch"] for row in rows] == ["1", "2"]


def test_same_seed_gives_the_same_weights(small_data, small_config, fabric, tmp_path):
    for name in "ab":
        train(small_config, small_data, tmp_path / name, fabric, show=False)
    assert same_weights(tmp_path / "a", tmp_path / "b")


def test_other_seed_gives_other_weights(small_data, small_config, fabric, tmp_path):
    train(small_config, small_data, tmp_path / "a", fabric, show=False)
    train(replace(small_config, seed=1), small_data, tmp_path / "b", fabric, show=False)
    assert not same_weights(tmp_path / "a", tmp_path / "b")


def test_a_run_can_start_with_another_runs_averaged_weights(
    small_data, small_config, fabric, tmp_path
):
    train(small_config, small_data, tmp_path / "a", fabric, show=False)
    still = replace(small_config, epochs=1, lr=1e-12, weight_decay=0.0)
    start = tmp_path / "a" / CHECKPOINT
    train(still, small_data, tmp_path / "b", fabric, start=start, show=False)
    first, second = read_checkpoint(start), read_checkpoint(tmp_path / "b" / CHECKPOINT)
    weight = "digits.weight"
    assert torch.allclose(second.model[weight], first.average[weight], atol=1e-8)
    assert not torch.allclose(first.model[weight], first.average[weight], atol=1e-8)


def test_a_start_of_another_size_is_refused(small_data, small_config, fabric, tmp_path):
    train(small_config, small_data, tmp_path / "a", fabric, show=False)
    wider, start = replace(small_config, top=16), tmp_path / "a" / CHECKPOINT
    with pytest.raises(CheckpointError, match="another top"):
        train(wider, small_data, tmp_path / "b", fabric, start=start, show=False)


@pytest.mark.parametrize("after_steps", [3, 6, 9])
def test_an_interrupted_and_resumed_run_ends_bit_for_bit_the_same(
    small_data, small_config, fabric, tmp_path, monkeypatch, after_steps
):
    train(small_config, small_data, tmp_path / "whole", fabric, show=False)

    step = train_module._Run._one_step

    def step_then_interrupt(run, images, labels):
        loss = step(run, images, labels)
        if run.step == after_steps:
            os.kill(os.getpid(), signal.SIGINT)  # what Ctrl-C sends
        return loss

    monkeypatch.setattr(train_module._Run, "_one_step", step_then_interrupt)
    first = train(small_config, small_data, tmp_path / "parts", fabric, show=False)
    monkeypatch.undo()
    assert read_checkpoint(tmp_path / "parts" / CHECKPOINT).step >= after_steps
    second = train(small_config, small_data, tmp_path / "parts", fabric, resume=True, show=False)
    assert (first.finished, second.finished) == (False, True)
    assert same_weights(tmp_path / "whole", tmp_path / "parts")
    whole, parts = (read_checkpoint(tmp_path / n / CHECKPOINT).history for n in ("whole", "parts"))
    assert [r["train_loss"] for r in whole] == [r["train_loss"] for r in parts]


def test_resume_with_another_config_is_refused(small_data, small_config, fabric, tmp_path):
    train(small_config, small_data, tmp_path, fabric, show=False)
    with pytest.raises(CheckpointError, match="lr"):
        train(replace(small_config, lr=1.0), small_data, tmp_path, fabric, resume=True, show=False)


def test_damaged_checkpoint_is_named(small_data, small_config, fabric, tmp_path):
    (tmp_path / CHECKPOINT).write_bytes(b"PK not a checkpoint")
    with pytest.raises(CheckpointError, match=r"last\.ckpt"):
        train(small_config, small_data, tmp_path, fabric, resume=True, show=False)


def test_nan_loss_stops_and_leaves_the_last_checkpoint(
    small_data, small_config, fabric, tmp_path, monkeypatch
):
    train(small_config, small_data, tmp_path, fabric, show=False)
    before = (tmp_path / CHECKPOINT).read_bytes()
    nan = torch.tensor(float("nan"))
    monkeypatch.setattr(train_module._Run, "_one_step", lambda *_: nan)
    with pytest.raises(DivergedError, match="--lr"):
        train(small_config, small_data, tmp_path, fabric, show=False)
    assert (tmp_path / CHECKPOINT).read_bytes() == before


def test_full_disk_leaves_the_last_checkpoint(
    small_data, small_config, fabric, tmp_path, monkeypatch
):
    train(small_config, small_data, tmp_path, fabric, show=False)
    before = (tmp_path / CHECKPOINT).read_bytes()

    def no_space(state, stream):
        stream.write(b"half a file")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint_module.torch, "save", no_space)
    with pytest.raises(OSError, match="No space"):
        train(small_config, small_data, tmp_path, fabric, show=False)
    assert (tmp_path / CHECKPOINT).read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config.json", HISTORY, CHECKPOINT]


def test_until_stops_at_the_accuracy_asked_for(small_data, small_config, fabric, tmp_path):
    outcome = train(small_config, small_data, tmp_path, fabric, until=0.0, show=False)
    assert outcome.finished
    assert len(outcome.history) == 1


def test_teacher_changes_what_is_learned(small_data, small_config, fabric, tmp_path):
    train(small_config, small_data, tmp_path / "teacher", fabric, show=False)
    train(small_config, small_data, tmp_path / "alone", fabric, show=False)
    teachers = [tmp_path / "teacher" / CHECKPOINT]
    train(small_config, small_data, tmp_path / "taught", fabric, teachers=teachers, show=False)
    assert same_weights(tmp_path / "teacher", tmp_path / "alone")
    assert not same_weights(tmp_path / "alone", tmp_path / "taught")


TWO_PROCESSES = """
import sys, torch
from pathlib import Path
sys.path.insert(0, {tests!r})
from conftest import bars
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.data.pools import DataSet
from inkdigit_train.fit.fabric import make_fabric
from inkdigit_train.fit.train import train

torch.set_num_threads(1)
fabric = make_fabric("cpu", "fp32")
assert fabric.world_size == 2
data = DataSet([bars(160, 1)], bars(64, 3), [], {{}})
config = TrainConfig(epochs=2, batch_size=32, stem=8, body=8, top=8)
out = Path({out!r}) / str(fabric.global_rank)
outcome = train(config, data, Path({out!r}), fabric, show=False)
torch.save(outcome.history, Path({out!r}) / f"history{{fabric.global_rank}}.pt")
"""


@pytest.mark.slow
def test_two_gloo_processes_train_one_model(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        TWO_PROCESSES.format(tests=str(Path(__file__).parents[1]), out=str(tmp_path / "run"))
    )
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*command, str(script)], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    first, second = (torch.load(tmp_path / "run" / f"history{k}.pt") for k in (0, 1))
    # Each process measures its own copy of the averaged weights: equal only if they stay in step.
    assert first[-1]["val_loss"] == second[-1]["val_loss"]
    assert read_checkpoint(tmp_path / "run" / CHECKPOINT).step == 10


@pytest.mark.parametrize(
    ("name", "value"), [("batch_size", 0), ("epochs", -1), ("lr", float("nan")), ("dropout", -0.1)]
)
def test_a_config_that_no_run_can_use_is_refused(name, value):
    with pytest.raises(InputError, match=f"{name} is "):
        TrainConfig(**{name: value})


@pytest.mark.parametrize("change", [{"average": {}}, {"config": {"nothing": 1}}, {"config": 5}])
def test_a_checkpoint_of_another_network_is_refused(tmp_path, change):
    state = {
        "config": TrainConfig().to_dict(), "step": 1, "seconds": 1.0, "loss_sum": 0.0,
        "model": {}, "average": {}, "optimizer": {}, **change,
    }  # fmt: skip
    path = tmp_path / "last.ckpt"
    torch.save(state, path)
    with pytest.raises(CheckpointError, match="does not fit"):
        load_averaged(path)
