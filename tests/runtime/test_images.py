"""Decoding: every format, mode, depth and rotation, and what is refused with which error."""

from __future__ import annotations

import io
import os
import struct
import sys
import warnings
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.fuzz import hostile

from inkdigit._picture.reduce import reduced_pixels
from inkdigit.errors import (
    ImageDecodeError,
    ImageError,
    ImageTooLargeError,
    InputNotFoundError,
    InputReadError,
    InputTypeError,
)
from inkdigit.images import decode_image, load_image, to_ink_map

AVIF = ("AVIF",) if ".avif" in Image.registered_extensions() else ()  # Pillow 11.3 or newer
FORMATS = ("PNG", "JPEG", "WEBP", *AVIF, "BMP", "TIFF", "GIF", "PPM")
EXIF_ORIENTATION = 0x0112


def drawing() -> np.ndarray:
    """(48, 64) bool: a shape that no flip or turn leaves as it is."""
    ink = np.zeros((48, 64), bool)
    ink[10:14, 12:50] = True
    ink[10:40, 44:50] = True
    return ink


INK = drawing()
GREY = np.where(INK, 20, 240).astype(np.uint8)


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def shows_the_drawing(ink_map: np.ndarray) -> bool:
    return ink_map.shape == INK.shape and bool(((ink_map > 0.5) == INK).mean() > 0.99)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_read_from_path_and_bytes(tmp_path, form):
    path = tmp_path / "picture"  # what a file is shows in its bytes, not in its name
    path.write_bytes(encoded(Image.fromarray(GREY), form))
    assert shows_the_drawing(to_ink_map(path))
    assert shows_the_drawing(to_ink_map(str(path)))
    assert shows_the_drawing(to_ink_map(decode_image(path.read_bytes())))
    assert shows_the_drawing(to_ink_map(path.read_bytes()))
    with path.open("rb") as stream:
        assert shows_the_drawing(to_ink_map(stream))
        assert load_image(stream).size == (64, 48)


def plain(magic: str, most: int, levels: np.ndarray) -> bytes:
    """A PNM file of text."""
    return f"{magic}\n# drawn\n64 48 {most or ''}\n{' '.join(map(str, levels.ravel()))}\n".encode()


COLOUR = np.repeat(GREY[:, :, None], 3, axis=2)
PNM = {
    "P1": plain("P1", 0, INK.astype(int)),
    "P2": plain("P2", 255, GREY),
    "P2, 10 bits": plain("P2", 1023, GREY * 4),
    "P3": plain("P3", 255, COLOUR),
    "P4": b"P4 64 48\n" + np.packbits(INK, axis=1).tobytes(),
    "P5": b"P5\n64 48\n255\n" + GREY.tobytes(),
    "P5, 7 bits": b"P5\n64 48\n127\n" + (GREY // 2).tobytes(),
    "P5, 16 bits": b"P5\n64 48\n65535\n" + (GREY.astype(">u2") * 257).tobytes(),
    "P6": b"P6\n64 48\n255\n" + COLOUR.tobytes(),
    "P6, 16 bits": b"P6\n64 48\n65535\n" + (COLOUR.astype(">u2") * 257).tobytes(),
}


@pytest.mark.parametrize("kind", PNM)
def test_every_kind_of_pnm_is_read(kind):
    assert shows_the_drawing(to_ink_map(PNM[kind]))


@pytest.mark.skipif(not AVIF, reason="this Pillow reads no AVIF")
@pytest.mark.parametrize("brand", [b"avif", b"avis", b"mif1", b"msf1"])
def test_avif_of_every_brand_is_read(brand):
    frames = [Image.fromarray(GREY), Image.new("L", (64, 48), 240)]
    several = {"save_all": True, "append_images": frames[1:]} if brand[3:] == b"s" else {}
    content = bytearray(encoded(frames[0], "AVIF", **several))
    assert content[8:12] == (b"avis" if several else b"avif")
    content[8:12] = brand
    assert shows_the_drawing(to_ink_map(bytes(content)))


@pytest.mark.parametrize("missing", ["module", "library"])
def test_avif_where_pillow_has_none_says_what_to_do(monkeypatch, missing):
    if missing == "module":
        monkeypatch.setitem(sys.modules, "PIL.AvifImagePlugin", None)
    else:
        plugin = SimpleNamespace(SUPPORTED=False)
        monkeypatch.setitem(sys.modules, "PIL.AvifImagePlugin", plugin)
    with pytest.raises(ImageDecodeError, match=r"AVIF.*does not read.*11\.3 or newer"):
        to_ink_map(b"\0\0\0 ftypavif" + bytes(20))


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "CMYK", "YCbCr", "HSV"]
)
def test_every_colour_mode_is_read(mode):
    image = Image.fromarray(GREY)
    steps = {"La": ("LA", "La"), "PA": ("P", "PA"), "HSV": ("RGB", "HSV"), "RGBa": ("RGBA", "RGBa")}
    for step in steps.get(mode, (mode,)):
        image = image.convert(step, dither=Image.Dither.NONE)
    assert shows_the_drawing(to_ink_map(image))


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_every_depth_is_read(bits):
    deep = (GREY.astype(np.uint16) << 8) >> (16 - bits)
    assert shows_the_drawing(to_ink_map(deep))
    assert shows_the_drawing(to_ink_map(Image.fromarray(deep)))
    assert shows_the_drawing(to_ink_map(decode_image(encoded(Image.fromarray(deep)))))


