"""A page: strokes or a picture, and the user's corrections; and how the history describes it.

Pages are immutable. Every change makes a new page that shares its strokes with the old one, so the
undo stack is a list of pages, and saving a page compares strokes by identity.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace

from inkdigit import Ink, Stroke
from inkdigit_app.core.corrections import Corrections, written_over
from inkdigit_app.core.glyphs import PageReading

__all__ = ["HistoryEntry", "Page", "PenStroke", "Picture", "SavedPage"]


@dataclass(frozen=True, eq=False)
class PenStroke:
    """A stroke as it is drawn."""

    stroke: Stroke  # in dp from the page's top left corner, y down
    width: float  # of the pen, in dp


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture to read, upright."""

    content: bytes  # of a PNG or JPEG file
    size: tuple[int, int]  # width and height in pixels
    name: str  # of its file


@dataclass(frozen=True, eq=False)
class Page:
    """Ink, or a picture."""

    strokes: tuple[PenStroke, ...] = ()  # oldest first; corrections and glyphs refer to their index
    picture: Picture | None = None  # shown and read instead of ink
    corrections: Corrections = ()  # no two cover the same strokes
    key: str = field(default_factory=lambda: uuid.uuid4().hex)  # of the page in the history

    @property
    def blank(self) -> bool:
        """Whether there is nothing on it."""
        return not self.strokes and self.picture is None

    @property
    def ink(self) -> Ink:
        """The strokes as the runtime takes them, in dp."""
        return Ink([pen_stroke.stroke for pen_stroke in self.strokes])

    def with_stroke(self, stroke: PenStroke) -> Page:
        """The page with one more stroke, without the corrections that it crosses."""
        kept = tuple(c for c in self.corrections if not written_over(c, stroke.stroke))
        return replace(self, strokes=(*self.strokes, stroke), corrections=kept)


@dataclass(frozen=True, eq=False)
class SavedPage:
    """A page from the history."""

    page: Page
    reading: PageReading  # when it was saved
    created: float  # seconds since 1970
    changed: float


@dataclass(frozen=True)
class HistoryEntry:
    """A page in the list of the history."""

    key: str
    text: str
    changed: float  # seconds since 1970
    thumbnail: bytes  # a PNG: ink is white on transparent; a picture has its own colours
    is_picture: bool
    corrected: bool  # whether the user corrected anything on it
