"""A target for each reader: bytes in; what is not an `InkDigitError`, or takes too long, fails.

Each has seeds that the reader reads, and what was once found to be wrong or slow.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from tests.fuzz import hostile
from tests.fuzz.measure import MAX_S
from tests.fuzz.readers import read_content

from inkdigit import InkDigitError, Writer, open_document

__all__ = ["TARGETS", "TooSlowError", "attempt", "corpus"]


class TooSlowError(Exception):
    """A file took more of the processor's time than SECURITY.md allows."""


@dataclass(frozen=True)
class Target:
    """A reader under test.

    Attributes:
        read: Reads bytes; may raise an `InkDigitError`.
        seeds: Whole files, small.
        words: What the format's files are made of, for the mutator to insert.
        suffix: What the names of its hostile files end in.
    """

    read: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    words: tuple[bytes, ...] = ()
    suffix: str = ""


def attempt(name: str, content: bytes) -> None:
    """Read a file as a target does.

    Raises:
        TooSlowError: If it took longer than `MAX_S`.
        Exception: Whatever the reader raises but `InkDigitError`.
    """
    start = time.process_time()
    with contextlib.suppress(InkDigitError), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, of damaged tags
        TARGETS[name].read(content)
    took = time.process_time() - start
    if took > MAX_S:
        raise TooSlowError(f"{len(content):,} bytes took {took:.1f} s; expected {MAX_S} at most")


def corpus(name: str) -> list[bytes]:
    """What a target starts from: its seeds, and the small ones of the hostile files."""
    target = TARGETS[name]
    found = [
        make()
        for case, make in hostile.SMALL.items()
        if target.suffix and case.endswith(target.suffix)
    ]
    return [*target.seeds(), *found]


@cache
def _seven() -> Image.Image:
    image = Image.new("L", (40, 48), 235)
    ImageDraw.Draw(image).line([(8, 8), (32, 8), (18, 42)], fill=20, width=4)
    return image


def _pictures(form: str, **options: object) -> list[bytes]:
    seven = _seven()
    modes = {"PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"), "JPEG": ("L", "RGB", "CMYK"),
             "TIFF": ("1", "L", "RGB", "CMYK", "F"), "GIF": ("L", "P"), "BMP": ("1", "L", "RGB"),
             "PPM": ("1", "L", "RGB")}.get(form, ("RGB", "RGBA"))  # fmt: skip
    return [hostile.saved(_as(seven, mode), form, **options) for mode in modes]


def _as(image: Image.Image, mode: str) -> Image.Image:
    if mode == "I;16":
        return Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    return image.convert(mode)


def _picture(form: str, suffix: str, *words: bytes, **options: object) -> Target:
    def read(content: bytes) -> object:
        return read_content(content, suffix)

    return Target(read, lambda: _pictures(form, **options), words, suffix)


def _pages(content: bytes) -> None:
    for _, page in zip(range(4), open_document(content), strict=False):
        assert min(page.size) > 0


def _documents() -> list[bytes]:
    seven = _seven()
    return [hostile.saved(seven, "TIFF", save_all=True, append_images=[seven.convert("1")] * 2)]


def _pnm_texts() -> list[bytes]:
    levels = " ".join(map(str, np.asarray(_seven()).ravel() // 17))
    bits = "".join("01"[int(level < 128)] for level in np.asarray(_seven()).ravel())
    deep = np.asarray(_seven()).astype(">u2") * 100
    return [
        *_pictures("PPM"),
        f"P2 # a seven\n40 48 15\n{levels}\n".encode(),
        f"P1 40 48\n{bits}".encode(),
        b"P5 40 48 25500\n" + deep.tobytes(),
    ]


STROKES = [[[60, 20], [52, 60], [45, 110], [41, 160]], [[20, 20], [60, 20]]]
INKML = b"""<ink xmlns="http://www.w3.org/2003/InkML"><definitions><context xml:id="c"><inkSource>
<traceFormat><channel name="T"/><channel name="Y"/><channel name="X" orientation="-ve"/>
</traceFormat></inkSource></context></definitions><trace xml:id="a">1125 18432,'23'43,"7"-8</trace>
<trace contextRef="#c" continuation="end" priorRef="#a">5 1 2,6 '1 2</trace></ink>"""
SVG = b"""<svg><g transform="scale(2) rotate(9 1 2)"><path d="M9 9h4v-4H9z m1e1 1C1 2 3 4 5 6s7-8 9
.1q1 2 3 4t5 6A5 3 9 0 19 9z"/></g><polygon points="1,2 3 4 5-6"/><line x2="4px"/></svg>"""


def _jsons() -> list[bytes]:
    records = [{"points": [{"x": x, "y": y, "time": 5} for x, y in stroke]} for stroke in STROKES]
    columns = [list(zip(*stroke, strict=True)) for stroke in STROKES]
    values = ({"strokes": STROKES}, STROKES, {"strokes": records}, {"drawing": columns})
    return [json.dumps(value).encode() for value in values]


def _read_hand(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hand.json"
        path.write_bytes(content)
        Writer.load(path)


def _hands() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hand.json"
        Writer().save(path)
        return [path.read_bytes()]


TARGETS: dict[str, Target] = {
    "png": _picture("PNG", ".png", b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"zTXt", b"iCCP", b"eXIf"),
    "jpeg": _picture("JPEG", ".jpg", b"\xff\xda", b"\xff\xc2", b"\xff\xdd", b"\xff\xe1"),
    "webp": _picture("WEBP", ".webp", b"VP8X", b"ANIM", b"ALPH", b"VP8L"),
    "bmp": _picture("BMP", ".bmp", b"\x01\0\0\0", b"\0\2\xff\xff", b"\0\1"),
    "tiff": _picture("TIFF", ".tiff", b"\x11\x01\x04\0", b"\x03\x01\x03\0", b"\x08\0\0\0"),
    "gif": _picture("GIF", ".gif", b"\x21\xf9\x04", b"\x2c", b"\x3b", b"\x21\xff"),
    "pnm": Target(
        lambda content: read_content(content, ".ppm"), _pnm_texts,
        (b"#", b"\n", b"P1", b"P3", b"65535", b"99999"),
    ),
    "document": Target(_pages, _documents, (b"\x08\0\0\0",)),
    "json": Target(
        lambda content: read_content(content, ".json"), _jsons,
        (b"[", b"]", b",", b"1e999", b"NaN", b'"x"', b"null", b"true", b"{", b"-1e-300", b"0" * 99),
        ".json",
    ),
    "inkml": Target(
        lambda content: read_content(content, ".inkml"), lambda: [INKML],
        (b"'", b'"', b"!", b",", b"*", b"#F", b"<trace>", b"</trace>", b"1e999"),
        ".inkml",
    ),
    "svg": Target(
        lambda content: read_content(content, ".svg"), lambda: [SVG],
        (b"M", b"z", b"c", b"A", b"1e12", b"-", b".", b"scale(", b")", b"<g>", b"<!DOCTYPE"),
        ".svg",
    ),
    "hand": Target(_read_hand, _hands, (b"[", b"]", b"NaN", b"1e999", b"-1", b"null", b'""')),
}  # fmt: skip
if ".avif" in Image.registered_extensions():  # Pillow 11.3 or newer
    TARGETS["avif"] = _picture("AVIF", ".avif", b"ispe", b"iloc", b"av1C", b"auxC", b"irot")


if __name__ == "__main__":
    sys.exit("run with: python -m tests.fuzz.run NAME --seconds N")