def test_integers_and_floats_of_32_bits_are_read_from_tiff():
    for values in (GREY.astype(np.int32) * 1000, GREY / np.float32(255), GREY.astype(np.float32)):
        picture = decode_image(encoded(Image.fromarray(values), "TIFF"))
        assert shows_the_drawing(to_ink_map(picture))


def test_float_picture_with_nan_is_refused():
    values = GREY.astype(np.float32)
    values[3, 3] = np.nan
    with pytest.raises(ImageError, match="NaN"):
        to_ink_map(Image.fromarray(values))


@pytest.mark.parametrize("ink", [(0, 0, 0), (255, 255, 255), (200, 30, 30)])
@pytest.mark.parametrize("form", ["PNG", "WEBP", *AVIF, "TIFF", "GIF"])
def test_drawing_on_transparent_is_read(form, ink):
    picture = np.zeros((*INK.shape, 4), np.uint8)
    picture[INK] = (*ink, 255)
    image = Image.fromarray(picture)
    assert shows_the_drawing(to_ink_map(decode_image(encoded(image, form))))
    assert shows_the_drawing(to_ink_map(picture))


def test_transparent_palette_colour_is_ground():
    image = Image.new("P", (64, 48))
    image.putpalette([0, 0, 0, 10, 10, 10])
    image.putdata(INK.astype(int).ravel().tolist())
    content = encoded(image, transparency=0)
    assert shows_the_drawing(to_ink_map(decode_image(content)))


def test_first_frame_of_an_animation_is_read():
    frames = [Image.fromarray(GREY), Image.new("L", (64, 48), 240)]
    for form in ("GIF", "WEBP", *AVIF, "PNG", "TIFF"):
        content = encoded(frames[0], form, save_all=True, append_images=frames[1:])
        assert shows_the_drawing(to_ink_map(decode_image(content)))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", *AVIF, "TIFF"])
def test_exif_rotation_is_applied(orientation, form):
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    content = encoded(Image.fromarray(GREY), form, exif=exif)
    image = decode_image(content)
    upright = to_ink_map(ImageOps.exif_transpose(image))
    assert np.array_equal(to_ink_map(image) > 0.5, upright > 0.5)
    assert upright.shape == ((48, 64) if orientation < 5 else (64, 48))


