from __future__ import annotations

import io
import shutil
import stat
import sys
from pathlib import Path

import numpy as np
import pytest
from paths import SAMPLES
from PIL import Image

from inkdigit.errors import ImageDecodeError, InkDigitError, InputNotFoundError
from inkdigit_app.store import pictures


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_picture_is_opened_whole() -> None:
    picture = pictures.from_file(SAMPLES / "seven.png")
    with Image.open(SAMPLES / "seven.png") as image:
        assert picture.size == image.size
        assert picture.name == "seven.png"
        expected = np.asarray(image.convert("RGB"))
    np.testing.assert_array_equal(np.asarray(opened(picture.content).convert("RGB")), expected)


def test_a_photo_lies_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (60, 40), "white")
    exif = image.getexif()
    exif[0x0112] = 6  # turned by a quarter
    image.save(tmp_path / "photo.jpg", exif=exif)
    picture = pictures.from_file(tmp_path / "photo.jpg")
    assert picture.size == (40, 60)
    assert opened(picture.content).format == "JPEG"


def test_a_large_picture_is_reduced(tmp_path: Path) -> None:
    Image.new("L", (5000, 1000), 255).save(tmp_path / "wide.png")
    assert pictures.from_file(tmp_path / "wide.png").size == (1667, 334)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_every_mode_can_be_stored(mode: str) -> None:
    image = Image.new(mode, (12, 8))
    picture = pictures.from_image(image, "a")
    assert opened(picture.content).size == (12, 8)


def test_a_deep_picture_keeps_its_levels() -> None:
    levels = np.array([[0, 1023], [2047, 4095]], np.uint16)  # a camera's 12 bits
    picture = pictures.from_image(Image.fromarray(levels), "a")
    np.testing.assert_array_equal(np.asarray(opened(picture.content)), [[0, 64], [127, 255]])


def test_a_broken_picture_raises_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "note.png").write_text("no picture")
    with pytest.raises(ImageDecodeError, match=r"note\.png"):
        pictures.from_file(tmp_path / "note.png")
    with pytest.raises(InputNotFoundError):
        pictures.from_file(tmp_path / "absent.png")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/home/a/scan.png", "/home/a/scan.png"),
        ("file:///home/a/my%20scan.jpg\n", "/home/a/my scan.jpg"),
        ('"/home/a/scan.png"', "/home/a/scan.png"),
        ("scan.png", None),
        ("/home/a/notes.txt", None),
        ("3141", None),
        ("", None),
        ("/a.png\n/b.png", "/a.png"),
        ("file:///a/b.png\r\nfile:///c.png\r\n", "/a/b.png"),
        ("31 40\n/b.png", None),
        ("file:///a%00.png", None),
        ("/a.png\n" * 200_000, None),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="these are paths of other systems")
def test_a_path_of_a_picture_is_recognised_by_its_suffix(text: str, path: str | None) -> None:
    found = pictures.path_in_text(text)
    assert found == (None if path is None else Path(path))


def test_a_copied_path_is_opened() -> None:
    picture = pictures.from_clipboard(str(SAMPLES / "seven.png"))
    assert picture is not None
    assert picture.name == "seven.png"


def fake_xclip(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "xclip"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system itself is asked")
def test_a_copied_picture_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cat = shutil.which("cat")
    fake_xclip(tmp_path, monkeypatch, f"exec {cat} {SAMPLES / 'seven.png'}")
    picture = pictures.from_clipboard("")
    assert picture is not None
    assert picture.name == "Clipboard"
    with Image.open(SAMPLES / "seven.png") as image:
        assert picture.size == image.size


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system itself is asked")
def test_an_unreadable_clipboard_raises_an_error_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InkDigitError, match="xclip"):
        pictures.from_clipboard("")
    assert pictures.from_clipboard("just words") is None
