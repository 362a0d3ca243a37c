"""Files made to be slow or to fill the memory, each under 1 MB: what was found, and its kin.

Each maker returns a whole file. `CASES` names them; the name's ending says which reader a file is
for: a picture's, or `.json`, `.inkml` and `.svg` for ink. `python -m tests.fuzz.search` looks for
worse ones.
"""

from __future__ import annotations

import io
import json
import math
import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageDraw

__all__ = ["CASES", "MAX_BYTES", "SMALL", "digits_page", "pixels_png", "saved", "strokes_json"]

MAX_BYTES = 1_000_000
LARGE = (8944, 8944)  # just under the 80 million pixels that are not refused
SIDE = 2048  # a picture is not reduced to read it


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


# Pictures that are large when they are decoded.


def png(size: tuple[int, int], depth: int, colour: int, *, interlace: int = 0) -> bytes:
    """A PNG of zeros; of a wave in its first row, so that it is not blank."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row_bytes = -(-size[0] * channels * depth // 8)
    packer = zlib.compressobj(9)
    first = b"\0" + bytes(k % 251 for k in range(row_bytes))
    packed = packer.compress(first)
    zeros = bytes(1 + row_bytes) * 64
    for _ in range(size[1] // 64 + 1):
        packed += packer.compress(zeros)
    packed += packer.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlace)
    palette = [chunk(b"PLTE", bytes(range(256)) * 3), chunk(b"tRNS", bytes(256))]
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            *(palette if colour == 3 else []),
            chunk(b"IDAT", packed),
            chunk(b"IEND", b""),
        ]
    )


def tiff(
    mode: str, compression: str = "tiff_adobe_deflate", size: tuple[int, int] = LARGE
) -> bytes:
    return saved(Image.new(mode, size), "TIFF", compression=compression)


def float_tiff(size: tuple[int, int] = LARGE) -> bytes:
    image = Image.new("F", size)
    image.paste(1000.0, (9, 9, 99, 200))
    return saved(image, "TIFF", compression="tiff_adobe_deflate")


def nan_tiff() -> bytes:
    image = Image.new("F", LARGE)
    image.putpixel((LARGE[0] - 1, LARGE[1] - 1), math.nan)
    return saved(image, "TIFF", compression="tiff_adobe_deflate")


def jpeg_scans(scans: int, side: int = 3000, mode: str = "L") -> bytes:
    """A progressive JPEG that refines the same coefficients again and again."""
    whole = saved(Image.new(mode, (side, side), 255), "JPEG", progressive=True, quality=10)
    parts = list(_segments(whole))
    found = [k for k, (marker, _) in enumerate(parts) if marker == 0xDA]
    last = parts[found[-1]][1]
    repeat = last * max(0, min(scans, (MAX_BYTES - len(whole) - 2) // len(last)))
    return whole[:-2] + repeat + whole[-2:]


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """A JPEG's segments, each scan with its data."""
    position = 2
    while position < len(content) - 1:
        marker = content[position + 1]
        if marker == 0xD9:
            return
        end = position + 2 + int.from_bytes(content[position + 2 : position + 4], "big")
        if marker == 0xDA:
            while not (content[end] == 0xFF and content[end + 1] not in (0, *range(0xD0, 0xD8))):
                end += 1
        yield marker, content[position:end]
        position = end


def jpeg(size: tuple[int, int], mode: str, **options: object) -> bytes:
    return saved(Image.new(mode, size, None), "JPEG", quality=1, **options)


