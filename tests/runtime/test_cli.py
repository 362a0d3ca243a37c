"""The command line: what it prints, where, and how it exits."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from paths import SAMPLES
from PIL import Image

from inkdigit import Ink, Recognizer, rasterize
from inkdigit._cli.workers import Workers
from inkdigit.cli import main, parse_args

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


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def save_ink(write_text):
    """Writes lines of text as ink into a file, and returns its name."""

    def save(path, *lines):
        inks = [write_text(line, y=200.0 * number) for number, line in enumerate(lines)]
        path.write_text(Ink([stroke for ink in inks for stroke in ink]).to_json())
        return str(path)

    return save


def test_json_is_one_object_a_line(capsys):
    assert main(["--json", str(SEVEN), str(FOUR)]) == 0
    records = objects(capsys.readouterr().out)
    assert [(r["file"], r["text"]) for r in records] == [(str(SEVEN), "7"), (str(FOUR), "4")]
    assert len(records[0]["digits"]) == 1


def test_json_of_a_single_digit_has_the_ten_probabilities(capsys):
    assert main(["--json", "--single", str(SEVEN), str(FOUR)]) == 0
    records = objects(capsys.readouterr().out)
    assert [r["digit"] for r in records] == [7, 4]
    assert len(records[0]["probabilities"]) == 10


def test_number_is_read_whole(save_ink, tmp_path, capsys):
    assert main([save_ink(tmp_path / "year.json", "1995")]) == 0
    assert capsys.readouterr().out.split("\t")[1] == "1995"


def test_each_line_of_text_is_a_row_of_its_file(save_ink, tmp_path, capsys):
    name = save_ink(tmp_path / "two.json", "1995", "472")
    assert main([name, str(SEVEN)]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [row[:2] for row in rows] == [[name, "1995"], [name, "472"], [str(SEVEN), "7"]]
    assert rows[0][2] == rows[1][2]


@pytest.fixture
def scan(write_text, tmp_path):
    """A TIFF of two pages, 20 and 46."""
    pages = [
        Image.fromarray(np.rint(255 - 255 * rasterize(write_text(text), 200)).astype(np.uint8))
        for text in ("20", "46")
    ]
    path = tmp_path / "scan.tiff"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    return path


def test_each_page_of_a_document_is_a_row_of_its_own(scan, capsys):
    assert main([str(scan), str(SEVEN)]) == 0
    rows = [line.split("\t")[:2] for line in capsys.readouterr().out.splitlines()]
    assert rows == [[f"{scan} page 1", "20"], [f"{scan} page 2", "46"], [str(SEVEN), "7"]]


def test_json_of_a_document_has_the_pages_number(scan, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", StandardInput(scan.read_bytes()))
    assert main(["--json", str(scan), "-", str(SEVEN)]) == 0
    records = objects(capsys.readouterr().out)
    found = [(r["file"], r.get("page"), r["text"]) for r in records]
    both = [
        (name, page, text) for name in (str(scan), "-") for page, text in ((1, "20"), (2, "46"))
    ]
    assert found == [*both, (str(SEVEN), None, "7")]


def test_pages_before_a_damaged_one_are_read(scan, capsys):
    content = scan.read_bytes()
    scan.write_bytes(content[: len(content) * 3 // 4])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, of the cut directory
        assert main([str(scan)]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{scan} page 1\t20\t")
    assert len(captured.out.splitlines()) == 1
    assert "page 2 of the input is damaged" in captured.err


def test_annotate_refuses_several_pages(scan, tmp_path, capsys):
    assert main([str(scan), "--annotate", str(tmp_path / "out.png")]) == 1
    assert "several pages" in capsys.readouterr().err


@pytest.fixture(params=["inkml", "svg", "json", "signature_pad"])
def ink_file(request, write_text, tmp_path):
    """Ink of the number 46 in a format."""
    strokes = write_text("46").to_dict()["strokes"]
    traces = [", ".join(f"{x} {y}" for x, y in stroke) for stroke in strokes]
    content = {
        "inkml": "<ink>" + "".join(f"<trace>{trace}</trace>" for trace in traces) + "</ink>",
        "svg": "\ufeff<!-- drawn --><svg>"
        + "".join(f'<polyline points="{trace}"/>' for trace in traces)
        + "</svg>",
        "json": json.dumps({"strokes": strokes}),
        "signature_pad": json.dumps(
            [{"points": [{"x": x, "y": y, "time": 5} for x, y in stroke]} for stroke in strokes]
        ),
    }[request.param]
    path = tmp_path / f"ink.{'json' if request.param == 'signature_pad' else request.param}"
    path.write_text(content, encoding="utf-8")
    return path


def test_ink_of_every_format_is_read_from_files_folders_and_standard_input(
    ink_file, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "stdin", StandardInput(ink_file.read_bytes()))
    assert main(["--json", str(ink_file), str(ink_file.parent), "-"]) == 0
    assert [r["text"] for r in objects(capsys.readouterr().out)] == ["46"] * 3


@pytest.mark.parametrize("suffix", ["inkml", "svg"])
def test_damaged_ink_is_exit_status_1(tmp_path, capsys, suffix):
    path = tmp_path / f"bad.{suffix}"
    path.write_text("<svg")
    assert main([str(path), str(tmp_path / f"gone.{suffix}")]) == 1
    problems = capsys.readouterr().err.splitlines()
    assert "not well-formed" in problems[0]
    assert "no file at" in problems[1]


def test_signs_that_are_left_out_are_named(tmp_path, capsys):
    dash = [[[0, 52], [20, 51], [45, 52]], [[75, 0], [125, 0], [93, 100]]]
    path = tmp_path / "minus.json"
    path.write_text(json.dumps({"strokes": dash}))
    assert main([str(path)]) == 0
    output = capsys.readouterr()
    assert output.out.split("\t")[1] == "7"
    assert "1 mark beside the digits left out" in output.err
    assert "--allowed" in output.err
    assert main([str(path), "--allowed", "0-9-"]) == 0
    output = capsys.readouterr()
    assert output.out.split("\t")[1] == "-7"
    assert not output.err
    assert main([str(path), "--annotate", str(tmp_path / "drawn.png")]) == 0
    assert "1 mark beside the digits left out" in capsys.readouterr().err


def test_rows_of_nothing_but_signs_are_not_in_the_text(tmp_path, capsys):
    dashes = [[[0, 50], [20, 51], [45, 50]], [[0, 250], [20, 251], [45, 250]]]
    path = tmp_path / "dashes.json"
    path.write_text(json.dumps({"strokes": [*dashes, [[0, 400], [50, 400], [18, 500]]]}))
    assert main([str(path)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split("\t")[1] == "7"


@pytest.mark.parametrize("annotated", [False, True])
def test_length_and_allowed_reach_the_reading(tmp_path, monkeypatch, annotated):
    read, asked = Recognizer.read, []

    def record(self, source, **constraints):
        asked.append(constraints)
        return read(self, source, **constraints)

    monkeypatch.setattr(Recognizer, "read", record)
    more = ["--annotate", str(tmp_path / "out.png")] if annotated else []
    given = ["--allowed", "1-4./-", "--length", "2-3", "--min-confidence", "0.25"]
    assert main([str(SEVEN), *given, *more]) == 0
    given = {"length": (2, 3), "allowed": "1234./-", "min_confidence": 0.25}
    assert asked == [{"writer": None, **given}]


@pytest.mark.parametrize(
    ("text", "length"), [("4", 4), ("2-5", (2, 5)), ("3-3", (3, 3)), (None, None)]
)
def test_length_is_a_number_or_two(text, length):
    given = [] if text is None else ["--length", text]
    assert parse_args([*given, "x.png"]).length == length


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


def test_missing_ink_is_exit_status_1(tmp_path, capsys):
    assert main([str(tmp_path / "gone.json")]) == 1
    assert "gone.json" in capsys.readouterr().err


@pytest.fixture
def folder(save_ink, tmp_path):
    """Three to read, one that is damaged, and what is no picture."""
    folder = tmp_path / "scans"
    (folder / "deeper.png").mkdir(parents=True)
    save_ink(folder / "c.json", "1995")
    shutil.copy(SEVEN, folder / "a.PNG")
    Image.open(SEVEN).convert("RGB").save(folder / "d.jpeg")
    (folder / "b.png").write_bytes(b"damaged")
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.png").write_bytes(b"no picture")
    return folder


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_folder_is_read_by_name_as_json_lines(folder, capsys, jobs):
    assert main([str(folder), "--jobs", jobs]) == 1  # for b.png
    captured = capsys.readouterr()
    found = [(r["file"], r["text"]) for r in objects(captured.out)]
    names = [str(folder / name) for name in ("a.PNG", "c.json", "d.jpeg")]
    assert found == list(zip(names, ["7", "1995", "7"], strict=True))
    [complaint] = captured.err.splitlines()  # and no progress: it is no terminal
    assert "b.png" in complaint


def test_options_and_standard_input_reach_the_processes(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", StandardInput(FOUR.read_bytes()))
    assert main(["--single", "--json", "--jobs", "2", str(SEVEN), "-"]) == 0
    assert [r["digit"] for r in objects(capsys.readouterr().out)] == [7, 4]


def test_folder_with_nothing_to_read_is_exit_status_1_and_the_rest_is_read(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("no picture")
    assert main([str(tmp_path), str(SEVEN)]) == 1
    captured = capsys.readouterr()
    assert f"{tmp_path}: no picture or ink" in captured.err
    assert [r["text"] for r in objects(captured.out)] == ["7"]


def test_progress_is_shown_on_a_terminal_and_cleared_at_the_end(folder, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    main([str(folder)])
    written = capsys.readouterr().err
    assert "\rinkdigit: 2 of 4 files, 50%" in written
    assert written.endswith("\r")
    assert written.split("\r")[-2].strip() == ""


def test_one_file_shows_no_progress(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main([str(SEVEN)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("source", [SEVEN, FOUR])
def test_annotate_writes_a_picture_and_prints_the_answer(tmp_path, capsys, source):
    out = tmp_path / "out.png"
    assert main([str(source), "--annotate", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"{source}\t")
    with Image.open(out) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
    assert list(tmp_path.iterdir()) == [out]  # nothing half-written stays


def test_annotate_that_fails_leaves_the_old_picture_and_no_scraps(tmp_path, monkeypatch, capsys):
    out = tmp_path / "out.png"
    out.write_bytes(b"old")

    def full(self, stream, *args, **kwargs):
        stream.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(Image.Image, "save", full)
    assert main([str(SEVEN), "--annotate", str(out)]) == 1
    assert "no space left" in capsys.readouterr().err
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]


def test_annotate_of_a_missing_file_is_exit_status_1_and_writes_nothing(tmp_path, capsys):
    assert main([str(tmp_path / "gone.png"), "--annotate", str(tmp_path / "out.png")]) == 1
    assert "gone.png" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_annotate_never_overwrites_its_input(tmp_path):
    picture = tmp_path / "seven.png"
    shutil.copy(SEVEN, picture)
    with pytest.raises(SystemExit) as caught:
        main([str(picture), "--annotate", str(tmp_path / "." / "seven.png")])
    assert caught.value.code == 2
    assert picture.read_bytes() == SEVEN.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="/dev/null stands for a file as a folder")
@pytest.mark.parametrize(
    "argv",
    [
        [str(SEVEN), "--annotate", "/dev/null/out.png"],
        [str(SEVEN), "--table", "--csv", "/dev/null/out.csv"],
        ["--learn", "7", str(SEVEN), "--writer", "/dev/null/me.json"],
        ["--practice-sheet", "/dev/null/me.pdf"],
    ],
)
def test_a_file_that_cannot_be_written_is_exit_status_1_and_one_line(argv, capsys):
    assert main(argv) == 1
    [*_, line] = capsys.readouterr().err.splitlines()
    assert line.startswith("inkdigit: /dev/null/")
    assert "cannot be written" in line


def test_interruption_is_quiet_and_exit_status_130(monkeypatch, capsys):
    def interrupt(self, source, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Recognizer, "read", interrupt)
    assert main([str(SEVEN)]) == 130
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("options", [[], ["--single"]])
def test_blank_paper_is_a_dash(tmp_path, capsys, options):
    path = tmp_path / "blank.png"
    Image.new("L", (40, 40), 255).save(path)
    assert main([*options, str(path)]) == 0
    assert capsys.readouterr().out.split("\t")[1] == "-"


def test_scribble_is_a_question_mark(tmp_path, capsys):
    t = np.linspace(0, 1, 150)
    zigzag = np.stack([np.abs(((t * 14) % 2) - 1) * 80, t * 90], 1)
    path = tmp_path / "scribble.json"
    path.write_text(json.dumps({"strokes": [zigzag.tolist(), zigzag[:, ::-1].tolist()]}))
    assert main(["--single", str(path)]) == 0
    assert capsys.readouterr().out.split("\t")[1] == "?"


@pytest.mark.parametrize(("path", "digit"), [(SEVEN, "7"), (FOUR, "4")])
def test_dash_reads_standard_input(monkeypatch, capsys, path, digit):
    monkeypatch.setattr(sys, "stdin", StandardInput(path.read_bytes()))
    assert main(["-"]) == 0
    assert capsys.readouterr().out.split("\t")[:2] == ["-", digit]


def test_empty_standard_input_is_exit_status_1(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", StandardInput(b""))
    assert main(["-"]) == 1
    assert "-: the input is empty" in capsys.readouterr().err


def test_missing_model_is_exit_status_1(tmp_path, capsys):
    assert main(["--model", str(tmp_path / "gone.onnx"), str(SEVEN)]) == 1
    assert "gone.onnx" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "required"),
        (["--nonsense", "x"], "--nonsense"),
        (["--length", "0", "x"], "at least 1"),
        (["--length", "5-2", "x"], "at least 1"),
        (["--length", "four", "x"], "whole number"),
        (["--length", "2-", "x"], "whole number"),
        (["--length", "1-2-3", "x"], "whole number"),
        (["--length", "9" * 5000, "x"], "whole number"),
        (["--allowed", "", "x"], "one or more of the digits"),
        (["--allowed", "01a", "x"], "one or more of the digits"),
        (["--allowed", ".-", "x"], "one or more of the digits"),
        (["--allowed", "9-0", "x"], "one or more of the digits"),
        (["--min-confidence", "1.5", "x"], "from 0 to 1"),
        (["--min-confidence", "much", "x"], "from 0 to 1"),
        (["--single", "--min-confidence", "0.5", "x"], "--single"),
        (["--jobs", "0", "x"], "at least 1"),
        (["--jobs", "many", "x"], "at least 1"),
        (["--single", "--length", "2", "x"], "--single"),
        (["--single", "--allowed", "01", "x"], "--single"),
        (["--single", "--annotate", "o.png", "x"], "--single"),
        (["--json", "--annotate", "o.png", "x"], "--annotate cannot be combined with --json"),
        (["--annotate", "o.png", "x", "y"], "one file"),
        (["--annotate", "o.png", "."], "no folder"),
        (["--annotate", "o.jpg", "x"], ".png"),
        (["--learn", "7", "--writer", "me.json", "x", "y"], "one file"),
        (["--learn", "7", "--writer", "me.json", "."], "no folder"),
        (["--learn", "7", "x"], "--learn needs --writer"),
        (["--practice-sheet", "me.txt"], ".pdf"),
    ],
)
def test_wrong_usage_is_exit_status_2_and_says_why(capsys, argv, said):
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_start_imports_nothing_that_an_answer_does_not_need():
    code = (
        "import sys; from inkdigit.cli import main; main(sys.argv[1:]);"
        "print(*{'inkdigit.annotate', 'concurrent.futures.process', 'multiprocessing',"
        " 'PIL.ImageDraw'} & sys.modules.keys(), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, str(SEVEN)]
    # `make coverage` has each process import coverage, which imports multiprocessing.
    unmeasured = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=120, env=unmeasured
    )
    assert done.stdout.split("\t")[1] == "7"
    assert done.stderr.strip() == ""


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


@pytest.mark.parametrize("suffix", ["png", "json"])
def test_a_name_too_long_for_a_file_is_reported_and_the_rest_is_read(capsys, suffix):
    assert main(["x" * 300 + f".{suffix}", str(SEVEN)]) == 1
    printed = capsys.readouterr()
    assert printed.out.split()[1] == "7"
    assert printed.err.count("xxx.") >= 1


def test_there_are_no_more_processes_than_processors_and_files(folder, monkeypatch):
    asked = []

    class Counted(Workers):
        def __init__(self, attempt, count):
            asked.append(count)
            super().__init__(attempt, 0)

    monkeypatch.setattr("inkdigit.cli.Workers", Counted)
    for processors, jobs, files in (
        (2, "8", [str(folder)]),
        (8, "8", [str(SEVEN)]),
        (8, "2", [str(folder)]),
    ):
        monkeypatch.setattr("inkdigit.cli.usable_processors", lambda count=processors: count)
        main([*files, "--jobs", jobs])
    assert asked == [1, 0, 1]


@pytest.mark.parametrize("content", [None, b" " * 101, b'{"strokes": [' + b" " * 101])
def test_files_and_standard_input_have_a_budget(tmp_path, monkeypatch, capsys, content):
    monkeypatch.setattr("inkdigit.inputs.MAX_INK_BYTES", 100)
    monkeypatch.setattr(
        "inkdigit.inputs.MAX_PICTURE_BYTES", 100 if content and content.isspace() else 999
    )
    path = tmp_path / "large.json"
    path.write_bytes(b"[" * 101)
    if content is not None:
        monkeypatch.setattr(sys, "stdin", StandardInput(content))
    assert main([str(path) if content is None else "-", str(SEVEN)]) == 1
    printed = capsys.readouterr()
    assert "has over 100 bytes" in printed.err
    assert printed.out.split()[1] == "7"


def test_a_folder_that_cannot_be_listed_is_reported(monkeypatch, tmp_path, capsys):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert main([str(tmp_path)]) == 1
    assert "cannot be listed" in capsys.readouterr().err


def test_answers_go_to_whatever_stands_for_standard_output(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert main([str(SEVEN), "--single"]) == 0
    assert stream.getvalue().split()[1] == "7"


@pytest.fixture
def odd_seven(tmp_path):
    """A 7 in two strokes that do not meet, as ink in a file."""
    path = tmp_path / "odd.json"
    path.write_text(Ink([[[0, 0], [50, 0]], [[50, 0], [10, 100]]]).to_json())
    return str(path)


def test_a_lesson_is_kept_and_read_with(odd_seven, tmp_path, capsys):
    me = str(tmp_path / "me.json")
    assert main(["--learn", "2", odd_seven, "--writer", me]) == 0
    assert "1 corrected" in capsys.readouterr().out
    for options in ([], ["--single"], ["--jobs", "2"]):
        assert main([odd_seven, odd_seven, "--writer", me, *options]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split("\t")[1] for line in lines] == ["2", "2"]
    assert main([odd_seven]) == 0
    assert capsys.readouterr().out.split("\t")[1] == "7"
    assert main(["--learn", "7", odd_seven, "--writer", me, "--single"]) == 0
    capsys.readouterr()
    assert main(["--writer-summary", "--writer", me]) == 0
    assert "7\t1" in capsys.readouterr().out.splitlines()


def test_a_lesson_that_does_not_fit_is_exit_status_1_and_writes_nothing(
    odd_seven, tmp_path, capsys
):
    me = tmp_path / "me.json"
    assert main(["--learn", "1234567", odd_seven, "--writer", str(me)]) == 1
    assert "nothing was learnt" in capsys.readouterr().err
    assert not me.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--learn", "2", "a.json"],
        ["--learn", "2", "a.json", "b.json", "--writer", "me.json"],
        ["--learn", "2", "a.json", "--json", "--writer", "me.json"],
        ["--writer-summary"],
        ["--writer-summary", "--writer", "me.json", "a.json"],
        ["--writer", "me.json"],
        [],
    ],
)
def test_wrong_use_of_a_writer_is_exit_status_2(arguments):
    with pytest.raises(SystemExit) as exit_info:
        main(arguments)
    assert exit_info.value.code == 2


@pytest.mark.parametrize("content", [None, b"{}"])
def test_a_writer_that_cannot_be_loaded_is_one_error(tmp_path, capsys, content):
    me = tmp_path / "me.json"
    if content is not None:
        me.write_bytes(content)
    assert main([str(SEVEN), str(FOUR), "--writer", str(me)]) == 1
    answer = capsys.readouterr()
    assert answer.out == ""
    assert answer.err.count("inkdigit: ") == 1
