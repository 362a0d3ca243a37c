"""PDF: its pages as pictures, and what is refused, within bounds of time and memory."""

from __future__ import annotations

import io
import sys

import pytest
from pdfs import document, one_page, stream
from PIL import Image

from inkdigit import open_document
from inkdigit._formats.pdf import PdfPages
from inkdigit.errors import (
    ImageDecodeError,
    ImageError,
    ImageTooLargeError,
    InputError,
    MissingExtraError,
)
from inkdigit.images import decode_image

FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 300 200]"


def scan(*levels: int) -> bytes:
    """A PDF with a grey page for each level."""
    out = io.BytesIO()
    pages = [Image.new("L", (300, 200), level) for level in levels]
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def picture(width: int, height: int) -> bytes:
    entries = b"/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8"
    return stream(b"\0", b"%s /Width %d /Height %d" % (entries, width, height))


@pytest.fixture(autouse=True)
def _pypdfium2():
    pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")


def levels(pages) -> list[int]:
    return [page.convert("L").getpixel((50, 50)) for page in pages]


@pytest.mark.parametrize("kind", ["path", "bytes", "file"])
def test_every_page_is_read_in_order(tmp_path, kind):
    content, path = scan(10, 100, 200), tmp_path / "three.pdf"
    path.write_bytes(content)
    source = {"path": path, "bytes": content, "file": io.BytesIO(content)}[kind]
    assert levels(open_document(source)) == pytest.approx([10, 100, 200], abs=2)


def test_pages_can_be_chosen():
    content = scan(10, 60, 100, 200)
    assert levels(open_document(content, 3)) == pytest.approx([100], abs=2)
    assert levels(open_document(content, (2, 3))) == pytest.approx([60, 100], abs=2)
    assert levels(open_document(content, (4, 9))) == pytest.approx([200], abs=2)
    with pytest.raises(ImageError, match="has 4 pages; expected a page 5"):
        open_document(content, (5, 9))


def test_another_page_may_be_chosen_while_the_next_is_drawn():
    pages = PdfPages(scan(10, 60, 100, 200), "a PDF", 10**8)
    assert levels([next(pages)]) == pytest.approx([10], abs=2)
    pages.next = 4
    assert levels(pages) == pytest.approx([200], abs=2)


@pytest.mark.parametrize("pages", [0, (3, 2), (1, 2, 3), "2", True, (1.0, 2)])
def test_pages_that_are_none_are_refused(pages):
    with pytest.raises(InputError, match="expected"):
        open_document(scan(10), pages)


def test_the_first_page_is_read_where_one_picture_is_expected():
    assert levels([decode_image(scan(70, 200))]) == pytest.approx([70], abs=2)


def test_a_page_is_drawn_at_300_dots_an_inch_or_to_2048_pixels():
    [small] = open_document(one_page(box=b"0 0 72 144"))
    assert small.size == (300, 600)
    [large] = open_document(one_page(box=b"0 0 1000000 500000"))
    assert large.size == (2048, 1024)


def test_lines_and_turned_pages_are_drawn():
    line = one_page(b"0 0 m 300 0 l 40 w S", box=b"0 0 300 200 ] /Rotate 90 /X [")
    [page] = open_document(line)
    assert page.size[0] < page.size[1]
    assert page.getpixel((2, 600)) == (0, 0, 0)
    assert page.getpixel((600, 600)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7\n", "damaged"),
        (scan(9)[:200], "damaged"),
        (
            document(
                [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
            ),
            "has no page",
        ),
        (
            one_page(
                trailer=b"/ID [<00><00>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4"
                b" /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32)
            ),
            "locked with a password",
        ),
    ],
)
def test_files_that_cannot_be_opened_say_why(content, message):
    with pytest.raises(ImageDecodeError, match=message):
        open_document(content)


