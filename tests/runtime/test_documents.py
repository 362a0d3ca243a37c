"""Documents: the pages that are read, in order, and what is refused."""

from __future__ import annotations

import io
import struct
import warnings

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from inkdigit import Recognizer, open_document, rasterize
from inkdigit.errors import ImageDecodeError, ImageTooLargeError, InputNotFoundError, InputTypeError


def page(level: int, size: tuple[int, int] = (30, 20)) -> Image.Image:
    return Image.new("L", size, level)


def tiff(*pages: Image.Image, **options: object) -> bytes:
    stream = io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:], **options)
    return stream.getvalue()


def endless(pages: int) -> bytes:
    """A TIFF whose pages are all the same four pixels."""
    tags = {256: 2, 257: 2, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 2, 279: 4}
    content = b"II*\0\x0c\0\0\0\1\2\3\4"
    for index in range(pages):
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
        size = 2 + len(entries) + 4
        following = len(content) + size if index < pages - 1 else 0
        content += struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)
    return content


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_deflate", "jpeg"])
def test_every_page_of_a_tiff_is_read_in_order(compression):
    content = tiff(page(10), page(100, (5, 7)), page(200), compression=compression)
    pages = list(open_document(content))
    assert [p.size for p in pages] == [(30, 20), (5, 7), (30, 20)]
    assert [p.getpixel((1, 1)) for p in pages] == pytest.approx([10, 100, 200], abs=3)


def test_pages_may_differ_in_mode():
    pages = open_document(tiff(page(10), page(0).convert("1"), page(9).convert("RGB")))
    assert [p.mode for p in pages] == ["L", "1", "RGB"]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "PPM"])
def test_any_other_picture_is_one_page(form):
    stream = io.BytesIO()
    several = {} if form in ("JPEG", "PPM") else {"save_all": True, "append_images": [page(9)]}
    page(200).save(stream, form, **(several if form != "TIFF" else {}))
    [only] = open_document(stream)
    assert only.convert("L").getpixel((1, 1)) == pytest.approx(200, abs=3)


def test_pages_are_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    pages = open_document(tiff(page(10), page(20), exif=exif))
    assert next(pages).size == (20, 30)


def test_reduced_copies_and_masks_are_left_out():
    stream = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(stream, True) as writer:
        for level, kind in ((10, 2), (11, 1), (12, 4), (20, 2)):
            tags = TiffImagePlugin.ImageFileDirectory_v2()
            tags[254] = kind
            page(level).save(writer, "TIFF", tiffinfo=tags)
            writer.newFrame()
    assert [p.getpixel((1, 1)) for p in open_document(stream.getvalue())] == [10, 20]


def test_pages_are_read_by_the_recognizer(write_text, tmp_path):
    recognizer = Recognizer()
    path = tmp_path / "scan.tif"
    pages = [255 - 255 * rasterize(write_text(text), 200) for text in ("20", "46")]
    path.write_bytes(tiff(*(Image.fromarray(np.rint(p).astype(np.uint8)) for p in pages)))
    assert [recognizer.read(p).text for p in open_document(path)] == ["20", "46"]
    assert recognizer.read(path).text == "20"


def test_what_is_no_document_is_refused_before_it_is_iterated(tmp_path):
    for source, error in (
        (b"hello", ImageDecodeError),
        (tmp_path / "gone.tiff", InputNotFoundError),
        (3, InputTypeError),
    ):
        with pytest.raises(error):
            open_document(source)


def test_damaged_page_is_named_after_the_pages_before_it():
    pages = open_document(tiff(page(10), page(20))[:-300])
    assert next(pages).getpixel((1, 1)) == 10
    with warnings.catch_warnings(), pytest.raises(ImageDecodeError, match="page 2 of the input"):
        warnings.simplefilter("ignore")  # Pillow's, of the cut directory
        next(pages)


def test_pages_without_end_are_refused(monkeypatch):
    monkeypatch.setattr("inkdigit.images.MAX_PAGES", 3)
    assert len(list(open_document(endless(3)))) == 3
    with pytest.raises(ImageTooLargeError, match="over 3 pages"):
        list(open_document(endless(4)))


def test_page_with_too_many_pixels_is_refused(monkeypatch):
    monkeypatch.setattr("inkdigit.images.MAX_PIXELS", 700)
    pages = open_document(tiff(page(10), page(20, (30, 30))))
    assert next(pages).size == (30, 20)
    with pytest.raises(ImageTooLargeError, match="page 2 of the input is 30 × 30"):
        next(pages)


def test_page_that_follows_itself_ends_the_document():
    content = endless(1)
    looped = content[:-4] + struct.pack("<I", 12)
    assert len(list(open_document(looped))) == 1
