"""Under load and attack: bombs are refused cheaply, threads do not mix, memory stays put."""

from __future__ import annotations

import io
import os
import random
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from paths import SAMPLES
from PIL import Image

from inkdigit import Recognizer, rasterize

SIDE = 60_000  # 3,600 million pixels
MAX_BOMBS_MB = 30  # more than a small picture takes, for which the engine keeps 70 to 110
READINGS = int(os.environ.get("INKDIGIT_READINGS", "400"))  # 100000 for the long run
MAX_GROWTH_MB = 8  # what the allocators may still keep after the warm-up
DEADLINE_S = 3600 if READINGS > 10_000 else 300


def png(width: int, height: int, *extra: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    chunks = [chunk(b"IHDR", header), *(chunk(e[:4], e[4:]) for e in extra), chunk(b"IDAT", rows)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """A small one whose frame header then claims the largest size that the format can."""
    stream = io.BytesIO()
    with Image.open(SAMPLES / "seven.png") as seven:
        seven.convert("L").save(stream, "JPEG")
    content = bytearray(stream.getvalue())
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    return bytes(content)


def tiff() -> bytes:
    """A little-endian one of SIDE × SIDE pixels in one strip of a few bytes."""
    tags = {256: SIDE, 257: SIDE, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: SIDE, 279: 4}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4)


def tiff_loop() -> bytes:
    """One whose next directory is itself."""
    content = tiff().replace(struct.pack("<I", SIDE), struct.pack("<I", 8))
    return content[:-4] + b"\x08\0\0\0"


def bmp() -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, SIDE, SIDE, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header


def gif() -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b"\x2c" + bytes(9)


def webp() -> bytes:
    """The extended header may claim 2^24 pixels a side."""
    body = b"WEBPVP8X" + struct.pack("<II", 10, 0) + b"\xff\xff\xff" * 2
    return b"RIFF" + struct.pack("<I", len(body)) + body


def avif() -> bytes:
    """A small one whose box of the size then claims SIDE × SIDE."""
    stream = io.BytesIO()
    Image.new("L", (30, 30), 255).save(stream, "AVIF")
    content = bytearray(stream.getvalue())
    size = content.index(b"ispe") + 8
    content[size : size + 8] = struct.pack(">II", SIDE, SIDE)
    return bytes(content)


def laughs() -> bytes:
    entities = [f"<!ENTITY l{k} '{f'&l{k - 1};' * 10}'>" for k in range(1, 10)]
    declared = f"<!DOCTYPE svg [<!ENTITY l0 'ha'>{''.join(entities)}]>"
    return f"{declared}<svg><path d='&l9;'/></svg>".encode()


BOMBS: dict[str, Callable[[], bytes]] = {
    "pixels.png": lambda: png(SIDE, SIDE),
    "text.png": lambda: png(30, 30, b"zTXta\0\0" + zlib.compress(bytes(60_000_000), 9)),
    "profile.png": lambda: png(30, 30, b"iCCPa\0\0" + zlib.compress(bytes(60_000_000), 9)),
    "pixels.jpg": jpeg,
    "pixels.tiff": tiff,
    "loop.tiff": tiff_loop,
    "pixels.bmp": bmp,
    "pixels.gif": gif,
    "pixels.webp": webp,
    "pixels.ppm": lambda: b"P6 60000 60000 255\n" + bytes(1000),
    **({"pixels.avif": avif} if ".avif" in Image.registered_extensions() else {}),
    "laughs.svg": laughs,
    "deep.svg": lambda: b"<svg>" + b"<g>" * 2_000_000,
    "wide.inkml": lambda: b"<ink>" + b"<trace>" * 1_000_000,
    "nested.json": lambda: b'{"strokes": ' + b"[" * 200_000,
    "number.json": lambda: b'{"strokes": [[[0, 1' + b"0" * 100_000 + b"]]]}",
    "infinity.json": lambda: b'{"strokes": [[[0, 1e999]]]}',
    "points.json": lambda: b'{"strokes": [[' + b",".join([b"[1,1]"] * 10) + b', ["x", 1]]]}',
}

READ_BOMBS = """
import re, sys
from pathlib import Path
import numpy as np
from inkdigit import Ink, InkDigitError, Recognizer

def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])

recognizer = Recognizer()
recognizer.read(np.random.default_rng(0).integers(0, 255, (8, 8), np.uint8))
before = peak()
readers = {".json": Ink.from_json, ".svg": Ink.from_svg, ".inkml": Ink.from_inkml}
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        source = readers[path.suffix](path.read_bytes()) if path.suffix in readers else path
        answer = repr(recognizer.read(source).text)
    except InkDigitError as exc:
        answer = type(exc).__name__
    print(path.name, answer)
print(peak() - before)
"""

READ_ON = """
import re, sys
from pathlib import Path
from inkdigit import Ink, Recognizer, rasterize
recognizer, reader = Recognizer(), None
ink = Ink.from_json(Path(sys.argv[1]).read_bytes())
picture = (255 - 255 * rasterize(ink, 120)).astype("uint8")
batch = rasterize(ink)[None].repeat(8, 0)

def resident():
    return int(re.search(r"VmRSS:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

def use(count):
    reader = recognizer.reader()
    for k in range(count):
        moved = Ink([stroke.points + k % 97 for stroke in ink])
        recognizer.predict_digit(moved)
        recognizer.classify(batch)
        reader.read(moved)
        if k % 4 == 0:
            recognizer.read(picture)

count = int(sys.argv[2])
use(count // 3)
before = resident()
use(count)
print(resident() - before)
"""


def run(code: str, *arguments: str | Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells a process what it holds")


@linux
def test_bombs_are_refused_before_they_take_memory(tmp_path):
    for name, make in BOMBS.items():
        (tmp_path / name).write_bytes(make())
    *lines, growth = run(READ_BOMBS, tmp_path)
    answers = dict(line.split(" ", 1) for line in lines)
    assert set(answers) == set(BOMBS)
    for name, answer in answers.items():
        if name.startswith("pixels"):
            assert answer in ("ImageTooLargeError", "ImageDecodeError"), name
        elif name.endswith((".json", ".svg", ".inkml")):
            assert answer == "InkError", name
    assert int(growth) / 1024 < MAX_BOMBS_MB


@linux
def test_memory_stays_where_it_is(tmp_path):
    growth = float(run(READ_ON, SAMPLES / "four.json", READINGS)[-1])
    assert growth < MAX_GROWTH_MB


def test_eight_threads_with_other_options_get_the_answers_of_one(write_text):
    recognizer = Recognizer()
    page = np.rint(255 - 255 * rasterize(write_text("20"), 200)).astype(np.uint8)
    batch = np.random.default_rng(0).uniform(0, 1, (3, 28, 28)).astype(np.float32)
    calls: list[Callable[[], object]] = [
        lambda: recognizer.read(write_text("1995")).to_dict(),
        lambda: recognizer.read(write_text("1995"), length=2, allowed="01").to_dict(),
        lambda: recognizer.read(write_text("307"), length=(1, 3)).to_dict(),
        lambda: recognizer.read(page).to_dict(),
        lambda: recognizer.read(page, length=1).to_dict(),
        lambda: recognizer.reader().read(write_text("46"), allowed="46").to_dict(),
        lambda: recognizer.predict_digit(SAMPLES / "seven.png").to_dict(),
        lambda: [array.tolist() for array in recognizer.classify(batch)],
    ]
    alone = [call() for call in calls]
    together: list[list[object]] = []

    def hammer(seed: int) -> None:
        answers: list[object] = [None] * len(calls)
        for k in random.Random(seed).sample(range(len(calls)), len(calls)):
            answers[k] = calls[k]()
        together.append(answers)

    threads = [threading.Thread(target=hammer, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [alone] * 8
