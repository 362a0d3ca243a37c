"""The training command line: its arguments, its output, its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from inkdigit.session import BUNDLED_MODEL
from inkdigit_train.cli import main, parse_args
from inkdigit_train.data.records import write_records
from inkdigit_train.evaluation.constants import find_constants
from inkdigit_train.evaluation.parts import PARTS
from inkdigit_train.fit.config import TrainConfig


def test_every_field_of_the_config_is_an_option_with_its_default():
    args = parse_args(["train"])
    for name, value in TrainConfig().to_dict().items():
        assert getattr(args, name) == value


def test_a_run_can_start_with_the_weights_of_another():
    assert parse_args(["train"]).start_from is None
    assert parse_args(["train", "--start-from", "a.ckpt"]).start_from == Path("a.ckpt")


def test_several_ink_files_can_be_given():
    args = parse_args(["train", "--ink", "a.jsonl", "b.jsonl.gz", "--nondigits", "c.jsonl"])
    assert args.ink == [Path("a.jsonl"), Path("b.jsonl.gz")]
    assert args.nondigits == [Path("c.jsonl")]


@pytest.mark.parametrize("argv", [[], ["nonsense"], ["train", "--device", "abacus"], ["export"]])
def test_wrong_usage_exits_with_2(argv, capsys):
    with pytest.raises(SystemExit) as caught:
        parse_args(argv)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_an_inkdigit_error_is_one_line_and_exit_status_1(tmp_path, capsys):
    status = main(["train", "--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "run")])
    assert status == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "nowhere" in captured.err
    assert "Traceback" not in captured.err


def test_a_damaged_checkpoint_is_exit_status_1(tmp_path, capsys):
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


def test_help_does_not_load_torch():
    program = (
        "import sys; from inkdigit_train.cli import parse_args; parse_args(['train']);"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_fit_cuts_says_how_well_they_are_ranked(tmp_path, monkeypatch, capsys):
    from inkdigit_train.publish.fits import cut_weights

    monkeypatch.setattr(cut_weights, "fit_cuts", lambda folder, out, seed: 0.9)
    assert main(["fit-cuts", "--data", str(tmp_path), "--out", "cuts.json"]) == 0
    assert "cuts.json: 90.0%" in capsys.readouterr().err


def test_fit_decoder_writes_the_weights_and_their_loss(tmp_path, hand, letter, monkeypatch, capsys):
    from inkdigit_train.publish.fits import decoder_weights

    monkeypatch.setattr(decoder_weights, "PLAIN", 4)
    monkeypatch.setattr(decoder_weights, "WITH_LETTERS", 2)
    monkeypatch.setattr(decoder_weights, "PICTURES", 2)
    monkeypatch.setattr(decoder_weights, "TOUCHING", 1)
    ink, letters, out = (str(tmp_path / n) for n in ("ink.jsonl", "letters.jsonl", "weights.json"))
    write_records(ink, hand)
    write_records(letters, [letter])
    argv = ["fit-decoder", str(BUNDLED_MODEL), "--ink", ink, "--nondigits", letters, "--out", out]
    assert main(argv) == 0
    assert "mean loss" in capsys.readouterr().err
    assert decoder_weights.is_fitted(Path(out), BUNDLED_MODEL)


def test_evaluate_measures_every_part_unless_told_which():
    assert parse_args(["evaluate"]).only == list(PARTS)
    assert parse_args(["evaluate", "--only", "pages", "crops"]).only == ["pages", "crops"]


def test_sensitivity_writes_its_table_and_puts_it_into_the_card(
    tmp_path, writing, monkeypatch, capsys
):
    from inkdigit_train.evaluation import sensitivity

    monkeypatch.setattr(sensitivity, "KINDS", {"bitmap": sensitivity.KINDS["bitmap"]})
    monkeypatch.setattr(sensitivity, "read_writing", lambda _folder, validation: writing)
    name = find_constants(["_segment"])[0].full_name
    card, out = tmp_path / "MODEL_CARD.md", tmp_path / "out"
    card.write_text("# A model\n")
    argv = ["sensitivity", str(BUNDLED_MODEL), "--data", str(tmp_path), "--out", str(out)]
    assert main([*argv, "--constants", name, "--jobs", "1", "--card", str(card)]) == 0
    assert f"| `{name}` |" in capsys.readouterr().out
    assert card.read_text() == "# A model\n\n" + (out / "sensitivity.md").read_text()
    report = json.loads((out / "sensitivity.json").read_text())
    assert [constant["name"] for constant in report["constants"]] == [name]
    assert report["readings"] == 8
