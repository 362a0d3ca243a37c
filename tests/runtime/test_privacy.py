"""Nothing is sent and nothing is left behind, however the runtime is used."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sandbox
from paths import ROOT

SAMPLES = ROOT / "samples"
DEADLINE_S = 120

# All that a program can ask of the runtime.
USE_EVERYTHING = f"""
from inkdigit import Ink, Recognizer
from inkdigit.annotate import annotate
recognizer = Recognizer()
picture = {str(SAMPLES / "seven.png")!r}
ink = Ink.from_json(open({str(SAMPLES / "four.json")!r}).read())
reading = recognizer.read(picture)
annotate(picture, reading)
print(recognizer.predict_digit(picture).digit, reading.text, recognizer.reader().read(ink).text)
"""
ANSWERS = "7 7 4"
COMMAND_LINE = [sys.executable, "-m", "inkdigit", str(SAMPLES), "--jobs", "2"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def run(arguments: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run with every folder that a program may write to inside `home`."""
    folders = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP")
    xdg = [f"XDG_{name}_HOME" for name in ("CACHE", "CONFIG", "DATA", "STATE")]
    environment = {
        **os.environ,
        **dict.fromkeys((*folders, *xdg), str(home)),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        arguments,
        capture_output=True,
        text=True,
        env=environment,
        cwd=home,
        check=False,
        timeout=DEADLINE_S,
    )


def test_a_fresh_home_stays_empty_and_no_python_code_makes_a_socket(home):
    refuse = (
        "import socket\n"
        "def refuse(*a, **k): raise AssertionError('a socket was asked for')\n"
        "socket.socket.__init__ = refuse\n"
    )
    done = run([sys.executable, "-W", "error", "-c", refuse + USE_EVERYTHING], home)
    assert (done.returncode, done.stdout.strip()) == (0, ANSWERS), done.stderr
    assert list(home.rglob("*")) == []


def test_the_command_line_leaves_a_fresh_home_empty(home):
    done = run(COMMAND_LINE, home)
    assert done.returncode == 0, done.stderr
    assert list(home.rglob("*")) == []


def test_annotating_writes_the_one_file_it_was_asked_for(home):
    picture = shutil.copy(SAMPLES / "seven.png", home.parent)
    arguments = [sys.executable, "-m", "inkdigit", str(picture), "--annotate", "out.png"]
    done = run(arguments, home)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in home.rglob("*")] == ["out.png"]


@pytest.fixture(scope="module")
def watch() -> Callable[[list[str]], list[str]]:
    """Puts a command under a filter that ends it when it asks for a socket, even from C++."""
    reason = sandbox.why_not()
    if reason:
        pytest.skip(reason)
    return sandbox.command


def test_a_socket_would_be_seen(watch, home):
    done = run(
        watch([sys.executable, "-c", "import socket; socket.socket(); print('alive')"]), home
    )
    assert (done.returncode, done.stdout) == (-signal.SIGSYS, "")


def test_reading_asks_the_kernel_for_no_socket(watch, home):
    done = run(watch([sys.executable, "-c", USE_EVERYTHING]), home)
    assert (done.returncode, done.stdout.strip()) == (0, ANSWERS), done.stderr


def test_the_command_line_asks_the_kernel_for_no_socket(watch, home):
    done = run(watch(COMMAND_LINE), home)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3
