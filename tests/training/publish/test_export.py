"""Export: the contract, rounding, parity, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch

from inkdigit import OnnxSession, Recognizer
from inkdigit.numpy_session import NumpySession
from inkdigit_train.errors import ExportError
from inkdigit_train.files import sha256
from inkdigit_train.fit.checkpoint import load_averaged
from inkdigit_train.fit.fabric import make_fabric
from inkdigit_train.fit.models import Calibration, logits_of
from inkdigit_train.fit.train import CHECKPOINT, train
from inkdigit_train.publish import export as export_module
from inkdigit_train.publish.calibration import rejection_threshold
from inkdigit_train.publish.export import export, fold_batch_norm, round_weights
from inkdigit_train.publish.reproduce import publish


@pytest.fixture(scope="module")
def exported(tmp_path_factory, make_bars):
    """A small run, exported: its folder, its data, and the export's figures."""
    from inkdigit_train.data.pools import DataSet
    from inkdigit_train.fit.config import TrainConfig

    folder = tmp_path_factory.mktemp("run")
    data = DataSet(
        [make_bars(320, 1)], make_bars(200, 3), [make_bars(32, 4)], {"ink.jsonl.gz": "abc"}
    )
    config = TrainConfig(epochs=3, batch_size=32, lr=3e-3, stem=8, body=8, top=8, augment=0.3)
    train(config, data, folder, make_fabric("cpu", "fp32"), show=False)
    return folder, data, export(folder / CHECKPOINT, data, folder)


def test_file_has_the_inputs_and_outputs_of_the_contract(exported):
    folder, _, _ = exported
    session = OnnxSession(folder / "model.onnx")
    for count in (1, 7):
        logits, embedding = session.run(np.zeros((count, 1, 28, 28), np.float32))
        assert logits.shape == (count, 11)
        assert embedding.shape == (count, 64)


def test_file_gives_torchs_logits(exported):
    folder, data, figures = exported
    assert figures["parity"] <= 1e-4
    model = round_weights(fold_batch_norm(load_averaged(folder / CHECKPOINT)[0]))
    images = data.val_mnist.images[:, 0].numpy().astype(np.float32) / 255
    logits, _ = OnnxSession(folder / "model.onnx").run(images[:, None])
    names = ("temperature", "not_digit_factor", "not_digit_shift")
    calibration = Calibration(*(figures[name] for name in names))
    expected = calibration.apply(logits_of(model, data.val_mnist.images)).numpy()
    # The report rounds the calibration to four places.
    np.testing.assert_allclose(logits, expected, rtol=2e-3, atol=1e-3)


def test_numpy_computes_the_same_from_the_file(exported):
    folder, data, _ = exported
    images = data.val_mnist.images[:, 0].numpy().astype(np.float32) / 255
    sessions = NumpySession(folder / "model.onnx"), OnnxSession(folder / "model.onnx")
    found, expected = (session.run(images[:40, None]) for session in sessions)
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-5)


def test_folding_batch_norm_changes_nothing(exported):
    folder, data, _ = exported
    model = load_averaged(folder / CHECKPOINT)[0]
    with torch.no_grad():  # a negative gain is where folding over a maximum would go wrong
        model.features[0][2].weight[0] = -0.7
    before, after = (logits_of(m, data.val_mnist.images) for m in (model, fold_batch_norm(model)))
    assert (before - after).abs().max() < 1e-4


def test_rounded_weights_take_one_byte_each(exported):
    folder, _, figures = exported
    proto = onnx.load(folder / "model.onnx")
    whole = sum(np.prod(t.dims) for t in proto.graph.initializer if t.data_type == 3)
    assert whole > 0.5 * figures["parameters"]
    assert figures["bytes"] < 4 * figures["parameters"]


def test_file_has_no_traces_of_the_machine(exported):
    folder, _, _ = exported
    content = (folder / "model.onnx").read_bytes()
    assert b".py" not in content
    assert str(folder).encode() not in content


def test_config_has_the_classes_the_data_and_the_fingerprint(exported):
    folder, _, figures = exported
    config = json.loads((folder / "config.json").read_text())
    assert config["sha256"] == sha256(folder / "model.onnx")
    assert config["classes"][-1] == "not a digit"
    assert config["data_sha256"] == {"ink.jsonl.gz": "abc"}
    assert config["temperature"] == figures["temperature"]
    assert 0.5 <= config["rejection_threshold"] <= 1


def test_recognizer_reads_the_threshold_from_the_file(exported):
    folder, _, figures = exported
    metadata = OnnxSession(folder / "model.onnx").metadata
    assert float(metadata["rejection_threshold"]) == figures["rejection_threshold"]
    Recognizer(model=folder / "model.onnx")


def test_threshold_is_never_under_one_half(exported):
    folder, data, _ = exported
    model = load_averaged(folder / CHECKPOINT)[0]
    with torch.no_grad():
        model.none.bias.fill_(-50)
    assert rejection_threshold(model, [data.val_mnist]) == 0.5


def test_network_over_the_limit_is_refused(exported, monkeypatch, tmp_path):
    folder, data, _ = exported
    monkeypatch.setattr(export_module, "PARAMETER_LIMIT", 10)
    with pytest.raises(ExportError, match="parameters"):
        export(folder / CHECKPOINT, data, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_parity_is_checked(exported):
    folder, data, _ = exported
    other = load_averaged(folder / CHECKPOINT)[0]
    with torch.no_grad():
        other.digits.bias += 1
    with pytest.raises(ExportError, match="differs from torch"):
        export_module.check_parity(folder / "model.onnx", other, replace(data.val_mnist))


def test_publishing_copies_model_and_config(exported, tmp_path):
    folder, _, _ = exported
    publish(folder, tmp_path / "artifact", tmp_path / "package")
    for name in ("model.onnx", "config.json"):
        for folder_name in ("artifact", "package"):
            assert (tmp_path / folder_name / name).read_bytes() == (folder / name).read_bytes()
