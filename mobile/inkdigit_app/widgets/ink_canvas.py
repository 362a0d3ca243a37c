"""The canvas to write on: touches in, strokes out, ink drawn on the frame of its event."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from kivy.clock import Clock
from kivy.core.image import Image as CoreImage
from kivy.graphics import InstructionGroup
from kivy.input import MotionEvent
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from inkdigit import Stroke
from inkdigit_app.core.glyphs import Box
from inkdigit_app.core.page import Page, PenStroke, Picture
from inkdigit_app.core.pictures.regions import decode
from inkdigit_app.core.removal import strokes_near
from inkdigit_app.core.smoothing import Point
from inkdigit_app.widgets.box_layer import BoxLayer
from inkdigit_app.widgets.pictures.crop_layer import CropLayer  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.pictures.table_layer import TableLayer
from inkdigit_app.widgets.pointers import Pointer, kind_of
from inkdigit_app.widgets.stroke_drawing import StrokeDrawing
from inkdigit_app.widgets.viewing.page_view import WHEEL, PageView

__all__ = ["InkCanvas"]

MIN_MOVE_DP = 1.0  # shorter moves are tremor and sensor noise
ERASER_DP = 8.0  # radius: half of a fingertip, so that neighbours stay; chosen by use
TAP_SLOP_DP = 5.0  # a finger that taps moves a little
TWO_FINGERS_S = 0.4  # a second finger that lands later neither taps nor moves the page
# Nor one that lands once the first has written this far: less than a digit, more than a hand that
# puts down two fingers drags the first. Chosen by use.
WRITTEN_DP = 12.0
NEAR_S = 5.0  # Kivy reports no hovering stylus: one that was here this long ago is near
STYLI = {Pointer.STYLUS, Pointer.ERASER}
MIN_REGION_DP = 24.0  # on a side of what is drawn to be read; less is a slip
INK_MARGIN_DP = 12.0  # of the page round its ink


class InkCanvas(PageView):
    """Takes ink from one finger, stylus or mouse at a time, or shows a picture.

    One finger writes. Two fingers, the wheel, the middle button, and on a picture one finger move
    the page. Ink is measured in dp from the page's top left corner, y down, at any zoom.

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
        on_cell_tap: A cell of a table was tapped; with its index.
        on_region: A region of the picture was drawn; with its box in the picture's pixels.
    """

    __events__ = (
        "on_stroke_begin", "on_stroke", "on_erase", "on_glyph_erase", "on_stroke_cancel",
        "on_glyph_tap", "on_empty_tap", "on_two_finger_tap", "on_cell_tap", "on_region",
    )  # fmt: skip

    blank = BooleanProperty(True)
    hint = StringProperty("")  # shown while the canvas is blank
    stylus_only = BooleanProperty(True)  # fingers leave no ink while a stylus is near
    erasing = BooleanProperty(False)  # the eraser is in use, rather than the pen
    cropping = BooleanProperty(False)  # a drag draws the region of the picture to read
    pen_width = NumericProperty(7)  # in dp
    texture = ObjectProperty(None, allownone=True)  # the picture's

    def __init__(self, **kwargs: Any) -> None:
        # By id(stroke); holding the stroke as well keeps Python from using its id again.
        self._drawings: dict[int, tuple[PenStroke, StrokeDrawing]] = {}
        self._page = Page()
        self._pen: MotionEvent | None = None
        self._target: int | None = None  # the glyph the pen is pressing
        self._second: MotionEvent | None = None  # a second finger that taps or moves the page
        self._points: list[Point] = []
        self._live: StrokeDrawing | None = None
        self._inks = True  # the pen that is down leaves ink
        self._erased: set[int] | None = None  # strokes gone over, by index; None without the eraser
        self._stylus_left = -NEAR_S  # when a stylus was here last
        self.clock: Callable[[], float] = time.monotonic  # in seconds; tests set another
        self._ink = InstructionGroup()
        # Once the layout is done: half-way the canvas has its new size at its old place.
        self._seek_soon = Clock.create_trigger(self._seek_ink)
        # Finds the glyph at a point of the window, if there is one; to be set from outside.
        self.glyph_at: Callable[[float, float], int | None] = lambda x, y: None
        super().__init__(**kwargs)

    def on_kv_post(self, base_widget: object) -> None:
        """Put the ink into the widget that has the page's axes."""
        self.ids.ink.canvas.add(self._ink)

    @property
    def drawings(self) -> list[StrokeDrawing]:
        """The drawings of the finished strokes, oldest first."""
        return [drawing for _, drawing in self._drawings.values()]

    @property
    def table(self) -> TableLayer:
        """The cells of the picture's table."""
        return self.ids.table

    @property
    def boxes(self) -> BoxLayer:
        """The boxes round the digits."""
        return self.ids.boxes

    @property
    def busy(self) -> bool:
        """Whether the pen is down, or fingers hold the page."""
        return self._pen is not None or self.moving

    def is_pen(self, touch: MotionEvent) -> bool:
        """Whether this touch is the pen that is down."""
        return touch is self._pen

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Put the pen down, unless it is down already."""
        if not self.collide_point(*touch.pos):
            return False
        button = touch.button if "button" in touch.profile else "left"
        if button in WHEEL:  # Kivy counts the wheel as buttons
            self.turn_wheel(touch)
            return True
        if button != "left":
            if button == "middle" and not self.busy:
                touch.grab(self)
                self.grip(touch)
            return False
        touch.grab(self)
        kind = kind_of(touch)
        if kind in STYLI and self._pen is not None and kind_of(self._pen) is Pointer.FINGER:
            self.cancel_stroke()  # a palm that landed first
        if self._pen is None and not self.moving:
            self._put_down(touch, kind)
        elif self._pen is not None and self._second is None and self._together(self._pen, touch):
            pen, target = self._pen, self._target
            self.cancel_stroke()  # what the first finger has begun is no ink
            self._pen, self._second, self._target = pen, touch, target
            pen.grab(self)
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Draw on to the pen's new position, or move the page."""
        if touch.grab_current is not self:
            return False
        self.follow(touch)
        if touch is self._pen or touch is self._second:
            if self._second is not None:
                if not self.moving and not self._still(touch):
                    assert self._pen is not None
                    self.grip(self._pen, self._second)
            elif not self.moving:
                self._drag(touch)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Finish the stroke, the tap, or the move of the page."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if kind_of(touch) in STYLI:
            self._stylus_left = self.clock()
        if self.let_go(touch):
            self.cancel_stroke()
            self.settle_sight()
        elif self._second is not None and (touch is self._second or touch is self._pen):
            self.cancel_stroke()
            self.dispatch("on_two_finger_tap")
        elif touch is self._pen:
            self._finish(touch)
        return True

    def _put_down(self, touch: MotionEvent, kind: Pointer) -> None:
        near = self.clock() - self._stylus_left < NEAR_S
        self._inks = kind is not Pointer.FINGER or not (self.stylus_only and near)
        self._pen = touch
        self._points = [self._to_page(touch)]
        self._target = self.glyph_at(*touch.pos)
        if (self.erasing and self._inks) or kind is Pointer.ERASER:
            self._erased = set()
            self._erase(self._points[0])
        elif self._target is None:
            self._begin()

    def _drag(self, touch: MotionEvent) -> None:
        """The pen has moved: it writes, erases, or moves a picture."""
        if not self._still(touch) and self._erased is None and self._live is None:
            if self.cropping and self._page.picture is not None:
                self._draw_region(touch)
                return
            if self._page.picture is not None or not self._inks:
                self.grip(touch)
                return
            self._begin()
        if not self._still(touch):
            self._target = None
        if self._erased is not None:
            self._erase(self._to_page(touch))
        if self._live is not None:
            # Of the screen: enlarged ink is finer.
            self._extend(self._to_page(touch), MIN_MOVE_DP / max(self.zoom, 1.0))

    def show(self, page: Page) -> None:
        """Show a page; strokes that are drawn already are left as they are."""
        if page is self._page:
            return
        before, self._page = self._page, page
        if page.picture is not before.picture:
            self.texture = None if page.picture is None else _texture(page.picture)
        self.boxes.pen_width = max((stroke.width for stroke in page.strokes), default=0)
        changed = self._draw_page()
        self._show_region(page.sheet.region)
        if page.key != before.key or page.picture is not before.picture:
            self._look_at(page)
        elif changed:
            self._grow(changed)
            self.seek(_bounds(changed))  # undone or redone out of sight

    def _draw_page(self) -> list[PenStroke]:
        """Draw what is new on the page, and nothing else; returns the strokes that changed."""
        wanted = {id(stroke): stroke for stroke in self._page.strokes}
        changed = []
        for key in [key for key in self._drawings if key not in wanted]:
            stroke, drawing = self._drawings.pop(key)
            self._ink.remove(drawing)
            changed.append(stroke)
        for key, stroke in wanted.items():
            if key not in self._drawings:
                drawing = StrokeDrawing.of(stroke)
                self._drawings[key] = (stroke, drawing)
                self._ink.add(drawing)
                changed.append(stroke)
        self._update_blank()
        return changed

    def _look_at(self, page: Page) -> None:
        """Begin with the ink that was written last, or with all of the picture."""
        if page.picture is not None:
            self.see_picture(page.picture.size)
        else:
            strokes = page.strokes
            self.see_ink(_extent(strokes), _bounds(strokes[-1:]) if strokes else None)

    def _grow(self, strokes: Sequence[PenStroke]) -> None:
        right, bottom = _extent(strokes)
        self.grow((max(self._extent[0], right), max(self._extent[1], bottom)))

    def cancel_stroke(self) -> None:
        """Drop the stroke that is being written."""
        if self._pen is not None:
            self._pen.ungrab(self)
            self._restore_erased()
            live, self._live = self._live, None
            self.let_go(self._pen)
            self._pen = self._second = self._target = None
            self.settle_sight()
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

    def _draw_region(self, touch: MotionEvent) -> None:
        (x0, y0), (x1, y1) = self._points[0], self._to_page(touch)
        self._show_region((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
        self._target = None

    def _show_region(self, region: Box | None) -> None:
        picture = self._page.picture
        self.ids.crop.show(region, None if picture is None else picture.size)

    def _finish_region(self) -> None:
        """Tell of the region that was drawn, unless it is smaller than a finger."""
        picture, drawn = self._page.picture, self.ids.crop.region
        self._show_region(self._page.sheet.region)
        if picture is None or drawn is None:
            return
        width, height = picture.size
        box = max(drawn[0], 0.0), max(drawn[1], 0.0), min(drawn[2], width), min(drawn[3], height)
        if min(box[2] - box[0], box[3] - box[1]) * self.unit >= dp(MIN_REGION_DP):
            self.dispatch("on_region", box)

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
        elif self.cropping and not self._still(touch):
            self._finish_region()
        elif target is not None:
            self.dispatch("on_glyph_tap", target)
        elif (cell := self.table.cell_at(*touch.pos)) is not None:
            self.dispatch("on_cell_tap", cell)
        elif self._live is None:
            self.dispatch("on_empty_tap")
        else:
            self._extend(self._to_page(touch), 0)
            live, self._live = self._live, None
            live.finish()
            stroke = PenStroke(Stroke.from_points(self._points), self.pen_width)
            self._drawings[id(stroke)] = (stroke, live)
            self._grow([stroke])
            self.dispatch("on_stroke", stroke)
        self.settle_sight()

    def _still(self, touch: MotionEvent, slop_dp: float = TAP_SLOP_DP) -> bool:
        slop = dp(slop_dp)
        return abs(touch.x - touch.ox) <= slop and abs(touch.y - touch.oy) <= slop

    def _together(self, one: MotionEvent, other: MotionEvent) -> bool:
        """Whether two touches are two fingers that tap or move the page."""
        soon = other.time_start - one.time_start <= TWO_FINGERS_S
        fingers = kind_of(one) is kind_of(other) is Pointer.FINGER
        return soon and fingers and not self.moving and self._still(one, WRITTEN_DP)

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

    def _on_area(self, *_: object) -> None:
        """Keep the place; that never changes during a stroke."""
        if self._live is not None or self._erased is not None:
            self.cancel_stroke()  # the canvas was turned or resized under the pen
        super()._on_area()
        self._seek_soon()

    def _seek_ink(self, *_: object) -> None:
        """Bring ink into sight where the canvas has become too small to show any."""
        strokes = self._page.strokes
        if strokes and not any(self.sees(_bounds([stroke])) for stroke in strokes):
            self.seek(_bounds(strokes[-1:]))

    def _update_blank(self) -> None:
        self.blank = not self._drawings and self._live is None and self._page.picture is None


def _bounds(strokes: Sequence[PenStroke]) -> Box:
    """What some strokes cover, in dp."""
    points = np.concatenate([stroke.stroke.points for stroke in strokes])
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left, top, right, bottom


def _extent(strokes: Sequence[PenStroke]) -> Point:
    """The right and lower end of strokes with the page's margin, in dp; zeros for none."""
    if not strokes:
        return 0.0, 0.0
    margin = max(stroke.width for stroke in strokes) / 2 + INK_MARGIN_DP
    _, _, right, bottom = _bounds(strokes)
    return right + margin, bottom + margin


def _texture(picture: Picture) -> object:
    content = picture.content
    if picture.turns:
        stream = io.BytesIO()
        decode(picture).save(stream, "PNG", compress_level=1)
        content = stream.getvalue()
    kind = "png" if content.startswith(b"\x89PNG") else "jpg"
    return CoreImage(io.BytesIO(content), ext=kind, mipmap=True).texture
