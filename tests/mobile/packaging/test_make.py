from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from paths import ROOT

HIDDEN = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER", "MAKEFLAGS", "MAKELEVEL")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in HIDDEN}
DEADLINE_S = 300


@pytest.fixture
def installed() -> None:
    """Skips where `make run` would have to install first."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    question = subprocess.run(
        ["make", "--question", ".venv/.app"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
        timeout=DEADLINE_S,
    )
    if question.returncode:
        pytest.skip("there is no .venv up to date: run the tests with `make test`")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.usefixtures("installed", "bundled_model")
def test_make_run_without_a_display_reads_the_samples() -> None:
    done = subprocess.run(
        ["make", "run"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )
    assert done.returncode == 0, done.stderr
    assert "no display" in done.stderr
    answers = done.stdout.partition("Reading the samples instead")[2].splitlines()[1:]
    assert len(answers) == 3
    for line, digit in zip(answers, "734", strict=True):
        assert digit in line
