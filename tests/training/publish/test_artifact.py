"""The shipped artifact: complete, copied into the runtime, as accurate as it claims."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from paths import DATA, ROOT

from inkdigit import Recognizer
from inkdigit._decode.printed import print_odds
from inkdigit.session import BUNDLED_INK_MODEL, BUNDLED_MODEL
from inkdigit_train.data.mnist import load_mnist
from inkdigit_train.data.records import read_records
from inkdigit_train.files import sha256

ARTIFACT = ROOT / "artifacts" / "standard_v2"
SAMPLE = 1000  # of each data set, so 1 % is ten of them

# Well below the model card's figures, so that chance in the sample does not fail the test.
LEAST_ON_MNIST = 0.985
LEAST_ON_INK = 0.975
LEAST_NOT_PRINT = 0.9


@pytest.fixture(scope="module")
def data() -> Path:
    if not DATA.is_dir():
        pytest.skip(f"no data folder at {DATA}; set INKDIGIT_DATA")
    return DATA


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer()


def test_the_runtime_has_the_artifact():
    for name in ("model.onnx", "config.json"):
        assert sha256(BUNDLED_MODEL.with_name(name)) == sha256(ARTIFACT / name)


def test_config_has_the_models_fingerprint_and_threshold():
    config = json.loads((ARTIFACT / "config.json").read_text())
    metadata = {p.key: p.value for p in onnx.load(ARTIFACT / "model.onnx").metadata_props}
    assert config["sha256"] == sha256(ARTIFACT / "model.onnx")
    assert float(metadata["rejection_threshold"]) == config["rejection_threshold"]
    assert config["parameters"] <= 100_000


def test_metrics_are_of_this_model_and_the_card_says_of_how_many_seeds():
    metrics = json.loads((ARTIFACT / "metrics.json").read_text())
    models = metrics["evaluation"]["models"]
    assert models[0] == sha256(ARTIFACT / "model.onnx")
    assert len(set(models)) == len(metrics["seeds"])
    card = (ARTIFACT / "MODEL_CARD.md").read_text()
    count = {1: "one seed", 2: "two seeds", 3: "three seeds"}[len(models)]
    assert f"Figures are over {count}." in card


def test_reads_mnist(data, recognizer):
    images, labels = load_mnist(data, train=False)
    batch = images[:SAMPLE].numpy().astype(np.float32) / 255
    probabilities, embedding = recognizer.classify(batch)
    assert (probabilities.argmax(1) == labels[:SAMPLE].numpy()).mean() >= LEAST_ON_MNIST
    assert embedding.shape == (SAMPLE, 64)


def test_reads_the_ink_of_unseen_writers(data, recognizer):
    path = data / "ink" / "unipen-digits-dev.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no {path.name} in the data folder")
    records = read_records(path)[:SAMPLE]
    right = sum(str(recognizer.predict_digit(r.ink).digit) == r.label for r in records)
    assert right / len(records) >= LEAST_ON_INK


def test_reads_mnist_as_pictures_white_on_black_and_black_on_white(data, recognizer):
    images, labels = load_mnist(data, train=False)
    for turn in (lambda x: x, lambda x: 255 - x):
        answers = [recognizer.predict_digit(turn(x)).digit for x in images[:200].numpy()]
        assert (
            np.mean([a == b for a, b in zip(answers, labels[:200].tolist(), strict=True)]) >= 0.96
        )


def test_handwritten_digits_do_not_look_like_print(data, recognizer):
    images, _ = load_mnist(data, train=False)
    batch = images[:SAMPLE].numpy().astype(np.float32) / 255
    odds = print_odds(batch, recognizer.classify(batch)[1])
    assert (odds < 0).mean() >= LEAST_NOT_PRINT


def test_the_runtime_has_the_ink_network():
    for name in ("ink.onnx", "ink.json"):
        assert sha256(BUNDLED_INK_MODEL.with_name(name)) == sha256(ARTIFACT / name)
