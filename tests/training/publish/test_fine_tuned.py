"""A checkpoint trained further on corrections, and what decides whether it is exported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from inkdigit import Ink, OnnxSession
from inkdigit_train.cli import main, parse_args
from inkdigit_train.data.pools import DataSet, Pool
from inkdigit_train.data.records import InkRecord, write_records
from inkdigit_train.errors import CheckpointError, DataError
from inkdigit_train.fit.checkpoint import read_checkpoint
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.fabric import make_fabric
from inkdigit_train.fit.train import CHECKPOINT, train
from inkdigit_train.publish import fine_tuned
from inkdigit_train.publish.export import export
from inkdigit_train.publish.fine_tuned import (
    EXPORTED,
    Compared,
    FineTuneConfig,
    fine_tune,
    refit_commands,
    verdict,
)

FABRIC = make_fabric("cpu", "fp32")
CONFIG = FineTuneConfig(epochs=1, most_views=1)
PLAIN = {"augment": 0.0, "augment_end": 0.0, "made_nondigits": 0.0}  # nearly all bars are learned
BARS = TrainConfig(epochs=12, batch_size=32, lr=3e-3, stem=8, body=8, top=8, **PLAIN)


@pytest.fixture(scope="module")
def run(tmp_path_factory, make_bars):
    """The checkpoint of a small run, and its data."""
    train_pools = [make_bars(160, 1), make_bars(48, 2, variants=3)]
    data = DataSet(train_pools, make_bars(64, 3), [make_bars(32, 4)], {})
    folder = tmp_path_factory.mktemp("run")
    train(BARS, data, folder, FABRIC, show=False)
    return folder / CHECKPOINT, data


@pytest.fixture
def trained(run, monkeypatch):
    """The run, whose data `gather` gives; an export writes names only, since it takes seconds."""

    def note(checkpoint, data, out):
        for name in EXPORTED:
            (out / name).write_text(checkpoint.name)

    monkeypatch.setattr(fine_tuned, "gather", lambda *_: run[1])
    monkeypatch.setattr(fine_tuned, "export", note)
    return run


@pytest.fixture
def export_file(tmp_path):
    """The app's export of twenty corrections."""
    path = tmp_path / "digits.jsonl"
    inks = [Ink([[[0, 0], [60, k], [20, 100]]]) for k in range(20)]
    write_records(path, [InkRecord("7", ink, "app") for ink in inks])
    return path


def tune(checkpoint, exports, out, config=CONFIG, **options):
    return fine_tune(checkpoint, exports, None, [], [], out, FABRIC, config, show=False, **options)


def made_worse(monkeypatch):
    """Make every comparison say that a set got worse."""
    monkeypatch.setattr(
        fine_tuned, "compare", lambda *_: [Compared("MNIST held out", 100, 1, 11, 0, 10)]
    )


def test_corrections_are_learned_and_held_out_ones_read_better(trained, export_file, tmp_path):
    config = FineTuneConfig(epochs=3, lr=3e-3, share=0.5, most_views=20)
    done = tune(trained[0], [export_file], tmp_path / "out", config, anyway=True)
    held_out = done.sets[-1]
    assert held_out.name == "corrections held out, by record"
    assert held_out.count == 4
    assert held_out.after < held_out.before


def test_the_new_checkpoint_is_exported_and_names_its_corrections(
    trained, export_file, tmp_path, monkeypatch
):
    monkeypatch.setattr(fine_tuned, "export", export)
    out = tmp_path / "out"
    done = tune(trained[0], [export_file], out, anyway=True)
    assert done.exported
    session = OnnxSession(out / "model.onnx")
    assert session.metadata["model"].endswith("+corrections")
    state, before = read_checkpoint(out / CHECKPOINT), read_checkpoint(trained[0])
    assert any(name.endswith("digits.jsonl") for name in state.sources)
    assert any(not torch.equal(state.average[k], before.average[k]) for k in state.average)


def test_usual_data_stays_in_the_epoch(trained, export_file, tmp_path, monkeypatch):
    seen = []

    def keep(config, data, *args, **options):
        seen.append((config, data))
        return train(config, data, *args, **options)

    monkeypatch.setattr(fine_tuned, "train", keep)
    tune(trained[0], [export_file], tmp_path / "out", replace(CONFIG, most_views=3), anyway=True)
    config, data = seen[0]
    assert [len(pool) for pool in data.train] == [160, 48, 16]  # a tenth: once
    assert (config.lr_end, config.warmup, config.epochs) == (1.0, 0.0, 1)


def test_a_worse_set_leaves_only_the_checkpoint(trained, export_file, tmp_path, monkeypatch):
    made_worse(monkeypatch)
    done = tune(trained[0], [export_file], tmp_path / "out")
    assert not done.exported
    assert {p.name for p in (tmp_path / "out").iterdir()} == {CHECKPOINT, "history.csv"}


def test_a_finished_run_is_exported_anyway_without_training_again(
    trained, export_file, tmp_path, monkeypatch
):
    made_worse(monkeypatch)
    out = tmp_path / "out"
    tune(trained[0], [export_file], out)
    before = read_checkpoint(out / CHECKPOINT)
    done = tune(trained[0], [export_file], out, resume=True, anyway=True)
    assert done.exported
    assert (out / "model.onnx").exists()
    assert read_checkpoint(out / CHECKPOINT).step == before.step


