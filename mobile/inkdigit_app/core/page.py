"""A page: what somebody wrote or opened, and what they settled about it. No Kivy in here.

Pages are immutable. Every change is a new page that shares its strokes with the old one, so the
undo stack is a list of pages, and saving one compares strokes by identity.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace

from inkdigit import Ink, Stroke
from inkdigit_app.core.corrections import Pin, written_over

__all__ = ["Page", "PenStroke", "Picture"]


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
        name: What it was called.
    """

    content: bytes
    size: tuple[int, int]
    name: str


def _new_id() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True, eq=False)
class Page:
    """Ink, or a picture.

    Attributes:
        strokes: Oldest first; their places in here are what pins and glyphs speak of.
        picture: Shown and read instead of ink.
        pins: What the user has settled; no two cover the same strokes.
        key: Names the page in the history.
    """

    strokes: tuple[PenStroke, ...] = ()
    picture: Picture | None = None
    pins: tuple[Pin, ...] = ()
    key: str = field(default_factory=_new_id)

    @property
    def blank(self) -> bool:
        """Whether there is nothing on it."""
        return not self.strokes and self.picture is None

    @property
    def ink(self) -> Ink:
        """The strokes as the runtime takes them, in dp."""
        return Ink([pen_stroke.stroke for pen_stroke in self.strokes])

    def written(self, stroke: PenStroke) -> Page:
        """With one stroke more. What is written onto settled digits is to be read anew."""
        pins = tuple(pin for pin in self.pins if not written_over(pin, stroke.stroke))
        return replace(self, strokes=(*self.strokes, stroke), pins=pins)

    def pinned(self, pins: tuple[Pin, ...]) -> Page:
        """With other pins."""
        return replace(self, pins=pins)