def test_a_damaged_page_is_named_and_the_next_is_read():
    kids = b"<< /Type /Pages /Kids [4 0 R 3 0 R] /Count 2 >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>"
    pages = open_document(document([b"<< /Type /Catalog /Pages 2 0 R >>", kids, page, b"7"]))
    with pytest.raises(ImageDecodeError, match="page 1 of the input is damaged"):
        next(pages)
    assert next(pages).size == (300, 300)
    assert list(pages) == []


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    drawn = b"q 300 0 0 200 0 0 cm /I Do Q"
    content = one_page(
        drawn, resources=b"/XObject << /I 5 0 R >>", more=(picture(100_000, 100_000),)
    )
    with pytest.raises(ImageTooLargeError, match="100,000 × 100,000 pixels"):
        list(open_document(content))


def endless() -> bytes:
    nested = stream(b"/F Do /F Do", FORM + b"/Resources << /XObject << /F 5 0 R >> >>")
    return one_page(b"/F Do", resources=b"/XObject << /F 5 0 R >>", more=(nested,))


def test_a_page_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr("inkdigit._formats.pdf.DRAW_S", 60.0)
    monkeypatch.setattr("inkdigit._formats.pdf.MAX_SECONDS", 1.0)
    pages = open_document(endless())
    with pytest.raises(ImageTooLargeError, match="takes over 1 seconds to draw"):
        next(pages)
    assert list(pages) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_page_that_takes_too_much_of_the_processor_is_given_up(monkeypatch):
    monkeypatch.setattr("inkdigit._formats.pdf.DRAW_S", 1.0)
    monkeypatch.setattr("inkdigit._formats.pdf.MAX_SECONDS", 300.0)
    with pytest.raises(ImageTooLargeError, match="takes over 1 seconds of the processor to draw"):
        next(open_document(endless()))


def test_after_three_pages_that_take_too_long_the_rest_is_left(monkeypatch):
    pages = open_document(scan(*range(6)))
    monkeypatch.setattr("inkdigit._formats.pdf.MAX_SECONDS", 0.0)
    for _ in range(3):
        with pytest.raises(ImageTooLargeError):
            next(pages)
    assert list(pages) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_page_that_takes_too_much_memory_is_given_up(monkeypatch):
    monkeypatch.setattr("inkdigit._formats.pdf.MAX_MEMORY", 300_000_000)
    with pytest.raises(ImageTooLargeError, match="memory"):
        list(open_document(one_page(b" " * 250_000_000)))


def test_too_many_pages_are_refused_unless_some_are_chosen(monkeypatch):
    monkeypatch.setattr("inkdigit.images.MAX_PAGES", 3)
    content = scan(10, 20, 30, 40)
    with pytest.raises(ImageTooLargeError, match="4 pages; expected at most 3"):
        open_document(content)
    assert levels(open_document(content, (2, 4))) == pytest.approx([20, 30, 40], abs=2)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install inkdigit\[pdf\]"):
        open_document(scan(10))


def test_a_packed_program_is_not_started_as_if_it_were_python(monkeypatch):
    monkeypatch.setattr("sys.frozen", True, raising=False)
    with pytest.raises(MissingExtraError, match="save its pages as PNG"):
        open_document(scan(10))


def test_no_process_is_left(tmp_path):
    pages = open_document(scan(10, 20))
    next(pages)
    process = pages._drawer
    del pages
    assert process.poll() is not None


@pytest.mark.parametrize(
    "kids",
    [
        [b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"],  # a tree of pages that holds itself
        [  # one that is deeper than any program writes it
            b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>" % (k - 1, k + 1)
            for k in range(2, 5000)
        ],
    ],
    ids=["itself", "deep"],
)
def test_trees_of_pages_without_end_are_refused_in_words(kids):
    content = document([b"<< /Type /Catalog /Pages 2 0 R >>", *kids])
    with pytest.raises(ImageError, match="expected"):
        list(open_document(content))


def test_arrays_in_arrays_without_end_leave_a_page_blank_or_refused():
    deep = one_page(b"[" * 200_000 + b"]" * 200_000 + b" TJ")
    try:
        [page] = open_document(deep)
    except ImageError as exc:
        assert "expected" in str(exc)
    else:
        assert page.convert("L").getextrema() == (255, 255)
