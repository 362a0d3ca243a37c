"""Pictures in, lines and hypotheses out; and what `Recognizer.read` makes of them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageDraw

from inkdigit import Recognizer
from inkdigit._segment import join as bounds
from inkdigit._segment.marks import MarkLayout
from inkdigit._segment.rows import MAX_IN_CELLS

INK, PAPER = 20, 240


@pytest.fixture
def draw(write_text):
    """Draws texts, each with its place and height, as a grey picture."""

    def drawn(*texts, size=(500, 200), pen=7, ink=INK, paper=PAPER):
        mode = "RGB" if isinstance(ink, tuple) else "L"
        picture = Image.new(mode, size, paper)
        pencil = ImageDraw.Draw(picture)
        for text, x, y, height, *gap in texts:
            for stroke in write_text(text, height, *gap, x=x, y=y):
                points = [tuple(p) for p in stroke.points.tolist()]
                pencil.line(points, fill=ink, width=pen, joint="curve")
        return np.array(picture)

    return drawn


def ink_map(picture):
    return np.asarray((picture < 128).astype(np.float32))


def inside(box, width, height):
    left, top, right, bottom = box
    return 0 <= left < right <= width and 0 <= top < bottom <= height


def test_a_bare_map_has_no_line():
    assert MarkLayout(np.zeros((50, 60), np.float32)).rows == ()


def test_digits_on_a_line_are_marks_from_left_to_right(draw):
    (row,) = MarkLayout(ink_map(draw(("111", 50, 50, 100)))).rows
    assert row.atom_count == 3


def test_rows_and_columns_are_lines(draw):
    picture = draw(("11", 50, 40, 80), ("11", 500, 40, 80), ("11", 50, 200, 80), size=(800, 320))
    boxes = [row.box for row in MarkLayout(ink_map(picture)).rows]
    places = [(left > 300, top > 150) for left, top, _, _ in boxes]
    assert places == [(False, False), (True, False), (False, True)]


def test_touching_digits_are_cut(draw):
    picture = draw(("00", 50, 50, 100, -0.05))
    (row,) = MarkLayout(ink_map(picture)).rows
    assert row.atom_count > 1
    halves = [h for h in row.hypotheses if h.cuts]
    assert any(h.box[2] < 125 for h in halves)
    assert any(h.box[0] > 90 for h in halves)


def test_specks_are_in_no_hypothesis(draw):
    picture = draw(("1", 50, 50, 100))
    picture[100:104, 100:104] = INK
    (row,) = MarkLayout(ink_map(picture)).rows
    assert row.atom_count == 1


def test_a_pattern_stays_within_the_bounds():
    rng = np.random.default_rng(0)
    rows = MarkLayout((rng.random((400, 400)) < 0.2).astype(np.float32)).rows
    assert sum(row.atom_count for row in rows) <= bounds.MAX_SOURCES + bounds.MAX_CUTS_IN_ALL
    assert sum(len(row.hypotheses) for row in rows) <= bounds.MAX_HYPOTHESES


@pytest.mark.parametrize("text", ["1995", "0246"])
def test_a_line_of_digits_is_read(recognizer, draw, text):
    assert recognizer.read(draw((text, 50, 50, 100))).text == text


def test_light_on_dark_reads_the_same(recognizer, draw):
    assert recognizer.read(255 - draw(("204", 50, 50, 100))).text == "204"


def test_coloured_ink_reads_the_same(recognizer, draw):
    picture = draw(("204", 50, 50, 100), ink=(30, 40, 200), paper=(250, 245, 225))
    assert recognizer.read(picture).text == "204"


def test_lines_and_columns_do_not_run_together(recognizer, draw):
    picture = draw(("12", 50, 40, 80), ("20", 600, 40, 80), ("94", 50, 200, 80), size=(900, 320))
    assert recognizer.read(picture).text == "12\n20\n94"


def test_ruled_lines_are_dropped(recognizer, draw):
    picture = draw(("204", 60, 50, 80), size=(500, 300))
    for row in (20, 160, 220, 280):
        picture[row : row + 2] = INK
    assert recognizer.read(picture).text == "204"


@pytest.mark.parametrize("scale", [1, 8])
def test_boxes_are_in_the_pictures_own_pixels(recognizer, draw, scale):
    picture = draw(("20", 50, 50, 100)).repeat(scale, axis=0).repeat(scale, axis=1)
    reading = recognizer.read(picture)
    assert reading.text == "20"
    assert reading.digits[0].strokes == ()
    first = np.array(reading.digits[0].box) / scale
    np.testing.assert_allclose(first, (50, 50, 115, 150), atol=7)
    assert inside(reading.digits[1].box, picture.shape[1], picture.shape[0])


def test_boxes_are_of_the_upright_picture(recognizer, draw):
    upright = draw(("20", 50, 50, 100), size=(500, 200))
    lying = Image.fromarray(np.rot90(upright).copy())
    exif = lying.getexif()
    exif[0x0112] = 6  # to be turned clockwise
    lying.info["exif"] = exif.tobytes()
    reading = recognizer.read(lying)
    assert reading.text == "20"
    assert reading.digits[0].box == recognizer.read(upright).digits[0].box


def test_a_picture_has_the_schema_of_ink(recognizer, draw, write_text):
    picture = json.loads(json.dumps(recognizer.read(draw(("20", 50, 50, 100))).to_dict()))
    ink = recognizer.read(write_text("20")).to_dict()
    assert set(picture) == set(ink)
    assert set(picture["digits"][0]) == set(ink["digits"][0])
    assert picture["digits"][0]["strokes"] == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    picture=hnp.arrays(
        np.uint8,
        st.tuples(st.integers(1, 24), st.integers(1, 24)),
        elements=st.sampled_from([0, 90, 180, 255]),
    ),
    scale=st.integers(1, 6),
)
def test_boxes_lie_inside_any_picture(recognizer, picture, scale):
    picture = picture.repeat(scale, axis=0).repeat(scale, axis=1)
    height, width = picture.shape
    reading = recognizer.read(picture)
    assert 0 <= reading.confidence <= 1
    assert all(inside(digit.box, width, height) for digit in reading.digits)


@pytest.mark.parametrize("square", [1, 3, 17])
def test_a_checkerboard_is_answered(recognizer, square):
    board = (np.indices((510, 510)) // square).sum(axis=0) % 2 * 255
    assert 0 <= recognizer.read(board.astype(np.uint8)).confidence <= 1


def test_a_photo_of_twelve_megapixels_is_read(draw):
    picture = draw(("01", 1500, 1200, 400), size=(4000, 3000), pen=30)
    reading = Recognizer().read(
        picture + np.linspace(0, 15, 4000).astype(np.uint8)
    )  # a soft shadow
    assert reading.text == "01"
    assert all(inside(digit.box, 4000, 3000) for digit in reading.digits)


def test_thousands_of_specks_stay_within_the_bounds():
    places = np.random.default_rng(0).integers(0, 990, (3000, 2))
    page = np.zeros((1000, 1000), np.float32)
    for x, y in places.tolist():
        page[y : y + 5, x : x + 5] = 1
    rows = MarkLayout(page).rows
    assert sum(row.atom_count for row in rows) <= bounds.MAX_SOURCES + bounds.MAX_CUTS_IN_ALL
    assert sum(len(row.hypotheses) for row in rows) <= bounds.MAX_HYPOTHESES


def test_of_a_table_whole_cells_are_read_or_none_of_their_marks():
    page, cells = np.zeros((1000, 900), np.float32), np.full((1000, 900), -1, np.int32)
    for k in range(45 * 50):
        y, x = 20 * (k // 45), 20 * (k % 45)
        page[y : y + 12, x + 4 : x + 7] = 1
        cells[y : y + 12, x + 4 : x + 7] = k // 3
    layout = MarkLayout(page, cell_map=cells)
    read = {row.line for row in layout.rows}
    assert read | set(layout.unread_cells) == set(range(750))
    assert not read & set(layout.unread_cells)
    atoms = sum(row.atom_count for row in layout.rows)
    assert MAX_IN_CELLS - 3 < atoms <= MAX_IN_CELLS + bounds.MAX_CUTS_IN_ALL


@pytest.mark.parametrize("level", [0, 255])
def test_one_shade_reads_as_nothing(recognizer, level):
    assert recognizer.read(np.full((300, 300), level, np.uint8)).text == ""


def test_two_hundred_digits_on_a_line_are_read(draw):
    text = "0246" * 50
    picture = draw((text, 20, 20, 40), size=(10_700, 80), pen=3)
    reading = Recognizer().read(picture)  # the bundled one: what reads badly passes for print
    assert len(reading.digits) >= 0.99 * len(text)  # two may touch at the scale of the ink map
    assert all(inside(digit.box, 10_700, 80) for digit in reading.digits)
