"""The canvas to write on: touches in, strokes out, ink drawn on the frame of its event."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

from kivy.core.image import Image as CoreImage
from kivy.graphics import InstructionGroup
from kivy.input import MotionEvent
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from inkdigit import Stroke
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.core.removal import strokes_near
from inkdigit_app.core.smoothing import Point
from inkdigit_app.widgets.base import Surface
from inkdigit_app.widgets.box_layer import BoxLayer
from inkdigit_app.widgets.pointers import Pointer, kind_of
from inkdigit_app.widgets.stroke_drawing import StrokeDrawing

__all__ = ["InkCanvas"]

MIN_MOVE_DP = 1.0  # shorter moves are tremor and sensor noise
ERASER_DP = 8.0  # radius: half of a fingertip, so that neighbours stay; chosen by use
TAP_SLOP_DP = 5.0  # a finger that taps moves a little
TWO_FINGERS_S = 0.4  # a second finger that lands later is not part of a two-finger tap
NEAR_S = 5.0  # Kivy reports no hovering stylus: one that was here this long ago is near
STYLI = {Pointer.STYLUS, Pointer.ERASER}
PICTURE_MARGIN_DP = 16.0
INK_MARGIN_DP = 12.0  # from the edge, for ink that is shown smaller to fit


class InkCanvas(Surface):
    """Takes ink from one finger, stylus or mouse at a time, or shows a picture.

    A page of ink is measured in dp from its top left corner, y down. A page written on a larger
    canvas is shown smaller, so that all of it is in sight.

    Events:
        on_stroke_begin: The pen came down.
        on_stroke: The pen was lifted; with the `PenStroke`, which stays on the canvas until `show`
            gets a page without it.
        on_erase: The eraser was lifted; with the indices of the strokes it went over.
        on_glyph_erase: The eraser tapped a digit; with the index of its glyph.
        on_stroke_cancel: What was being written turned out not to be ink.
        on_glyph_tap: A box was tapped; with the index of its glyph.
        on_empty_tap: The picture was tapped beside all boxes.
        on_two_finger_tap: Two fingers tapped together.
    """

    __events__ = (
        "on_stroke_begin", "on_stroke", "on_erase", "on_glyph_erase", "on_stroke_cancel",
        "on_glyph_tap", "on_empty_tap", "on_two_finger_tap",
    )  # fmt: skip

    blank = BooleanProperty(True)
    hint = StringProperty("")  # shown while the canvas is blank
    stylus_only = BooleanProperty(True)  # fingers leave no ink while a stylus is near
    erasing = BooleanProperty(False)  # the eraser is in use, rather than the pen
    lift = NumericProperty(0)  # how far the page is to move up, in pixels; waits for the pen
    pen_width = NumericProperty(7)  # in dp
    unit = NumericProperty(1)  # pixels on the screen for a unit of the page
    origin_x = NumericProperty(0)  # of the page's left edge on the screen
    origin_y = NumericProperty(0)  # of the page's top edge on the screen
    texture = ObjectProperty(None, allownone=True)  # the picture's

    def __init__(self, **kwargs: Any) -> None:
        # By id(stroke); holding the stroke as well keeps Python from using its id again.
        self._drawings: dict[int, tuple[PenStroke, StrokeDrawing]] = {}
        self._page = Page()
        self._pen: MotionEvent | None = None
        self._target: int | None = None  # the glyph the pen is pressing
        self._second: MotionEvent | None = None  # a second finger that may be tapping
        self._points: list[Point] = []
        self._live: StrokeDrawing | None = None
        self._inks = True  # the pen that is down leaves ink
        self._erased: set[int] | None = None  # strokes gone over, by index; None without the eraser
        self._stylus_left = -NEAR_S  # when a stylus was here last
        self.clock: Callable[[], float] = time.monotonic  # in seconds; tests set another
        self.lifted = 0.0  # how far the page has moved up
        self._ink = InstructionGroup()
        # Finds the glyph at a point of the window, if there is one; to be set from outside.
        self.glyph_at: Callable[[float, float], int | None] = lambda x, y: None
        super().__init__(**kwargs)
        self.bind(pos=self._lay_out, size=self._lay_out, lift=self._apply_lift)

    def on_kv_post(self, base_widget: object) -> None:
        """Put the ink into the widget that has the page's axes."""
        self.ids.ink.canvas.add(self._ink)
        self._lay_out()

    @property
    def drawings(self) -> list[StrokeDrawing]:
        """The drawings of the finished strokes, oldest first."""
        return [drawing for _, drawing in self._drawings.values()]

    @property
    def boxes(self) -> BoxLayer:
        """The boxes round the digits."""
        return self.ids.boxes

    def is_pen(self, touch: MotionEvent) -> bool:
        """Whether this touch is the pen that is down."""
        return touch is self._pen

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Put the pen down, unless it is down already."""
        if not self.collide_point(*touch.pos):
            return False
        if "button" in touch.profile and touch.button != "left":  # Kivy counts the wheel as buttons
            return False
        touch.grab(self)
        kind = kind_of(touch)
        if kind in STYLI and self._pen is not None and kind_of(self._pen) is Pointer.FINGER:
            self.cancel_stroke()  # a palm that landed first
        if self._pen is None:
            near = self.clock() - self._stylus_left < NEAR_S
            self._inks = kind is not Pointer.FINGER or not (self.stylus_only and near)
            self._pen = touch
            self._points = [self._to_page(touch)]
            self._target = self.glyph_at(*touch.pos)
            if self.erasing or kind is Pointer.ERASER:
                self._erased = set()
                self._erase(self._points[0])
            elif self._target is None:
                self._begin()
        elif self._second is None and self._still(self._pen) and _are_fingers(self._pen, touch):
            self._second = touch
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Draw on to the pen's new position."""
        if touch.grab_current is not self:
            return False
        if touch is self._pen:
            if not self._still(touch):
                self._second = None
                if self._target is not None and self._erased is None:
                    self._begin()
                self._target = None
            if self._erased is not None:
                self._erase(self._to_page(touch))
            if self._live is not None:
                self._extend(self._to_page(touch), MIN_MOVE_DP)
        elif touch is self._second and not self._still(touch):
            self._second = None
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Finish the stroke or the tap."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if kind_of(touch) in STYLI:
            self._stylus_left = self.clock()
        if touch is self._second or (touch is self._pen and self._second is not None):
            self.cancel_stroke()
            self.dispatch("on_two_finger_tap")
        elif touch is self._pen:
            self._finish(touch)
        return True

    def show(self, page: Page) -> None:
        """Show a page; strokes that are drawn already are left as they are."""
        if page is self._page:
            return
        is_other = page.key != self._page.key
        if page.picture is not self._page.picture:
            self.texture = None if page.picture is None else _texture(page.picture.content)
        self._page = page
        self.boxes.pen_width = max((stroke.width for stroke in page.strokes), default=0)
        self._draw_page()
        if is_other:
            self._lay_out()

    def _draw_page(self) -> None:
        wanted = {id(stroke): stroke for stroke in self._page.strokes}
        for key in [key for key in self._drawings if key not in wanted]:
            _, drawing = self._drawings.pop(key)
            self._ink.remove(drawing)
        for key, stroke in wanted.items():
            if key not in self._drawings:
                drawing = StrokeDrawing.of(stroke)
                self._drawings[key] = (stroke, drawing)
                self._ink.add(drawing)
        self._update_blank()

    def cancel_stroke(self) -> None:
        """Drop the stroke that is being written."""
        if self._pen is not None:
            self._pen.ungrab(self)
            self._restore_erased()
            live, self._live = self._live, None
            self._pen = self._second = self._target = None
            self._apply_lift()
            if live is not None:
                self._ink.remove(live)
                self._update_blank()
                self.dispatch("on_stroke_cancel")

    def _begin(self) -> None:
        if self._page.picture is None and self._inks:
            self._live = StrokeDrawing(self._points[0], self.pen_width)
            self._ink.add(self._live)
            self._update_blank()
            self.dispatch("on_stroke_begin")

    def _erase(self, point: Point) -> None:
        """Hide the strokes between the eraser's last position and this one."""
        assert self._erased is not None
        for n in strokes_near(self._page, self._points[-1], point, ERASER_DP):
            if n not in self._erased:
                self._erased.add(n)
                _, drawing = self._drawings.pop(id(self._page.strokes[n]))
                self._ink.remove(drawing)
        self._points.append(point)

    def _restore_erased(self) -> None:
        """Draw again what the eraser has hidden."""
        if self._erased is not None:
            self._erased = None
            self._draw_page()

    def _finish(self, touch: MotionEvent) -> None:
        self._pen, target = None, self._target
        self._target = None
        if self._erased is not None:
            self._erase(self._to_page(touch))
            erased = sorted(self._erased)
            if target is not None and self._still(touch):
                self._restore_erased()
                self.dispatch("on_glyph_erase", target)
            else:
                self._erased = None
                self.dispatch("on_erase", erased)
        elif target is not None:
            self.dispatch("on_glyph_tap", target)
        elif self._live is None:
            self.dispatch("on_empty_tap")
        else:
            self._extend(self._to_page(touch), 0)
            live, self._live = self._live, None
            stroke = PenStroke(Stroke.from_points(self._points), self.pen_width)
            self._drawings[id(stroke)] = (stroke, live)
            self.dispatch("on_stroke", stroke)
        self._apply_lift()

    def _still(self, touch: MotionEvent) -> bool:
        slop = dp(TAP_SLOP_DP)
        return abs(touch.x - touch.ox) <= slop and abs(touch.y - touch.oy) <= slop

    def _to_page(self, touch: MotionEvent) -> Point:
        # A pen that slides over the edge draws along it, so that all that is read can be seen.
        x = min(max(touch.x, self.x), self.right)
        y = min(max(touch.y, self.y), self.top)
        return ((x - self.origin_x) / self.unit, (self.origin_y - y) / self.unit)

    def _extend(self, point: Point, min_move: float) -> None:
        assert self._live is not None
        last = self._points[-1]
        moved = abs(point[0] - last[0]) + abs(point[1] - last[1])
        if moved > 0 and moved >= min_move:
            self._points.append(point)
            self._live.extend(point)

    def _lay_out(self, *_: object) -> None:
        """Set where the page is on the screen; that never changes during a stroke."""
        if self._live is not None or self._erased is not None:
            self.cancel_stroke()  # the canvas was turned or resized under the pen
        page = self._page
        unit: float = dp(1)
        self.origin_x, self.origin_y = self.x, self.top
        if page.picture is not None:
            width, height = page.picture.size
            margin = 2 * dp(PICTURE_MARGIN_DP)
            unit = min(
                max(self.width - margin, 1) / width, max(self.height - margin, 1) / height, dp(2)
            )
            self.origin_x = self.center_x - unit * width / 2
            self.origin_y = self.center_y + unit * height / 2
        elif page.strokes and min(self.size) > 0:
            right, bottom = page.ink.bounds[2:]
            margin = max(stroke.width for stroke in page.strokes) / 2 + INK_MARGIN_DP
            unit = min(unit, self.width / (right + margin), self.height / (bottom + margin))
        self.unit = unit
        self.lifted = 0.0
        self._apply_lift()

    def _apply_lift(self, *_: object) -> None:
        if self._pen is None:  # the page never moves under it
            lifted, self.lifted = self.lifted, self.lift
            self.origin_y += self.lifted - lifted

    def _update_blank(self) -> None:
        self.blank = not self._drawings and self._live is None and self._page.picture is None


def _are_fingers(one: MotionEvent, other: MotionEvent) -> bool:
    """Whether two touches may be a tap of two fingers, rather than of a stylus and a palm."""
    together = other.time_start - one.time_start <= TWO_FINGERS_S
    return bool(together and STYLI.isdisjoint((kind_of(one), kind_of(other))))


def _texture(content: bytes) -> object:
    kind = "png" if content.startswith(b"\x89PNG") else "jpg"
    return CoreImage(io.BytesIO(content), ext=kind, mipmap=True).texture
