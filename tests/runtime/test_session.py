"""The engines: what they compute, what they tell, and which files they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit import OnnxSession
from inkdigit.errors import InferenceError, ModelError, ModelFormatError, ModelNotFoundError
from inkdigit.numpy_session import NumpySession


@pytest.fixture(params=[OnnxSession, NumpySession])
def engine(request):
    return request.param


def test_batch_gives_logits_and_embeddings(engine, tiny_model):
    logits, embedding = engine(tiny_model).run(np.ones((3, 1, 28, 28), np.float32))
    assert (logits.shape, embedding.shape) == ((3, 11), (3, 64))
    assert logits.dtype == embedding.dtype == np.float32


def test_metadata_is_the_files(engine, tiny_model):
    assert engine(tiny_model).metadata["rejection_threshold"] == "0.9"


def test_missing_file_is_a_file_not_found_error(engine, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.onnx") as caught:
        engine(tmp_path / "gone.onnx")
    assert isinstance(caught.value, ModelNotFoundError)


@pytest.mark.parametrize("content", [b"", b"not a model", bytes(range(256)) * 40])
def test_file_that_is_no_model_is_refused(engine, tmp_path, content):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.onnx"):
        engine(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_model_is_refused(engine, tiny_model, tmp_path, share):
    content = tiny_model.read_bytes()
    path = tmp_path / "cut.onnx"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelFormatError, match=r"cut\.onnx"):
        engine(path)


@pytest.mark.parametrize("change", [{"classes": 10}, {"input_name": "x"}])
def test_model_of_another_contract_is_refused(engine, model_maker, tmp_path, change):
    path = model_maker(tmp_path / "other.onnx", **change)
    with pytest.raises(ModelFormatError, match="expected"):
        engine(path)


def test_engine_failure_is_an_inference_error(engine, tiny_model):
    with pytest.raises(InferenceError, match=r"\(1, 1, 5, 5\)"):
        engine(tiny_model).run(np.ones((1, 1, 5, 5), np.float32))


def test_batch_of_another_dtype_is_an_inference_error(engine, tiny_model):
    with pytest.raises(InferenceError, match="float"):
        engine(tiny_model).run(np.ones((1, 1, 28, 28)))


def test_metadata_that_is_no_text_is_refused(engine, tiny_model, tmp_path, capfd):
    content = tiny_model.read_bytes()
    assert content.count(b"0.9") == 1
    path = tmp_path / "scrambled.onnx"
    path.write_bytes(content.replace(b"0.9", b"\xff\xfe\xfd"))
    with pytest.raises(ModelFormatError, match=r"scrambled\.onnx"):
        engine(path)
    assert capfd.readouterr() == ("", "")
