"""The engines: what they compute, what they tell, and which files they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit import OnnxSession, Recognizer, Writer, errors
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


def rasters(count, dtype=np.float32):
    return lambda batch: (np.zeros((count(batch), 11), dtype), np.zeros((len(batch), 64), dtype))


WRONG_ANSWERS = {
    "None": lambda batch: None,
    "one array": lambda batch: np.zeros((len(batch), 11), np.float32),
    "ten classes": lambda batch: (
        np.zeros((len(batch), 10), np.float32),
        np.zeros((len(batch), 64), np.float32),
    ),
    "lists": lambda batch: ([[0.0] * 11] * len(batch), [[0.0] * 64] * len(batch)),
    "whole numbers": rasters(len, np.int64),
    "texts": rasters(len, np.str_),
    "objects": rasters(len, np.object_),
    "fewer": rasters(lambda batch: len(batch) - 1),
    "no embedding": lambda batch: (np.zeros((len(batch), 11), np.float32), None),
    "short embedding": lambda batch: (
        np.zeros((len(batch), 11), np.float32),
        np.zeros((len(batch), 3), np.float32),
    ),
}


class Answering:
    def __init__(self, run):
        self.metadata = {}
        self.run = run


@pytest.mark.parametrize("kind", WRONG_ANSWERS)
def test_an_engine_that_answers_otherwise_is_an_inference_error(kind, write_text):
    recognizer = Recognizer(session=Answering(WRONG_ANSWERS[kind]))
    for ask in (
        lambda: recognizer.predict_digit(write_text("7")),
        lambda: recognizer.read(write_text("7")),
        lambda: recognizer.reader().read(write_text("7")),
        lambda: recognizer.classify(np.zeros((2, 28, 28), np.float32)),
        lambda: Writer().learn(recognizer, write_text("7"), 7),
    ):
        with pytest.raises(errors.InferenceError, match="expected two arrays"):
            ask()


def test_float64_answers_are_taken(write_text):
    recognizer = Recognizer(session=Answering(rasters(len, np.float64)))
    assert recognizer.read(write_text("7")).text != ""


@pytest.mark.parametrize(
    "arguments",
    [
        {"model": 5},
        {"session": 5},
        {"ink_session": 5},
        {"threads": "x"},
        {"threads": 1.5},
        {"threads": True},
    ],
)
def test_arguments_of_other_types_are_refused(arguments):
    with pytest.raises(errors.InputTypeError, match="expected"):
        Recognizer(**arguments)


@pytest.mark.parametrize("threads", [0, -3, 10**9])
def test_thread_counts_that_make_no_sense_are_refused(threads):
    with pytest.raises(errors.InputError, match="1 to 1024"):
        Recognizer(threads=threads)


@pytest.mark.parametrize(
    "answer",
    [
        lambda pixels: np.full(pixels.shape, np.nan, np.float32),
        lambda pixels: pixels[..., :-1],
        lambda pixels: pixels.astype(np.uint8),
        lambda _: None,
    ],
)
def test_an_ink_session_that_breaks_the_contract_is_an_inference_error(answer):
    class Odd:
        def run(self, pixels):
            return answer(pixels)

    picture = np.random.default_rng(0).integers(0, 255, (60, 60), np.uint8)
    for read in (Recognizer(ink_session=Odd()).read, Recognizer(ink_session=Odd()).predict_digit):
        with pytest.raises(InferenceError, match="the ink session answered"):
            read(picture)
