from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from PIL import Image, ImageDraw
from tabled import table

from inkdigit import Ink, Reading, Recognizer
from inkdigit.labels import ALL_DIGITS, SIGNS, SPACE
from inkdigit_app.core import corrections
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.glyphs import Certainty, PageReading
from inkdigit_app.core.page import Page, PenStroke, Picture, Sheet
from inkdigit_app.core.page_reader import PageReader
from inkdigit_app.core.pictures.regions import decode
from inkdigit_app.core.pictures.table_reading import CellText

Writer = Callable[..., list[PenStroke]]
EVERYTHING = ALL_DIGITS + SIGNS + SPACE


@pytest.fixture
def recognizer(bundled_model: Path) -> Recognizer:
    return Recognizer(bundled_model)


@pytest.fixture
def reader(recognizer: Recognizer) -> PageReader:
    return PageReader(recognizer)


def draw(strokes: list[PenStroke], size: tuple[int, int]) -> Picture:
    image = Image.new("RGB", size, "white")
    for stroke in strokes:
        points = [(float(x), float(y)) for x, y in stroke.stroke.points]
        ImageDraw.Draw(image).line(points, "black", 8, "curve")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return Picture(buffer.getvalue(), size, "drawn")


def correct(reading: PageReading, page: Page, index: int, label: str) -> Page:
    return replace(
        page, corrections=corrections.relabel(page.corrections, reading.glyphs, index, label)
    )


def test_ink_reads_as_the_runtime_reads_it(
    reader: PageReader, recognizer: Recognizer, write: Writer
) -> None:
    page = Page(tuple(write("3149", 20, 30)))
    reading = reader.read(page)
    expected = recognizer.read(page.ink)
    assert reading.text == expected.text == "3149"
    assert reading.confidence == pytest.approx(expected.confidence)
    assert [glyph.strokes for glyph in reading.glyphs] == [d.strokes for d in expected.digits]


def test_a_number_is_not_sure_where_a_sign_is_left_out(reader: PageReader, write: Writer) -> None:
    strokes = write("31", 20, 30)
    plain = reader.read(Page(tuple(strokes)))
    right, bottom = plain.glyphs[-1].box[2:]
    height = bottom - plain.glyphs[0].box[1]
    points = [(right + 0.35 * height, bottom - 0.02 * height + n) for n in (0.0, 1.0)]
    dot = replace(strokes[0], stroke=Ink([points]).strokes[0])
    shift = 0.7 * height + right - 20
    more = [
        replace(s, stroke=Ink([[(x + shift, y) for x, y in s.stroke.points]]).strokes[0])
        for s in write("40", 20, 30)
    ]
    reading = reader.read(Page((*strokes, dot, *more)))
    assert reading.text == "3140"
    assert len(reading.left_out) == 1
    assert reading.certainty is Certainty.UNSURE


def dotted(write: Writer) -> Page:
    """The page "31.40", with the point as stroke 2."""
    strokes = write("31", 20, 30)
    bottom = max(float(s.stroke.points[:, 1].max()) for s in strokes)
    right = max(float(s.stroke.points[:, 0].max()) for s in strokes)
    dot = Ink([[(right + 30, bottom - 2), (right + 31, bottom - 1)]]).strokes[0]
    return Page((*strokes, PenStroke(dot, 7.0), *write("40", right + 70, 30)))


def test_signs_are_read_as_the_runtime_reads_them(
    reader: PageReader, recognizer: Recognizer, write: Writer
) -> None:
    page = dotted(write)
    reading = reader.read(page, allowed=EVERYTHING)
    expected = recognizer.read(page.ink, allowed=EVERYTHING)
    assert reading.text == expected.text == "31.40"
    assert (reading.glyphs[2].sign, reading.glyphs[2].strokes) == (".", (2,))
    assert not reading.left_out
    assert reader.read(page).text == "3140"  # the same reader, with signs off


def test_a_wide_gap_is_a_space_that_a_correction_keeps(reader: PageReader, write: Writer) -> None:
    page = Page((*write("31", 20, 30), *write("40", 500, 30)))
    reading = reader.read(page, allowed=EVERYTHING)
    assert reading.text == "31 40"
    page = correct(reading, page, 2, "9")
    assert reader.read(page, allowed=EVERYTHING).text == "31 90"
    page = replace(page, corrections=corrections.drop((), reading.glyphs, 2))
    assert reader.read(page, allowed=EVERYTHING).text == "31 0"


