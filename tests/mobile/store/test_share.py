from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkdigit import Ink, Stroke
from inkdigit.errors import InputError
from inkdigit_app.core.page import Page, PenStroke, Picture
from inkdigit_app.core.pictures.table_reading import TableCell, TableReading
from inkdigit_app.store.share import KINDS, as_csv, as_png, as_svg, as_table, save

DOT = PenStroke(Stroke.from_points([(120.0, 90.0)]), 7.0)
LINE = PenStroke(Stroke.from_points([(10.25, -20.5), (40.5, 60.0), (10.0, 100.25)]), 3.0)
PAGE = Page((LINE, DOT))


def test_a_table_has_a_tab_for_a_gap_and_a_line_for_a_row() -> None:
    assert as_table("31 40\n-2.5") == "31\t40\n-2.5"


def test_csv_has_a_record_a_row_and_a_field_a_number() -> None:
    text = as_csv("31 40\n2,5 7")
    assert text == '31,40\r\n"2,5",7\r\n'
    assert list(csv.reader(io.StringIO(text))) == [["31", "40"], ["2,5", "7"]]


@pytest.mark.parametrize(
    ("field", "kept"),
    [
        ("-12", "-12"),
        ("-1.5", "-1.5"),
        ("-1-1", "'-1-1"),  # a spreadsheet would compute it
        ("-1/2", "'-1/2"),
        ("--", "'--"),
        ("1-1", "1-1"),
        ("?1", "?1"),
    ],
)
def test_a_spreadsheet_computes_nothing_of_it(field: str, kept: str) -> None:
    assert as_csv(field) == f"{kept}\r\n"


def test_csv_of_a_table_keeps_its_blank_cells() -> None:
    cells = [
        TableCell(row, column, text, 1.0, (0, 0, 9, 9), ())
        for row, column, text in ((0, 0, ""), (0, 1, "1 2"), (1, 0, "-1-1"), (1, 1, ""))
    ]
    assert as_csv(TableReading(tuple(cells), 2, 2)) == ",1 2\r\n'-1-1,\r\n"


def test_a_picture_is_saved_as_it_is_turned() -> None:
    buffer = io.BytesIO()
    Image.new("L", (30, 20), 255).save(buffer, "PNG")
    turned = Picture(buffer.getvalue(), (30, 20), "note.png").turned()
    with Image.open(io.BytesIO(as_png(Page(picture=turned)))) as image:
        assert image.size == (20, 30)


def test_an_svg_is_read_as_the_same_ink() -> None:
    ink = Ink.from_svg(as_svg(PAGE).encode())
    assert len(ink) == 2
    np.testing.assert_allclose(ink.strokes[0].points, LINE.stroke.points, atol=0.01)
    np.testing.assert_allclose(ink.strokes[1].points[0], (120, 90), atol=0.01)


def test_a_png_is_dark_ink_on_white_paper() -> None:
    with Image.open(io.BytesIO(as_png(PAGE))) as image:
        pixels = np.asarray(image.convert("L"))
    assert pixels[0].min() == pixels[:, 0].min() == 255
    assert pixels[((60 + 40) * 2), round((40.5 + 9.5) * 2)] < 60  # a point of the line


def test_a_png_of_an_endless_page_is_bounded() -> None:
    far = PenStroke(Stroke.from_points([(0.0, 90_000.0)]), 7.0)
    with Image.open(io.BytesIO(as_png(Page((LINE, far))))) as image:
        assert max(image.size) == 4096


def test_a_picture_is_saved_as_it_is_and_has_no_strokes() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), "#336699").save(buffer, "PNG")
    page = Page(picture=Picture(buffer.getvalue(), (30, 20), "a"))
    with Image.open(io.BytesIO(as_png(page))) as image:
        assert image.size == (30, 20)
        assert image.convert("RGB").getpixel((5, 5)) == (0x33, 0x66, 0x99)
    with pytest.raises(InputError, match="no strokes"):
        as_svg(page)


def test_nothing_is_saved_of_a_blank_page(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing is written"):
        save("png", Page(), "", tmp_path, "now")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_never_replaces_another(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "inkdigit"
    paths = [save(kind, PAGE, "31", folder, "now") for _ in range(2)]
    assert [path.name for path in paths] == [f"inkdigit-now.{kind}", f"inkdigit-now-2.{kind}"]
    assert sorted(folder.iterdir()) == sorted(paths)  # and no part of one is left
