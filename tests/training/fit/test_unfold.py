"""The shipped model as a network to train further."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from inkdigit.session import BUNDLED_MODEL, OnnxSession
from inkdigit_train.errors import CheckpointError
from inkdigit_train.fit.checkpoint import load_averaged
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.fabric import make_fabric
from inkdigit_train.fit.models import CALIBRATION, Calibration, build_model
from inkdigit_train.fit.train import CHECKPOINT, train
from inkdigit_train.fit.unfold import unfold

SHIPPED = TrainConfig()


def test_the_shipped_model_unfolded_and_calibrated_answers_as_before(small_data):
    images, net = small_data.train[0].images[:, :1], build_model(SHIPPED)
    unfold(BUNDLED_MODEL, net, images)
    said = OnnxSession(BUNDLED_MODEL).metadata
    calibration = Calibration(*(float(said[key]) for key in CALIBRATION))
    rasters = images[:40].float() / 255
    with torch.no_grad():
        logits, embedding = net(rasters)
    expected = OnnxSession(BUNDLED_MODEL).run(rasters.numpy())
    np.testing.assert_allclose(calibration.apply(logits).numpy(), expected[0], atol=2e-3)
    np.testing.assert_allclose(embedding.numpy(), expected[1], atol=2e-3)


def test_training_goes_on_from_the_shipped_model(small_data, tmp_path):
    still = replace(SHIPPED, epochs=1, batch_size=32, lr=1e-12, weight_decay=0.0)
    train(still, small_data, tmp_path, make_fabric("cpu", "fp32"), start=BUNDLED_MODEL, show=False)
    net = build_model(SHIPPED)
    unfold(BUNDLED_MODEL, net, small_data.train[0].images[:, :1])
    trained, _ = load_averaged(tmp_path / CHECKPOINT)
    assert torch.allclose(trained.digits.weight, net.digits.weight, atol=1e-6)


def test_a_network_of_another_size_and_a_file_that_is_none_are_refused(small_data, tmp_path):
    images = small_data.train[0].images[:, :1]
    with pytest.raises(CheckpointError, match="no network of the config's size"):
        unfold(BUNDLED_MODEL, build_model(replace(SHIPPED, top=16)), images)
    broken = tmp_path / "broken.onnx"
    for content in (b"not a model at all", b""):
        broken.write_bytes(content)
        with pytest.raises(CheckpointError, match=r"broken\.onnx"):
            unfold(broken, build_model(SHIPPED), images)
    with pytest.raises(CheckpointError, match=r"nowhere\.onnx"):
        unfold(tmp_path / "nowhere.onnx", build_model(SHIPPED), images)