def test_damaged_exif_leaves_the_picture_as_it_lies():
    content = encoded(Image.fromarray(GREY), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xffrubbish")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert shows_the_drawing(to_ink_map(decode_image(content)))


@pytest.mark.parametrize(
    "array",
    [
        GREY,
        GREY[:, :, None],
        np.repeat(GREY[:, :, None], 3, axis=2),
        np.dstack([GREY, GREY, GREY, np.full_like(GREY, 255)]),
        INK,
        ~INK,
        GREY.astype(np.uint16) * 257,
        GREY.astype(np.int64),
        GREY.astype(np.uint32),
        GREY.astype(np.int16),
        GREY.astype(np.float64),
        GREY.astype(np.float32) - np.float32(0.4),
        GREY / 255,
        GREY / np.float32(255),
        (GREY / 255).astype(np.float16),
        np.asfortranarray(GREY),
        np.pad(GREY, 2, mode="edge")[2:-2, 2:-2],
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_every_kind_of_array_is_read(array):
    assert shows_the_drawing(to_ink_map(array))


def test_map_is_float32_from_0_to_1_and_the_callers_own():
    source = GREY.copy()
    ink_map = to_ink_map(source)
    assert ink_map.dtype == np.float32
    assert ink_map.flags.c_contiguous
    assert (ink_map.min(), ink_map.max()) == (0, 1)
    ink_map[:] = 0.5
    assert np.array_equal(source, GREY)


@pytest.mark.parametrize(
    "shape", [(), (5,), (0, 5), (5, 0), (5, 5, 2), (5, 5, 5), (5, 5, 0), (1, 5, 5, 3)]
)
def test_arrays_of_other_shapes_are_refused(shape):
    with pytest.raises(ImageError, match="expected"):
        to_ink_map(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("source", [None, 3, [[0, 1]], object()])
def test_other_sources_are_refused(source):
    with pytest.raises(InputTypeError, match="expected the path"):
        to_ink_map(source)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_cut_off_file_is_a_decode_error(tmp_path, form, share):
    rng = np.random.default_rng(0)
    content = encoded(Image.fromarray(rng.integers(0, 256, (60, 60), np.uint8)), form)
    path = tmp_path / "cut"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ImageDecodeError, match="cut"):
        to_ink_map(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 100, b"%PDF-1.7", b"RIFF1234WAVE"])
def test_what_is_no_picture_is_a_decode_error(tmp_path, content):
    path = tmp_path / "no.png"
    path.write_bytes(content)
    with pytest.raises(ImageDecodeError, match=r"expected a (PDF, PNG|whole PDF)"):
        to_ink_map(path)
    with pytest.raises(ImageDecodeError, match=r"expected a (PDF, PNG|whole PDF)"):
        decode_image(content)


def huge_png(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is huge."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_decompression_bomb_is_refused_before_it_is_decoded(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(huge_png(100_000, 100_000))
    limit = Image.MAX_IMAGE_PIXELS
    with pytest.raises(ImageTooLargeError, match="100,000 × 100,000"):
        to_ink_map(path)
    with pytest.raises(ImageTooLargeError):
        decode_image(path.read_bytes())
    assert limit == Image.MAX_IMAGE_PIXELS


def test_huge_array_is_refused_before_it_is_copied():
    with pytest.raises(ImageTooLargeError):
        to_ink_map(np.broadcast_to(np.zeros((1, 1), np.uint8), (100_000, 100_000)))


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_large_picture_is_reduced_to_fit(form):
    large = Image.fromarray(GREY).resize((64 * 40, 48 * 40), Image.Resampling.NEAREST)
    ink_map = to_ink_map(large, max_side=640)
    assert ink_map.shape == (480, 640)
    assert ((ink_map > 0.5) == np.kron(INK, np.ones((10, 10), bool))).mean() > 0.99
    path_like = io.BytesIO(encoded(large, form))
    assert to_ink_map(decode_image(path_like.getvalue()), max_side=1000).shape == (640, 854)


def test_large_jpeg_file_is_decoded_at_reduced_size(tmp_path):
    path = tmp_path / "large.jpg"
    large = Image.fromarray(GREY).resize((64 * 50, 48 * 50), Image.Resampling.NEAREST)
    large.save(path)
    ink_map = to_ink_map(path, max_side=1600)
    assert ink_map.shape == (1200, 1600)
    assert ((ink_map > 0.5) == np.kron(INK, np.ones((25, 25), bool))).mean() > 0.99


def test_thin_tall_picture_is_read():
    picture = np.full((5000, 3), 255, np.uint8)
    picture[1000:3000, 1] = 0
    assert to_ink_map(picture).shape == (1667, 1)


def test_missing_file_is_not_found(tmp_path):
    with pytest.raises(InputNotFoundError, match=r"gone\.png"):
        to_ink_map(tmp_path / "gone.png")


def test_folder_cannot_be_read(tmp_path):
    with pytest.raises(InputReadError, match="folder"):
        to_ink_map(tmp_path)


@pytest.mark.parametrize("name", ["nul\0byte.png", "x" * 5000, "file.png/inside"])
def test_impossible_path_is_a_read_error(tmp_path, name):
    (tmp_path / "file.png").write_bytes(encoded(Image.fromarray(GREY)))
    with pytest.raises((InputReadError, InputNotFoundError)):
        to_ink_map(str(tmp_path / name))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission_cannot_be_read(tmp_path):
    path = tmp_path / "locked.png"
    path.write_bytes(encoded(Image.fromarray(GREY)))
    path.chmod(0)
    with pytest.raises(InputReadError, match="permission"):
        to_ink_map(path)


def test_closed_image_is_a_decode_error(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(encoded(Image.fromarray(GREY)))
    image = Image.open(path)
    image.close()
    with pytest.raises(ImageDecodeError):
        to_ink_map(image)


def test_path_like_objects_are_paths(tmp_path):
    class Named:
        def __fspath__(self) -> str:
            return str(tmp_path / "picture.png")

    Path(Named()).write_bytes(encoded(Image.fromarray(GREY)))
    assert shows_the_drawing(to_ink_map(Named()))


def test_a_file_larger_than_any_picture_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "large.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" * 10)
    monkeypatch.setattr("inkdigit.images.MAX_FILE_BYTES", 20)
    with pytest.raises(ImageTooLargeError, match="over 20 bytes"):
        to_ink_map(path)


def test_a_picture_without_pixels_is_refused():
    with pytest.raises(ImageError, match="0 × 5"):
        to_ink_map(Image.new("L", (0, 5)))


def test_exif_that_cannot_be_parsed_leaves_the_picture_as_it_lies():
    class Damaged(Image.Image):
        def getexif(self):
            raise SyntaxError("not a TIFF file")

    plain = Image.fromarray(np.pad(np.zeros((9, 3), np.uint8), 8, constant_values=255))
    damaged = Damaged()._new(plain.im)
    damaged.__class__ = Damaged
    assert np.array_equal(to_ink_map(damaged), to_ink_map(plain))


def test_a_picture_of_far_more_pixels_than_bytes_is_refused():
    with pytest.raises(ImageTooLargeError, match="MB to decode"):
        decode_image(encoded(Image.new("RGBA", (8000, 8000))))


def test_a_jpeg_of_hundreds_of_scans_is_refused():
    with pytest.raises(ImageTooLargeError, match="in 9"):
        decode_image(hostile.jpeg_scans(900, 2000))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16", "F", "CMYK"])
def test_a_picture_reduced_in_bands_is_as_in_one(mode, monkeypatch):
    noise = Image.effect_noise((90, 70), 80).convert("L")
    image = Image.fromarray(np.asarray(noise).astype(np.uint16) * 99) if "I" in mode else None
    image = image or noise.convert(mode)
    whole = reduced_pixels(image, 3)
    monkeypatch.setattr("inkdigit._picture.reduce.BAND_PIXELS", 500)
    for one, other in zip(reduced_pixels(image, 3), whole, strict=True):
        assert (one is None) == (other is None)
        assert one is None or np.array_equal(one, other)


@pytest.mark.parametrize(
    ("content", "levels"),
    [
        (b"P2 3 1 #a\n4 0 #b\n2 4", [0, 128, 255]),
        (b"P1 3 1 101", [0, 255, 0]),
        (b"P5 3 1 4 \0\2\4", [0, 128, 255]),
        (b"P3 1 1 9 9 0 9", [255, 0, 255]),
    ],
)
def test_levels_of_a_pnm_are_scaled(content, levels):
    assert np.asarray(decode_image(content)).astype(np.uint8).ravel().tolist() == levels


@pytest.mark.parametrize(
    "content", [b"P2 3 1 4 0 2", b"P2 1 1 4 9", b"P1 3 1 1 2 0", b"P5 3 1 4 \0"]
)
def test_a_pnm_with_wrong_levels_is_refused(content):
    with pytest.raises(ImageDecodeError, match="damaged"):
        decode_image(content)
