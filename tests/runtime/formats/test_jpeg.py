"""How often a JPEG's decoder goes over its picture, told from the markers."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from inkdigit._formats.jpeg import count_scans


def jpeg(mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((64, 48), 60).convert(mode).save(stream, "JPEG", **options)
    return stream.getvalue()


def test_a_baseline_file_has_one_scan():
    assert count_scans(jpeg()).scans == 1


def test_a_progressive_file_has_some_ten():
    assert 5 <= count_scans(jpeg(progressive=True)).scans <= 12


@pytest.mark.parametrize(
    ("mode", "subsampling", "samples"),
    [("L", -1, 1), ("RGB", 0, 3), ("RGB", 1, 2), ("RGB", 2, 1.5)],
)
def test_samples_of_a_pixel_follow_from_the_frame(mode, subsampling, samples):
    options = {} if mode == "L" else {"subsampling": subsampling}
    assert count_scans(jpeg(mode, **options)).samples == samples


def test_a_thumbnail_is_not_counted():
    small = jpeg(progressive=True)
    assert count_scans(jpeg(exif=b"Exif\0\0" + small)).scans == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xd8", b"\xff\xd8\xff\xda", b"\xff\xd8\xff\xc0\0"])
def test_damaged_files_are_counted_as_far_as_they_go(content):
    assert count_scans(content).scans <= 1
