"""The part of a page that the canvas shows: page and canvas in, place and scale on the screen out.

A page is measured in units (dp for ink, pixels for a picture) from its top left corner, y down; the
screen in pixels, y up. Pages do not turn, so a point lies at `x + unit * px`, `y - unit * py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from inkdigit_app.core.glyphs import Box
from inkdigit_app.core.smoothing import Point

__all__ = ["MAX_INK_ZOOM", "MAX_PICTURE_ZOOM", "Viewport", "ink_viewport", "picture_viewport"]

# Beyond this, the segments of a smooth line show (`STEP_DP` of the stroke drawing).
MAX_INK_ZOOM = 4.0
# A picture is kept with 2,048 pixels a side at most: each is then several of a phone's screen.
MAX_PICTURE_ZOOM = 8.0
ROOM = 0.75  # of the canvas is free below the last ink, scrolled down; chosen by eye
SNAP = 0.05  # nearer to 100 % than this is 100 %: fingers do not meet it exactly
MIN_SPREAD_PX = 20.0  # fingers closer together only pan: their distance is mostly noise


@dataclass(frozen=True)
class Viewport:
    """Where a page is on the screen. Each method but `to_…` returns another one, within limits."""

    area: Box  # of the canvas: left, bottom, right, top
    extent: Point  # the right and lower end of what is on the page
    natural: float  # pixels for a unit at 100 %
    least: float  # pixels for a unit, at least
    most: float
    margin: float  # in pixels, that stays free round a picture
    grows: bool  # there is room for more below
    unit: float = 1.0  # pixels for a unit
    x: float = 0.0  # of the page's left edge on the screen
    y: float = 0.0  # of the page's top edge, as if nothing was lifted
    lift: float = 0.0  # how far the page is moved up to be seen above a sheet

    @property
    def zoom(self) -> float:
        """The scale; 1 is 100 %."""
        return self.unit / self.natural

    @property
    def top(self) -> float:
        """Of the page's top edge on the screen."""
        return self.y + self.lift

    def to_page(self, x: float, y: float) -> Point:
        """The point of the page at a point of the screen."""
        return (x - self.x) / self.unit, (self.top - y) / self.unit

    def to_screen(self, x: float, y: float) -> Point:
        """The point of the screen at a point of the page."""
        return self.x + self.unit * x, self.top - self.unit * y

    def home(self) -> Viewport:
        """100 %, at the page's top left corner."""
        left, _, _, top = self.area
        return replace(self, unit=self.natural, x=left, y=top)._within()

    def whole(self) -> Viewport:
        """All of the page in sight."""
        left, _, _, top = self.area
        return replace(self, unit=self.least, x=left, y=top)._within()

    def wide(self) -> Viewport:
        """All of the page's width in sight, at 100 % or smaller."""
        left, _, _, top = self.area
        return replace(self, unit=self._fitting(), x=left, y=top)._within()

    @property
    def is_wide(self) -> bool:
        """Whether it is seen as `wide` shows it."""
        return math.isclose(self.unit, self._fitting())

    def _fitting(self) -> float:
        left, _, right, _ = self.area
        fits = max(right - left, 1.0) / max(self.extent[0], 1.0)
        return min(self.natural, max(fits, self.least))

    def panned(self, dx: float, dy: float) -> Viewport:
        """The page moved by pixels of the screen."""
        return replace(self, x=self.x + dx, y=self.y + dy)._within()

    def zoomed(self, factor: float, x: float, y: float) -> Viewport:
        """The page scaled; what is at a point of the screen stays there."""
        unit = min(max(self.unit * factor, self.least), self.most)
        if abs(unit / self.natural - 1) < SNAP:
            unit = self.natural
        px, py = self.to_page(x, y)
        return replace(
            self, unit=unit, x=x - unit * px, y=y + unit * py - self.lift
        )._within()  # fmt: skip

    def pinched(
        self, before: tuple[Point, Point], now: tuple[Point, Point], zooms: bool = True
    ) -> Viewport:
        """The page as two fingers have moved and spread it.

        Args:
            before: Where they were on the screen with the page as it is here.
            now: Where they are.
            zooms: Whether they scale it, too.
        """
        spread = math.dist(*before)
        factor = math.dist(*now) / spread if zooms and spread >= MIN_SPREAD_PX else 1.0
        (x, y), (to_x, to_y) = _middle(*before), _middle(*now)
        scaled = self if factor == 1.0 else self.zoomed(factor, x, y)
        return scaled.panned(to_x - x, to_y - y)

    def showing(self, box: Box, margin: float = 0.0) -> Viewport:
        """The page moved as little as brings a box of it, and a margin in pixels, into sight."""
        left, bottom, right, top = self.area
        x0, y1 = self.to_screen(box[0], box[1])
        x1, y0 = self.to_screen(box[2], box[3])
        dx = _step(x0 - margin, x1 + margin, left, right)
        # Where it is too high for the canvas, its upper end shows.
        dy = -_step(-y1 - margin, -y0 + margin, -top, -bottom)
        return self.panned(dx, dy)

    def lifted(self, box: Box, free_from: float, margin: float) -> Viewport:
        """The page moved up for a while, so that a sheet does not hide a box of it.

        Args:
            box: In the page's unit.
            free_from: The sheet's upper edge on the screen.
            margin: Of the box, in pixels.
        """
        flat = replace(self, lift=0.0)
        (_, top), (_, bottom) = flat.to_screen(*box[:2]), flat.to_screen(*box[2:])
        wanted = min(free_from + margin - bottom, self.area[3] - margin - top)
        return replace(self, lift=max(wanted, 0.0))

    def lowered(self) -> Viewport:
        """The page where it is without a sheet."""
        return replace(self, lift=0.0)

    def along(self, other: Viewport) -> Viewport:
        """This page and canvas, seen as `other` is: its zoom, and its upper left corner."""
        return self._along(other, self.natural * other.zoom)

    def resized(self, before: Viewport) -> Viewport:
        """This canvas, seen as it was before: with all of the page's width, if that was so."""
        return self._along(
            before, self._fitting() if before.is_wide else self.natural * before.zoom
        )

    def _along(self, other: Viewport, unit: float) -> Viewport:
        unit = min(max(unit, self.least), self.most)
        x = self.area[0] + (other.x - other.area[0]) * unit / other.unit
        y = self.area[3] + (other.y - other.area[3]) * unit / other.unit
        return replace(self, unit=unit, x=x, y=y, lift=other.lift)._within()

    @property
    def span(self) -> tuple[float, float]:
        """Where the canvas is on the page: the fractions at which its upper and lower edge lie."""
        height = max(self._height() * self.unit, self.area[3] - self.area[1], 1.0)
        begin = (self.y - self.area[3]) / height
        return begin, begin + (self.area[3] - self.area[1]) / height

    def _height(self) -> float:
        """Of the page, in its unit, with the room to write on."""
        _, bottom, _, top = self.area
        if not self.grows:
            return self.extent[1]
        room = ROOM * (top - bottom) / self.unit if self.extent[1] > 0 else 0.0
        return max((top - bottom) / self.natural, self.extent[1] + room)

    def _within(self) -> Viewport:
        """The page moved until as little as possible of the canvas lies beside it."""
        left, bottom, right, top = self.area
        width, height = self.unit * self.extent[0], self.unit * self._height()
        if self.grows:
            width = max(width, (right - left) * self.zoom)
            x = min(max(self.x, right - width), left)
            return replace(self, x=x, y=max(min(self.y, bottom + height), top))
        x = _centred(self.x, width, left + self.margin, right - self.margin)
        y = -_centred(-self.y, height, -top + self.margin, -bottom - self.margin)
        return replace(self, x=x, y=y)


