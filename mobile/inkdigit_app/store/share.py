"""A page in, what other programs take out: a table, a PNG, an SVG, a CSV; and files of them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit.drawing import draw_polylines
from inkdigit.errors import InputError
from inkdigit.files import write_atomic
from inkdigit_app.core.page import Page
from inkdigit_app.core.pictures.regions import decode
from inkdigit_app.core.pictures.table_reading import TableReading
from inkdigit_app.core.words.language import tr

__all__ = ["KINDS", "as_csv", "as_png", "as_svg", "as_table", "save"]

KINDS = ("png", "svg", "csv")
MARGIN_DP = 16.0  # of paper around the ink
PNG_SCALE = 2.0  # pixels to the dp: sharp on most screens and on paper
MAX_SIDE_PX = 4096  # of a PNG: an endless page is reduced to it
INK = "#15181C"  # the light theme's, on white
# What a spreadsheet takes for a number rather than for a formula.
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
FORMULA_STARTS = ("=", "+", "-", "@")  # OWASP, "CSV Injection"


def as_table(text: str) -> str:
    """A reading as a spreadsheet takes it from the clipboard: tabs for gaps, a line a row."""
    return "\n".join("\t".join(line.split()) for line in text.split("\n"))


def as_csv(text: str | TableReading) -> str:
    """A reading as CSV (RFC 4180): a record a row, a field a number, or a cell of a table.

    What a spreadsheet would compute, such as "-1-1", gets an apostrophe in front.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    if isinstance(text, TableReading):
        rows = text.texts
    else:
        rows = [line.split() for line in text.split("\n")]
    writer.writerows([_plain(field) for field in row] for row in rows)
    return stream.getvalue()


def as_png(page: Page) -> bytes:
    """A page as a picture: dark ink on white, or the picture that it is.

    Raises:
        InputError: If nothing is on it.
    """
    image: Image.Image
    if page.picture is not None:
        image = decode(page.picture)
    else:
        left, top, width, height = _paper(page)
        scale = min(PNG_SCALE, MAX_SIDE_PX / max(width, height))
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        shift = np.array([left, top])
        mask = draw_polylines(
            [(stroke.stroke.points - shift) * scale for stroke in page.strokes],
            [stroke.width * scale for stroke in page.strokes],
            size,
            ink=255,
            background=0,
        )
        image = Image.new("RGB", size, "white")
        image.paste(INK, (0, 0, *size), mask)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def as_svg(page: Page) -> str:
    """A page's strokes as paths, which `inkdigit.Ink.from_svg` reads.

    Raises:
        InputError: If there is no ink on it.
    """
    if page.picture is not None:
        raise InputError(tr("a picture has no strokes"))
    left, top, width, height = _paper(page)
    paths = "\n".join(
        f'  <path stroke-width="{stroke.width:g}" d="{_path(stroke.stroke.points)}"/>'
        for stroke in page.strokes
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg"'
        f' width="{width:.2f}" height="{height:.2f}"'
        f' viewBox="{left:.2f} {top:.2f} {width:.2f} {height:.2f}">\n'
        f' <g fill="none" stroke="{INK}" stroke-linecap="round" stroke-linejoin="round">\n'
        f"{paths}\n </g>\n</svg>\n"
    )


def save(kind: str, page: Page, text: str | TableReading, folder: Path, stamp: str) -> Path:
    """Write a page to a file, whole or not at all.

    Args:
        kind: One of `KINDS`.
        page: What is on the canvas.
        text: What it reads.
        folder: Made where it is missing.
        stamp: Part of the file's name.

    Returns:
        The file's path.

    Raises:
        InputError: If there is nothing to write.
        OSError: If the disk is full or the folder cannot be written.
    """
    if kind == "png":
        content = as_png(page)
    elif kind == "svg":
        content = as_svg(page).encode()
    else:
        content = as_csv(text).encode()
    path = folder / f"inkdigit-{stamp}.{kind}"
    number = 2
    while path.exists():  # saved twice within a second
        path = folder / f"inkdigit-{stamp}-{number}.{kind}"
        number += 1
    write_atomic(path, lambda stream: stream.write(content))
    return path


def _plain(field: str) -> str:
    computed = field.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(field)
    return f"'{field}" if computed else field


def _paper(page: Page) -> tuple[float, float, float, float]:
    """Left, top, width and height in dp."""
    if not page.strokes:
        raise InputError(tr("nothing is written yet"))
    left, top, right, bottom = page.ink.bounds
    margin = MARGIN_DP + max(stroke.width for stroke in page.strokes) / 2
    return left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin


def _path(points: NDArray[np.float32]) -> str:
    first, *rest = [f"{x:.2f} {y:.2f}" for x, y in points]
    # A dot goes to where it is: a path without a line is not drawn.
    return f"M {first} " + " ".join(f"L {point}" for point in rest or [first])