def test_a_correction_to_a_sign_holds(reader: PageReader, write: Writer) -> None:
    page = Page(tuple(write("314", 20, 30)))
    page = correct(reader.read(page, allowed=EVERYTHING), page, 1, "/")
    reading = reader.read(page, allowed=EVERYTHING)
    assert reading.text == "3/4"
    assert reading.glyphs[1].corrected
    assert reading.certainty is Certainty.SURE


def test_what_the_user_named_is_not_left_out(reader: PageReader, write: Writer) -> None:
    page = dotted(write)
    page = correct(reader.read(page, allowed=EVERYTHING), page, 2, ",")
    reading = reader.read(page)  # signs are off, but the user said that this is one
    assert reading.text == "31,40"
    assert not reading.left_out


def test_a_blank_page_reads_nothing(reader: PageReader) -> None:
    assert reader.read(Page()) == PageReading((), 1.0)


def test_the_expected_number_of_digits_reaches_the_runtime(write: Writer) -> None:
    asked: list[int | None] = []

    class Asked:
        def read(
            self,
            ink: Ink,
            *,
            length: int | None = None,
            allowed: str = "",
            writer: object = None,
        ) -> Reading:
            asked.append(length)
            return Reading("", (), (("", 1.0),), 1.0)

    recognizer = mock.Mock(reader=Asked)
    PageReader(recognizer).read(Page(tuple(write("3"))), length=4)
    assert asked == [4]


def test_a_corrected_digit_stays_as_corrected(reader: PageReader, write: Writer) -> None:
    page = Page(tuple(write("314", 20, 30)))
    before = reader.read(page)
    after = reader.read(correct(before, page, 1, "7"))
    assert after.text == "374"
    assert [glyph.corrected for glyph in after.glyphs] == [False, True, False]
    assert after.glyphs[1].confidence == 1.0
    assert after.glyphs[1].box == before.glyphs[1].box


def test_a_non_digit_reads_as_a_question_mark(reader: PageReader, write: Writer) -> None:
    page = Page(tuple(write("314", 20, 30)))
    assert reader.read(correct(reader.read(page), page, 0, "?")).text == "?14"


def test_a_correction_holds_while_the_line_grows(reader: PageReader, write: Writer) -> None:
    page = Page(tuple(write("31", 20, 30)))
    page = correct(reader.read(page), page, 0, "8")
    for stroke in write("259", 180, 30):
        page = page.with_stroke(stroke)
        reading = reader.read(page)
    assert reading.text == "81259"


def test_a_late_bar_removes_a_correction(reader: PageReader, write: Writer) -> None:
    page = Page(tuple(write("31", 20, 30)))
    page = correct(reader.read(page), page, 0, "8")
    left, top, right, bottom = page.ink.subset([0]).bounds
    y = (top + bottom) / 2
    bar = PenStroke(Ink([[(left - 5, y), (right + 5, y)]]).strokes[0], 7.0)
    assert not any(glyph.corrected for glyph in reader.read(page.with_stroke(bar)).glyphs)


def test_joined_digits_are_one(reader: PageReader, write: Writer) -> None:
    page = Page(tuple(write("314", 20, 30)))
    joined = replace(page, corrections=corrections.join((), reader.read(page).glyphs, 0))
    reading = reader.read(joined)
    assert len(reading.glyphs) == 2
    assert reading.glyphs[0].strokes == (0, 1)
    assert len(reading.glyphs[0].candidates) == 10
    assert reading.text[1] == "4"


@pytest.mark.parametrize("digit", ["1", "0", "4", "8"])
def test_every_digit_can_be_split(reader: PageReader, write: Writer, digit: str) -> None:
    page = Page(tuple(write(f"3{digit}", 20, 30)))
    before = reader.read(page)
    reading = reader.read(replace(page, corrections=corrections.split((), before.glyphs, 1)))
    assert len(reading.glyphs) == 3
    assert reading.text[0] == "3"
    assert all(glyph.strokes for glyph in reading.glyphs)


def test_two_digits_of_one_stroke_can_be_separated(reader: PageReader, write: Writer) -> None:
    two = write("73", 20, 30)
    points = [tuple(point) for stroke in two for point in stroke.stroke.points.tolist()]
    page = Page((PenStroke(Ink([points]).strokes[0], 7.0),))
    correction = Correction((0,), page.ink.bounds, ("7", "3"))
    reading = reader.read(replace(page, corrections=(correction,)))
    assert reading.text == "73"
    assert reading.glyphs[0].box[2] <= reading.glyphs[1].box[2]


