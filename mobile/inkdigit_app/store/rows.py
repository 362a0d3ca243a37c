"""The history's rows: checked pages out, and pages in.

Strokes are rows with numbers that rise and are never used again, so several instances of the app
can add to one page. Glyphs and corrections are stored with the numbers of their strokes; in memory
they have indices.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from inkdigit import InkDigitError, Stroke
from inkdigit.labels import SIGNS
from inkdigit_app.core.corrections import Correction, Corrections
from inkdigit_app.core.glyphs import Glyph, PageReading
from inkdigit_app.core.page import Page, PenStroke, Picture, SavedPage, Sheet
from inkdigit_app.core.pictures.table_reading import CellText

__all__ = [
    "FAULTS",
    "PAGE_COLUMNS",
    "CheckedPage",
    "check_page",
    "correction_from_list",
    "corrections_from_json",
    "corrections_to_json",
    "decode_text",
    "glyphs_from_json",
    "glyphs_to_json",
    "is_text",
    "is_time",
    "page_row",
    "picture_columns",
    "points_to_bytes",
    "renumbered",
    "sheet_from_list",
    "sheet_to_json",
    "sheet_to_list",
    "stroke_of",
    "stroke_rows",
    "tolerant",
    "turned_to",
]

T = TypeVar("T")
Marked = TypeVar("Marked", Glyph, Correction)

PAGE_COLUMNS = (
    "key, created, changed, text, glyphs, pins,"
    " picture, picture_name, picture_width, picture_height, sheet, steps"
)
POINT_TYPE = np.dtype("<f4")
MAX_TIME_S = 253_402_300_800.0  # the year 10000: a calendar has no later one
MAX_CELL_TEXT = 1000  # characters that the user may have written into a cell
MAX_PEN_DP = 1000.0  # wider than any canvas
# What reading a damaged column raises.
FAULTS = (InkDigitError, ValueError, TypeError, KeyError, OverflowError, RecursionError)


@dataclass(frozen=True)
class CheckedPage:
    """A page's rows, checked."""

    saved: SavedPage | None  # what of it is whole; None where nothing is
    numbers: tuple[int, ...]  # of its strokes
    text: str  # what it reads
    flaws: tuple[str, ...]  # what is not whole; empty for a sound page
    steps: str | None = None  # the page's as they are stored; `saved` gets them once checked
    gone: Mapping[int, PenStroke] = field(default_factory=dict)  # strokes in the steps alone


def check_page(row: Sequence[Any], strokes: Iterable[Sequence[Any]]) -> CheckedPage:
    """Check a page: its ink, its picture, its corrections and what it read.

    Args:
        row: `PAGE_COLUMNS`; text is bytes where it is not UTF-8.
        strokes: Number, width and points of each, in order.
    """
    key, created, changed, text, glyphs, pins, *picture_columns, sheet, steps = row
    flaws: list[str] = []

    def read(what: str, convert: Callable[[Any], T], value: Any, default: T) -> T:
        try:
            return convert(value)
        except FAULTS as exc:
            flaws.append(f"{what}: {exc}")
            return default

    numbers, pen_strokes = [], []
    for number, width, points in strokes:
        stroke = read("stroke", _stroke, (number, width, points), None)
        if stroke is not None:
            numbers.append(number)
            pen_strokes.append(stroke)
    picture = read("picture", _picture, picture_columns, None)
    turns, on_sheet = read("sheet", _sheet, sheet, (0, Sheet()))
    picture = turned_to(picture, turns)
    steps = read("steps", _text_or_none, steps, None)
    key = read("key", _text, key, "") or uuid.uuid4().hex
    created = read("time", _time, created, None)
    changed = read("time", _time, changed, created)
    index = {number: n for n, number in enumerate(numbers)}
    no_corrections: Corrections = ()
    no_glyphs: tuple[Glyph, ...] = ()
    corrections = renumbered(
        read("corrections", corrections_from_json, pins, no_corrections), index
    )
    reading = PageReading(renumbered(read("digits", glyphs_from_json, glyphs, no_glyphs), index))
    text = read("text", _text, text, reading.text)
    if not pen_strokes and picture is None and steps is None:
        return CheckedPage(None, (), "", tuple(flaws or ["nothing is on it"]))
    page = Page(tuple(pen_strokes), picture, corrections, key, on_sheet)
    created = created if created is not None else changed or 0.0
    saved = SavedPage(page, reading, created, changed if changed is not None else created)
    return CheckedPage(saved, tuple(numbers), text, tuple(flaws), steps)