def ink_viewport(area: Box, extent: Point, natural: float) -> Viewport:
    """A page of ink at 100 %, from its top left corner.

    Args:
        area: Of the canvas on the screen: left, bottom, right, top in pixels.
        extent: The right and lower end of the ink with a margin, in dp; zeros for none.
        natural: Pixels for a dp.
    """
    width, height = max(area[2] - area[0], 1.0), max(area[3] - area[1], 1.0)
    fits = min(width / max(extent[0], 1.0), height / max(extent[1], 1.0))
    least, most = min(natural, fits), MAX_INK_ZOOM * natural
    return Viewport(area, extent, natural, least, most, 0.0, True, natural).home()


def picture_viewport(area: Box, size: Point, largest: float, margin: float) -> Viewport:
    """All of a picture, in the middle.

    Args:
        area: Of the canvas on the screen: left, bottom, right, top in pixels.
        size: Width and height of the picture in its pixels.
        largest: Pixels of the screen for one of the picture, at most, so that all of it shows.
        margin: Round the picture, in pixels of the screen.
    """
    width, height = area[2] - area[0] - 2 * margin, area[3] - area[1] - 2 * margin
    natural = min(max(width, 1.0) / size[0], max(height, 1.0) / size[1], largest)
    most = max(MAX_PICTURE_ZOOM * natural, largest)
    return Viewport(area, size, natural, natural, most, margin, False, natural).home()


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _step(low: float, high: float, least: float, most: float) -> float:
    """How far an interval has to move into another; its lower end goes first."""
    if high > most:
        step = most - high
        return max(step, least - low) if low >= least else least - low
    return max(least - low, 0.0)


def _centred(start: float, length: float, least: float, most: float) -> float:
    """Where an interval begins: in the middle of another, or covering it where it is longer."""
    if length <= most - least:
        return (least + most - length) / 2
    return min(max(start, most - length), least)