def test_ink_that_the_model_joins_to_a_corrected_digit_is_read_by_itself(
    reader: PageReader, write: Writer
) -> None:
    page = Page(tuple(write("14", 20, 30)))
    glyphs = reader.read(page).glyphs
    # The first stroke of the 4 alone is settled; its other stroke is left over.
    first = glyphs[1].strokes[0]
    correction = Correction((first,), page.ink.subset([first]).bounds, ("6",))
    reading = reader.read(replace(page, corrections=(correction,)))
    covered = sorted(n for glyph in reading.glyphs for n in glyph.strokes)
    assert covered == list(range(len(page.strokes)))
    assert "6" in reading.text


def test_lines_stay_lines_with_corrections_in_them(reader: PageReader, write: Writer) -> None:
    page = Page((*write("314", 20, 30), *write("59", 20, 200)))
    assert reader.read(page).text == "314\n59"
    page = correct(reader.read(page), page, 3, "6")
    assert reader.read(page).text == "314\n69"


def test_a_picture_reads_as_the_runtime_reads_it(reader: PageReader, write: Writer) -> None:
    page = Page(picture=draw(write("314", 40, 40), (480, 200)))
    reading = reader.read(page)
    assert reading.text == "314"
    left, top, right, bottom = reading.glyphs[0].box
    assert 0 <= left < right <= 480
    assert 0 <= top < bottom <= 200


def test_a_picture_is_read_once_while_it_is_corrected(
    recognizer: Recognizer, write: Writer
) -> None:
    class Counting:
        def __init__(self) -> None:
            self.pictures = 0
            self.predict_digit = recognizer.predict_digit
            self.reader = recognizer.reader

        def read(self, source, /, *, length=None, allowed="", writer=None):  # type: ignore[no-untyped-def]
            self.pictures += 1
            return recognizer.read(source, length=length, allowed=allowed, writer=writer)

    counting = Counting()
    reader = PageReader(counting)
    page = Page(picture=draw(write("314", 40, 40), (480, 200)))
    page = correct(reader.read(page), page, 1, "7")
    assert reader.read(page).text == "374"
    assert counting.pictures == 1


def test_a_picture_s_digits_are_joined_and_split(reader: PageReader, write: Writer) -> None:
    page = Page(picture=draw(write("314", 40, 40), (480, 200)))
    before = reader.read(page)
    joined = reader.read(replace(page, corrections=corrections.join((), before.glyphs, 1)))
    assert len(joined.glyphs) == 2
    assert joined.glyphs[1].box[2] == pytest.approx(before.glyphs[2].box[2])
    parted = reader.read(replace(page, corrections=corrections.split((), before.glyphs, 0)))
    assert len(parted.glyphs) == 4
    assert parted.text[2:] == "14"


def test_a_turned_picture_reads_as_it_is_shown(
    reader: PageReader, recognizer: Recognizer, write: Writer
) -> None:
    upright = draw(write("314", 30, 30), (420, 160))
    on_its_side = upright.turned().turned().turned()
    stored = Picture(_content(on_its_side), (160, 420), "photo.png")
    assert reader.read(Page(picture=stored.turned())).text == "314"


def test_only_the_region_of_a_picture_is_read_in_the_whole_one_s_pixels(
    reader: PageReader, write: Writer
) -> None:
    page = Page(picture=draw(write("314", 30, 30), (420, 160)))
    whole = reader.read(page)
    assert whole.text == "314"
    left = whole.glyphs[1].box[0] - 12
    part = reader.read(replace(page, sheet=Sheet((left, 5.0, 415.0, 155.0))))
    assert part.text == "14"
    assert part.glyphs[0].box == pytest.approx(whole.glyphs[1].box, abs=3)
    corrected = correct(part, replace(page, sheet=Sheet((left, 5.0, 415.0, 155.0))), 0, "7")
    assert reader.read(corrected).text == "74"


def test_a_table_is_read_into_cells_and_the_user_s_are_kept(
    reader: PageReader, recognizer: Recognizer
) -> None:
    buffer = io.BytesIO()
    image = table([["12", "7"], ["34", "56"], ["8", "90"]])
    image.save(buffer, "PNG")
    page = Page(
        picture=Picture(buffer.getvalue(), image.size, "table.png"), sheet=Sheet(None, True)
    )
    reading = reader.read(page)
    assert reading.table is not None
    expected = recognizer.read_table(image)
    assert reading.table.texts == list(csv.reader(io.StringIO(expected.to_csv())))
    assert reading.table.rows == 3
    own = replace(page, sheet=Sheet(None, True, (CellText(1, 0, "77"),)))
    with mock.patch.object(recognizer, "read_table", side_effect=AssertionError):
        again = reader.read(own)  # it is not read anew
    assert again.table is not None
    assert again.table.text.split("\n")[1].startswith("77\t")


def _content(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    decode(picture).save(buffer, "PNG")
    return buffer.getvalue()
