"""The front door: every kind of source, blank input, rejection, wrong input, and real digits."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest
from paths import HANDMADE, SAMPLES
from PIL import Image, ImageOps

from inkdigit import Ink, Recognizer, rasterize
from inkdigit.errors import (
    ImageTooLargeError,
    InferenceError,
    InkTooLargeError,
    InputError,
    InputNotFoundError,
    InputTypeError,
    ModelFormatError,
)

RECORDS = [json.loads(line) for line in HANDMADE.read_text(encoding="utf-8").splitlines()]
EXIF_ORIENTATION = 0x0112


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer()


def picture(record: dict, size: int = 280, pen: float = 2.4) -> np.ndarray:
    """Black ink on white paper, (size, size) uint8."""
    return np.rint(255 - 255 * rasterize(Ink.from_dict(record), size, pen)).astype(np.uint8)


def share_right(recognizer: Recognizer, make) -> float:
    return float(
        np.mean([recognizer.predict_digit(make(r)).digit == int(r["label"]) for r in RECORDS])
    )


def test_reads_handmade_ink(recognizer):
    assert share_right(recognizer, Ink.from_dict) >= 0.95


LOOKS = {
    "black on white": picture,
    "white on black": lambda r: 255 - picture(r),
    "as an image": lambda r: Image.fromarray(picture(r)),
    "float": lambda r: picture(r) / 255.0,
    "with a channel axis": lambda r: picture(r)[:, :, None],
    "thin lines": lambda r: picture(r, 400, 0.12),
    "thick lines": lambda r: picture(r, 280, 4.5),
    "small": lambda r: picture(r, 32),
    "large": lambda r: picture(r, 300).repeat(5, 0).repeat(5, 1),
    "blue on yellow": lambda r: np.where(
        picture(r)[:, :, None] < 128, np.uint8([20, 30, 160]), np.uint8([250, 240, 120])
    ),
    "faint": lambda r: (200 + picture(r) // 8).astype(np.uint8),
    "in a corner": lambda r: np.pad(picture(r, 120), ((300, 4), (4, 500)), constant_values=255),
    "on nothing": lambda r: np.dstack([np.zeros((280, 280, 3), np.uint8), 255 - picture(r)]),
    "white on nothing": lambda r: np.dstack(
        [np.full((280, 280, 3), 255, np.uint8), 255 - picture(r)]
    ),
}


@pytest.mark.parametrize("look", LOOKS)
def test_reads_handmade_pictures(recognizer, look):
    assert share_right(recognizer, LOOKS[look]) >= 0.9


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tiff", "gif"])
def test_reads_files_of_each_format(recognizer, tmp_path, suffix):
    path = tmp_path / f"seven.{suffix}"
    seven = next(r for r in RECORDS if r["label"] == "7")
    Image.fromarray(picture(seven)).save(path)
    assert recognizer.predict_digit(path).digit == 7
    assert recognizer.predict_digit(str(path)).digit == 7


def test_turns_a_photo_as_its_exif_says(recognizer, tmp_path):
    path = tmp_path / "turned.jpg"
    seven = next(r for r in RECORDS if r["label"] == "7")
    lying = Image.fromarray(picture(seven)).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    lying.save(path, exif=exif)
    assert ImageOps.exif_transpose(Image.open(path)).size == (280, 280)
    assert recognizer.predict_digit(path).digit == 7


@pytest.mark.parametrize(
    "blank",
    [
        Ink(),
        np.full((50, 60), 255, np.uint8),
        np.zeros((50, 60), np.uint8),
        np.zeros((40, 40, 4), np.uint8),
        Image.new("RGB", (30, 30), "white"),
    ],
    ids=["ink", "white", "black", "transparent", "image"],
)
def test_blank_input_has_no_digit(recognizer, blank):
    prediction = recognizer.predict_digit(blank)
    assert prediction.digit is None
    assert prediction.not_digit == 1
    assert prediction.probabilities.sum() == pytest.approx(1)


def test_scribble_is_no_digit(recognizer):
    t = np.linspace(0, 1, 120)
    zigzag = np.stack([np.abs(((t * 12) % 2) - 1) * 80, t * 90], 1)
    prediction = recognizer.predict_digit(Ink([zigzag, zigzag[:, ::-1]]))
    assert prediction.digit is None
    assert prediction.not_digit > 0.9


def test_prediction_adds_up(recognizer):
    prediction = recognizer.predict_digit(Ink.from_dict(RECORDS[0]))
    assert prediction.probabilities.shape == (10,)
    assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)
    best = float(prediction.probabilities.max())
    assert prediction.confidence == pytest.approx(best * (1 - prediction.not_digit), abs=1e-5)
    with pytest.raises(ValueError, match="read-only"):
        prediction.probabilities[0] = 1


def test_result_is_json_ready(recognizer):
    record = json.loads(json.dumps(recognizer.predict_digit(Ink.from_dict(RECORDS[0])).to_dict()))
    assert set(record) == {"digit", "confidence", "probabilities", "not_digit"}


def test_threshold_of_the_model_decides_what_is_refused(model_maker, tmp_path):
    bias = [0.0] * 10 + [3.0]
    ink = Ink([[[0, 0]]])  # a dot: hardly any ink, so the bias decides
    answers = {}
    for threshold in ("0.2", "0.999"):
        path = tmp_path / f"{threshold}.onnx"
        model_maker(path, {"rejection_threshold": threshold}, bias=bias)
        answers[threshold] = Recognizer(model=path).predict_digit(ink).digit
    assert answers["0.2"] is None
    assert answers["0.999"] is not None


@pytest.mark.parametrize("threshold", ["high", "", "nan", "1.5", "-0.1"])
def test_threshold_that_is_no_probability_is_refused(model_maker, tmp_path, threshold):
    path = model_maker(tmp_path / "m.onnx", {"rejection_threshold": threshold})
    with pytest.raises(ModelFormatError, match=f"'{threshold}'"):
        Recognizer(model=path)


@pytest.mark.parametrize("logit", [np.nan, np.inf])
def test_answers_that_are_no_numbers_are_an_inference_error(model_maker, tmp_path, logit):
    path = model_maker(tmp_path / "m.onnx", bias=[0.0] * 10 + [logit])
    damaged = Recognizer(model=path)
    ink = Ink([[(0, 0), (5, 90)]])
    for read in (damaged.predict_digit, damaged.read, damaged.reader().read):
        with pytest.raises(InferenceError, match="damaged"):
            read(ink)
    with pytest.raises(InferenceError, match="damaged"):
        damaged.classify(np.zeros((2, 28, 28), np.float32))


def test_classify_gives_eleven_probabilities_and_an_embedding(tiny_model):
    batch = np.random.default_rng(0).uniform(0, 1, (5, 28, 28)).astype(np.float32)
    probabilities, embedding = Recognizer(model=tiny_model).classify(batch)
    assert probabilities.shape == (5, 11)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert embedding.shape == (5, 64)


def test_classify_of_no_raster_is_empty(tiny_model):
    probabilities, embedding = Recognizer(model=tiny_model).classify(
        np.empty((0, 28, 28), np.float32)
    )
    assert (probabilities.shape, embedding.shape) == ((0, 11), (0, 64))


@pytest.mark.parametrize(
    "batch",
    [
        np.zeros((28, 28), np.float32),
        np.zeros((1, 28, 28), np.float64),
        np.zeros((1, 28, 28), np.uint8),
        np.zeros((1, 1, 28, 28), np.float32),
        np.full((1, 28, 28), 255, np.float32),
        np.full((1, 28, 28), -1, np.float32),
        np.full((1, 28, 28), np.nan, np.float32),
        [[0.0]],
        None,
    ],
)
def test_classify_refuses_other_batches(tiny_model, batch):
    with pytest.raises(InputError, match="expected"):
        Recognizer(model=tiny_model).classify(batch)


@pytest.mark.parametrize("source", [None, 7, [[1, 2]], object()])
def test_other_types_are_refused(tiny_model, source):
    with pytest.raises(InputTypeError, match="expected"):
        Recognizer(model=tiny_model).predict_digit(source)


def test_bytes_and_file_objects_are_read_as_the_path_is(tiny_model):
    recognizer, path = Recognizer(model=tiny_model), SAMPLES / "seven.png"
    wanted = recognizer.read(path).to_dict(), recognizer.predict_digit(path).to_dict()
    with path.open("rb") as stream:
        for source in (path.read_bytes(), stream):
            found = recognizer.read(source).to_dict(), recognizer.predict_digit(source).to_dict()
            assert found == wanted


def test_missing_picture_is_a_file_not_found_error(tiny_model, tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        Recognizer(model=tiny_model).predict_digit(tmp_path / "gone.png")
    assert isinstance(caught.value, InputNotFoundError)


def test_model_and_session_together_are_refused(tiny_model):
    session = Recognizer(model=tiny_model)._session
    with pytest.raises(InputTypeError, match="both"):
        Recognizer(tiny_model, session=session)
    assert Recognizer(session=session).predict_digit(Ink()).digit is None


def test_eight_threads_get_the_answers_of_one(recognizer):
    inks = [Ink.from_dict(r) for r in RECORDS[:16]]
    alone = [recognizer.predict_digit(ink).confidence for ink in inks]
    together: list[list[float]] = []

    def read() -> None:
        together.append([recognizer.predict_digit(ink).confidence for ink in inks])

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [alone] * 8


@pytest.mark.parametrize("call", ["read", "predict_digit", "locate"])
def test_limits_of_the_caller_are_kept(session, call):
    recognizer = Recognizer(session=session, max_pixels=99, max_points=3)
    arguments = (7,) if call == "locate" else ()
    with pytest.raises(ImageTooLargeError, match="at most 99"):
        getattr(recognizer, call)(np.zeros((10, 10), np.uint8), *arguments)
    with pytest.raises(InkTooLargeError, match="at most 3"):
        getattr(recognizer, call)(Ink([[(1, 1)] * 4]), *arguments)


@pytest.mark.parametrize(("value", "error"), [(0, InputError), (1.5, InputTypeError)])
def test_limits_that_make_no_sense_are_refused(session, value, error):
    for name in ("max_pixels", "max_points"):
        with pytest.raises(error, match=name):
            Recognizer(session=session, **{name: value})
