"""The rooms of the three packages: imports point one way, and a linter's rule holds each door."""

from __future__ import annotations

import ast
import graphlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

PACKAGES = ("runtime/inkdigit", "training/inkdigit_train", "mobile/inkdigit_app")
MAX_MODULES = 20  # in one folder; a .py and its .kv count once
MAX_CODE_LINES = 350  # of a module, without docstrings and blank lines

# Where a module would be, and what it must not import.
DOORS = [
    ("runtime/inkdigit/x.py", "torch"),
    ("runtime/inkdigit/x.py", "kivy"),
    ("runtime/inkdigit/x.py", "inkdigit_train"),
    ("runtime/inkdigit/_formats/x.py", "inkdigit._pixels"),
    ("runtime/inkdigit/_formats/x.py", "inkdigit.ink"),
    ("runtime/inkdigit/_pixels/x.py", "inkdigit._framing"),
    ("runtime/inkdigit/_pixels/x.py", "torch"),
    ("runtime/inkdigit/_picture/x.py", "inkdigit._segment"),
    ("runtime/inkdigit/_framing/x.py", "inkdigit._segment"),
    ("runtime/inkdigit/_segment/x.py", "inkdigit._decode"),
    ("runtime/inkdigit/_segment/x.py", "inkdigit._picture"),
    ("runtime/inkdigit/_segment/x.py", "inkdigit._formats"),
    ("runtime/inkdigit/_segment/x.py", "inkdigit._tables"),
    ("runtime/inkdigit/_tables/x.py", "inkdigit._decode"),
    ("runtime/inkdigit/_tables/x.py", "inkdigit.tables"),
    ("runtime/inkdigit/_practice/x.py", "inkdigit._picture"),
    ("runtime/inkdigit/_practice/x.py", "inkdigit.practice"),
    ("runtime/inkdigit/_tables/x.py", "inkdigit._practice"),
    ("runtime/inkdigit/_decode/x.py", "inkdigit._picture"),
    ("runtime/inkdigit/_decode/x.py", "inkdigit.session"),
    ("runtime/inkdigit/_cli/x.py", "inkdigit.cli"),
    ("runtime/inkdigit/_cli/x.py", "inkdigit._segment"),
    ("runtime/inkdigit/_decode/x.py", "inkdigit.engine"),
    ("runtime/inkdigit/_picture/x.py", "inkdigit._onnx"),
    ("runtime/inkdigit/_onnx/x.py", "inkdigit.session"),
    ("runtime/inkdigit/_onnx/x.py", "onnxruntime"),
    ("training/inkdigit_train/x.py", "inkdigit_app"),
    ("training/inkdigit_train/data/x.py", "inkdigit_train.fit"),
    ("training/inkdigit_train/fit/x.py", "inkdigit_train.publish"),
    ("training/inkdigit_train/evaluation/x.py", "inkdigit_train.publish"),
    ("training/inkdigit_train/publish/x.py", "kivy"),
    ("mobile/inkdigit_app/x.py", "torch"),
    ("mobile/inkdigit_app/core/x.py", "kivy"),
    ("mobile/inkdigit_app/core/x.py", "inkdigit_app.store"),
    ("mobile/inkdigit_app/screens/x.py", "inkdigit_app.commands"),
    ("mobile/inkdigit_app/store/x.py", "kivy"),
    ("mobile/inkdigit_app/store/x.py", "inkdigit_app.platforms"),
    ("mobile/inkdigit_app/platforms/x.py", "inkdigit_app.widgets"),
    ("mobile/inkdigit_app/widgets/x.py", "inkdigit_app.store"),
    ("mobile/inkdigit_app/screens/x.py", "inkdigit_app.store"),
    ("mobile/inkdigit_app/screens/x.py", "torch"),
]


def modules(package: str) -> dict[str, Path]:
    """Every module of a package by its dotted name."""
    root = ROOT / package
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: dict[str, Path]) -> set[str]:
    """The modules among `known` that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in full}
    return found & known.keys()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_imports_itself_by_way_of_others(package):
    known = modules(package)
    graph = {name: imports(path, known) - {name} for name, path in known.items()}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError with the circle


@pytest.mark.parametrize(("module", "forbidden"), DOORS)
def test_linter_refuses_an_import_against_the_direction(module, forbidden):
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent))
    if ruff is None:
        pytest.skip("ruff is not installed beside this Python")
    done = subprocess.run(
        [ruff, "check", "--select", "TID251", "--stdin-filename", str(ROOT / module), "-"],
        input=f"import {forbidden}\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert "TID251" in done.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_folders_and_modules_stay_small_enough_to_read(package):
    folders: dict[Path, set[str]] = {}
    for path in (ROOT / package).rglob("*"):
        if path.suffix in (".py", ".kv") and path.stem != "__init__":
            folders.setdefault(path.parent, set()).add(path.stem)
    assert {str(f): len(names) for f, names in folders.items() if len(names) > MAX_MODULES} == {}
    long = {name: code_lines(path) for name, path in modules(package).items()}
    assert {name: count for name, count in long.items() if count > MAX_CODE_LINES} == {}


def code_lines(path: Path) -> int:
    """Lines of a module that are neither blank nor docstring."""
    text = path.read_text(encoding="utf-8")
    documented: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                documented |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    numbered = enumerate(text.splitlines(), start=1)
    return sum(1 for number, line in numbered if line.strip() and number not in documented)
