"""The ink network takes any size, learns, and goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from inkdigit._picture.look import MULTIPLE, network_size
from inkdigit.session import OnnxInkSession
from inkdigit_train.data.pages.kinds import make_pages
from inkdigit_train.data.pages.writing import Hand, Writing
from inkdigit_train.fit.ink_batches import Batch, samples_of
from inkdigit_train.fit.ink_net import InkNet
from inkdigit_train.fit.ink_train import InkConfig, ink_loss, load_ink_net, train_ink
from inkdigit_train.publish.export_ink import PARAMETER_LIMIT, export_ink

HOOK = [np.array([[0.0, -1.0], [0.6, -1.0], [0.2, 0.0]])]
WRITING = Writing(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64), (Hand((("7", HOOK),)),))


def _config(steps: int) -> InkConfig:
    mix = {"clean canvas": 1.0, "numbers": 0.2}
    return InkConfig(steps=steps, batch_pixels=2 * 64 * 64, mix=mix)


@pytest.mark.parametrize("size", [(64, 64), (16, 48), (160, 96)])
def test_network_takes_any_size(size: tuple[int, int]) -> None:
    logits = InkNet().eval()(torch.full((1, 3, *size), 200.0))
    assert logits.shape == (1, 3, *size)
    assert logits.isfinite().all()


def test_network_is_small() -> None:
    assert sum(p.numel() for p in InkNet().parameters()) <= PARAMETER_LIMIT


def test_network_size_is_a_multiple_near_the_aspect() -> None:
    assert network_size(20, 20, 64) == (64, 64)
    assert network_size(400, 90, 64) == (64, MULTIPLE)


@pytest.mark.parametrize("kind", ["tight crop", "table"])
def test_samples_have_pixels_and_truth_of_one_size(kind: str) -> None:
    rng = np.random.default_rng(0)
    for sample in samples_of(make_pages(kind, WRITING, 1, 0)[0], rng):
        assert sample.pixels.shape[1:] == sample.truth.shape[1:]
        assert not any(side % MULTIPLE for side in sample.truth.shape[1:])
        assert sample.single == (kind == "tight crop")


def test_pages_say_nothing_of_the_digit_that_is_meant() -> None:
    truth = torch.zeros(1, 2, 32, 32, dtype=torch.uint8)
    batch = Batch(torch.zeros(1, 3, 32, 32, dtype=torch.uint8), truth, torch.tensor([False]))
    right, wrong = torch.full((1, 2, 32, 32), -9.0), torch.full((1, 2, 32, 32), -9.0)
    wrong[:, 1] = 9.0
    assert ink_loss(right, batch, 0.5) == ink_loss(wrong, batch, 0.5)


def test_a_run_goes_on_from_its_checkpoint_and_exports(tmp_path: Path) -> None:
    train_ink(_config(2), WRITING, tmp_path)
    path = train_ink(_config(3), WRITING, tmp_path)
    assert torch.load(path, weights_only=True)["step"] == 3
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2
    assert not load_ink_net(path).training
    report = export_ink(path, [tmp_path / "artifact", tmp_path / "package"])
    about = json.loads((tmp_path / "package" / "ink.json").read_text())
    content = (tmp_path / "artifact" / "ink.onnx").read_bytes()
    assert about["sha256"] == hashlib.sha256(content).hexdigest()
    assert OnnxInkSession(tmp_path / "package" / "ink.onnx")
    assert report["bytes"] < 120_000
    assert report["parity"] < 1e-3
