"""The training command line: what it accepts, what it answers, how it exits."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkdigit_train.cli import main, parse_args
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.schedule import OPTIMIZERS


def test_every_choice_of_a_run_has_an_option_with_the_configs_default():
    args = parse_args(["train"])
    for name, value in TrainConfig().to_dict().items():
        assert getattr(args, name) == value


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_are_options(optimizer):
    assert parse_args(["train", "--optimizer", optimizer]).optimizer == optimizer


def test_several_ink_files_are_taken():
    args = parse_args(["train", "--ink", "a.jsonl", "b.jsonl.gz", "--nondigits", "c.jsonl"])
    assert args.ink == [Path("a.jsonl"), Path("b.jsonl.gz")]
    assert args.nondigits == [Path("c.jsonl")]


@pytest.mark.parametrize("argv", [[], ["nonsense"], ["train", "--optimizer", "magic"], ["export"]])
def test_wrong_usage_exits_with_2(argv, capsys):
    with pytest.raises(SystemExit) as caught:
        parse_args(argv)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_error_of_ours_is_one_line_and_exit_status_1(tmp_path, capsys):
    status = main(["train", "--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "run")])
    assert status == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "nowhere" in captured.err
    assert "Traceback" not in captured.err


def test_damaged_checkpoint_is_exit_status_1(tmp_path, capsys):
    path = tmp_path / "broken.ckpt"
    path.write_bytes(b"nothing of the kind")
    assert main(["export", str(path), "--out", str(tmp_path)]) == 1
    assert "broken.ckpt" in capsys.readouterr().err


def test_import_unipen_writes_an_ink_data_set(tmp_path, capsys):
    source, out = tmp_path / "seven.dat", tmp_path / "seven.jsonl.gz"
    source.write_text(
        '.COORD X Y\n.HIERARCHY DIGIT\n.SEGMENT DIGIT 0-0 ? "7"\n'
        ".PEN_DOWN\n0 10\n10 10\n4 0\n.PEN_UP\n"
    )
    assert main(["import-unipen", str(source), "--out", str(out)]) == 0
    assert "1 records" in capsys.readouterr().err
    assert out.is_file()
