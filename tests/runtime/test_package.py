"""The package: light to import, alone, quiet, and whole."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys

import pytest
from paths import ROOT

import inkdigit
import inkdigit.errors

SAMPLE = ROOT / "samples" / "seven.png"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(p for p in sys.path if p)
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": path, **environment},
    )


def test_import_loads_no_engine_and_nothing_of_training_or_app():
    code = (
        "import sys, inkdigit; "
        "print([m for m in ('onnxruntime', 'onnx', 'torch', 'kivy', 'scipy') if m in sys.modules])"
    )
    done = run_python(code)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_a_first_answer_loads_nothing_of_tables_and_no_second_engine():
    unneeded = ("inkdigit.tables", "inkdigit._tables", "inkdigit._onnx", "tempfile", "csv")
    code = (
        "import sys, inkdigit.cli\n"
        f"assert inkdigit.cli.main([{str(SAMPLE)!r}]) == 0\n"
        f"print([m for m in {unneeded!r} if m in sys.modules])\n"
        "print('Table' in dir(inkdigit), inkdigit.Table.__name__)"
    )
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == ["[]", "True Table"]


def test_reading_loads_nothing_of_training_or_app():
    code = (
        "import sys, inkdigit\n"
        f"assert inkdigit.Recognizer().predict_digit({str(SAMPLE)!r}).digit == 7\n"
        "print([m for m in ('onnx', 'torch', 'kivy', 'scipy') if m in sys.modules])"
    )
    done = run_python(code)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_every_public_name_is_there():
    assert sorted(inkdigit.__all__) == list(inkdigit.__all__)
    for name in inkdigit.__all__:
        assert hasattr(inkdigit, name)


@pytest.mark.parametrize("name", inkdigit.errors.__all__)
def test_every_error_is_an_inkdigit_error_and_says_when(name):
    error = getattr(inkdigit.errors, name)
    assert issubclass(error, inkdigit.InkDigitError)
    assert inspect.getdoc(error)


def test_lowest_versions_are_the_lower_bounds():
    bounds = re.search(r"^dependencies = \[(.+)\]$", read("pyproject.toml"), re.MULTILINE)
    lowest = re.findall(r"^(\w+)==([\d.]+)$", read("constraints-lowest.txt"), re.MULTILINE)
    assert bounds is not None
    asked = dict(re.findall(r'"(\w+)>=([\d.]+)"', bounds[1]))
    assert asked
    assert {name: version.removesuffix(".0") for name, version in lowest} == asked
