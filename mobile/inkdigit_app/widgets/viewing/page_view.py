"""The page under the canvas: panned and zoomed by fingers, wheel and keys, lifted above a sheet."""

from __future__ import annotations

from typing import Any

from kivy.core.window import Window
from kivy.input import MotionEvent
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty

from inkdigit_app.core.glyphs import Box
from inkdigit_app.core.smoothing import Point
from inkdigit_app.core.viewing.viewport import Viewport, ink_viewport, picture_viewport
from inkdigit_app.widgets.base import Surface

__all__ = ["PageView"]

WHEEL_DP = 64.0  # a notch of the wheel: some three lines of text, as elsewhere
WHEEL_ZOOM = 1.1
KEY_ZOOM = 1.25
SCREENFUL = 0.8  # of the canvas: what Page Up and Page Down move
SIGHT_DP = 32.0  # between the chosen digit and the sheet: its box and chip
PICTURE_MARGIN_DP = 16.0
LARGEST_DP = 2.0  # a pixel of a picture, so that a small one does not fill the canvas
WHEEL = ("scrollup", "scrolldown", "scrollleft", "scrollright")


class PageView(Surface):
    """Knows where the page is on the screen, and moves it.

    A subclass passes on the touches that are to move it: `grip`, `follow`, `let_go`; and says with
    `busy` when the page must stay where it is.
    """

    unit = NumericProperty(1)  # pixels on the screen for a unit of the page
    origin_x = NumericProperty(0)  # of the page's left edge on the screen
    origin_y = NumericProperty(0)  # of the page's top edge on the screen
    zoom = NumericProperty(1)  # 1 is 100 %
    sight = ObjectProperty(None, allownone=True)  # a box of the page, and a sheet's upper edge
    bar_begin = NumericProperty(0)  # of the scroll bar, from the top, as fractions of the height
    bar_end = NumericProperty(1)
    has_bar = BooleanProperty(False)  # whether there is ink above or below the canvas
    moving = BooleanProperty(False)  # fingers are moving the page

    def __init__(self, **kwargs: Any) -> None:
        self._picture_size: tuple[int, int] | None = None  # None for ink
        self._extent: Point = (0.0, 0.0)  # of the ink, with a margin
        self._grip: tuple[Viewport, tuple[MotionEvent, ...], tuple[Point, Point]] | None = None
        super().__init__(**kwargs)
        self._set_view(self._fresh())
        self.bind(pos=self._on_area, size=self._on_area, sight=self._on_sight)

    @property
    def busy(self) -> bool:
        """Whether the page has to stay where it is."""
        return False

    @property
    def lifted(self) -> float:
        """How far the page has moved up above a sheet, in pixels."""
        return self.view.lift

    def zoom_by(self, steps: int) -> None:
        """Make the page larger, or smaller, about the middle of the canvas."""
        self._move(self.view.zoomed(KEY_ZOOM**steps, *self.center))

    def zoom_home(self) -> None:
        """Go back to 100 %; from there, to all of the page."""
        view = self.view
        if view.zoom == 1:
            self._move(view.whole())
        else:
            self._move(view.zoomed(1 / view.zoom, self.x, self.top))

    def scroll(self, screens: float) -> None:
        """Go down by screenfuls, or up."""
        self._move(self.view.panned(0, screens * SCREENFUL * self.height))

    def turn_wheel(self, touch: MotionEvent) -> None:
        """Scroll; with Ctrl zoom, with Shift sideways."""
        up = touch.button in ("scrolldown", "scrollleft")  # Kivy names what the content does
        step = dp(WHEEL_DP) * (1 if up else -1)
        if {"ctrl", "meta"} & {*Window.modifiers}:
            self._move(self.view.zoomed(WHEEL_ZOOM if up else 1 / WHEEL_ZOOM, *touch.pos))
        elif touch.button in ("scrollleft", "scrollright") or "shift" in Window.modifiers:
            self._move(self.view.panned(step, 0))
        else:
            self._move(self.view.panned(0, -step))

    def grip(self, *touches: MotionEvent) -> None:
        """Let one or two touches move the page from now on."""
        self._grip = (self.view, touches, _ends(touches))
        self.moving = True

    def follow(self, touch: MotionEvent) -> None:
        """Move the page with a touch that holds it."""
        if self._grip is not None and touch in self._grip[1]:
            view, touches, before = self._grip
            self._set_view(view.pinched(before, _ends(touches), len(touches) > 1))

    def let_go(self, touch: MotionEvent) -> bool:
        """A touch lifts; whether it held the page, which then stays."""
        if self._grip is None or touch not in self._grip[1]:
            return False
        self._grip = None
        self.moving = False
        return True

    def see_ink(self, extent: Point, first: Box | None) -> None:
        """Look at a new page of ink: at 100 %, or smaller so that all of its width is in sight.

        Args:
            extent: Its right and lower end, in dp.
            first: The box of what is to be in sight, or None.
        """
        self._picture_size, self._extent = None, extent
        view = self._fresh().wide()
        self._set_view(view if first is None else view.showing(first, dp(SIGHT_DP)))

    def see_picture(self, size: tuple[int, int]) -> None:
        """Look at all of a new picture."""
        self._picture_size = size
        self._set_view(self._fresh())

    def grow(self, extent: Point) -> None:
        """The ink reaches farther."""
        if extent != self._extent:
            self._extent = extent
            self._set_view(self._fresh().along(self.view))

    def seek(self, box: Box) -> None:
        """Bring a box of the page into sight, if nothing of it is."""
        if not self.sees(box):
            self._move(self.view.showing(box, dp(SIGHT_DP)))

    def sees(self, box: Box) -> bool:
        """Whether any of a box of the page is in sight."""
        (x0, y1), (x1, y0) = self.view.to_screen(*box[:2]), self.view.to_screen(*box[2:])
        return bool(x0 < self.right and x1 > self.x and y0 < self.top and y1 > self.y)

    def settle_sight(self) -> None:
        """Show the box that is to be seen, once nothing holds the page."""
        if self.busy:
            return
        view = self.view.lowered()
        if self.sight is not None:
            box, edge = self.sight
            view = view.showing(box).lifted(box, edge, dp(SIGHT_DP))
        self._set_view(view)

    def _on_sight(self, *_: object) -> None:
        self.settle_sight()

    def _on_area(self, *_: object) -> None:
        self._grip = None
        self.moving = False
        self._set_view(self._fresh().resized(self.view))

    def _fresh(self) -> Viewport:
        """The page as it is seen at first."""
        area = (self.x, self.y, self.right, self.top)
        if self._picture_size is not None:
            margin = dp(PICTURE_MARGIN_DP)
            return picture_viewport(area, self._picture_size, dp(LARGEST_DP), margin)
        return ink_viewport(area, self._extent, dp(1))

    def _move(self, view: Viewport) -> None:
        if not self.busy:
            self._set_view(view)

    def _set_view(self, view: Viewport) -> None:
        self.view = view
        self.unit, self.origin_x, self.origin_y = view.unit, view.x, view.top
        self.zoom = round(view.zoom, 6)
        self.bar_begin, self.bar_end = view.span
        below = view.to_screen(*view.extent)[1] < self.y - 1
        self.has_bar = self.height > 0 and (view.y > self.top + 1 or below)


def _ends(touches: tuple[MotionEvent, ...]) -> tuple[Point, Point]:
    one, other = touches[0], touches[-1]
    return (one.x, one.y), (other.x, other.y)
