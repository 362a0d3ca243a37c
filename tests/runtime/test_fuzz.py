"""Whatever comes in, nothing but an InkDigitError comes out."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from paths import SAMPLES
from PIL import Image

from inkdigit import Ink, InkDigitError, OnnxSession, Reading, Recognizer
from inkdigit.images import decode_image, to_ink_map
from inkdigit.session import BUNDLED_MODEL

FLIPS = st.lists(st.integers(0, 2**20), min_size=1, max_size=8)
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")


def encoded(form: str) -> bytes:
    picture = np.full((40, 30, 3), 230, np.uint8)
    picture[5:35, 12:16] = 20
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, form)
    return stream.getvalue()


FILES = {form: encoded(form) for form in FORMATS}


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def variants() -> dict[str, bytes]:
    """The sample seven in the ways that files of the six formats differ inside."""
    seven = Image.open(SAMPLES / "seven.png").convert("L").resize((90, 90))
    colour = seven.convert("RGB")
    one_bit = seven.convert("1", dither=Image.Dither.NONE)
    deep = Image.fromarray(np.asarray(seven).astype(np.uint16) * 257)
    clear = Image.merge("LA", (seven, seven.point(lambda level: 255 - level)))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 1, "a seven"
    return {
        "PNG, one bit": saved(one_bit, "PNG"),
        "PNG, palette": saved(colour.quantize(16), "PNG", transparency=255),
        "PNG, 16 bits": saved(deep, "PNG"),
        "PNG, transparent": saved(clear, "PNG"),
        "JPEG, progressive": saved(colour, "JPEG", progressive=True, exif=exif),
        "JPEG, inks of print": saved(colour.convert("CMYK"), "JPEG"),
        "WebP, lossless": saved(colour, "WEBP", lossless=True),
        "WebP, transparent": saved(clear.convert("RGBA"), "WEBP", exif=exif),
        "BMP, one bit": saved(one_bit, "BMP"),
        "BMP, palette": saved(colour.quantize(16), "BMP"),
        "TIFF, LZW": saved(colour, "TIFF", compression="tiff_lzw", exif=exif),
        "TIFF, deflate": saved(deep, "TIFF", compression="tiff_deflate"),
        "TIFF, JPEG": saved(colour, "TIFF", compression="jpeg"),
        "TIFF, fax": saved(one_bit, "TIFF", compression="group4"),
        "GIF, animated": saved(seven, "GIF", save_all=True, append_images=[seven.rotate(9)] * 2),
    }


VARIANTS = variants()


def check(reading: Reading) -> None:
    """A reading must hold together whatever was read."""
    assert 0 <= reading.confidence <= 1 + 1e-6
    assert len(reading.text.replace("\n", "")) == len(reading.digits)
    assert all(0 <= digit.confidence <= 1 + 1e-6 for digit in reading.digits)
    assert all(np.isfinite(digit.box).all() for digit in reading.digits)
    json.dumps(reading.to_dict(), allow_nan=False)


def flipped(content: bytes, flips: list[int]) -> bytes:
    damaged = bytearray(content)
    for flip in flips:
        damaged[(flip >> 3) % len(damaged)] ^= 1 << (flip & 7)
    return bytes(damaged)


def read_or_refuse(recognizer: Recognizer, content: bytes) -> None:
    try:
        reading = recognizer.read(decode_image(content))
    except InkDigitError:
        return
    check(reading)


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
@given(form=st.sampled_from(FORMATS), flips=FLIPS)
def test_files_with_flipped_bits_are_read_or_refused(form, flips):
    decode_or_refuse(flipped(FILES[form], flips))


@pytest.mark.parametrize("kind", VARIANTS)
def test_every_variant_of_a_format_is_read(recognizer, kind):
    assert recognizer.read(decode_image(VARIANTS[kind])).text == "7"


@given(kind=st.sampled_from(sorted(VARIANTS)), share=st.floats(0, 1))
def test_truncated_variants_are_read_or_refused(recognizer, kind, share):
    content = VARIANTS[kind]
    read_or_refuse(recognizer, content[: int(share * len(content))])


@settings(max_examples=150)
@given(kind=st.sampled_from(sorted(VARIANTS)), flips=FLIPS)
def test_variants_with_flipped_bits_are_read_or_refused(recognizer, kind, flips):
    read_or_refuse(recognizer, flipped(VARIANTS[kind], flips))


@settings(max_examples=40)
@given(
    picture=hnp.arrays(
        np.uint8,
        st.tuples(st.integers(1, 60), st.integers(1, 60)),
        elements=st.sampled_from([0, 1, 128, 254, 255]),
    )
)
def test_any_picture_gets_a_reading(recognizer, picture):
    check(recognizer.read(picture))


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


LARGE = st.floats(-1e7, 1e7, width=32)


@settings(max_examples=40)
@given(
    strokes=st.lists(st.lists(st.tuples(LARGE, LARGE), min_size=1, max_size=6), max_size=4),
    length=st.none() | st.integers(1, 5),
)
def test_ink_of_any_size_gets_a_reading(recognizer, strokes, length):
    check(recognizer.read(Ink(strokes), length=length))


INK_FILE = (SAMPLES / "four.json").read_bytes()


@given(share=st.floats(0, 1), flips=st.lists(st.integers(0, 2**20), max_size=8))
def test_damaged_ink_files_are_read_or_refused(recognizer, share, flips):
    content = INK_FILE[: max(1, int(share * len(INK_FILE)))]
    for damaged in (content, flipped(INK_FILE, flips)):
        try:
            ink = Ink.from_json(damaged)
        except InkDigitError:
            continue
        check(recognizer.read(ink))


@settings(max_examples=30)
@given(flips=st.lists(st.integers(0, 2**24), min_size=1, max_size=4))
def test_model_with_flipped_bits_is_loaded_or_refused(tiny_model, tmp_path_factory, flips):
    path = tmp_path_factory.mktemp("flipped") / "model.onnx"
    path.write_bytes(flipped(Path(tiny_model).read_bytes(), flips))
    try:
        OnnxSession(path).run(np.zeros((1, 1, 28, 28), np.float32))
    except InkDigitError:
        return


@pytest.mark.skipif(not BUNDLED_MODEL.is_file(), reason="no bundled model: `make train`")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # capfd's output adds up
@given(flips=st.lists(st.integers(0, 2**24), min_size=1, max_size=4), share=st.floats(0, 3))
def test_the_bundled_model_damaged_answers_in_bounds_or_is_refused(
    tmp_path_factory, capfd, flips, share
):
    content = BUNDLED_MODEL.read_bytes()
    path = tmp_path_factory.mktemp("damaged") / "model.onnx"
    path.write_bytes(flipped(content[: max(1, int(share * len(content)))], flips))
    try:
        damaged = Recognizer(model=path)
        prediction = damaged.predict_digit(Ink([[(60, 20), (52, 60), (45, 110), (41, 160)]]))
        assert 0 <= prediction.confidence <= 1 + 1e-6
        check(damaged.read(Ink.from_json(INK_FILE)))
    except InkDigitError:
        pass
    assert capfd.readouterr() == ("", "")
