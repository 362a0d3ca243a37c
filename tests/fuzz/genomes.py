"""Files drawn from a few numbers, for the search to vary: strokes, rows, nests, crowds.

Pictures, ink, PDFs, TIFFs of several pages, and practice sheets.

A genome is a dict of numbers; `express` makes the file of it, `random_genome` and `mutated` make
others. The file is cut down to 1 MB.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw
from tests.fuzz import hostile_pages
from tests.fuzz.hostile import MAX_BYTES, saved, strokes_json

__all__ = ["FAMILIES", "Genome", "express", "mutated", "random_genome"]

Genome: TypeAlias = dict[str, float]

# Of each number: its least, its greatest, and whether it varies by factors.
SHAPES = {
    "seed": (0, 1000, False),
    "count": (2, 3000, True),  # strokes
    "points": (2, 2000, True),  # of a stroke
    "size": (3, 1500, True),  # of a stroke, px
    "aspect": (0.1, 10, True),
    "slant": (-1, 1, False),
    "rough": (0, 1, False),  # how far points stray from the shape
    "turns": (0, 30, False),  # of a wave along the stroke; of a spiral
    "closed": (0, 1, False),
    "layout": (0, 5, False),  # scattered, in rows, one row, nested, on a diagonal
    "pitch": (0.01, 3, True),  # between neighbours, in sizes
    "rows": (1, 60, True),
    "form": (0, 1, False),  # which of the family's formats the file is in
}
PICTURE = {
    **SHAPES,
    "side": (64, 4000, True),
    "wide": (0.2, 5, True),
    "width": (1, 30, True),
    "ink": (0, 255, False),
    "paper": (0, 255, False),
    "slope": (0, 60, False),  # of the paper's brightness: a plain canvas is read another way
    "speckle": (0, 0.2, False),
}
SHEET = {**SHAPES, "dpi": (50, 350, True), "width": (1, 12, True), "ink": (0, 220, False),
         "paper": (60, 255, False), "filled": (0, 1, False)}  # fmt: skip
PDF = {
    **SHAPES,
    "kind": (0, 1, False),  # what is on it, of `_pdf`
    "width": (0.1, 300, True),
    "wide": (50, 9000, True),  # of a picture, and how often a thing is drawn
    "high": (50, 9000, True),
    "times": (1, 3000, True),
    "depth": (1, 14, False),
    "side": (50, 3000, True),  # of the page, points
}
TIFF = {
    "pages": (1, 1000, True),
    "wide": (8, 40_000, True),
    "high": (8, 40_000, True),
    "tags": (0, 3000, False),
    "tag_share": (0, 1, False),  # below a half it has none
    "mode": (0, 1, False),
    "kind": (0, 1, False),
    "over": (0, 1, False),
}
FAMILIES = {"picture": PICTURE, "ink": SHAPES, "sheet": SHEET, "pdf": PDF, "tiff": TIFF}
BLENDS = ("Normal", "Multiply", "Luminosity", "ColorBurn")
SPACES = ("/DeviceGray", "/DeviceRGB", "/DeviceCMYK")
# The first as often again: what is drawn costs more than what it is saved as.
PICTURE_FORMS = ("PNG", "PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "PPM")
INK_FORMS = (".json", ".json", ".inkml", ".svg")


def random_genome(family: str, rng: np.random.Generator) -> Genome:
    return {name: _drawn(limits, rng) for name, limits in FAMILIES[family].items()}


def _drawn(limits: tuple[float, float, bool], rng: np.random.Generator) -> float:
    low, high, by_factor = limits
    if by_factor:
        return float(math.exp(rng.uniform(math.log(low), math.log(high))))
    return float(rng.uniform(low, high))


def mutated(genome: Genome, family: str, rng: np.random.Generator) -> Genome:
    """The same with some numbers a little or quite different."""
    changed = dict(genome)
    limits = FAMILIES[family]
    for name in rng.choice(list(limits), size=rng.integers(1, 4), replace=False):
        low, high, by_factor = limits[name]
        if rng.random() < 0.3:
            changed[name] = _drawn(limits[name], rng)
        elif by_factor:
            changed[name] = float(np.clip(genome[name] * math.exp(rng.normal(0, 0.5)), low, high))
        else:
            changed[name] = float(
                np.clip(genome[name] + rng.normal(0, 0.2) * (high - low), low, high)
            )
    return changed


def express(genome: Genome, family: str) -> tuple[bytes, str]:
    """The file, and what its name ends in."""
    if family == "tiff":
        return _tiff(genome), ".tiff"
    if family == "sheet":
        return _sheet(genome), ".png"
    if family == "pdf":
        return _pdf(genome), ".pdf"
    strokes = _strokes(genome)
    forms = INK_FORMS if family == "ink" else PICTURE_FORMS
    form = forms[min(int(genome["form"] * len(forms)), len(forms) - 1)]
    if family == "picture":
        return _picture(genome, strokes, form), "." + form.lower()
    whole = [np.rint(stroke).astype(int) for stroke in strokes]
    return (strokes_json(whole) if form == ".json" else _markup(whole, form)), form


def _markup(strokes: list[np.ndarray], form: str) -> bytes:
    """As many of the strokes as fit, as InkML or SVG."""
    opening, closing = ("<ink>", "</ink>") if form == ".inkml" else ("<svg>", "</svg>")
    rows, used = [], len(opening + closing)
    for stroke in strokes:
        points = ",".join(f"{x} {y}" for x, y in stroke.tolist())
        row = f"<trace>{points}</trace>" if form == ".inkml" else f'<polyline points="{points}"/>'
        used += len(row)
        if used > MAX_BYTES:
            break
        rows.append(row)
    return "".join([opening, *rows, closing]).encode()


def _strokes(genome: Genome) -> list[np.ndarray]:
    rng = np.random.default_rng(int(genome["seed"]))
    count, points = int(genome["count"]), int(genome["points"])
    count = min(count, max(2, 400_000 // points))
    size, layout = genome["size"], int(genome["layout"])
    t = np.linspace(0, 1, points)
    made = []
    per_row = max(1, round(count / genome["rows"]))
    for k in range(count):
        scale = size
        if layout == 3:
            scale = size * (1 - k / count)
        wave = np.sin(t * genome["turns"] * 2 * np.pi)
        turn = t * 2 * np.pi * max(genome["turns"], 0.9)
        if genome["closed"] > 0.5:
            x, y = np.cos(turn) / 2, np.sin(turn) / 2
        else:
            x, y = 0.3 * wave, t - 0.5
        shape = np.stack([x * genome["aspect"] + genome["slant"] * y, y], 1) * scale
        shape += rng.normal(0, 0.3, shape.shape) * genome["rough"] * size
        pitch = genome["pitch"] * size
        if layout == 0:
            at = rng.uniform(0, pitch * math.sqrt(count), 2)
        elif layout == 1:
            at = np.array([k % per_row * pitch, k // per_row * size * 1.3])
        elif layout == 2:
            at = np.array([k * pitch, 0.0])
        elif layout == 3:
            at = np.zeros(2)
        else:
            at = np.array([k * pitch, k * pitch])
        made.append(shape + at)
    return made


def _picture(genome: Genome, strokes: list[np.ndarray], form: str) -> bytes:
    side = genome["side"]
    size = (
        max(8, int(side * math.sqrt(genome["wide"]))),
        max(8, int(side / math.sqrt(genome["wide"]))),
    )
    size = min(size[0], 8000), min(size[1], 8000)
    image = Image.new("L", size, int(genome["paper"]))
    if genome["slope"] > 20:
        ramp = np.linspace(0, genome["slope"] - 20, size[0]).astype(np.uint8)[None]
        image = Image.fromarray(
            np.clip(np.asarray(image, np.int16) - ramp, 0, 255).astype(np.uint8)
        )
    if genome["speckle"] > 0.1:
        rng = np.random.default_rng(int(genome["seed"]))
        pixels = np.asarray(image).copy()
        pixels[rng.random(pixels.shape) < (genome["speckle"] - 0.1) / 10] = int(genome["ink"])
        image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    everything = np.concatenate(strokes)
    low = everything.min(axis=0)
    middle = np.maximum(0, (np.array(size) - np.ptp(everything, axis=0)) / 2) - low
    for stroke in strokes:
        draw.line(
            [tuple(p) for p in (stroke + middle).tolist()],
            fill=int(genome["ink"]),
            width=max(1, int(genome["width"])),
        )
    options = {"TIFF": {"compression": "tiff_lzw"}, "WEBP": {"method": 0}}.get(form, {})
    content = saved(image, form, **options)
    if len(content) > MAX_BYTES:
        content = saved(image, "PNG", compress_level=6)
    if len(content) > MAX_BYTES:
        content = saved(image, "JPEG", quality=40)
    return content


def _tiff(genome: Genome) -> bytes:
    if genome["over"] > 0.9:
        return hostile_pages.tiff_lying_over(int(genome["pages"]), int(genome["tags"]) * 20 + 1)
    mode = ("1", "L", "F")[int(genome["mode"] * 2.99)]
    size = int(genome["wide"]), int(genome["high"])
    while size[0] * size[1] > 90_000_000:  # just over what is refused
        size = size[0] // 2 + 1, size[1] // 2 + 1
    tags = int(genome["tags"]) if genome["tag_share"] > 0.5 else 0
    return hostile_pages.tiff_pages(
        int(genome["pages"]), size, tags, int(genome["kind"] > 0.8), mode
    )


def _sheet(genome: Genome) -> bytes:
    count, points = int(genome["count"]), int(genome["points"])
    # 120 boxes or so: no more than a second to draw.
    of_box = {**genome, "count": float(min(count, 200)), "points": float(min(points, 60))}
    few = {**of_box, "count": 2.0}

    def strokes(rng: np.random.Generator, wide: float, high: float) -> list[np.ndarray]:
        own = of_box if rng.random() < genome["filled"] else few
        made = _strokes({**own, "seed": float(rng.integers(1000))})
        everything = np.concatenate(made)
        low, extent = everything.min(axis=0), max(1.0, float(np.ptp(everything, axis=0).max()))
        inside = 0.8 * np.array([wide, high]) / extent
        return [(stroke - low) * inside + 0.1 * np.array([wide, high]) for stroke in made]

    ink, paper = int(genome["ink"]), int(genome["paper"])
    return hostile_pages.sheet(strokes, int(genome["dpi"]), int(genome["width"]), ink, paper)


def _pdf(genome: Genome) -> bytes:
    kinds = ("strokes", "path", "text", "picture", "picture", "forms", "groups", "tiles", "shading",
             "masked", "clips")  # fmt: skip
    kind = kinds[min(int(genome["kind"] * len(kinds)), len(kinds) - 1)]
    times, depth = int(genome["times"]), int(genome["depth"])
    size = int(genome["wide"]), int(genome["high"])
    if kind == "forms":
        wide = max(2, round(times ** (1 / max(1, depth))) + 1)
        return hostile_pages.pdf_forms(depth, min(wide, 1000), genome["closed"] > 0.5)
    if kind == "groups":
        return hostile_pages.pdf_groups(times, BLENDS[int(genome["form"] * 3.99)])
    if kind == "tiles":
        return hostile_pages.pdf_tiles(genome["width"] / 10)
    if kind == "shading":
        return hostile_pages.pdf_shading(1 + int(genome["form"] * 2.99), times)
    if kind == "masked":
        return hostile_pages.pdf_masked(size)
    if kind == "picture":
        while size[0] * size[1] > 90_000_000:
            size = size[0] // 2 + 1, size[1] // 2 + 1
        space = SPACES[int(genome["form"] * 2.99)]
        bits = (1, 8, 16)[int(genome["rough"] * 2.99)]
        is_grey = space == "/DeviceGray"
        form = "JPEG" if genome["closed"] > 0.7 else ""
        again = times if genome["slant"] > 0 else 1
        return hostile_pages.pdf_picture(size, space, bits if is_grey else 8, again, form)
    strokes = _strokes(genome)
    side = genome["side"]
    dash = f"[{genome['pitch']:.2f}] 0 d " if genome["aspect"] > 3 else ""
    lines = [f"{dash}{genome['width']:.1f} w"]
    for stroke in strokes:
        rows = " l ".join(f"{x:.0f} {y:.0f}" for x, y in stroke.tolist())
        first, _, rest = rows.partition(" l ")
        lines.append(f"{first} m {rest} l {'W* n' if kind == 'clips' else ''}")
        if kind not in ("path", "clips"):
            lines[-1] += "S"
    lines.append({"path": "f*", "clips": f"0 0 {side:.0f} {side:.0f} re f"}.get(kind, ""))
    if kind == "text":
        lines = [f"BT/F {genome['width']:.1f} Tf 9 9 Td"]
        lines += ["(0123456789) Tj 0.1 9 Td"] * (times * 7) + ["ET"]
        font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
        content = "\n".join(lines).encode()
        return hostile_pages.pdf(content, "/Font<</F 5 0 R>>", [font], (side, side))
    return hostile_pages.pdf_text(lines, size=(side, side))
