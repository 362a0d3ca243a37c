"""The scripts that drive the app's window start on their own, outside pytest's search path."""

from __future__ import annotations

import subprocess
import sys

import pytest
from paths import ROOT


@pytest.mark.parametrize("script", ["tests/bench/app_bench.py", "tests/mobile/screenshots.py"])
def test_the_script_explains_its_use(script: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / script, "--help"], capture_output=True, text=True, check=True
    )
    assert script in done.stdout
