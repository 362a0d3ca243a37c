"""The command line as a process of its own: streams that fail, signals, and names of all kinds."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from paths import SAMPLES

from inkdigit._cli.workers import usable_processors

SEVEN = SAMPLES / "seven.png"
COMMAND = [sys.executable, "-m", "inkdigit"]
TIMEOUT_S = 120

needs_shell = pytest.mark.skipif(os.name == "nt", reason="closes streams with a POSIX shell")
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="looks for processes in Linux's /proc"
)
needs_two = pytest.mark.skipif(
    usable_processors() < 2, reason="one processor: no process beside the first"
)


def run_with(redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with a shell's redirection, as in ">&-"."""
    script = f'exec "$@" {redirection}'
    return subprocess.run(
        ["sh", "-c", script, "sh", *COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@needs_shell
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize(
    "arguments", [[str(SEVEN)], ["--json", str(SEVEN)], ["--help"], ["--version"]]
)
def test_answers_that_cannot_be_written_are_one_error(arguments):
    done = run_with(">/dev/full", *arguments)
    assert done.returncode == 1
    assert "standard output cannot be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@needs_shell
@pytest.mark.parametrize("arguments", [[str(SEVEN)], ["--help"]])
def test_closed_standard_output_is_an_error(arguments):
    done = run_with(">&-", *arguments)
    assert done.returncode == 1
    assert "standard output is closed" in done.stderr
    assert "Traceback" not in done.stderr


@needs_shell
def test_with_closed_standard_output_a_table_still_goes_to_its_file(tmp_path):
    done = run_with(">&-", "--table", "--csv", str(tmp_path / "t.csv"), str(SEVEN))
    assert done.returncode == 0
    assert (tmp_path / "t.csv").stat().st_size


@needs_shell
@pytest.mark.parametrize(
    ("redirection", "said"),
    [("<&-", "standard input is closed"), ("0>/dev/null", "cannot be read")],
)
def test_standard_input_that_cannot_be_read_is_reported_and_the_rest_is_read(redirection, said):
    done = run_with(redirection, "-", str(SEVEN))
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stdout.split()[1] == "7"
    assert "Traceback" not in done.stderr


@needs_shell
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_what_cannot_be_said_on_standard_error_never_mixes_with_the_answers(redirection, tmp_path):
    done = run_with(redirection, "--json", str(tmp_path / "none.png"), str(SEVEN))
    assert done.returncode == 1
    assert json.loads(done.stdout)["text"] == "7"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
@pytest.mark.parametrize("name", ["\N{GRINNING FACE} é.png", "line\nend\x1b.png"])
def test_json_is_valid_in_every_encoding(tmp_path, encoding, name):
    path = tmp_path / name
    try:
        shutil.copy(SEVEN, path)
    except OSError:
        pytest.skip("the file system takes no such name")
    done = subprocess.run(
        [*COMMAND, "--json", str(path)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        timeout=TIMEOUT_S,
        check=True,
    )
    assert json.loads(done.stdout.decode(encoding))["file"] == str(path)


@needs_shell
def test_a_name_that_is_no_text_is_read_and_printed(tmp_path):
    name = os.fsencode(tmp_path) + b"/\xff.png"
    try:
        shutil.copy(SEVEN, os.fsdecode(name))
    except OSError:
        pytest.skip("the file system takes text only")
    done = subprocess.run(
        [*COMMAND, "--json", os.fsdecode(name)],
        capture_output=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    assert os.fsencode(json.loads(done.stdout)["file"]) == name


@needs_shell
def test_control_characters_of_a_name_stay_on_its_line(tmp_path):
    path = tmp_path / "two\nlines\t\x1b[31m.png"
    shutil.copy(SEVEN, path)
    done = run_with("", str(path), str(tmp_path / "none\n.png"))
    assert done.returncode == 1
    row = done.stdout.splitlines()
    assert [line.split("\t")[1] for line in row] == ["7"]
    assert r"two\nlines\t\x1b[31m.png" in row[0]
    assert len(done.stderr.splitlines()) == 1


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(autouse=True)
def hang_up_ends():
    """HUP ends a process, also where the tests run under nohup, which ignores it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL) if hasattr(signal, "SIGHUP") else None
    yield
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, before)


def start_reading(folder: Path, jobs: int = 2) -> tuple[subprocess.Popen[str], list[int]]:
    """A process in the middle of reading a folder, and those that it has started."""
    for k in range(300):
        shutil.copy(SEVEN, folder / f"{k}.png")
    process = subprocess.Popen(
        [*COMMAND, str(folder), "--jobs", str(jobs)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for _ in range(3):  # by the third answer, files are with the other process
        process.stdout.readline()
    return process, children(process.pid)


@needs_proc
@needs_two
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_no_process_outlives_the_first_one(tmp_path, name):
    number = getattr(signal, name)
    process, others = start_reading(tmp_path)
    with process:
        assert others
        process.send_signal(number)
        ended = time.monotonic() + 2
        status = process.wait(TIMEOUT_S)
        while any(map(is_alive, others)) and time.monotonic() < ended:
            time.sleep(0.02)
        assert not any(map(is_alive, others))
        assert status == (-number if name == "SIGKILL" else 128 + number)
        assert process.stderr is not None
        assert process.stderr.read() == ""


@needs_proc
@needs_two
def test_a_reading_process_that_dies_is_reported(tmp_path):
    process, others = start_reading(tmp_path)
    with process:
        for pid in others:
            os.kill(pid, signal.SIGKILL)
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 1
    assert "fewer --jobs" in errors
    assert "Traceback" not in errors


@needs_shell
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_file_half_written_is_taken_away_when_the_process_is_ended(tmp_path, name):
    slow = (
        "import sys, time\n"
        "from PIL import Image\n"
        "def save(self, stream, *_):\n"
        "    stream.write(b'half'); print('writing', file=sys.stderr, flush=True); time.sleep(60)\n"
        "Image.Image.save = save\n"
        "from inkdigit.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    arguments = ["--annotate", str(tmp_path / "out.png"), str(SEVEN)]
    with subprocess.Popen(
        [sys.executable, "-c", slow, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "writing\n"
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(getattr(signal, name))
        assert process.wait(TIMEOUT_S) == 128 + getattr(signal, name)
    assert list(tmp_path.iterdir()) == []
