"""The wheel as a user gets it: small, the runtime alone, and at work where nothing else is.

`make wheel` builds dist/*.whl and runs these. INKDIGIT_WHEEL names another file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from paths import ROOT

pytestmark = pytest.mark.built

MAX_WHEEL_BYTES = 500_000  # tables, practice sheets, PDF and a second engine came since 450 kB held
MAX_PEAK_MB = 120
DEADLINE_S = 600


@pytest.fixture(scope="module")
def wheel() -> Path:
    named = os.environ.get("INKDIGIT_WHEEL")
    found = [Path(named)] if named else sorted((ROOT / "dist").glob("inkdigit-*.whl"))
    if not found:
        pytest.skip("no wheel in dist: run `make wheel`")
    return max(found, key=lambda path: path.stat().st_mtime)


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    interpreter = next(scripts.glob("python*"))
    subprocess.run(
        [interpreter, "-m", "pip", "install", "--quiet", wheel],
        check=True,
        env=bare_environment(),
        timeout=DEADLINE_S,
    )
    return interpreter


def bare_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def run(python: Path, *arguments: str | Path) -> str:
    done = subprocess.run(
        [python, *arguments],
        capture_output=True,
        text=True,
        cwd=python.parent,
        env=bare_environment(),
        check=False,
        timeout=DEADLINE_S,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < MAX_WHEEL_BYTES


def test_it_holds_the_runtime_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"inkdigit"}
    for needed in (
        "py.typed",
        "_decode/hand.json",
        "_decode/meant.json",
        "_decode/weights.json",
        "_model/config.json",
        "_model/ink.json",
        "_model/ink.onnx",
        "_model/model.onnx",
        "_picture/sight.json",
        "_segment/cuts.json",
    ):
        assert f"inkdigit/{needed}" in names


def test_it_reads_a_digit_alone(python: Path) -> None:
    seven = ROOT / "samples" / "seven.png"
    assert run(python, "-m", "inkdigit", seven).split()[1] == "7"


def test_it_brings_no_torch_no_kivy_and_no_onnx(python: Path) -> None:
    code = (
        "import importlib.util as u;"
        "print([m for m in ('torch', 'kivy', 'onnx', 'inkdigit_train', 'inkdigit_app')"
        " if u.find_spec(m)])"
    )
    assert run(python, "-c", code).strip() == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process its peak memory")
def test_one_reading_takes_little_memory(python: Path) -> None:
    code = (
        "import inkdigit, re, sys;"
        "inkdigit.Recognizer().read(sys.argv[1]);"
        "print(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
    )
    peak = int(run(python, "-c", code, ROOT / "samples" / "seven.png")) / 1024
    assert peak < MAX_PEAK_MB
