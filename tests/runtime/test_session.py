"""The engine: what it computes, what it tells, and which files it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit import OnnxSession
from inkdigit.errors import InferenceError, ModelError, ModelFormatError, ModelNotFoundError


def test_batch_gives_logits_and_embeddings(tiny_model):
    logits, embedding = OnnxSession(tiny_model).run(np.ones((3, 1, 28, 28), np.float32))
    assert (logits.shape, embedding.shape) == ((3, 11), (3, 64))
    assert logits.dtype == embedding.dtype == np.float32


def test_metadata_is_the_files(tiny_model):
    assert OnnxSession(tiny_model).metadata["rejection_threshold"] == "0.9"


def test_missing_file_is_a_file_not_found_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.onnx") as caught:
        OnnxSession(tmp_path / "gone.onnx")
    assert isinstance(caught.value, ModelNotFoundError)


@pytest.mark.parametrize("content", [b"", b"not a model", bytes(range(256)) * 40])
def test_file_that_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.onnx"):
        OnnxSession(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_model_is_refused(tiny_model, tmp_path, share):
    content = tiny_model.read_bytes()
    path = tmp_path / "cut.onnx"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelFormatError, match=r"cut\.onnx"):
        OnnxSession(path)


@pytest.mark.parametrize("change", [{"classes": 10}, {"input_name": "x"}])
def test_model_of_another_contract_is_refused(model_maker, tmp_path, change):
    path = model_maker(tmp_path / "other.onnx", **change)
    with pytest.raises(ModelFormatError, match="expected"):
        OnnxSession(path)


def test_engine_failure_is_an_inference_error(tiny_model):
    with pytest.raises(InferenceError, match=r"\(1, 1, 5, 5\)"):
        OnnxSession(tiny_model).run(np.ones((1, 1, 5, 5), np.float32))


def test_metadata_that_is_no_text_is_refused(tiny_model, tmp_path, capfd):
    content = tiny_model.read_bytes()
    assert content.count(b"0.9") == 1
    path = tmp_path / "scrambled.onnx"
    path.write_bytes(content.replace(b"0.9", b"\xff\xfe\xfd"))
    with pytest.raises(ModelFormatError, match=r"scrambled\.onnx"):
        OnnxSession(path)
    assert capfd.readouterr() == ("", "")
