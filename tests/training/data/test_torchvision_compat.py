"""torchvision's datasets and transforms work, whatever torch is installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from inkdigit_train.data.torchvision_compat import import_torchvision


def test_datasets_and_transforms_work() -> None:
    import torch

    torchvision = import_torchvision()

    assert torchvision.datasets.MNIST.resources
    assert torchvision.transforms.Pad(2)(torch.zeros(1, 28, 28)).shape == (1, 32, 32)


def test_second_call_returns_the_same_module() -> None:
    assert import_torchvision() is import_torchvision() is sys.modules["torchvision"]


def test_plain_import_works_after_it() -> None:
    program = (
        "from inkdigit_train.data.torchvision_compat import import_torchvision;"
        "module = import_torchvision();"
        "import torchvision, torchvision.datasets as datasets;"
        "assert module is torchvision and datasets is module.datasets"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=120)


def test_operators_that_exist_are_not_declared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from inkdigit_train.data import torchvision_compat

    import_torchvision()
    monkeypatch.setattr(torchvision_compat, "_libraries", [])

    import_torchvision()

    assert torchvision_compat._libraries == []


def test_other_import_failures_pass_through(monkeypatch: pytest.MonkeyPatch) -> None:
    from inkdigit_train.data import torchvision_compat

    def fail(name: str) -> None:
        raise RuntimeError(f"{name} is broken in another way")

    monkeypatch.setattr(torchvision_compat.importlib, "import_module", fail)
    with pytest.raises(RuntimeError, match="another way"):
        torchvision_compat.import_torchvision()