def plain_pnm(kind: bytes, token: bytes) -> bytes:
    """A PNM as text."""
    side = math.isqrt((MAX_BYTES - 100) // len(token) // (3 if kind == b"P3" else 1))
    top = b"" if kind == b"P1" else b"255\n"
    count = side * side * (3 if kind == b"P3" else 1)
    return b"%s %d %d\n" % (kind, side, side) + top + token * count


def comment_pnm() -> bytes:
    return b"P2 9 9 255\n" + b"#\n" * 499_000


def rle_bmp() -> bytes:
    """Runs of one pixel each, decoded one by one."""
    width = height = 700
    rows = (b"\x01\x00\x01\x01" * (width // 2) + b"\0\0") * height
    rows = rows[: MAX_BYTES - 2000] + b"\0\1"
    start = 54 + 1024
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(rows), 0, 0, 256, 0)
    return (
        b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header
        + bytes(b for k in range(256) for b in (k, k, k, 0)) + rows
    )  # fmt: skip


def jumping_bmp(size: tuple[int, int] = LARGE) -> bytes:
    """Deltas that jump over nearly all of the picture."""
    width, height = size
    rows = (b"\0\2\xff\xff") * 400 + b"\x01\x00\0\1"
    start = 54 + 1024
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(rows), 0, 0, 256, 0)
    return (
        b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header
        + bytes(1024) + rows
    )  # fmt: skip


def gif(size: tuple[int, int] = LARGE, frames: int = 1) -> bytes:
    others = [Image.new("P", size, k % 2) for k in range(1, frames)]
    return saved(Image.new("P", size), "GIF", save_all=frames > 1, append_images=others)


def many_tags_tiff() -> bytes:
    """A directory of tens of thousands of entries."""
    count = 65_000
    entries = b"".join(struct.pack("<HHII", 40_000 + k % 20_000, 4, 1, k) for k in range(count))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", count) + entries + bytes(4)


def one_row_strips_tiff() -> bytes:
    """A strip for each row, all of the same bytes."""
    width, height = 4000, 20_000
    row = zlib.compress(bytes(width), 9)
    strips = 8 + 2 + 12 * 10 + 4
    offsets, counts = strips + len(row), strips + len(row) + 4 * height
    tags = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 4, 1, 8), (259, 4, 1, 8), (262, 4, 1, 1),
        (273, 4, height, offsets), (277, 4, 1, 1), (278, 4, 1, 1), (279, 4, height, counts),
        (284, 4, 1, 1),
    ]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"".join(
        [
            b"II*\0\x08\0\0\0",
            struct.pack("<H", len(tags)),
            entries,
            bytes(4),
            row,
            struct.pack("<I", strips) * height,
            struct.pack("<I", len(row)) * height,
        ]
    )


# Pictures with much to read.


def pixels_png(pixels: np.ndarray) -> bytes:
    return saved(Image.fromarray(pixels), "PNG", optimize=True)


def rings(count: int = 1500, side: int = SIDE, gap: float = 0.66) -> bytes:
    """Nested rings: each mark's box holds all the smaller ones."""
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    for k in range(count):
        r = side / 2 - 4 - k * gap * 2
        if r < 2:
            break
        draw.ellipse((side / 2 - r, side / 2 - r, side / 2 + r, side / 2 + r), outline=0)
    return saved(image, "PNG", optimize=True)


def diagonals(count: int = 500, side: int = SIDE, canvas: int = 255, rise: float = 1.0) -> bytes:
    """Long parallel lines, whose boxes are as large as the picture and overlap."""
    image = Image.new("L", (side, side), canvas)
    draw = ImageDraw.Draw(image)
    for k in range(count):
        x = 4 + k * 4
        draw.line((x, 4, x - side * 0.95 / rise, side - 5), fill=255 - canvas, width=1)
    return saved(image, "PNG", optimize=True)


