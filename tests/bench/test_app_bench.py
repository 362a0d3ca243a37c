"""The scripts that drive the app's window start on their own, outside pytest's search path."""

from __future__ import annotations

import subprocess
import sys

import pytest
from desktop import missing_tools
from paths import ROOT


@pytest.mark.parametrize("script", ["tests/bench/app_bench.py", "tests/mobile/screenshots.py"])
def test_the_script_explains_its_use(script: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / script, "--help"], capture_output=True, text=True, check=True
    )
    assert script in done.stdout


@pytest.mark.display
def test_a_start_of_the_app_is_timed() -> None:
    if missing_tools():
        pytest.skip(missing_tools())
    command = [sys.executable, ROOT / "tests/bench/app_bench.py", "start", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "start: median" in done.stdout, done.stderr
