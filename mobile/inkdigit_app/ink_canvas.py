"""Where one writes: touches in, strokes out, and the ink drawn on the frame of its event."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kivy.graphics import InstructionGroup
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from inkdigit import Stroke
from inkdigit_app.smoothing import Point
from inkdigit_app.stroke_drawing import StrokeDrawing
from inkdigit_app.theme import LIGHT

__all__ = ["InkCanvas"]

MIN_MOVE_DP = 1.0  # shorter moves are the hand's tremor and the screen's noise

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class InkCanvas(Widget):
    """A sheet that takes ink from one finger, stylus or mouse at a time.

    Points are in pixels from the top left corner, y down, so that ink stays where it was written
    when the window grows.

    Attributes:
        blank: Whether there is no ink.
        hint: Shown while there is no ink.
        pen_width: In pixels.
        theme: Colours.

    Events:
        on_stroke_begin: The pen came down.
        on_stroke: The pen left, with the `Stroke` it wrote. It stays on the canvas until `show` is
            called without it.
    """

    __events__ = ("on_stroke_begin", "on_stroke")

    blank = BooleanProperty(True)
    hint = StringProperty("")
    pen_width = NumericProperty("7dp")
    theme = ObjectProperty(LIGHT, rebind=True)

    def __init__(self, **kwargs: Any) -> None:
        # Keyed by the stroke's identity; the stroke beside it keeps that from being reused.
        self._drawings: dict[int, tuple[Stroke, StrokeDrawing]] = {}
        self._pen: MotionEvent | None = None
        self._points: list[Point] = []
        self._live: StrokeDrawing | None = None
        self._ink = InstructionGroup()
        super().__init__(**kwargs)

    def on_kv_post(self, base_widget: Widget) -> None:
        """Put the ink into the widget whose axes are the ink's."""
        self.ids.ink.canvas.add(self._ink)

    @property
    def drawings(self) -> list[StrokeDrawing]:
        """What is drawn of the finished strokes, oldest first."""
        return [drawing for _, drawing in self._drawings.values()]

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Put the pen down, unless it is down already."""
        if not self.collide_point(*touch.pos):
            return False
        if "button" in touch.profile and touch.button != "left":  # the wheel is a button, too
            return False
        if self._pen is None:
            touch.grab(self)
            self._pen = touch
            point = self._to_ink(touch)
            self._points = [point]
            self._live = StrokeDrawing(point, self.pen_width)
            self._ink.add(self._live)
            self._update_blank()
            self.dispatch("on_stroke_begin")
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Draw on to where the pen is."""
        if touch.grab_current is not self or touch is not self._pen:
            return False
        self._extend(self._to_ink(touch), dp(MIN_MOVE_DP))
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Lift the pen: the stroke is finished."""
        if touch.grab_current is not self or touch is not self._pen:
            return False
        touch.ungrab(self)
        self._extend(self._to_ink(touch), 0)
        stroke, live = Stroke.from_points(self._points), self._live
        assert live is not None
        self._pen, self._live = None, None
        self._drawings[id(stroke)] = (stroke, live)
        self.dispatch("on_stroke", stroke)
        return True

    def show(self, strokes: Sequence[Stroke]) -> None:
        """Show these finished strokes and no others; what is drawn already stays as it is."""
        wanted = {id(stroke): stroke for stroke in strokes}
        for key in [key for key in self._drawings if key not in wanted]:
            _, drawing = self._drawings.pop(key)
            self._ink.remove(drawing)
        for key, stroke in wanted.items():
            if key not in self._drawings:
                points = [(float(x), float(y)) for x, y in stroke.points]
                drawing = StrokeDrawing.of(points, self.pen_width)
                self._drawings[key] = (stroke, drawing)
                self._ink.add(drawing)
        self._update_blank()

    def cancel_stroke(self) -> None:
        """Forget the stroke that is being written."""
        if self._pen is not None and self._live is not None:
            self._pen.ungrab(self)
            self._ink.remove(self._live)
            self._pen, self._live = None, None
            self._update_blank()

    def on_stroke_begin(self) -> None:
        """For whoever binds to it."""

    def on_stroke(self, stroke: Stroke) -> None:
        """For whoever binds to it."""

    def _to_ink(self, touch: MotionEvent) -> Point:
        # A pen that slides over the edge writes along it: what is read is what is seen.
        x = min(max(touch.x - self.x, 0.0), float(self.width))
        y = min(max(self.top - touch.y, 0.0), float(self.height))
        return (x, y)

    def _extend(self, point: Point, least: float) -> None:
        assert self._live is not None
        last = self._points[-1]
        moved = abs(point[0] - last[0]) + abs(point[1] - last[1])
        if moved > 0 and moved >= least:
            self._points.append(point)
            self._live.extend(point)

    def _update_blank(self) -> None:
        self.blank = not self._drawings and self._live is None