def chevrons(count: int = 500, side: int = SIDE) -> bytes:
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    for k in range(count):
        d = 4 + 4 * k
        draw.line((4, side - d, side // 2, max(4, side // 2 - d), side - 4, side - d), fill=0)
    return saved(image, "PNG", optimize=True)


def crowd(pitch: int = 40, height: int = 30, side: int = SIDE, seed: int = 0) -> bytes:
    """A page full of zigzags that touch and may be cut in many places."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    for top in range(8, side - height - 8, pitch):
        x = 8.0
        points = []
        while x < side - 12:
            points.append((x, top + height * rng.random()))
            x += 0.25 * height * (0.5 + rng.random())
        for start in range(0, len(points), 12):
            draw.line(points[start : start + 12], fill=0, width=2)
    return saved(image, "PNG", optimize=True)


def dots(pitch: int = 6, size: int = 3, side: int = SIDE) -> bytes:
    pixels = np.full((side, side), 255, np.uint8)
    for y in range(size):
        for x in range(size):
            pixels[y::pitch, x::pitch] = 0
    return pixels_png(pixels)


def noise(side: int = 900, seed: int = 0, share: float = 0.3, zoom: int = 1) -> bytes:
    rng = np.random.default_rng(seed)
    pixels = np.where(rng.random((side, side)) < share, 0, 255).astype(np.uint8)
    pixels = pixels.repeat(zoom, 0).repeat(zoom, 1)
    pixels[[0, -1]] = pixels[:, [0, -1]] = 255
    return pixels_png(pixels)


def specks(count: int = 1300, size: tuple[int, int] = (617, 510)) -> bytes:
    """Bright pixels on paper that grows darker: each may be a number of its own."""
    rng = np.random.default_rng(823)
    pixels = np.tile(np.linspace(94, 56, size[0]).astype(np.uint8), (size[1], 1))
    pixels[rng.integers(0, size[1], count), rng.integers(0, size[0], count)] = 250
    return pixels_png(pixels)


def scribbles(count: int = 900, size: int = 60, side: int = SIDE, seed: int = 0) -> bytes:
    """Closed curves on top of and beside each other."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    for _ in range(count):
        x, y = rng.uniform(10, side - size - 10, 2)
        points = rng.uniform(0, size, (8, 2)) + np.array([x, y])
        draw.line([tuple(p) for p in points], fill=0, width=3)
    return saved(image, "PNG", optimize=True)


def digits_page(rows: int = 30, columns: int = 45, side: int = SIDE) -> bytes:
    """A page of rows of neat small shapes: ones, zeros and bars."""
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    tall, wide = side / (rows + 1), side / (columns + 1)
    for r in range(rows):
        for c in range(columns):
            x, y = (c + 0.6) * wide, (r + 0.6) * tall
            kind = (r * 7 + c) % 3
            box = (x, y, x + wide * 0.7, y + tall * 0.7)
            if kind == 0:
                draw.ellipse(box, outline=0, width=3)
            elif kind == 1:
                draw.line(
                    (box[0] + wide * 0.4, box[1], box[0] + wide * 0.3, box[3]), fill=0, width=3
                )
            else:
                draw.line((box[0], box[1], box[2], box[1], box[0] + 4, box[3]), fill=0, width=3)
    return saved(image, "PNG", optimize=True)


def grid(pitch: int = 24, side: int = SIDE, gap: int = 0) -> bytes:
    """Squared paper; with gaps where the lines cross, thousands of rules."""
    pixels = np.full((side, side), 255, np.uint8)
    pixels[::pitch], pixels[:, ::pitch] = 0, 0
    for k in range(gap):
        pixels[k + 1 :: pitch] = np.where(np.arange(side) % pitch == 0, 255, pixels[k + 1 :: pitch])
        pixels[:, k + 1 :: pitch] = np.where(
            np.arange(side)[:, None] % pitch == 0, 255, pixels[:, k + 1 :: pitch]
        )
    return pixels_png(pixels)


def dashes(pitch: int = 12, side: int = SIDE, length: int = 10) -> bytes:
    pixels = np.full((side, side), 255, np.uint8)
    for y in range(4, side - 4, pitch):
        for x in range(4, side - length, length + 6):
            pixels[y : y + 2, x : x + length] = 0
    return pixels_png(pixels)


def comb(side: int = SIDE, pitch: int = 6) -> bytes:
    """One mark with hundreds of teeth."""
    pixels = np.full((side, side), 255, np.uint8)
    pixels[20:24, 20:-20] = 0
    for x in range(20, side - 20, pitch):
        pixels[20 : side - 20, x : x + 2] = 0
    return pixels_png(pixels)


def spiral(side: int = SIDE, pitch: int = 8) -> bytes:
    """One line that winds inwards: its runs take many passes to join."""
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    low, high = 8, side - 9
    points = [(low, low)]
    while high - low > 2 * pitch:
        points += [(high, low), (high, high), (low, high), (low, low + pitch)]
        low, high = low + pitch, high - pitch
        points.append((low, low))
    draw.line(points, fill=0, width=2)
    return saved(image, "PNG", optimize=True)


# Ink.


def strokes_json(strokes: list[np.ndarray]) -> bytes:
    """As many of the strokes as fit."""
    rows, used = [], 20
    for stroke in strokes:
        row = json.dumps(np.asarray(stroke).tolist(), separators=(",", ":"))
        used += len(row) + 1
        if used > MAX_BYTES:
            break
        rows.append(row)
    return ('{"strokes":[' + ",".join(rows) + "]}").encode()


def waves(strokes: int = 60, points: int = 1900, pitch: int = 3) -> bytes:
    """Long strokes beside each other, each a wave that may be cut in many places."""
    rng = np.random.default_rng(0)
    made = []
    for k in range(strokes):
        x = k * pitch + np.linspace(0, 60, points)
        y = 50 + 49 * np.sin(np.linspace(0, 40 * np.pi, points)) + rng.normal(0, 1, points)
        made.append(np.rint(np.stack([x, y], 1)).astype(int))
    return strokes_json(made)


def million_points(points: int = 140_000) -> bytes:
    """One stroke of as many points as fit."""
    rng = np.random.default_rng(0)
    return strokes_json([rng.integers(0, 99, (points, 2))])


def taps(count: int = 120_000, side: int = 99) -> bytes:
    """Strokes of one point."""
    return strokes_json(list(np.random.default_rng(0).integers(0, side, (count, 1, 2))))


def ticks(count: int = 1000, side: int = 400, size: int = 40, points: int = 4) -> bytes:
    """Short strokes that cross each other."""
    rng = np.random.default_rng(0)
    starts = rng.integers(0, side, (count, 1, 2))
    return strokes_json(list(starts + rng.integers(0, size, (count, points, 2))))


def line_of_ticks(count: int = 1000, pitch: int = 4, points: int = 30, size: int = 40) -> bytes:
    """One row of strokes, each close to many others."""
    rng = np.random.default_rng(1)
    made = [rng.integers(0, size, (points, 2)) + np.array([k * pitch, 0]) for k in range(count)]
    return strokes_json(made)


def tall_in_rows(rows: int = 33, columns: int = 30) -> bytes:
    """Rows of w-shaped strokes side by side."""
    shape = np.array([(0, 0), (8, 40), (16, 4), (24, 40), (32, 2), (40, 40), (48, 0)])
    return strokes_json(
        [shape + np.array([c * 50, r * 60]) for r in range(rows) for c in range(columns)]
    )


def zigzags(count: int = 900, points: int = 90) -> bytes:
    """A row of long zigzags, each of which may be cut at every turn."""
    k = np.arange(points)
    shape = np.stack([k, k % 2 * 99], axis=1)
    return strokes_json([shape + np.array([c * points * 1.1, 0]).astype(int) for c in range(count)])


def mixed_json(numbers: int = 30_000, length: int = 20_000) -> bytes:
    return ('{"strokes":[[' + "1," * numbers + '"' + "x" * length + '"]]}').encode()


def mixed_rows_json(rows: int = 60_000, length: int = 400_000) -> bytes:
    return ('{"strokes":[[' + "[1,2]," * rows + '["' + "x" * length + '",1]]]}').encode()


def keys_json() -> bytes:
    return json.dumps({"x" * 900_000: 1}).encode()


def big_numbers_json() -> bytes:
    """Whole numbers of thousands of digits take quadratic time to read."""
    number = "1" * 4200
    return ('{"strokes":[[' + ",".join(f"[{number},1]" for _ in range(230)) + "]]}").encode()


def empty_lists_json() -> bytes:
    return ('{"strokes":[' + "[]," * 330_000 + "[]]}").encode()


def nested_lists_json() -> bytes:
    """Points that are lists of lists: more dimensions than a stroke has."""
    inner = "[[1,2]," * 1 + "[1,2]]"
    return ('{"strokes":[[' + ",".join([inner] * 60_000) + "]]}").encode()


def records_json() -> bytes:
    return ('{"strokes":[[' + ",".join(['{"x":1,"y":2}'] * 70_000) + "]]}").encode()


def quickdraw_json() -> bytes:
    xs = ",".join("1" for _ in range(240_000))
    return ('{"drawing":[[[' + xs + "],[" + xs + "]]]}").encode()


def inkml(text: str, count: int = 1) -> bytes:
    room = (MAX_BYTES - 100) // count - 20
    piece = text * (room // len(text))
    trace = f"<trace>{piece.rstrip(',')}</trace>"
    return ("<ink>" + trace * count + "</ink>").encode()


def referring_inkml() -> bytes:
    """Contexts that refer to each other in a long chain, again for each trace."""
    chain = "".join(f'<context xml:id="c{k}" contextRef="#c{k + 1}"/>' for k in range(900))
    wide = "".join(
        f'<context xml:id="w{k}"><inkSource contextRef="#w{k + 1}"/></context>' for k in range(400)
    )
    traces = "".join(f'<trace contextRef="#c{k % 900}">1 1,2 2</trace>' for k in range(18_000))
    return f"<ink><definitions>{chain}{wide}</definitions>{traces}</ink>".encode()


def local_contexts_inkml() -> bytes:
    """A format of many channels that is read again for each of many contexts."""
    channels = '<channel name="X"/><channel name="Y"/>' + '<channel name="F"/>' * 8000
    formats = f'<traceFormat xml:id="f">{channels}</traceFormat>'
    return (
        f"<ink><definitions>{formats}</definitions>"
        + "<context traceFormatRef='#f'/>" * 25_000
        + "</ink>"
    ).encode()


def svg(body: str) -> bytes:
    return f"<svg>{body}</svg>".encode()


def svg_path(piece: str, start: str = "M0 0") -> bytes:
    count = (MAX_BYTES - 100) // len(piece)
    return svg(f'<path d="{start}{piece * count}"/>')


def svg_many(element: str) -> bytes:
    return svg(element * ((MAX_BYTES - 100) // len(element)))


def svg_transforms() -> bytes:
    """Deep groups with long transforms around many short lines."""
    transform = "scale(1)" * 100
    return svg(f'<g transform="{transform}">' * 90 + "<path d='M0 0l9 9'/>" * 40_000 + "</g>" * 90)


def svg_curves_that_touch() -> bytes:
    """Subpaths that each start where the last one ended."""
    return svg_many('<path d="M0 0C0 99 99 0 0 0"/>')


CASES: dict[str, Callable[[], bytes]] = {
    # What the issue names.
    "rings.png": rings,
    "rings-wide.png": lambda: rings(gap=1.5),
    "diagonals.png": diagonals,
    "scans.jpg": lambda: jpeg_scans(5000),
    "scans-colour.jpg": lambda: jpeg_scans(5000, 6000, "RGB"),
    "float.tiff": float_tiff,
    "deep.png": lambda: png(LARGE, 16, 0),
    "waves.json": waves,
    "million.json": million_points,
    "mixed.json": mixed_json,
    "mixed-large.json": lambda: mixed_json(220_000, 400_000),
    # Large when decoded.
    "grey.png": lambda: png(LARGE, 8, 0),
    "colour.png": lambda: png(LARGE, 8, 2),
    "deep-colour.png": lambda: png(LARGE, 16, 2),
    "alpha.png": lambda: png(LARGE, 8, 6),
    "deep-alpha.png": lambda: png(LARGE, 16, 6),
    "grey-alpha.png": lambda: png(LARGE, 8, 4),
    "palette.png": lambda: png(LARGE, 8, 3),
    "bits.png": lambda: png(LARGE, 1, 0),
    "interlaced.png": lambda: png(LARGE, 8, 2, interlace=1),
    "colour-40.png": lambda: png((6200, 6200), 8, 2),
    "alpha-40.png": lambda: png((6200, 6200), 8, 6),
    "deep-40.png": lambda: png((8000, 5000), 16, 0),
    "palette-40.png": lambda: png((6200, 6200), 8, 3),
    "long.png": lambda: png((65_000, 1200), 8, 0),
    "thread.png": lambda: png((5_000_000, 1), 8, 0),
    "thread-tall.png": lambda: png((1, 5_000_000), 8, 0),
    "tape.png": lambda: png((2_000_000, 40), 8, 0),
    "bits.tiff": lambda: tiff("1", "group4"),
    "fax.tiff": lambda: tiff("1", "group3"),
    "packed.tiff": lambda: tiff("1", "packbits"),
    "print.tiff": lambda: tiff("CMYK"),
    "lab.tiff": lambda: tiff("LAB"),
    "whole.tiff": lambda: tiff("I"),
    "deep.tiff": lambda: tiff("I;16"),
    "lzw.tiff": lambda: tiff("L", "tiff_lzw"),
    "colour-40.tiff": lambda: tiff("RGB", size=(6200, 6200)),
    "float-40.tiff": lambda: float_tiff((6200, 6200)),
    "nan.tiff": nan_tiff,
    "tags.tiff": many_tags_tiff,
    "strips.tiff": one_row_strips_tiff,
    "large.jpg": lambda: jpeg((8900, 8900), "RGB"),
    "large-grey.jpg": lambda: jpeg((8900, 8900), "L"),
    "large-print.jpg": lambda: jpeg((8900, 8900), "CMYK"),
    "large-444.jpg": lambda: jpeg((8900, 8900), "RGB", subsampling=0),
    "large-progressive.jpg": lambda: jpeg((8900, 8900), "RGB", progressive=True, subsampling=0),
    "large.webp": lambda: saved(Image.new("RGB", (8900, 8900)), "WEBP", quality=0, method=0),
    "lossless.webp": lambda: saved(Image.new("RGB", (8900, 8900)), "WEBP", lossless=True, method=0),
    "large-40.webp": lambda: saved(Image.new("RGB", (6200, 6200)), "WEBP", lossless=True, method=0),
    "large.avif": lambda: saved(Image.new("RGB", (8900, 8900)), "AVIF", speed=10),
    "large-40.avif": lambda: saved(Image.new("RGB", (6200, 6200)), "AVIF", speed=10),
    "large.gif": gif,
    "frames.gif": lambda: gif((400, 400), 300),
    "text.pbm": lambda: plain_pnm(b"P1", b"0"),
    "text.pgm": lambda: plain_pnm(b"P2", b"0 "),
    "text.ppm": lambda: plain_pnm(b"P3", b"0 "),
    "comments.pgm": comment_pnm,
    "runs.bmp": rle_bmp,
    "jumps.bmp": jumping_bmp,
    # Much to read.
    "diagonals-dark.png": lambda: diagonals(canvas=0),
    "diagonals-steep.png": lambda: diagonals(rise=4.0),
    "chevrons.png": chevrons,
    "crowd.png": crowd,
    "crowd-small.png": lambda: crowd(26, 18),
    "crowd-large.png": lambda: crowd(120, 100),
    "dots.png": dots,
    "dots-large.png": lambda: dots(20, 9),
    "noise.png": noise,
    "noise-large.png": lambda: noise(340, share=0.35, zoom=6),
    "specks.png": specks,
    "scribbles.png": scribbles,
    "scribbles-large.png": lambda: scribbles(300, 200),
    "digits.png": digits_page,
    "digits-small.png": lambda: digits_page(60, 90),
    "grid.png": grid,
    "grid-open.png": lambda: grid(32, gap=3),
    "grid-large.png": lambda: grid(100),
    "dashes.png": dashes,
    "comb.png": comb,
    "comb-wide.png": lambda: comb(pitch=16),
    "spiral.png": spiral,
    # Ink.
    "waves-few.json": lambda: waves(6, 19_000),
    "waves-apart.json": lambda: waves(300, 380, 30),
    "taps.json": taps,
    "ticks.json": ticks,
    "ticks-long.json": lambda: ticks(1000, 600, 80, 120),
    "ticks-dense.json": lambda: ticks(1000, 60, 40, 60),
    "line.json": line_of_ticks,
    "line-dense.json": lambda: line_of_ticks(1000, 1, 60),
    "rows.json": tall_in_rows,
    "zigzags.json": zigzags,
    "mixed-rows.json": mixed_rows_json,
    "keys.json": keys_json,
    "numbers.json": big_numbers_json,
    "empty.json": empty_lists_json,
    "nested.json": nested_lists_json,
    "records.json": records_json,
    "quickdraw.json": quickdraw_json,
    "points.inkml": lambda: inkml("1 1,2 9,"),
    "spaces.inkml": lambda: inkml(" "),
    "differences.inkml": lambda: inkml("'1'1,"),
    "traces.inkml": lambda: inkml("1 1,9 9,", 20_000),
    "referring.inkml": referring_inkml,
    "contexts.inkml": local_contexts_inkml,
    "curves.svg": lambda: svg_path("c0 1e9 9 9 0 0"),
    "arcs.svg": lambda: svg_path("a1 1 0 1 1 1 0"),
    "turns.svg": lambda: svg_path("t1 0"),
    "moves.svg": lambda: svg_path("m1 1"),
    "lines.svg": lambda: svg_path("h1v1h-1"),
    "zigzag.svg": lambda: svg_path("l9 9 1-9"),
    "touching.svg": svg_curves_that_touch,
    "elements.svg": lambda: svg_many('<line x2="9"/>'),
    "polygons.svg": lambda: svg_many('<polygon points="0 0 9 9 0 9"/>'),
    "transforms.svg": svg_transforms,
}

# Of a few kB, and made in no time: a fuzzer starts from them.
SMALL: dict[str, Callable[[], bytes]] = {
    "rings.png": lambda: rings(9, 100, 3),
    "deep.png": lambda: png((300, 200), 16, 0),
    "interlaced.png": lambda: png((300, 200), 8, 2, interlace=1),
    "palette.png": lambda: png((300, 200), 8, 3),
    "scans.jpg": lambda: jpeg_scans(12, 64),
    "float.tiff": lambda: float_tiff((300, 220)),
    "bits.tiff": lambda: tiff("1", "group4", (300, 200)),
    "lab.tiff": lambda: tiff("LAB", size=(100, 100)),
    "frames.gif": lambda: gif((60, 60), 5),
    "jumps.bmp": lambda: jumping_bmp((300, 200)),
    "waves.json": lambda: waves(2, 60),
    "ticks.json": lambda: ticks(12),
    "mixed.json": lambda: mixed_json(20, 200),
}
