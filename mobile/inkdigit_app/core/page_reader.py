"""A page in, its reading out: the recogniser's answer with the user's corrections applied."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from inkdigit import Ink, Stroke
from inkdigit.labels import ALL_DIGITS
from inkdigit.writer import Teacher
from inkdigit_app.core.corrections import Correction, covers
from inkdigit_app.core.glyphs import Box, Glyph, PageReading, glyphs_of
from inkdigit_app.core.page import Page, Picture, Sheet
from inkdigit_app.core.pictures.regions import cropped, decode, moved, pixels, region_of
from inkdigit_app.core.pictures.table_reading import TableReading

if TYPE_CHECKING:
    from inkdigit import Prediction, Reading, Table, Writer

__all__ = ["InkReading", "NumberRecognizer", "PageReader"]


class InkReading(Protocol):
    """What the app needs of a live reader; `inkdigit.InkReader` is one."""

    def read(
        self,
        ink: Ink,
        *,
        length: int | None = None,
        allowed: str = ALL_DIGITS,
        writer: Writer | None = None,
    ) -> Reading:
        """Read ink, most of which may have been read before."""


class NumberRecognizer(Teacher, Protocol):
    """What the app needs of a recogniser; `inkdigit.Recognizer` is one."""

    @property
    def engine(self) -> str:
        """What runs the network."""

    def predict_digit(
        self, source: Ink | Image.Image, /, *, writer: Writer | None = None
    ) -> Prediction:
        """Read exactly one digit."""

    def read(
        self,
        source: Image.Image,
        /,
        *,
        length: int | None = None,
        allowed: str = ALL_DIGITS,
        writer: Writer | None = None,
    ) -> Reading:
        """Read any number of digits."""

    def read_table(
        self,
        source: Image.Image,
        /,
        *,
        allowed: str = ALL_DIGITS,
        writer: Writer | None = None,
    ) -> Table:
        """Read a picture of a table."""

    def reader(self) -> InkReading:
        """Make a live reader for a canvas."""


@dataclass(frozen=True)
class _KnownPicture:
    """What a picture read, and its pixels."""

    asked: tuple[Picture, Box | None, int | None, str]  # with region, length and what is allowed
    reading: Reading
    image: Image.Image


class PageReader:
    """Reads pages; fast where a page differs little from the one before. Used from one thread.

    Args:
        recognizer: Reads ink and pictures.
    """

    def __init__(self, recognizer: NumberRecognizer) -> None:
        self._recognizer = recognizer
        self._key = ""
        self._begin_page("")
        self._picture: _KnownPicture | None = None
        self._table: tuple[tuple[Picture, Box | None, str], TableReading] | None = None
        self._writer: Writer | None = None

    def read(
        self,
        page: Page,
        length: int | None = None,
        writer: Writer | None = None,
        allowed: str = ALL_DIGITS,
    ) -> PageReading:
        """Read a page.

        Args:
            page: Ink or a picture, with corrections.
            length: How many digits each line has, or None for any number.
            writer: What is known of the hand that wrote it. What it has learnt since a picture was
                read counts for the next picture: while it is corrected, one keeps its reading.
            allowed: What may be read, as `inkdigit.Recognizer.read` takes it.

        Returns:
            The reading, in the page's own unit, with every correction applied.

        Raises:
            InkDigitError: If the picture cannot be read, or the engine fails.
        """
        self._writer = writer
        if page.picture is not None and page.sheet.as_table:
            return self._read_table(page.picture, page.sheet, allowed)
        if page.key != self._key:
            self._begin_page(page.key)
        if page.picture is not None:
            whole = self._read_picture(page.picture, page.sheet.region, length, allowed)
        else:
            self._picture = self._table = None  # frees some megabytes
            whole = self._whole.read(page.ink, length=length, allowed=allowed, writer=writer)
        glyphs = glyphs_of(whole)
        if not page.corrections:
            return PageReading(tuple(glyphs), whole.confidence, whole.left_out)
        for correction in page.corrections:
            glyphs = self._apply(correction, page, glyphs)
        glyphs.sort(key=lambda glyph: (glyph.line, glyph.box[0] + glyph.box[2]))
        confidence = math.prod(glyph.confidence for glyph in glyphs)
        left_out = tuple(b for b in whole.left_out if not _is_said(b, page.corrections))
        return PageReading(tuple(glyphs), confidence, left_out)

    def forget_picture(self) -> None:
        """Read the picture anew the next time, though it is the same."""
        self._picture = self._table = None

    def _read_table(self, picture: Picture, sheet: Sheet, allowed: str) -> PageReading:
        asked = (picture, sheet.region, allowed)
        if self._table is None or self._table[0] != asked:
            part, offset = cropped(decode(picture), sheet.region)
            table = self._recognizer.read_table(part, allowed=allowed, writer=self._writer)
            self._table = asked, TableReading.of(table, offset)
        table_reading = self._table[1].corrected(sheet.cells)
        confidence = math.prod(cell.confidence for cell in table_reading.cells)
        return PageReading((), confidence, table=table_reading)

    def _begin_page(self, key: str) -> None:
        self._key = key
        self._whole = self._recognizer.reader()
        # A reader of its own: reading a part would evict what the other remembers of the whole.
        self._parts = self._recognizer.reader()

    def _apply(self, correction: Correction, page: Page, glyphs: list[Glyph]) -> list[Glyph]:
        covered = [glyph for glyph in glyphs if covers(correction, glyph)]
        others = [glyph for glyph in glyphs if not covers(correction, glyph)]
        rest = {stroke for glyph in covered for stroke in glyph.strokes} - set(correction.strokes)
        line = _line_of(correction.box, covered or glyphs)
        gap = any(glyph.gap for glyph in covered)
        if not correction.labels:
            return _with_gap_after(correction.box, line, others) if gap else others
        part = sorted(covered, key=lambda glyph: glyph.box[0] + glyph.box[2])
        if len(covered) != len(correction.labels) or rest:
            part = self._read_part(correction, page)
        corrected = [
            glyph if label is None else glyph.corrected_to(label)
            for glyph, label in zip(part, correction.labels, strict=True)
        ]
        leftover = self._read_strokes(page, sorted(rest), None) if rest else []
        own = [replace(glyph, line=line) for glyph in [*corrected, *leftover]]
        if own and gap and not any(glyph.gap for glyph in own):
            first = min(range(len(own)), key=lambda i: own[i].box[0] + own[i].box[2])
            own[first] = replace(own[first], gap=True)
        return others + own

    def _read_part(self, correction: Correction, page: Page) -> list[Glyph]:
        """Read exactly as many glyphs as the correction has labels."""
        count = len(correction.labels)
        if page.picture is not None:
            glyphs = self._read_region(page.picture, correction.box, count)
        else:
            glyphs = self._read_strokes(page, correction.strokes, count)
        if len(glyphs) == count:
            return glyphs
        # The runtime finds no way to separate them: cut into slices of equal width.
        left, top, right, bottom = correction.box
        edges = np.linspace(left, right, count + 1).tolist()
        slices = [(edges[i], top, edges[i + 1], bottom) for i in range(count)]
        if page.picture is not None:
            image = self._image(page.picture)
            return [self._one(image.crop(pixels(box)), box, ()) for box in slices]
        strokes = {n: page.strokes[n].stroke for n in correction.strokes}
        return [self._slice(strokes, box) for box in slices]

    def _read_strokes(self, page: Page, numbers: Sequence[int], count: int | None) -> list[Glyph]:
        ink = Ink([page.strokes[number].stroke for number in numbers])
        if count == 1:
            left, top, right, bottom = ink.bounds
            return [self._one(ink, (left, top, right, bottom), tuple(numbers))]
        reading = self._parts.read(ink, length=count, writer=self._writer)
        glyphs = [Glyph.of(digit) for digit in reading.digits]
        return [replace(g, strokes=tuple(numbers[i] for i in g.strokes)) for g in glyphs]

    def _read_region(self, picture: Picture, box: Box, count: int) -> list[Glyph]:
        region = region_of(box, picture.size)
        part = self._image(picture).crop(region)
        if count == 1:
            return [self._one(part, box, ())]
        reading = self._recognizer.read(part, length=count, writer=self._writer)
        glyphs = [Glyph.of(digit) for digit in reading.digits]
        return [replace(glyph, box=moved(glyph.box, region[:2])) for glyph in glyphs]

    def _one(self, source: Ink | Image.Image, box: Box, strokes: tuple[int, ...]) -> Glyph:
        prediction = self._recognizer.predict_digit(source, writer=self._writer)
        probabilities = [float(p) * (1 - prediction.not_digit) for p in prediction.probabilities]
        ranked = sorted(enumerate(probabilities), key=lambda item: -item[1])
        return Glyph(prediction.digit, prediction.confidence, box, tuple(ranked), strokes)

    def _slice(self, strokes: dict[int, Stroke], box: Box) -> Glyph:
        """Read the ink between the left and the right edge of a box as one digit."""
        parts: list[Stroke] = []
        numbers: list[int] = []
        for number, stroke in strokes.items():
            x = stroke.points[:, 0]
            inside = (x >= box[0]) & (x <= box[2])
            edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
            pieces = [stroke.points[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
            parts += [Stroke.from_points(piece) for piece in pieces]
            numbers += [number] * bool(pieces)
        # Never without a stroke: such a glyph could not be joined again.
        bounds = Ink(parts).bounds if parts else box
        return self._one(Ink(parts), bounds, tuple(numbers) or tuple(strokes))

    def _read_picture(
        self, picture: Picture, region: Box | None, length: int | None, allowed: str
    ) -> Reading:
        known, asked = self._picture, (picture, region, length, allowed)
        if known is None or known.asked != asked:
            image = self._image(picture)
            part, offset = cropped(image, region)
            reading = self._recognizer.read(
                part, length=length, allowed=allowed, writer=self._writer
            )
            known = _KnownPicture(asked, _shifted(reading, offset), image)
            self._picture = known
        return known.reading

    def _image(self, picture: Picture) -> Image.Image:
        known = self._picture
        return known.image if known and known.asked[0] is picture else decode(picture)


def _shifted(reading: Reading, by: tuple[int, int]) -> Reading:
    """The reading of a part of a picture, in the whole one's pixels."""
    if by == (0, 0):
        return reading
    digits = tuple(replace(digit, box=moved(digit.box, by)) for digit in reading.digits)
    left_out = tuple(moved(box, by) for box in reading.left_out)
    return replace(reading, digits=digits, left_out=left_out)


def _is_said(box: Box, corrections: Sequence[Correction]) -> bool:
    """Whether what is in a box was left out, and the user has said what it is."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(
        c.labels and c.box[0] <= x <= c.box[2] and c.box[1] <= y <= c.box[3] for c in corrections
    )


def _with_gap_after(box: Box, line: int, glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs, with the gap before a box that is taken out before the next on its line."""
    after = [g for g in glyphs if g.line == line and g.box[0] + g.box[2] > box[0] + box[2]]
    if not after:
        return glyphs
    following = min(after, key=lambda glyph: glyph.box[0] + glyph.box[2])
    return [replace(g, gap=True) if g is following else g for g in glyphs]


def _line_of(box: Box, glyphs: Sequence[Glyph]) -> int:
    """The line of most glyphs at the height of a box."""
    beside = [g.line for g in glyphs if g.box[1] <= box[3] and g.box[3] >= box[1]]
    lines = beside or [glyph.line for glyph in glyphs] or [0]
    return Counter(lines).most_common(1)[0][0]
