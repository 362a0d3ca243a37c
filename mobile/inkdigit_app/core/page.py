"""A page: strokes or a picture, and the user's corrections; and how the history describes it.

Pages are immutable. Every change makes a new page that shares its strokes with the old one, and
saving a page compares strokes by identity. A step tells how one state of a page becomes another.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from inkdigit import Ink, Stroke
from inkdigit_app.core.corrections import Corrections, written_over
from inkdigit_app.core.glyphs import Box, Glyph, PageReading
from inkdigit_app.core.pictures.table_reading import CellText

__all__ = [
    "HistoryEntry", "Page", "PageSteps", "PenStroke", "Picture", "SavedPage", "Sheet",
    "Step", "moved",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class PenStroke:
    """A stroke as it is drawn."""

    stroke: Stroke  # in dp from the page's top left corner, y down
    width: float  # of the pen, in dp


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture to read, upright."""

    content: bytes  # of a PNG or JPEG file
    size: tuple[int, int]  # width and height in pixels, as it is turned
    name: str  # of its file
    turns: int = 0  # quarter turns to the right, 0 to 3, that its file is shown and read with

    def turned(self) -> Picture:
        """The picture, a quarter turn to the right."""
        return replace(self, size=self.size[::-1], turns=(self.turns + 1) % 4)


@dataclass(frozen=True)
class Sheet:
    """How a picture is read."""

    region: Box | None = None  # in the picture's pixels: only this is read; None for all of it
    as_table: bool = False
    cells: tuple[CellText, ...] = ()  # corrected, no two the same


@dataclass(frozen=True, eq=False)
class Page:
    """Ink, or a picture."""

    strokes: tuple[PenStroke, ...] = ()  # oldest first; corrections and glyphs refer to their index
    picture: Picture | None = None  # shown and read instead of ink
    corrections: Corrections = ()  # no two cover the same strokes
    key: str = field(default_factory=lambda: uuid.uuid4().hex)  # of the page in the history
    sheet: Sheet = Sheet()  # of a picture

    @property
    def blank(self) -> bool:
        """Whether there is nothing on it."""
        return not self.strokes and self.picture is None

    @property
    def corrected(self) -> bool:
        """Whether the user corrected anything on it, a cell of a table too."""
        return bool(self.corrections or self.sheet.cells)

    @property
    def ink(self) -> Ink:
        """The strokes as the runtime takes them, in dp."""
        return Ink([pen_stroke.stroke for pen_stroke in self.strokes])

    def is_read_as(self, other: Page) -> bool:
        """Whether the same picture, if any, is read in the same way, but for corrections."""
        mine, theirs = self.sheet, other.sheet
        same = (mine.region, mine.as_table) == (theirs.region, theirs.as_table)
        return same and self.picture is other.picture

    def with_stroke(self, stroke: PenStroke) -> Page:
        """The page with one more stroke, without the corrections that it crosses."""
        kept = tuple(c for c in self.corrections if not written_over(c, stroke.stroke))
        return replace(self, strokes=(*self.strokes, stroke), corrections=kept)


def moved(glyphs: Sequence[Glyph], before: Page, after: Page) -> tuple[Glyph, ...]:
    """The glyphs whose strokes are all still there, with their indices on the page after."""
    if after.strokes[: len(before.strokes)] == before.strokes:
        return tuple(glyphs)  # the usual case: something was written
    now = {id(stroke): n for n, stroke in enumerate(after.strokes)}
    held = []
    for glyph in glyphs:
        kept = [now.get(id(before.strokes[n])) for n in glyph.strokes if n < len(before.strokes)]
        strokes = tuple(n for n in kept if n is not None)
        if len(strokes) == len(glyph.strokes):
            held.append(replace(glyph, strokes=strokes))
    return tuple(held)


@dataclass(frozen=True, eq=False)
class Step:
    """How a state of a page becomes another one of the same page."""

    removed: tuple[PenStroke, ...]
    added: tuple[tuple[int, PenStroke], ...]  # with the index on the page after it, ascending
    corrections: Corrections  # all there are after it
    picture: Picture | None  # after it
    sheet: Sheet

    @classmethod
    def between(cls, before: Page, after: Page) -> Step:
        """The step from one state to the other."""
        old, new = before.strokes, after.strokes
        removed: tuple[PenStroke, ...]
        added: tuple[tuple[int, PenStroke], ...]
        if new[: len(old)] == old:  # the usual case, at the speed of C
            removed, added = (), tuple(enumerate(new[len(old) :], len(old)))
        elif old[: len(new)] == new:
            removed, added = old[len(new) :], ()
        else:
            known, kept = set(map(id, old)), set(map(id, new))
            removed = tuple(stroke for stroke in old if id(stroke) not in kept)
            added = tuple((n, stroke) for n, stroke in enumerate(new) if id(stroke) not in known)
        return cls(removed, added, after.corrections, after.picture, after.sheet)

    def apply(self, page: Page) -> Page:
        """Take the step."""
        strokes = page.strokes
        if self.removed == strokes[len(strokes) - len(self.removed) :]:
            strokes = strokes[: len(strokes) - len(self.removed)]
        else:
            gone = set(map(id, self.removed))
            strokes = tuple(stroke for stroke in strokes if id(stroke) not in gone)
        if self.added:
            grown = list(strokes)
            for index, stroke in self.added:
                grown.insert(index, stroke)
            strokes = tuple(grown)
        return replace(
            page,
            strokes=strokes,
            corrections=self.corrections,
            picture=self.picture,
            sheet=self.sheet,
        )


@dataclass(frozen=True, eq=False)
class PageSteps:
    """What can be undone and redone on a page; the next step is the last of each."""

    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()


@dataclass(frozen=True, eq=False)
class SavedPage:
    """A page from the history."""

    page: Page
    reading: PageReading  # when it was saved
    created: float  # seconds since 1970
    changed: float
    steps: PageSteps = PageSteps()


@dataclass(frozen=True)
class HistoryEntry:
    """A page in the list of the history."""

    key: str
    text: str
    changed: float  # seconds since 1970
    thumbnail: bytes  # a PNG: ink is white on transparent; a picture has its own colours
    is_picture: bool
    corrected: bool  # whether the user corrected anything on it
