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
    """A stroke as it is drawn.

    Attributes:
        stroke: Its points, in dp from the page's top left corner, y down.
        width: Of the pen, in dp.
    """

    stroke: Stroke
    width: float


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture to read, upright.

    Attributes:
        content: The bytes of a PNG or JPEG file.
        size: Width and height in pixels.
        name: The name of its file.
    """

    content: bytes
    size: tuple[int, int]
    name: str


@dataclass(frozen=True, eq=False)
class Page:
    """Ink, or a picture.

    Attributes:
        strokes: Oldest first; corrections and glyphs refer to them by index.
        picture: Shown and read instead of ink.
        corrections: The user's; no two cover the same strokes.
        key: Identifies the page in the history.
    """

    strokes: tuple[PenStroke, ...] = ()
    picture: Picture | None = None
    corrections: Corrections = ()
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

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

    def with_corrections(self, corrections: Corrections) -> Page:
        """The page with other corrections."""
        return replace(self, corrections=corrections)


@dataclass(frozen=True, eq=False)
class SavedPage:
    """A page from the history.

    Attributes:
        page: The page.
        reading: What it read when it was saved.
        created: Seconds since 1970.
        changed: Seconds since 1970.
    """

    page: Page
    reading: PageReading
    created: float
    changed: float


@dataclass(frozen=True)
class HistoryEntry:
    """A page in the list of the history.

    Attributes:
        key: The page's.
        text: What it reads.
        changed: Seconds since 1970.
        thumbnail: A PNG: ink is white on transparent; a picture has its own colours.
        is_picture: Whether it is a picture.
        corrected: Whether the user corrected anything on it.
    """

    key: str
    text: str
    changed: float
    thumbnail: bytes
    is_picture: bool
    corrected: bool
