"""The ink network takes any size, learns, and goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inkdigit._picture.look import MULTIPLE, RULE_PX, network_size
from inkdigit.numpy_session import NumpyInkSession
from inkdigit.session import OnnxInkSession
from inkdigit_train.data.pages.kinds import make_pages
from inkdigit_train.data.pages.writing import Hand, Writing
from inkdigit_train.fit.ink_batches import Batch, samples_of
from inkdigit_train.fit.ink_net import InkNet
from inkdigit_train.fit.ink_train import (
    InkConfig,
    ink_loss,
    load_ink_net,
    rule_cells,
    train_ink,
)
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


def test_rules_are_part_of_the_truth() -> None:
    rng = np.random.default_rng(0)
    pages = make_pages("comb", WRITING, 3, 0)
    assert all(page.ruled is not None and page.ruled.max() > 0.5 for page in pages)
    samples = [sample for page in pages for sample in samples_of(page, rng)]
    assert any(sample.truth[2].any() for sample in samples)


def test_pages_say_nothing_of_the_digit_that_is_meant() -> None:
    right, wrong = torch.full((1, 3, 32, 32), -9.0), torch.full((1, 3, 32, 32), -9.0)
    wrong[:, 1] = 9.0
    batch = _blank_batch()
    assert ink_loss(right, batch, 0.5) == ink_loss(wrong, batch, 0.5)


def test_rules_count_beside_the_ink() -> None:
    batch = _blank_batch()
    batch.truth[:, 2, 8] = 255
    blind, seeing = torch.full((1, 3, 32, 32), -9.0), torch.full((1, 3, 32, 32), -9.0)
    seeing[:, 2, 8 : 8 + RULE_PX] = 9.0
    assert ink_loss(seeing, batch, 0.5) < ink_loss(blind, batch, 0.5)


def test_rule_of_half_a_pixel_fills_its_cell() -> None:
    truth = torch.zeros(1, 8, 8, dtype=torch.uint8)
    truth[0, 5] = 128
    assert rule_cells(truth).tolist() == [[[0.0, 0.0], [1.0, 1.0]]]


def _blank_batch() -> Batch:
    truth = torch.zeros(1, 3, 32, 32, dtype=torch.uint8)
    return Batch(torch.zeros(1, 3, 32, 32, dtype=torch.uint8), truth, torch.tensor([False]))


def test_a_run_goes_on_from_its_checkpoint_and_exports(tmp_path: Path) -> None:
    train_ink(_config(2), WRITING, tmp_path)
    path = train_ink(_config(3), WRITING, tmp_path)
    assert torch.load(path, weights_only=True)["step"] == 3
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2
    assert not load_ink_net(path).training
    weights = tmp_path / "ink.pt"
    report = export_ink(path, [tmp_path / "artifact", tmp_path / "package"], weights)
    about = json.loads((tmp_path / "package" / "ink.json").read_text())
    content = (tmp_path / "artifact" / "ink.onnx").read_bytes()
    assert about["sha256"] == hashlib.sha256(content).hexdigest()
    pixels = np.random.default_rng(0).uniform(0, 255, (1, 3, 48, 80)).astype(np.float32)
    engines = OnnxInkSession, NumpyInkSession
    expected, found = (e(tmp_path / "package" / "ink.onnx").run(pixels) for e in engines)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert report["bytes"] < 120_000
    assert report["parity"] < 1e-3
    kept, known = load_ink_net(weights).state_dict(), load_ink_net(path).state_dict()
    assert all(torch.equal(kept[name], known[name]) for name in known)
    # With a rate of nothing a run that starts from them stays there.
    still = replace(_config(1), lr=0.0, weight_decay=0.0)
    again = train_ink(still, WRITING, tmp_path / "again", start_from=weights)
    parameter = "head.weight"
    assert torch.allclose(load_ink_net(again).state_dict()[parameter], known[parameter])