def tolerant(read: Callable[[Any], tuple[T, ...]], value: Any) -> tuple[T, ...]:
    """What `read` makes of a column, or nothing where it is damaged."""
    try:
        return read(value)
    except FAULTS:
        return ()


def decode_text(value: bytes) -> str | bytes:
    """Text, or the bytes themselves where they are not UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def is_text(value: Any) -> bool:
    """Whether this is text."""
    return isinstance(value, str)


def is_time(value: Any) -> bool:
    """Whether this is a time that a calendar has."""
    return type(value) in (int, float) and 0 <= value < MAX_TIME_S


def points_to_bytes(stroke: PenStroke) -> bytes:
    """The points as they are stored."""
    return stroke.stroke.points.astype(POINT_TYPE).tobytes()


def page_row(
    saved: SavedPage, numbers: Sequence[int], text: str, steps: str | None
) -> tuple[Any, ...]:
    """A page's `PAGE_COLUMNS`; `numbers` are its strokes', `steps` as they are stored."""
    page, index = saved.page, dict(enumerate(numbers))
    glyphs = renumbered(saved.reading.glyphs, index)
    return (
        *(page.key, saved.created, saved.changed, text, glyphs_to_json(glyphs)),
        corrections_to_json(renumbered(page.corrections, index)),
        *picture_columns(page.picture),
        sheet_to_json(page),
        steps,
    )


def picture_columns(picture: Picture | None) -> tuple[Any, ...]:
    """The four of `PAGE_COLUMNS` that hold the picture as its file has it."""
    if picture is None:
        return (None,) * 4
    size = picture.size if picture.turns % 2 == 0 else picture.size[::-1]
    return (picture.content, picture.name, *size)


def sheet_to_json(page: Page) -> str | None:
    """How a picture is turned and read, as it is stored; None for the usual way."""
    turns = page.picture.turns if page.picture else 0
    if not turns and page.sheet == Sheet():
        return None
    return json.dumps(sheet_to_list(page.picture, page.sheet), separators=(",", ":"))


def sheet_to_list(picture: Picture | None, sheet: Sheet) -> list[Any]:
    """As `sheet_to_json`, before it is text."""
    cells = [[cell.row, cell.column, cell.text] for cell in sheet.cells]
    return [picture.turns if picture else 0, sheet.region, sheet.as_table, cells]


def sheet_from_list(values: Any) -> tuple[int, Sheet]:
    """The quarter turns of the picture, and the sheet; one of `FAULTS` where it is damaged."""
    turns, region, as_table, cells = values
    if type(turns) is not int or not 0 <= turns < 4 or type(as_table) is not bool:
        raise ValueError("quarter turns and a switch expected")
    box = None if region is None else _box(region)
    return turns, Sheet(box, as_table, tuple(_cell(*cell) for cell in cells))


def turned_to(picture: Picture | None, turns: int) -> Picture | None:
    """The picture with so many quarter turns from its file."""
    while picture is not None and picture.turns != turns:
        picture = picture.turned()
    return picture


def stroke_rows(
    key: str, strokes: Iterable[tuple[int, PenStroke]]
) -> Iterator[tuple[str, int, float, bytes]]:
    """The rows of numbered strokes of the page with that key."""
    return ((key, number, s.width, points_to_bytes(s)) for number, s in strokes)


def renumbered(items: Iterable[Marked], index: Mapping[int, int]) -> tuple[Marked, ...]:
    """Glyphs or corrections with other numbers for their strokes.

    Args:
        items: Those of which a stroke has no new number are left out.
        index: The new number by the old one.
    """
    return tuple(
        replace(item, strokes=tuple(sorted(index[n] for n in item.strokes)))
        for item in items
        if all(n in index for n in item.strokes)
    )


def glyphs_to_json(glyphs: Iterable[Glyph]) -> str:
    """What a page reads, as it is stored."""
    rounded = [
        {
            **vars(glyph),
            "confidence": round(glyph.confidence, 6),
            "box": [round(edge, 3) for edge in glyph.box],
            "candidates": [[digit, round(p, 6)] for digit, p in glyph.candidates],
        }
        for glyph in glyphs
    ]
    return json.dumps(rounded, separators=(",", ":"))


def glyphs_from_json(text: str) -> tuple[Glyph, ...]:
    """Read what `glyphs_to_json` wrote; one of `FAULTS` where it is damaged."""
    return tuple(_glyph(fields) for fields in json.loads(_text(text)))


def corrections_to_json(corrections: Iterable[Correction]) -> str:
    """Corrections as they are stored."""
    return json.dumps([[c.strokes, c.box, c.labels] for c in corrections], separators=(",", ":"))


def corrections_from_json(text: str) -> Corrections:
    """Read what `corrections_to_json` wrote; one of `FAULTS` where it is damaged."""
    return tuple(map(correction_from_list, json.loads(_text(text))))


def correction_from_list(values: Any) -> Correction:
    """One correction; one of `FAULTS` where it is damaged."""
    strokes, box, labels = values
    return Correction(_integers(strokes), _box(box), tuple(map(_label, labels)))


def stroke_of(number: Any, width: Any, points: Any) -> PenStroke:
    """A stroke by its columns; one of `FAULTS` where it is damaged."""
    _integers([number])
    if type(width) not in (int, float) or not 0 < width <= MAX_PEN_DP:
        raise ValueError(f"a pen {width!r} dp wide")
    xy = np.frombuffer(points, POINT_TYPE).reshape(-1, 2)
    return PenStroke(Stroke.from_points(xy), float(width))


def _glyph(fields: dict[str, Any]) -> Glyph:
    glyph = Glyph(
        **{
            **fields,
            "confidence": _fraction(fields["confidence"]),
            "box": _box(fields["box"]),
            "candidates": tuple((_digit(d), _fraction(p)) for d, p in fields["candidates"]),
            "strokes": _integers(fields["strokes"]),
        }
    )
    _integers([glyph.line])
    if glyph.digit is not None:
        _digit(glyph.digit)
    if (glyph.sign and glyph.sign not in tuple(SIGNS)) or type(glyph.gap) is not bool:
        raise ValueError(f"a sign expected, and whether there is a gap, got {glyph.sign!r}")
    return glyph


def _stroke(row: tuple[Any, Any, Any]) -> PenStroke | None:
    return stroke_of(*row)


def _picture(columns: Sequence[Any]) -> Picture | None:
    content, name, width, height = columns
    if content is None:
        return None
    from inkdigit.images import decode_image  # not before the first frame

    image = decode_image(content, "the picture")  # here, as the screen could not say what is wrong
    if not is_text(name):
        name = "Picture"
    if (width, height) != image.size:
        width, height = image.size
    return Picture(content, (width, height), name)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} instead of text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _sheet(value: Any) -> tuple[int, Sheet]:
    return (0, Sheet()) if value is None else sheet_from_list(json.loads(_text(value)))


def _cell(row: Any, column: Any, text: Any) -> CellText:
    _integers([row, column])
    if len(_text(text)) > MAX_CELL_TEXT:
        raise ValueError("a cell's text is too long")
    return CellText(row, column, text)


def _time(value: Any) -> float | None:
    if not is_time(value):
        raise ValueError(f"{value!r} instead of a time")
    return float(value)


def _integers(values: Any) -> tuple[int, ...]:
    if not isinstance(values, list) or not all(type(n) is int and n >= 0 for n in values):
        raise ValueError("numbers expected")
    return tuple(values)


def _box(values: Any) -> tuple[float, float, float, float]:
    left, top, right, bottom = values
    if not all(type(v) in (int, float) and math.isfinite(v) for v in values):
        raise ValueError("four edges expected")
    return left, top, right, bottom


def _fraction(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise ValueError("a probability expected")
    return float(value)


def _digit(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= 9:
        raise ValueError("a digit expected")
    return value


def _label(value: Any) -> str | None:
    if value is not None and value not in tuple(f"0123456789?{SIGNS}"):
        raise ValueError("a digit, a sign, ? or null expected")
    label: str | None = value
    return label