def test_a_folder_with_a_run_is_refused(trained, export_file):
    with pytest.raises(CheckpointError, match="holds a run already"):
        tune(trained[0], [export_file], trained[0].parent)


def test_other_ink_than_the_checkpoint_was_trained_on_is_refused(trained, export_file, tmp_path):
    with pytest.raises(CheckpointError, match=r"digits\.jsonl"):
        fine_tune(
            trained[0], [export_file], None, [export_file], [], tmp_path / "out", FABRIC, CONFIG
        )


def test_a_checkpoint_that_learned_from_corrections_before_is_noticed(
    trained, export_file, tmp_path
):
    first = tune(trained[0], [export_file], tmp_path / "a", anyway=True)
    again = tune(tmp_path / "a" / CHECKPOINT, [export_file], tmp_path / "b", anyway=True)
    assert (first.learned_before, again.learned_before) == (False, True)


def test_a_damaged_export_is_an_error_before_anything_is_written(trained, tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_text("{")
    with pytest.raises(DataError, match=r"broken\.jsonl, line 1"):
        tune(trained[0], [path], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_errors_are_paired(trained, tmp_path):
    data: DataSet = trained[1]
    train(replace(BARS, seed=1, epochs=6), data, tmp_path / "other", FABRIC, show=False)
    held_out = Pool("corrections", data.val_mnist.images, data.val_mnist.labels)
    sets = fine_tuned.compare(trained[0], tmp_path / "other" / CHECKPOINT, data, held_out, "mine")
    assert [s.name for s in sets] == ["bars", "bars", "mine"]
    assert [s.count for s in sets] == [64, 32, 64]
    assert all(s.after - s.before == s.spoilt - s.mended for s in sets)
    assert sets[0].before == sets[2].before
    assert sets[0].mended + sets[0].spoilt > 0
    same = fine_tuned.compare(trained[0], trained[0], data, held_out, "mine")
    assert all(s.mended == s.spoilt == 0 and s.chance == 1 for s in same)


def changed(mended: int, spoilt: int, name: str = "x") -> Compared:
    return Compared(name, 1000, 50, 50 + spoilt - mended, mended, spoilt)


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ([changed(0, 0), changed(4, 4)], "no worse"),
        ([changed(0, 4), changed(4, 0)], "no worse"),  # 1 in 16 by chance
        ([changed(0, 5, "ink"), changed(30, 0)], "worse (ink)"),  # 1 in 32
        ([changed(2, 3), changed(30, 0, "corrections")], "better (corrections)"),
        ([changed(5, 0)], "better (x)"),
        ([changed(5, 0), changed(0, 0)], "no worse"),  # two sets were looked at
    ],
)
def test_the_verdict_is_what_chance_does_not_explain(sets, expected):
    assert verdict(sets) == expected


def test_the_commands_that_fit_again_are_commands(tmp_path):
    for command in refit_commands(tmp_path / "model.onnx"):
        words = command.split()
        assert words[:3] == ["python", "-m", "inkdigit_train"]
        assert str(tmp_path / "model.onnx") in words
        parse_args(words[3:])


def argv(checkpoint, export_file, out):
    nothing = ["--mnist-only", "--device", "cpu", "--epochs", "1"]
    return [
        "fine-tune",
        str(checkpoint),
        "--corrections",
        str(export_file),
        "--out",
        str(out),
        *nothing,
    ]


def test_the_command_prints_counts_table_and_verdict(
    trained, export_file, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(Compared, "is_worse", False)
    assert main(argv(trained[0], export_file, tmp_path / "out")) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert lines[0].startswith("corrections: 20 of 20 records used; 16 glyphs to train on, 4 held")
    assert lines[1].split()[:2] == ["set", "count"]
    assert len({len(line) for line in lines[1:5]}) == 1
    assert lines[-1].startswith("verdict: ")
    assert "fit-decoder" in captured.err


def test_the_command_fails_and_names_the_set_that_got_worse(
    trained, export_file, tmp_path, monkeypatch, capsys
):
    made_worse(monkeypatch)
    out = tmp_path / "out"
    assert main(argv(trained[0], export_file, out)) == 1
    assert "verdict: worse (MNIST held out)" in capsys.readouterr().out
    assert main([*argv(trained[0], export_file, out), "--resume", "--anyway"]) == 0


def test_the_passes_are_those_of_the_config_unless_told():
    args = parse_args(["fine-tune", "a", "--corrections", "b", "--out", "c"])
    assert args.epochs == FineTuneConfig().epochs


def test_no_passes_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as caught:
        parse_args(["fine-tune", "a", "--corrections", "b", "--out", "c", "--epochs", "0"])
    assert caught.value.code == 2
    assert "1 or more" in capsys.readouterr().err


def test_chance_of_a_known_change():
    assert changed(1, 8).chance == pytest.approx(10 / 2**9)
    assert changed(8, 1).chance == changed(1, 8).chance
    assert np.isclose(changed(3, 3).chance, 42 / 64)
