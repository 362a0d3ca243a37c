"""PDFs, TIFFs of many pages and filled practice sheets made to be slow or to fill the memory.

As in `hostile`, each maker returns a whole file of at most 1 MB.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable

import numpy as np
from PIL import Image, ImageDraw
from tests.fuzz.hostile import digits_page, pixels_png

from inkdigit._practice.draw import draw_sheet
from inkdigit._practice.layout import BOXES

__all__ = ["PAGE_CASES", "pdf", "pdf_picture", "pdf_text", "read_as", "sheet", "tiff_pages"]

MAX_BYTES = 1_000_000
LARGE = (8944, 8944)


# PDFs. The numbers of the objects: 1 the catalogue, 2 the pages, 3 the page, 4 its content.


def pdf(
    content: bytes,
    resources: str = "",
    others: Iterable[bytes] = (),
    size: tuple[float, float] = (595, 842),
) -> bytes:
    """A PDF of one page; `others` are objects from number 5."""
    page = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size[0]} {size[1]}]/Contents 4 0 R"
        f"/Resources<<{resources}>>>>"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page.encode(),
        stream(content),
        *others,
    ]
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def stream(content: bytes, entries: str = "", packed: bool = True) -> bytes:
    """A stream, packed unless it is already."""
    if packed:
        content = zlib.compress(content, 9)
        entries += "/Filter/FlateDecode"
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries.encode(), len(content), content)


def pdf_text(lines: Iterable[str], **options: object) -> bytes:
    """A page drawn by these operators."""
    return pdf("\n".join(lines).encode(), **options)  # type: ignore[arg-type]


def pdf_picture(
    size: tuple[int, int] = LARGE,
    space: str = "/DeviceGray",
    bits: int = 8,
    times: int = 1,
    form: str = "",
) -> bytes:
    """A picture as large as the page, drawn so many times; zeros, or as JPEG or JPEG 2000."""
    entries = f"/Type/XObject/Subtype/Image/Width {size[0]}/Height {size[1]}"
    if form:
        image = Image.new({"/DeviceRGB": "RGB", "/DeviceCMYK": "CMYK"}.get(space, "L"), size)
        buffer = io.BytesIO()
        image.save(buffer, form, **({"quality": 1} if form == "JPEG" else {}))
        name = {"JPEG": "DCTDecode", "JPEG2000": "JPXDecode"}[form]
        entries += f"/ColorSpace{space}/BitsPerComponent 8/Filter/{name}"
        body = stream(buffer.getvalue(), entries, packed=False)
    else:
        channels = {"/DeviceRGB": 3, "/DeviceCMYK": 4}.get(space, 1)
        row = bytes(-(-size[0] * channels * bits // 8))
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(row) for _ in range(size[1])) + packer.flush()
        entries += f"/ColorSpace{space}/BitsPerComponent {bits}/Filter/FlateDecode"
        body = stream(packed, entries, packed=False)
    draw = b"".join(b"q %d 0 0 %d 0 %d cm/I Do Q\n" % (595 - k, 842 - k, k) for k in range(times))
    return pdf(draw, "/XObject<</I 5 0 R>>", [body])


def pdf_forms(depth: int = 8, wide: int = 6, group: bool = False) -> bytes:
    """Forms that draw the next `wide` times, and it the next."""
    forms = []
    for level in range(depth):
        inner = b"0 0 m 99 99 l S\n" if level == depth - 1 else b"/F Do\n" * wide
        reached = f"/Resources<</XObject<</F {6 + level} 0 R>>>>" if level < depth - 1 else ""
        see = "/Group<</S/Transparency/I true>>" if group else ""
        entries = f"/Type/XObject/Subtype/Form/BBox[0 0 595 842]{see}{reached}"
        forms.append(stream(inner, entries))
    return pdf(b"/F Do\n" * wide, "/XObject<</F 5 0 R>>", forms)


def pdf_groups(count: int = 300, blend: str = "Luminosity") -> bytes:
    """The page blended with itself again and again."""
    form = stream(
        b"0.5 g 0 0 595 842 re f",
        "/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Group<</S/Transparency/I true>>",
    )
    state = f"/ExtGState<</G<</BM/{blend}/ca 0.5>>>>/XObject<</F 5 0 R>>"
    return pdf(b"/G gs\n" + b"/F Do\n" * count, state, [form])


def pdf_tiles(step: float = 0.3) -> bytes:
    """A pattern of tiny tiles over the page."""
    tile = stream(
        b"0 0 m 9 9 l S",
        f"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep {step}/YStep {step}"
        "/Resources<<>>",
    )
    content = b"/Pattern cs/P scn 0 0 595 842 re f"
    return pdf(content, "/Pattern<</P 5 0 R>>", [tile])


def pdf_shading(kind: int = 1, times: int = 50) -> bytes:
    """A shading whose colour is worked out for each pixel, many times over."""
    program = "{" + "2 copy mul sin exch cos add abs " * 40 + "pop dup dup}"
    function = stream(
        program.encode(), "/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]", packed=False
    )
    shading = {
        1: "<</ShadingType 1/ColorSpace/DeviceRGB/Matrix[595 0 0 842 0 0]/Function 6 0 R>>",
        2: "<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 595 842]/Function 6 0 R>>",
        3: "<</ShadingType 3/ColorSpace/DeviceRGB/Coords[0 0 0 300 400 900]/Function 6 0 R>>",
    }[kind]
    return pdf(b"/S sh\n" * times, "/Shading<</S 5 0 R>>", [shading.encode(), function])


def pdf_strokes(count: int = 3000, dash: str = "", width: float = 1, curves: bool = True) -> bytes:
    """Long lines all over the page, dashed perhaps."""
    rng = np.random.default_rng(0)
    lines = [f"{dash} {width} w" if dash else f"{width} w"]
    for points in rng.integers(0, 800, (count, 8)).tolist():
        x0, y0, *rest = points
        end = " ".join(map(str, rest))
        lines.append(f"{x0} {y0} m {end} c S" if curves else f"{x0} {y0} m {rest[0]} {rest[1]} l S")
    return pdf_text(lines)


def pdf_path(points: int = 100_000, fill: str = "f*") -> bytes:
    """One path that crosses itself all over."""
    rng = np.random.default_rng(0)
    rows = [f"{x} {y} l" for x, y in rng.integers(0, 900, (points, 2)).tolist()]
    return pdf_text(["0 0 m", *rows, fill])


def pdf_clips(count: int = 2000) -> bytes:
    """Clips within clips, each with many edges."""
    rng = np.random.default_rng(0)
    lines = []
    for _ in range(count):
        rows = " ".join(f"{x} {y} l" for x, y in rng.integers(0, 900, (30, 2)).tolist())
        lines.append(f"0 0 m {rows} W* n")
    return pdf_text([*lines, "0 0 595 842 re f"])


def pdf_letters(count: int = 190_000) -> bytes:
    """As many letters as are drawn, on top of each other."""
    content = b"BT/F 30 Tf 9 99 Td " + b"(8) Tj 0.01 0 Td " * count + b"ET"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return pdf(content, "/Font<</F 5 0 R>>", [font])


def pdf_type3(times: int = 5) -> bytes:
    """A letter that is a drawing of thousands of lines, set thousands of times."""
    glyph = stream(b"1000 0 0 0 1000 1000 d1\n" + b"0 0 m 900 900 l S 0 900 m 900 0 l S\n" * 500)
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[0.001 0 0 0.001 0 0]"
        b"/CharProcs<</a 6 0 R>>/Encoding<</Type/Encoding/Differences[97/a]>>"
        b"/FirstChar 97/LastChar 97/Widths[1000]/Resources<<>>>>"
    )
    content = (
        b"BT/F 500 Tf 9 9 Td " + (b"(" + b"a" * 60 + b") Tj 0.1 0 Td ") * (times * 100) + b"ET"
    )
    return pdf(content, "/Font<</F 5 0 R>>", [font, glyph])


def pdf_masked(size: tuple[int, int] = (6000, 6000)) -> bytes:
    """A picture with a soft mask as large."""
    rows = bytes(size[0])
    packed = zlib.compress(rows * size[1], 9)
    entries = (
        f"/Type/XObject/Subtype/Image/Width {size[0]}/Height {size[1]}/ColorSpace/DeviceGray"
        "/BitsPerComponent 8/Filter/FlateDecode"
    )
    picture = stream(packed, entries + "/SMask 6 0 R", packed=False)
    mask = stream(packed, entries, packed=False)
    return pdf(b"q 595 0 0 842 0 0 cm/I Do Q", "/XObject<</I 5 0 R>>", [picture, mask])


def pdf_bombs(layers: int = 3, size: int = 300_000_000) -> bytes:
    """Content that unpacks to megabytes of nothing; the packed packed again."""
    content = b" " * 1_000_000
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(content) for _ in range(size // len(content)))
    packed += packer.flush()
    for _ in range(layers - 1):
        packed = zlib.compress(packed, 9)
    filters = "/Filter[" + "/FlateDecode" * layers + "]"
    whole = pdf(b"")
    body = stream(packed, filters, packed=False)
    at = whole.index(b"4 0 obj\n") + 8
    end = whole.index(b"\nendobj", at)
    return whole[:at] + body + whole[end:]  # PDFium mends the table of offsets


# TIFFs of many pages.


def tiff_pages(
    pages: int = 900,
    size: tuple[int, int] = (400, 400),
    tags: int = 0,
    kind: int = 0,
    mode: str = "L",
) -> bytes:
    """Pages that share one strip, each with more tags perhaps.

    Args:
        pages: How many.
        size: Of each.
        tags: How many more of them; directories lie over each other, so that they take no room.
        kind: The pages' `NewSubfileType`: 1 for reduced copies, which are not read.
        mode: "1", "L" or "F".
    """
    width, height = size
    bits = {"1": 1, "L": 8, "F": 32}[mode]
    strip = zlib.compress(bytes(-(-width * bits // 8)) * height, 9)
    fields = [
        *((254, 4, 1, kind), (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, bits)),
        *((259, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height)),
        *((279, 4, 1, len(strip)), (339, 3, 1, 3 if mode == "F" else 1)),
    ]
    fields += [(40_000 + k, 4, 1, k) for k in range(tags)]
    body = struct.pack("<H", len(fields))
    body += b"".join(struct.pack("<HHII", *field) for field in fields)
    start = 8 + len(strip) + len(strip) % 2
    pages = min(pages, (MAX_BYTES - start) // (len(body) + 4))
    out = [struct.pack("<2sHI", b"II", 42, start), strip, bytes(len(strip) % 2)]
    for page in range(pages):
        following = start + (page + 1) * (len(body) + 4) if page < pages - 1 else 0
        out += [body, struct.pack("<I", following)]
    return b"".join(out)


def tiff_lying_over(pages: int = 990, tags: int = 60_000) -> bytes:
    """Directories of tens of thousands of tags that lie over each other, twelve bytes apart."""
    # A tag's first two bytes are the count of the directory that starts there.
    count = tags
    entry = struct.pack("<HHII", count, 3, 1, 1)
    start = 8
    out = bytearray(struct.pack("<2sHI", b"II", 42, start))
    out += struct.pack("<H", count)  # the first directory's; the entries begin with it, too
    out += entry[2:] + (entry * (tags + pages + 2))
    out = out[:MAX_BYTES]
    for page in range(pages):
        # Directory `page` starts 12 bytes further; what follows is after its entries.
        at = start + 12 * page + 2 + 12 * count
        if at + 4 > len(out):
            break
        struct.pack_into("<I", out, at, start + 12 * (page + 1))
    return bytes(out)


# Filled practice sheets.


def sheet(
    strokes: Callable[[np.random.Generator, float, float], list[np.ndarray]],
    dpi: int = 150,
    width: int = 2,
    ink: int = 0,
    paper: int = 255,
) -> bytes:
    """A practice sheet, each box filled with strokes made for its width and height."""
    image = draw_sheet(dpi)
    draw = ImageDraw.Draw(image)
    rng = np.random.default_rng(0)
    mm = dpi / 25.4
    for box in BOXES:
        wide, high = (box.right - box.left) * mm, (box.bottom - box.top) * mm
        for stroke in strokes(rng, wide, high):
            points = [(box.left * mm + x, box.top * mm + y) for x, y in stroke.tolist()]
            draw.line(points, fill=ink, width=width)
    if paper < 255:
        image = image.point([level * paper // 255 for level in range(256)])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    if buffer.tell() > MAX_BYTES:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=40)
    return buffer.getvalue()


def sheet_crowd(count: int = 40, points: int = 6, dpi: int = 150, width: int = 2) -> bytes:
    """Each box full of scribbles."""

    def strokes(rng: np.random.Generator, wide: float, high: float) -> list[np.ndarray]:
        scale = np.array([wide, high])
        return [rng.uniform(0.1, 0.9, (points, 2)) * scale for _ in range(count)]

    return sheet(strokes, dpi, width)


def sheet_ticks(count: int = 60, dpi: int = 150) -> bytes:
    """Each box full of short strokes apart."""

    def strokes(rng: np.random.Generator, wide: float, high: float) -> list[np.ndarray]:
        starts = rng.uniform(0.1, 0.85, (count, 1, 2)) * np.array([wide, high])
        return list(starts + np.array([[0, 0], [2, 7]]))

    return sheet(strokes, dpi, 1)


def marks(count: int = 600, side: int = 1200, size: int = 16) -> bytes:
    """Squares, with and without a hole: many groups of four that might be a sheet's marks."""
    rng = np.random.default_rng(0)
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    columns = int(count**0.5)
    pitch = side / columns
    for k in range(columns * columns):
        x, y = (k % columns + 0.3) * pitch, (k // columns + 0.3) * pitch
        draw.rectangle((x, y, x + size, y + size), fill=0)
        if rng.random() < 0.5:
            hole = size // 3
            draw.rectangle((x + hole, y + hole, x + size - hole, y + size - hole), fill=255)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def strip(height: int, width: int) -> bytes:
    """A picture of few pixels one way: seen as large as a table, a mark is as high as all of it."""
    inked = np.random.default_rng(1).random((height, width)) < 0.3
    return pixels_png(np.where(inked, 0, 255).astype(np.uint8))


def table_crowd(
    side: int = 1095, pitch: tuple[int, int] = (14, 16), left_out: float = 0.4
) -> bytes:
    """Thousands of small ones, zeros and sevens in loose rows and columns without rules."""
    rng = np.random.default_rng(0)
    image = Image.new("L", (side, side), 245)
    draw = ImageDraw.Draw(image)
    for y in range(8, side - 16, 16):
        for x in range(8, side - 16, 14):
            if rng.random() < left_out:
                continue
            left, top = (at + int(rng.integers(0, 5)) for at in (x, y))
            kind = int(rng.integers(3))
            if kind == 0:
                draw.line((left + 3, top, left + 2, top + 8), fill=30, width=2)
            elif kind == 1:
                draw.ellipse((left, top, left + 6, top + 8), outline=30, width=2)
            else:
                draw.line((left, top, left + 6, top, left + 2, top + 8), fill=30, width=2)
    return pixels_png(np.asarray(image))


PAGE_CASES: dict[str, Callable[[], bytes]] = {
    "grey.pdf": pdf_picture,
    "bits.pdf": lambda: pdf_picture(bits=1),
    "deep.pdf": lambda: pdf_picture((6000, 6000), bits=16),
    "colour.pdf": lambda: pdf_picture((6200, 6200), "/DeviceRGB"),
    "print.pdf": lambda: pdf_picture((5000, 5000), "/DeviceCMYK"),
    "again.pdf": lambda: pdf_picture((4000, 4000), times=200),
    "jpeg.pdf": lambda: pdf_picture((7900, 7900), "/DeviceRGB", form="JPEG"),
    "jpeg-again.pdf": lambda: pdf_picture((5000, 5000), "/DeviceRGB", form="JPEG", times=50),
    "jpeg-2000.pdf": lambda: pdf_picture((6000, 6000), "/DeviceRGB", form="JPEG2000"),
    "masked.pdf": pdf_masked,
    "forms.pdf": pdf_forms,
    "forms-deep.pdf": lambda: pdf_forms(14, 4),
    "forms-grouped.pdf": lambda: pdf_forms(12, 2, group=True),
    "groups.pdf": pdf_groups,
    "tiles.pdf": pdf_tiles,
    "shading.pdf": pdf_shading,
    "shading-line.pdf": lambda: pdf_shading(2),
    "shading-round.pdf": lambda: pdf_shading(3),
    "strokes.pdf": pdf_strokes,
    "strokes-many.pdf": lambda: pdf_strokes(60_000, curves=False),
    "dashes.pdf": lambda: pdf_strokes(3000, "[0.01 0.01] 0 d"),
    "wide.pdf": lambda: pdf_strokes(3000, width=400),
    "path.pdf": pdf_path,
    "path-drawn.pdf": lambda: pdf_path(fill="S"),
    "clips.pdf": pdf_clips,
    "letters.pdf": pdf_letters,
    "type3.pdf": pdf_type3,
    "bomb.pdf": pdf_bombs,
    "pages.tiff": tiff_pages,
    "pages-large.tiff": lambda: tiff_pages(900, LARGE, mode="1"),
    "pages-float.tiff": lambda: tiff_pages(100, (6000, 6000), mode="F"),
    "pages-reduced.tiff": lambda: tiff_pages(990, kind=1),
    "pages-tags.tiff": lambda: tiff_pages(80, tags=900),
    "pages-over.tiff": tiff_lying_over,
    "sheet-crowd.png": sheet_crowd,
    "sheet-crowd-fine.png": lambda: sheet_crowd(120, 4, 300, 1),
    "sheet-ticks.png": sheet_ticks,
    "sheet-marks.png": marks,
    "table-strip.png": lambda: strip(2000, 1),
    "table-strip-wide.png": lambda: strip(2, 300),
    "table-crowd.png": table_crowd,
    "table-digits.png": digits_page,
}


def read_as(name: str, otherwise: str) -> str:
    """What a case is read as."""
    if name.startswith("sheet"):
        return "practice"
    if name.startswith("table"):
        return "table"
    return "pages" if name.startswith("pages") else otherwise
