"""Whatever comes in, nothing but an InkDigitError comes out."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from inkdigit import Ink, InkDigitError, OnnxSession, Recognizer
from inkdigit.images import decode_image, to_ink_map

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")


def encoded(form: str) -> bytes:
    picture = np.full((40, 30, 3), 230, np.uint8)
    picture[5:35, 12:16] = 20
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, form)
    return stream.getvalue()


FILES = {form: encoded(form) for form in FORMATS}


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer()


def decode_or_refuse(content: bytes) -> None:
    try:
        ink_map = to_ink_map(decode_image(content))
    except InkDigitError:
        return
    assert ink_map.ndim == 2
    assert 0 <= ink_map.min() <= ink_map.max() <= 1


@pytest.mark.parametrize("form", FORMATS)
def test_whole_files_are_read(form):
    assert to_ink_map(decode_image(FILES[form])).max() > 0.5


@given(content=st.binary(max_size=300))
def test_random_bytes_are_refused(content):
    decode_or_refuse(content)


@given(form=st.sampled_from(FORMATS), share=st.floats(0, 1))
def test_truncated_files_are_read_or_refused(form, share):
    decode_or_refuse(FILES[form][: int(share * len(FILES[form]))])


@settings(max_examples=200)
@given(form=st.sampled_from(FORMATS), flips=st.lists(st.integers(0, 2**20), min_size=1, max_size=8))
def test_files_with_flipped_bits_are_read_or_refused(form, flips):
    content = bytearray(FILES[form])
    for flip in flips:
        content[(flip >> 3) % len(content)] ^= 1 << (flip & 7)
    decode_or_refuse(bytes(content))


@given(
    array=hnp.arrays(
        st.sampled_from([np.uint8, np.uint16, np.bool_, np.float32, np.float64, np.int32]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=12),
    )
)
def test_arrays_are_read_or_refused(recognizer, array):
    try:
        prediction = recognizer.predict_digit(array)
    except InkDigitError:
        return
    assert prediction.digit is None or 0 <= prediction.digit <= 9
    assert 0 <= prediction.confidence <= 1


points = st.lists(
    st.tuples(st.floats(-1e6, 1e6, width=32), st.floats(-1e6, 1e6, width=32)),
    min_size=1,
    max_size=20,
)


@given(strokes=st.lists(points, max_size=5))
def test_any_finite_strokes_get_an_answer(recognizer, strokes):
    prediction = recognizer.predict_digit(Ink(strokes))
    assert abs(float(prediction.probabilities.sum()) - 1) < 1e-4
    assert 0 <= prediction.confidence <= 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(value=json_values)
def test_any_json_is_ink_or_refused(value):
    for make in (Ink.from_dict, Ink):
        try:
            make(value)
        except InkDigitError:
            continue


@settings(max_examples=30)
@given(flips=st.lists(st.integers(0, 2**24), min_size=1, max_size=4))
def test_model_with_flipped_bits_is_loaded_or_refused(tiny_model, tmp_path_factory, flips):
    content = bytearray(Path(tiny_model).read_bytes())
    for flip in flips:
        content[(flip >> 3) % len(content)] ^= 1 << (flip & 7)
    path = tmp_path_factory.mktemp("flipped") / "model.onnx"
    path.write_bytes(bytes(content))
    try:
        OnnxSession(path).run(np.zeros((1, 1, 28, 28), np.float32))
    except InkDigitError:
        return
