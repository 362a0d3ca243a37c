"""Whatever comes in, nothing but an InkDigitError comes out."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from paths import SAMPLES
from PIL import Image

from inkdigit import Ink, InkDigitError, OnnxSession, Reading, Recognizer, open_document
from inkdigit.images import decode_image, to_ink_map
from inkdigit.numpy_session import NumpySession
from inkdigit.session import BUNDLED_MODEL

FLIPS = st.lists(st.integers(0, 2**20), min_size=1, max_size=8)
AVIF = ("AVIF",) if ".avif" in Image.registered_extensions() else ()  # Pillow 11.3 or newer
FORMATS = ("PNG", "JPEG", "WEBP", *AVIF, "BMP", "TIFF", "GIF", "PPM")


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
    """The sample seven in the ways that files of a format differ inside."""
    seven = Image.open(SAMPLES / "seven.png").convert("L").resize((90, 90))
    colour = seven.convert("RGB")
    one_bit = seven.convert("1", dither=Image.Dither.NONE)
    deep = Image.fromarray(np.asarray(seven).astype(np.uint16) * 257)
    clear = Image.merge("LA", (seven, seven.point(lambda level: 255 - level)))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 1, "a seven"
    levels = np.asarray(seven)
    text = " ".join(map(str, levels.ravel()))
    avif = {
        f"AVIF, {kind}": saved(picture, "AVIF", **options)
        for kind, picture, options in (
            ("transparent", clear.convert("RGBA"), {"exif": exif}),
            ("animated", seven, {"save_all": True, "append_images": [seven.rotate(9)]}),
        )
        if AVIF
    }
    return {
        **avif,
        "PNM, text": f"P2 90 90 255 {text}\n".encode(),
        "PNM, one bit": saved(one_bit, "PPM"),
        "PNM, 7 bits": b"P5 90 90 127 " + (levels // 2).tobytes(),
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
        st.sampled_from(
            [np.uint8, np.uint16, np.bool_, np.float32, np.float64, np.int32, np.int64]
        ),
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


@given(
    array=hnp.arrays(
        st.sampled_from([np.int8, np.int64, np.uint32, np.float16, np.float64]),
        st.tuples(st.integers(1, 5), st.integers(1, 5)),
        elements=st.integers(0, 100),
    )
)
def test_arrays_of_levels_are_read(array):
    assert to_ink_map(array).shape == array.shape


PAGES = saved(
    Image.new("L", (9, 9), 200), "TIFF", save_all=True, append_images=[Image.new("1", (7, 8))] * 2
)


@given(share=st.floats(0, 1), flips=FLIPS)
def test_damaged_documents_are_opened_or_refused(share, flips):
    for damaged in (PAGES[: int(share * len(PAGES))], flipped(PAGES, flips)):
        with contextlib.suppress(InkDigitError):
            assert all(min(page.size) > 0 for page in open_document(io.BytesIO(damaged)))


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


json_leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
json_values = st.recursive(
    json_leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(value=json_values)
def test_any_json_is_ink_or_refused(value):
    for make in (Ink.from_dict, Ink, Ink.from_quickdraw):
        with contextlib.suppress(InkDigitError):
            make(value)


coordinates = st.lists(json_leaves, max_size=4)
records = st.fixed_dictionaries(
    {"x": json_leaves, "y": json_leaves},
    optional={"time": json_leaves, "points": st.lists(json_leaves, max_size=2)},
)


@given(
    strokes=st.lists(st.lists(records, max_size=4) | records | st.lists(coordinates, max_size=3)),
)
def test_strokes_of_other_programs_are_ink_or_refused(strokes):
    for make in (Ink, Ink.from_quickdraw):
        with contextlib.suppress(InkDigitError):
            make(strokes)


INKML = b"""<?xml version="1.0"?><ink xmlns="http://www.w3.org/2003/InkML"><definitions>
<context xml:id="c"><inkSource><traceFormat><channel name="T"/><channel name="Y"/><channel name="X"
orientation="-ve"/><intermittentChannels><channel name="S"/></intermittentChannels></traceFormat>
</inkSource></context></definitions><trace xml:id="a">1125 18432,'23'43,"7"-8,* 3 !-5,#1F 7</trace>
<traceGroup contextRef="#c"><trace continuation="end" priorRef="#a">5 1 2 T,6 '1 2</trace>
</traceGroup></ink>"""
SVG = b"""<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><g transform="scale(2)
rotate(9 1 2)"><path d="M9 9h4v-4Hz m1e1 1C1 2 3 4 5 6s7-8 9.5.1q1 2 3 4t5 6A5 3 9 0 19 9z"/></g>
<polygon points="1,2 3 4 5-6"/><line x2="4px"/><polyline transform="skewX(3)" points="1 1 2 2"/>
</svg>"""
READERS = {INKML: Ink.from_inkml, SVG: Ink.from_svg}
PIECES = st.sampled_from(
    [
        *"01.,-MmLZzhVcsQtATF()!*?#'\"",
        "1e9",
        "1e999",
        "9999999999999",
        "-1e-300",
        "a0",
        "scale(",
        "matrix(",
        "translate(",
        "<trace>",
        "</trace>",
        "<g>",
        "</g>",
        "&amp;",
        "<path",
        "<!--",
    ]
)


def ink_or_refuse(recognizer: Recognizer, read: Callable[[bytes], Ink], content: bytes) -> None:
    with contextlib.suppress(InkDigitError):
        check(recognizer.read(read(content)))


@settings(max_examples=300)
@given(
    whole=st.sampled_from([INKML, SVG]),
    share=st.floats(0, 1),
    flips=st.lists(st.integers(0, 2**20), max_size=4),
    swaps=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES), max_size=6),
)
def test_damaged_ink_of_other_programs_is_read_or_refused(recognizer, whole, share, flips, swaps):
    swapped = whole
    for where, count, piece in swaps:
        start = int(where * len(swapped))
        swapped = swapped[:start] + piece.encode() + swapped[start + count :]
    for content in (whole[: int(share * len(whole))], flipped(whole, flips), swapped):
        ink_or_refuse(recognizer, READERS[whole], content)


@settings(max_examples=300)
@given(pieces=st.lists(PIECES, max_size=30), first=st.sampled_from(["M0 0", "", "1 2,"]))
def test_any_numbers_and_letters_are_ink_or_refused(recognizer, pieces, first):
    text = escape(" ".join([first, *pieces]), {'"': "&quot;"})
    for content in (
        f'<path d="{text}"/>',
        f'<polyline points="{text}"/>',
        f'<g transform="{text}"/>',
    ):
        ink_or_refuse(recognizer, Ink.from_svg, f"<svg>{content}</svg>".encode())
    ink_or_refuse(recognizer, Ink.from_inkml, f"<ink><trace>{text}</trace></ink>".encode())


@given(content=st.binary(max_size=200))
def test_random_bytes_are_no_ink(content):
    for read in (Ink.from_inkml, Ink.from_svg):
        with pytest.raises(InkDigitError):
            read(content)


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
    for engine in (OnnxSession, NumpySession):
        with contextlib.suppress(InkDigitError):
            engine(path).run(np.zeros((1, 1, 28, 28), np.float32))


NODES_BITS = 8 * 6_000  # the file begins with the nodes; the weights come after them


@pytest.mark.skipif(not BUNDLED_MODEL.is_file(), reason="no bundled model: `make train`")
@given(flips=st.lists(st.integers(0, NODES_BITS), min_size=1, max_size=3))
def test_numpy_computes_or_refuses_a_model_with_damaged_nodes(tmp_path_factory, flips):
    path = tmp_path_factory.mktemp("nodes") / "model.onnx"
    path.write_bytes(flipped(BUNDLED_MODEL.read_bytes(), flips))
    with contextlib.suppress(InkDigitError):
        NumpySession(path).run(np.zeros((1, 1, 28, 28), np.float32))


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
