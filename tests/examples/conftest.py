"""The examples as modules, and the handwriting that they read."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from paths import ROOT

from inkdigit import Ink


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "samples"


@pytest.fixture(scope="session")
def four(samples: Path) -> Ink:
    return Ink.from_dict(json.loads((samples / "four.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def example_path() -> Callable[[str], Path]:
    return lambda name: ROOT / "runtime" / "examples" / f"{name}.py"


@pytest.fixture(scope="session")
def load_example(example_path: Callable[[str], Path]) -> Callable[[str], ModuleType]:
    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"example_{name}", example_path(name))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
