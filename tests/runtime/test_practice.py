"""The practice sheet: printed, found on photos, read and learnt."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw
from practised import filled, photo
from tests.fuzz.hostile_pages import sheet_ticks

from inkdigit import Recognizer, Writer
from inkdigit._pixels.components import label
from inkdigit._practice.boxes import MOST_MARKS, cut_boxes
from inkdigit._practice.draw import draw_sheet
from inkdigit._practice.find import find_sheet
from inkdigit._practice.layout import BOXES, MARK_MM, MARKS, NUMBERS, PAGE_MM
from inkdigit.cli import main, parse_args
from inkdigit.errors import ImageTooLargeError, InputError
from inkdigit.practice import FINEST, practise, save_practice_sheet
from inkdigit.session import OnnxInkSession

GLYPHS = sum(len(box.text) for box in BOXES)


@pytest.fixture(scope="module")
def real():
    return Recognizer()


@pytest.fixture(scope="module")
def sheet():
    return photo(filled())


def test_the_sheet_asks_for_each_digit_five_times_and_in_twenty_numbers():
    alone = "".join(box.text for box in BOXES if box.is_digit)
    assert {digit: alone.count(digit) for digit in "0123456789"} == dict.fromkeys("0123456789", 5)
    assert len(NUMBERS) == 20
    together = "".join(NUMBERS)
    assert {together.count(digit) for digit in "0123456789"} == {7}


def test_nothing_on_the_sheet_overlaps():
    taken = np.zeros((round(PAGE_MM[1] * 2), round(PAGE_MM[0] * 2)), int)
    boxes = [(b.left, b.top, b.right, b.bottom) for b in BOXES]
    half = MARK_MM / 2
    boxes += [(x - half, y - half, x + half, y + half) for x, y in MARKS.tolist()]
    for left, top, right, bottom in boxes:
        assert 5 <= left < right <= PAGE_MM[0] - 5
        assert 5 <= top < bottom <= PAGE_MM[1] - 5
        taken[round(2 * top) : round(2 * bottom), round(2 * left) : round(2 * right)] += 1
    assert taken.max() == 1


@pytest.mark.parametrize("turns", range(4))
def test_every_box_is_read_and_learnt_whichever_way_up(real, sheet, turns):
    writer = Writer()
    found = practise(real, sheet.rotate(90 * turns, expand=True), writer)
    assert [found.read_right(digit) for digit in "0123456789"] == [(5, 5)] * 10
    assert found.numbers_right()[0] >= 18
    assert found.learnt == len(writer) >= GLYPHS - 16
    assert sum(glyph.character == "7" for glyph in writer.glyphs) >= 5


@pytest.mark.parametrize("seed", range(1, 3))
def test_boxes_are_found_at_an_angle(real, seed):
    found = practise(real, photo(filled(), tilt=0.1, seed=seed), Writer())
    assert [found.read_right(digit) for digit in "0123456789"] == [(5, 5)] * 10


def test_boxes_lie_where_the_photo_shows_them(real):
    flat = filled()
    found = practise(real, flat, Writer())
    mm = flat.width / PAGE_MM[0]
    for box, printed in zip(found.boxes, BOXES, strict=True):
        left, top = box.corners[0]
        assert (left / mm, top / mm) == pytest.approx((printed.left, printed.top), abs=0.5)


def test_a_blank_box_is_not_learnt_and_said_so(real):
    found = practise(real, photo(filled(blank=(3, 60))), Writer())
    blank = [box for box in found.unlearnt if box.problem == "blank"]
    assert [(box.asked, box.index) for box in blank] == [("0", 4), (BOXES[60].text, 1)]
    assert found.read_right("0") == (4, 4)


def test_of_a_box_full_of_dust_the_largest_marks_are_kept():
    sheet = filled()
    grey, mm = np.array(sheet.convert("L")), sheet.width / PAGE_MM[0]
    box, rng = BOXES[0], np.random.default_rng(0)
    low, high = np.array([box.left + 1, box.top + 1]), np.array([box.right - 1, box.bottom - 1])
    for x, y in (rng.uniform(low, high, (60, 2)) * mm).round().astype(int):
        grey[y : y + 3, x : x + 3] = 0
    way = find_sheet(grey)
    assert way is not None
    marks = label(np.asarray(cut_boxes(grey, way)[0].picture) < 215)
    assert len(marks) <= MOST_MARKS
    assert marks.areas.max() > 500  # the digit


def test_small_marks_in_a_box_are_not_looked_at_as_closely_as_a_page():
    shown = []

    class Counting(OnnxInkSession):
        def run(self, pixels):
            shown.append(pixels.shape[2] * pixels.shape[3])
            return super().run(pixels)

    crowded = Image.open(io.BytesIO(sheet_ticks(8)))
    practise(Recognizer(ink_session=Counting()), crowded, Writer())
    assert max(shown) <= 1.1 * FINEST**2


@pytest.mark.parametrize("seed", range(3))
def test_the_corner_marks_are_found_among_digits_of_a_thick_pen(seed):
    sheet = draw_sheet(120)
    pencil, mm = ImageDraw.Draw(sheet), 120 / 25.4
    rng = np.random.default_rng(seed)
    for box in BOXES:
        step = (box.right - box.left) / len(box.text)
        for k in range(len(box.text)):
            x, y = box.left + step * (k + 0.5), (box.top + box.bottom) / 2
            ring = rng.random() < 0.5  # a zero, or an eight whose loops are filled
            wide, tall = (9, 11) if ring else (6, 12)
            edges = [(x - wide / 2) * mm, (y - tall / 2) * mm, (x + wide / 2) * mm]
            edges.append((y + tall / 2) * mm)
            pencil.ellipse(edges, fill=None if ring else 0, outline=0, width=round(2.6 * mm))
    way = find_sheet(np.asarray(sheet))
    assert way is not None
    assert way.points(MARKS) == pytest.approx(MARKS * mm, abs=2)


def test_an_upright_stroke_is_not_taken_for_a_frame():
    sheet = draw_sheet(200)
    pencil, mm = ImageDraw.Draw(sheet), 200 / 25.4
    written = BOXES[5:30:5]
    for box in written:
        for x in (box.left + 2.2, box.right + 2.2 - 0.35):  # as far apart as the frame's edges
            pencil.line([x * mm, box.top * mm, x * mm, box.bottom * mm], fill=0, width=10)
    grey = np.asarray(sheet)
    way = find_sheet(grey)
    assert way is not None
    for cut in cut_boxes(grey, way):
        printed = cut.box.left * mm, cut.box.top * mm
        assert cut.corners[0] == pytest.approx(printed, abs=0.8 * mm)


def test_a_slip_of_the_pen_is_not_learnt(real):
    other = NUMBERS[1][::-1]
    writer = Writer()
    found = practise(real, photo(filled({37: "4", 51: other})), writer)
    problems = {(box.asked, box.problem) for box in found.unlearnt}
    assert ("7", "surely shows a 4") in problems
    assert (NUMBERS[1], f"shows another number: {other}") in problems
    assert sum(glyph.character == "7" for glyph in writer.glyphs) <= 4 + 7


def test_what_is_misread_is_learnt(real):
    sevens = {30 + 5 + k: "1" for k in range(5)}  # a hand whose sevens are ones
    writer = Writer()
    found = practise(real, photo(filled(sevens)), writer)
    own = [box for box in found.boxes if box.asked == "7"]
    assert own[0].read == "1"
    assert all(box.learnt == 1 for box in own)
    assert sum(box.corrected for box in own) >= 1


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("L", (600, 800), 255),
        Image.new("L", (600, 800), 0),
        filled().crop((0, 0, 600, 900)),
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (500, 400), np.uint8)),
    ],
)
def test_a_picture_without_all_four_marks_is_refused(real, picture):
    with pytest.raises(InputError, match="all four corner marks"):
        practise(real, picture, Writer())


def test_the_printed_sheet_is_a_pdf_of_one_page(tmp_path):
    path = tmp_path / "new" / "me.pdf"
    save_practice_sheet(path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 1


def test_the_command_line_writes_reads_and_learns(sheet, tmp_path, capsys):
    empty, taken, hand = (tmp_path / name for name in ("me.pdf", "photo.png", "me.json"))
    assert main(["--practice-sheet", str(empty)]) == 0
    assert empty.stat().st_size > 0
    sheet.save(taken)
    assert main(["--practice", str(taken), "--writer", str(hand)]) == 0
    lines = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert lines["7"] == "5 of 5 read right"
    assert lines["learnt"].endswith("confirmed")
    assert len(Writer.load(hand)) >= GLYPHS - 16


def test_an_empty_sheet_teaches_nothing(tmp_path, capsys):
    taken, hand = tmp_path / "photo.png", tmp_path / "me.json"
    photo(filled(blank=tuple(range(len(BOXES))))).save(taken)
    assert main(["--practice", str(taken), "--writer", str(hand)]) == 1
    assert "most boxes blank" in capsys.readouterr().err
    assert not hand.exists()


@pytest.mark.parametrize(
    "argv",
    [
        ["--practice", "photo.jpg"],
        ["--practice", "photo.jpg", "--writer", "me.json", "other.png"],
        ["--practice", "photo.jpg", "--writer", "me.json", "--json"],
        ["--practice", "photo.jpg", "--writer", "me.json", "--learn", "7"],
        ["--practice-sheet", "me.png"],
        ["--practice-sheet", "me.pdf", "photo.jpg"],
        ["--practice-sheet", "me.pdf", "--practice", "photo.jpg", "--writer", "me.json"],
    ],
)
def test_wrong_usage(argv):
    with pytest.raises(SystemExit) as caught:
        parse_args(argv)
    assert caught.value.code == 2


def test_a_photo_may_not_have_more_pixels_than_the_recognizer_takes(sheet):
    with pytest.raises(ImageTooLargeError):
        practise(Recognizer(max_pixels=10_000), np.asarray(sheet), Writer())
