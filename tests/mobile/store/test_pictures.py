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

from inkdigit import Stroke
from inkdigit.errors import ImageDecodeError, InkDigitError, InputNotFoundError
from inkdigit_app.core.file_list import list_folder, start_folder
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.store import pictures
from inkdigit_app.store.thumbnails import SIZE_PX, draw_thumbnail


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
def test_every_mode_can_be_kept(mode: str) -> None:
    image = Image.new(mode, (12, 8))
    picture = pictures.from_image(image, "a")
    assert opened(picture.content).size == (12, 8)


def test_what_is_no_picture_says_why(tmp_path: Path) -> None:
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
        ("/a.png\n/b.png", None),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="these are paths of other systems")
def test_a_path_on_the_clipboard_is_known_by_its_ending(text: str, path: str | None) -> None:
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
def test_a_clipboard_that_cannot_be_asked_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InkDigitError, match="xclip"):
        pictures.from_clipboard("")


def test_a_folder_lists_folders_and_pictures_only(tmp_path: Path) -> None:
    for name in ("b", "A", ".hidden"):
        (tmp_path / name).mkdir()
    for name in ("one.PNG", "two.jpg", "notes.txt", ".secret.png"):
        (tmp_path / name).touch()
    (tmp_path / "nowhere.png").symlink_to(tmp_path / "absent")
    items = list_folder(tmp_path)
    assert [item.path.name for item in items if item.is_folder] == ["A", "b"]
    assert {item.path.name for item in items if not item.is_folder} == {"one.PNG", "two.jpg"}


def test_the_dialog_starts_where_pictures_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert start_folder() == tmp_path
    (tmp_path / "Downloads").mkdir()
    assert start_folder() == tmp_path / "Downloads"


def test_ink_has_a_thumbnail_that_can_be_tinted() -> None:
    page = Page((PenStroke(Stroke.from_points([(10, 10), (400, 900)]), 7.0),))
    image = opened(draw_thumbnail(page))
    assert image.size == SIZE_PX
    white, alpha = image.split()
    assert white.getextrema() == (255, 255)
    assert alpha.getextrema() == (0, 255)


def test_a_dot_and_a_picture_have_one_too() -> None:
    assert draw_thumbnail(Page((PenStroke(Stroke.from_points([(5, 5)]), 7.0),)))
    image = opened(draw_thumbnail(Page(picture=pictures.from_file(SAMPLES / "seven.png"))))
    assert image.width <= SIZE_PX[0]
    assert image.height <= SIZE_PX[1]
