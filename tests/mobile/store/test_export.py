from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inkdigit import Stroke
from inkdigit_app.core.glyphs import Glyph, PageReading
from inkdigit_app.core.page import Page, PenStroke, Picture, SavedPage, Sheet
from inkdigit_app.core.pictures.table_reading import CellText
from inkdigit_app.store.export import export_corrections

BOX = (0.0, 0.0, 10.0, 50.0)


def stroke(x: float) -> PenStroke:
    return PenStroke(Stroke.from_points([(x, 0.5), (x + 10, 50.25)]), 7.0)


def glyph(digit: int | None, *strokes: int, corrected: bool = True) -> Glyph:
    return Glyph(digit, 1.0, BOX, (), strokes, 0, corrected)


def kept(*glyphs: Glyph, picture: bool = False) -> SavedPage:
    strokes = tuple(stroke(20.0 * n) for n in range(5))
    page = Page(picture=Picture(b"", (1, 1), "a")) if picture else Page(strokes)
    return SavedPage(page, PageReading(glyphs), 0.0, 0.0)


def test_corrected_signs_are_counted_and_left_out(tmp_path: Path) -> None:
    sign = Glyph(None, 1.0, BOX, (), (1,), 0, True, sign="-")
    exported = export_corrections([kept(glyph(7, 0), sign)], tmp_path, "now")
    assert (exported.digits, exported.nondigits, exported.left_out) == (1, 0, 1)


def test_corrected_cells_are_counted_and_left_out(tmp_path: Path) -> None:
    table = replace(
        kept(picture=True),
        page=Page(picture=Picture(b"", (1, 1), "a"), sheet=Sheet(cells=(CellText(0, 1, "8"),))),
    )
    exported = export_corrections([table], tmp_path, "now")
    assert (exported.digits, exported.nondigits, exported.left_out) == (0, 0, 1)


def test_corrections_are_ink_that_training_reads(tmp_path: Path) -> None:
    records = pytest.importorskip("inkdigit_train.data.records")
    page = kept(glyph(7, 0, 2), glyph(1, 1, corrected=False), glyph(4, 3))
    exported = export_corrections([page, kept(glyph(9, 4))], tmp_path, "now")
    assert (exported.digits, exported.nondigits, exported.left_out) == (3, 0, 0)
    (path,) = exported.files
    read = records.read_records(path)
    assert [record.label for record in read] == ["7", "4", "9"]
    assert read[0].ink == page.page.ink.subset([0, 2])
    assert {record.writer for record in read} == {"app"}


def test_non_digits_go_to_a_file_of_their_own(tmp_path: Path) -> None:
    records = pytest.importorskip("inkdigit_train.data.records")
    exported = export_corrections([kept(glyph(7, 0), glyph(None, 1))], tmp_path, "now")
    assert [path.name for path in exported.files] == [
        "inkdigit-digits-now.jsonl",
        "inkdigit-nondigits-now.jsonl",
    ]
    labels = [[record.label for record in records.read_records(path)] for path in exported.files]
    assert labels == [["7"], ["?"]]


def test_digits_of_one_stroke_are_a_number(tmp_path: Path) -> None:
    records = pytest.importorskip("inkdigit_train.data.records")
    exported = export_corrections([kept(glyph(4, 0), glyph(7, 0))], tmp_path, "now")
    (record,) = records.read_records(exported.files[0])
    assert record.label == "47"


def test_a_stroke_shared_with_an_uncorrected_digit_is_left_out(tmp_path: Path) -> None:
    page = kept(glyph(4, 0), glyph(7, 0, corrected=False), glyph(1, 1))
    exported = export_corrections([page], tmp_path, "now")
    assert (exported.digits, exported.left_out) == (1, 1)


def test_corrections_on_pictures_are_counted_and_left_out(tmp_path: Path) -> None:
    exported = export_corrections([kept(glyph(4), picture=True)], tmp_path, "now")
    assert (exported.digits, exported.left_out, exported.files) == (0, 1, ())
    assert list(tmp_path.iterdir()) == []
