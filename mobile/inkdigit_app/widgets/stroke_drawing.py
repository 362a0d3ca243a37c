"""Draws one stroke: points in as they come, Kivy graphics out."""

from __future__ import annotations

from kivy.graphics import Ellipse, InstructionGroup, Line

from inkdigit_app.core.page import PenStroke
from inkdigit_app.core.smoothing import Point, Smoother

__all__ = ["StrokeDrawing"]

STEP_DP = 2.0  # segments this short look round at any pen width; chosen by eye
JOINT_STEPS = 4  # triangles in a round joint; on a smooth curve more of them do not show
CHUNK_POINTS = 64  # a Line rebuilds its whole mesh for each new point: keep it short


class StrokeDrawing(InstructionGroup):
    """A smooth line with round ends that grows with the pen, in the canvas's colour and axes.

    Args:
        first: Where the pen came down, in dp; drawn as a dot.
        width: Of the pen, in dp.
    """

    def __init__(self, first: Point, width: float) -> None:
        super().__init__()
        self._width = width
        self._smoother = Smoother(first, STEP_DP)
        self._chunk: list[Point] = [first]
        self._line: Line | None = None
        corner = (first[0] - width / 2, first[1] - width / 2)
        self._dot = Ellipse(pos=corner, size=(width, width))
        self.add(self._dot)
        self._tail = self._new_line()  # from the end of the smoothed line to the pen
        self.add(self._tail)

    @classmethod
    def of(cls, stroke: PenStroke) -> StrokeDrawing:
        """Draw a finished stroke."""
        first, *rest = [(float(x), float(y)) for x, y in stroke.stroke.points]
        drawing = cls(first, stroke.width)
        smooth = [first]
        for point in rest:
            smooth += drawing._smoother.add(point)
        for start in range(0, len(smooth) - 1, CHUNK_POINTS - 1):
            drawing._start_chunk(smooth[start : start + CHUNK_POINTS])
        drawing.finish()
        return drawing

    def extend(self, point: Point) -> None:
        """Draw on to the next point."""
        smooth = self._smoother.add(point)
        if self._line is None or len(self._chunk) + len(smooth) > CHUNK_POINTS:
            self._start_chunk([self._chunk[-1], *smooth])
        else:
            self._chunk += smooth
            self._line.points = [value for pair in self._chunk for value in pair]
        self._draw_tail()

    def finish(self) -> None:
        """Draw the same with fewer instructions: the pen has left.

        A page has hundreds of strokes, and the screen is drawn for each move of the pen.
        """
        if self._line is not None:
            end = [*self._smoother.newest]
            self._line.points = [*(value for pair in self._chunk for value in pair), *end]
            self.remove(self._tail)
            self.remove(self._dot)  # the line's round end covers it

    def _start_chunk(self, points: list[Point]) -> None:
        self._chunk = points
        self._line = self._new_line()
        self._line.points = [value for pair in points for value in pair]
        self.add(self._line)

    def _draw_tail(self) -> None:
        self._tail.points = [*self._smoother.end, *self._smoother.newest]

    def _new_line(self) -> Line:
        # Kivy's width is the distance from the centre line to the edge.
        return Line(width=self._width / 2, cap="round", joint="round", joint_precision=JOINT_STEPS)
