"""A reading drawn on its picture: where the marks are, and that they can be told from it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from paths import ROOT
from PIL import Image, ImageDraw, ImageOps

from inkdigit import DigitReading, Ink, Reading, Recognizer
from inkdigit.annotate import BLUE, ORANGE, RED, annotate
from inkdigit.errors import ImageDecodeError, InputNotFoundError, InputReadError, InputTypeError

PHOTOS = Path(os.environ.get("INKDIGIT_DATA", ROOT.parent / "shared" / "data")) / "photos"
SEVEN = ROOT / "samples" / "seven.png"
NOTHING = Reading("", (), (("", 1.0),), 1.0)


def digit(box, value=7, confidence=0.95, line=0):
    return DigitReading(value, confidence, box, ((value or 0, confidence),), (), line)


def reading(*digits):
    text = "".join("?" if d.digit is None else str(d.digit) for d in digits)
    return Reading(text, digits, ((text, 0.9),), 0.9)


def marked(picture, colour):
    """(H, W) bool: where a picture has exactly a colour."""
    return (np.asarray(picture) == colour).all(axis=2)


def extent(mask):
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return columns[0], rows[0], columns[-1], rows[-1]


def test_box_runs_around_the_digit_and_leaves_its_ink_alone():
    page = Image.new("L", (400, 400), 200)
    ImageDraw.Draw(page).rectangle((150, 200, 209, 299), fill=10)
    picture = annotate(page, reading(digit((150, 200, 210, 300))))
    assert picture.size == (400, 400)
    assert (np.asarray(picture)[200:300, 150:210] == 10).all()
    left, _, right, bottom = extent(marked(picture, BLUE))
    assert 140 <= left < 150
    assert 210 <= right < 220
    assert 300 <= bottom < 310


def test_tag_with_the_digit_stands_over_the_box():
    picture = annotate(Image.new("L", (400, 400), 200), reading(digit((150, 200, 210, 300))))
    tag = np.asarray(picture)[:190]
    assert marked(picture, BLUE)[:190].sum() > 1000
    assert (tag == 255).all(axis=2).sum() > 200  # white print


def test_source_stays_as_it_was():
    page = Image.new("RGB", (400, 400), (200, 200, 200))
    before = page.tobytes()
    annotate(page, reading(digit((150, 200, 210, 300))))
    assert page.tobytes() == before


@pytest.mark.parametrize(
    ("value", "confidence", "colour"),
    [(4, 0.95, BLUE), (4, 0.94, ORANGE), (None, 0.99, RED)],
)
def test_colour_separates_sure_unsure_and_no_digit(value, confidence, colour):
    found = reading(digit((150, 200, 210, 300), value, confidence))
    picture = annotate(Image.new("L", (400, 400)), found)
    assert [marked(picture, c).any() for c in (BLUE, ORANGE, RED)] == [
        c == colour for c in (BLUE, ORANGE, RED)
    ]


def test_confidence_is_never_rounded_up_to_certainty():
    page, box = Image.new("L", (400, 400), 200), (150, 200, 210, 300)
    almost, less = (annotate(page, reading(digit(box, 7, c))) for c in (0.9999, 0.9901))
    assert almost.tobytes() == less.tobytes()


@pytest.mark.parametrize("height", [30, 100, 400])
def test_lines_and_tags_grow_with_the_digits(height):
    page = Image.new("L", (height * 3, height * 4), 255)
    box = (height, height * 2, height * 2, height * 3)
    picture = annotate(page, reading(digit(box)))
    factor = picture.width / page.width
    marks = marked(picture, BLUE)
    row = marks[int(height * 2.5 * factor)]  # through the middle of the digit
    assert row.sum() / 2 == pytest.approx(0.03 * height * factor, abs=1)
    assert marks[: int(height * 1.9 * factor)].any(1).sum() == pytest.approx(
        0.6 * height * factor, rel=0.25
    )


def test_small_picture_is_enlarged_until_its_tags_are_legible():
    picture = annotate(np.full((28, 28), 255, np.uint8), reading(digit((8, 4, 20, 24))))
    assert picture.width == 28 * 4
    assert picture.height > 28 * 4  # and a margin: the digit takes the whole height


def test_margin_has_the_colour_of_the_paper():
    picture = annotate(
        Image.new("RGB", (100, 100), (250, 240, 20)), reading(digit((30, 2, 70, 98)))
    )
    assert picture.height > 100
    assert picture.getpixel((0, 0)) == picture.getpixel((99, picture.height - 1)) == (250, 240, 20)


def test_tags_of_narrow_neighbours_do_not_cover_one_another():
    ones = [digit((100 + 22 * i, 200, 108 + 22 * i, 300), 1) for i in range(4)]
    alone = marked(annotate(Image.new("L", (400, 500), 200), reading(ones[0])), BLUE).sum()
    picture = annotate(Image.new("L", (400, 500), 200), reading(*ones))
    assert marked(picture, BLUE).sum() > 2.2 * alone  # they shrink where it is crowded
    assert marked(picture, BLUE)[312:].any()  # and some stand under their boxes


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_fit_the_upright_picture(tmp_path, orientation):
    upright = Image.new("RGB", (300, 240), (255, 255, 255))
    ImageDraw.Draw(upright).line([(60, 90), (100, 90), (75, 190)], fill=(0, 0, 0), width=8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = upright.copy()
    turned.getexif()[0x0112] = {6: 8, 8: 6}.get(orientation, orientation)  # the way back
    lying = ImageOps.exif_transpose(turned)
    path = tmp_path / "turned.png"
    lying.save(path, exif=exif)
    found = Recognizer().read(path)
    picture = annotate(path, found)
    assert picture.tobytes() == annotate(upright, found).tobytes()
    left, top, right, bottom = (round(edge) for edge in found.digits[0].box)
    assert (np.asarray(picture)[top:bottom, left:right] < 128).any()


@pytest.mark.parametrize("ink", [(255, 255, 255), (0, 0, 0)])
def test_ink_on_a_transparent_canvas_can_be_seen(ink):
    canvas = Image.new("RGBA", (200, 200), (*ink, 0))
    ImageDraw.Draw(canvas).line([(100, 40), (100, 160)], fill=(*ink, 255), width=9)
    picture = np.asarray(annotate(canvas, NOTHING)).astype(int)
    assert abs(picture[100, 100] - picture[100, 20]).min() > 150


@pytest.mark.parametrize(
    "levels",
    [
        np.linspace(0, 1, 100, dtype=np.float32),
        np.linspace(0, 65535, 100).astype(np.uint16),
        np.linspace(0, 255, 100).astype(np.uint8),
        np.arange(100) > 50,
    ],
)
def test_arrays_of_any_depth_span_black_to_white(levels):
    rows = np.tile(levels, (80, 1))
    picture = annotate(rows, NOTHING)
    assert picture.size == (100, 80)
    assert picture.getpixel((0, 0)) == (0, 0, 0)
    assert picture.getpixel((99, 0)) == (255, 255, 255)
    assert annotate(rows[:, :, None], NOTHING).tobytes() == picture.tobytes()


def test_sixteen_bit_picture_is_not_all_white():
    deep = Image.fromarray(np.linspace(0, 60000, 100 * 80).astype(np.uint16).reshape(80, 100))
    assert 100 < np.asarray(annotate(deep, NOTHING)).mean() < 150


@pytest.mark.parametrize("mode", ["1", "P", "LA", "CMYK"])
def test_every_mode_becomes_rgb(mode):
    picture = annotate(Image.new("RGB", (50, 40), (255, 255, 255)).convert(mode), NOTHING)
    assert (picture.mode, picture.size) == ("RGB", (50, 40))
    assert picture.getpixel((25, 20)) == (255, 255, 255)


@pytest.mark.parametrize("unit", [0.01, 1.0, 5000.0])
def test_ink_of_any_size_is_drawn_at_one_size_with_its_box(unit):
    stroke = np.array([(0, 0), (60, 0), (20, 100)], float) * unit - 300 * unit
    box = (*stroke.min(0).tolist(), *stroke.max(0).tolist())
    picture = annotate(Ink([stroke]), reading(digit(box)))
    assert 128 < picture.height < 512
    assert picture.getpixel((0, 0)) == (255, 255, 255)
    dark = np.asarray(picture).max(axis=2) < 60
    left, top, right, bottom = extent(dark)
    assert 120 < bottom - top < 150
    around = extent(marked(picture, BLUE))
    assert around[0] < left
    assert around[2] > right
    assert around[3] > bottom


def test_no_ink_is_an_empty_sheet():
    assert np.asarray(annotate(Ink(), NOTHING)).min() == 255


def test_single_dot_is_drawn():
    picture = annotate(Ink([[(5, 5)]]), reading(digit((5, 5, 5, 5), None)))
    assert marked(picture, RED).any()


def test_very_long_ink_stays_a_picture_of_bounded_size():
    ink = Ink([[(0, 0), (20, 40)], [(1e7, 0), (1e7, 40)]])
    picture = annotate(ink, reading(digit((0, 0, 20, 40)), digit((1e7, 0, 1e7, 40), 1)))
    assert max(picture.size) < 4000


def test_page_full_of_digits_is_marked_all_over():
    boxes = [(x, y, x + 8, y + 14) for y in range(20, 500, 25) for x in range(20, 500, 25)]
    found = reading(*[digit(box, line=box[1]) for box in boxes])
    picture = annotate(Image.new("L", (512, 512), 255), found)
    assert (marked(picture, BLUE).reshape(512, 5, -1).any((1, 2))).sum() > 300


def test_source_that_cannot_be_opened_is_a_typed_error(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"bad")
    for source, error in (
        (tmp_path / "gone.png", InputNotFoundError),
        (tmp_path, InputReadError),
        (tmp_path / "bad.png", ImageDecodeError),
        (7, InputTypeError),
    ):
        with pytest.raises(error):
            annotate(source, NOTHING)


@pytest.mark.skipif(
    not PHOTOS.is_dir(), reason="no photos: ../shared/data is absent and INKDIGIT_DATA not set"
)
def test_every_digit_of_a_page_gets_a_box():
    path = PHOTOS / "hypjudy_7.png"
    found = Recognizer().read(path)
    picture = annotate(path, found)
    factor = picture.width // 594  # the photo's width
    assert factor == 3
    marks = marked(picture, BLUE) | marked(picture, ORANGE) | marked(picture, RED)
    for one in found.digits:
        left, top, right, bottom = (round(edge * factor) for edge in one.box)
        assert marks[top - 6 : top, left:right].any(axis=0).all()
        assert marks[bottom : bottom + 6, left:right].any(axis=0).all()
