"""The command line: what it prints, where, and how it exits."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkdigit.cli import main

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SEVEN, FOUR = SAMPLES / "seven.png", SAMPLES / "four.json"


class StandardInput(io.TextIOWrapper):
    """Standard input that holds some bytes."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))


def test_each_file_is_a_line_with_its_digit(capsys):
    assert main([str(SEVEN), str(FOUR)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [[str(SEVEN), "7"], [str(FOUR), "4"]]
    assert lines[0].endswith("%")


def test_json_is_one_object_a_line(capsys):
    assert main(["--json", str(SEVEN), str(FOUR)]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [r["digit"] for r in records] == [7, 4]
    assert len(records[0]["probabilities"]) == 10


def test_file_that_cannot_be_read_is_reported_and_the_rest_is_read(tmp_path, capsys):
    broken = tmp_path / "broken.png"
    broken.write_bytes(SEVEN.read_bytes()[:200])
    assert main([str(tmp_path / "gone.png"), str(broken), str(SEVEN)]) == 1
    captured = capsys.readouterr()
    assert captured.out.split("\t")[1] == "7"
    assert len(captured.out.splitlines()) == 1
    assert "gone.png" in captured.err
    assert "broken.png" in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    "content", ["", "{", '{"strokes": [[[NaN, 1]]]}', '{"strokes": [[]]}', '{"label": "7"}']
)
def test_bad_ink_is_exit_status_1(tmp_path, capsys, content):
    path = tmp_path / "bad.json"
    path.write_text(content)
    assert main([str(path)]) == 1
    assert "bad.json" in capsys.readouterr().err


def test_missing_ink_and_a_folder_are_exit_status_1(tmp_path, capsys):
    folder = tmp_path / "folder.json"
    folder.mkdir()
    assert main([str(tmp_path / "gone.json"), str(folder), str(tmp_path)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_blank_paper_is_a_dash(tmp_path, capsys):
    path = tmp_path / "blank.png"
    Image.new("L", (40, 40), 255).save(path)
    assert main([str(path)]) == 0
    assert capsys.readouterr().out.split("\t")[1] == "-"


def test_scribble_is_a_question_mark(tmp_path, capsys):
    t = np.linspace(0, 1, 150)
    zigzag = np.stack([np.abs(((t * 14) % 2) - 1) * 80, t * 90], 1)
    path = tmp_path / "scribble.json"
    path.write_text(json.dumps({"strokes": [zigzag.tolist(), zigzag[:, ::-1].tolist()]}))
    assert main([str(path)]) == 0
    assert capsys.readouterr().out.split("\t")[1] == "?"


@pytest.mark.parametrize(("path", "digit"), [(SEVEN, "7"), (FOUR, "4")])
def test_dash_reads_standard_input(monkeypatch, capsys, path, digit):
    monkeypatch.setattr(sys, "stdin", StandardInput(path.read_bytes()))
    assert main(["-"]) == 0
    assert capsys.readouterr().out.split("\t")[:2] == ["-", digit]


def test_empty_standard_input_is_exit_status_1(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", StandardInput(b""))
    assert main(["-"]) == 1
    assert "standard input" in capsys.readouterr().err


def test_missing_model_is_exit_status_1(tmp_path, capsys):
    assert main(["--model", str(tmp_path / "gone.onnx"), str(SEVEN)]) == 1
    assert "gone.onnx" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [[], ["--nonsense", "x"]])
def test_wrong_usage_is_exit_status_2(argv):
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2


def test_module_runs_as_a_process_and_stops_quietly_when_nobody_reads():
    command = [sys.executable, "-m", "inkdigit", *[str(SEVEN)] * 5]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(timeout=60)
    assert errors == b""
    assert process.returncode in (0, 1)
