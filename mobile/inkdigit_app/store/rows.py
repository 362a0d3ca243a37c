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
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from inkdigit import InkDigitError, Stroke
from inkdigit.images import decode_image
from inkdigit.labels import SIGNS
from inkdigit_app.core.corrections import Correction, Corrections
from inkdigit_app.core.glyphs import Glyph, PageReading
from inkdigit_app.core.page import Page, PenStroke, Picture, SavedPage

__all__ = [
    "PAGE_COLUMNS",
    "CheckedPage",
    "check_page",
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
    "stroke_rows",
    "tolerant",
]

T = TypeVar("T")
Marked = TypeVar("Marked", Glyph, Correction)

PAGE_COLUMNS = (
    "key, created, changed, text, glyphs, pins,"
    " picture, picture_name, picture_width, picture_height"
)
POINT_TYPE = np.dtype("<f4")
MAX_TIME_S = 253_402_300_800.0  # the year 10000: a calendar has no later one
MAX_PEN_DP = 1000.0  # wider than any canvas
FAULTS = (InkDigitError, ValueError, TypeError, KeyError, OverflowError, RecursionError)


@dataclass(frozen=True)
class CheckedPage:
    """A page's rows, checked."""

    saved: SavedPage | None  # what of it is whole; None where neither ink nor picture is
    numbers: tuple[int, ...]  # of its strokes
    text: str  # what it reads
    flaws: tuple[str, ...]  # what is not whole; empty for a sound page


def check_page(row: Sequence[Any], strokes: Iterable[Sequence[Any]]) -> CheckedPage:
    """Check a page: its ink, its picture, its corrections and what it read.

    Args:
        row: `PAGE_COLUMNS`; text is bytes where it is not UTF-8.
        strokes: Number, width and points of each, in order.
    """
    key, created, changed, text, glyphs, pins, *picture_columns = row
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
    if not pen_strokes and picture is None:
        return CheckedPage(None, (), "", tuple(flaws or ["nothing is on it"]))
    page = Page(tuple(pen_strokes), picture, corrections, key)
    created = created if created is not None else changed or 0.0
    saved = SavedPage(page, reading, created, changed if changed is not None else created)
    return CheckedPage(saved, tuple(numbers), text, tuple(flaws))


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


def page_row(saved: SavedPage, numbers: Sequence[int], text: str) -> tuple[Any, ...]:
    """A page's `PAGE_COLUMNS`; `numbers` are its strokes'."""
    page, index = saved.page, dict(enumerate(numbers))
    glyphs = renumbered(saved.reading.glyphs, index)
    return (
        *(page.key, saved.created, saved.changed, text, glyphs_to_json(glyphs)),
        corrections_to_json(renumbered(page.corrections, index)),
        *picture_columns(page.picture),
    )


def picture_columns(picture: Picture | None) -> tuple[Any, ...]:
    """The last four of `PAGE_COLUMNS`."""
    return (picture.content, picture.name, *picture.size) if picture else (None,) * 4


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
    return tuple(
        Correction(_integers(strokes), _box(box), tuple(map(_label, labels)))
        for strokes, box, labels in json.loads(_text(text))
    )


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
    number, width, points = row
    _integers([number])
    if type(width) not in (int, float) or not 0 < width <= MAX_PEN_DP:
        raise ValueError(f"a pen {width!r} dp wide")
    xy = np.frombuffer(points, POINT_TYPE).reshape(-1, 2)
    return PenStroke(Stroke.from_points(xy), float(width))


def _picture(columns: Sequence[Any]) -> Picture | None:
    content, name, width, height = columns
    if content is None:
        return None
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
