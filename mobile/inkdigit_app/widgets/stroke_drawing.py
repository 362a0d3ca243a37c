"""One stroke on the screen: points in as they are drawn, Kivy graphics out."""

from __future__ import annotations

from collections.abc import Sequence

from kivy.graphics import Ellipse, InstructionGroup, Line

from inkdigit_app.core.smoothing import Point, Smoother

__all__ = ["StrokeDrawing"]

STEP_DP = 2.0  # pieces of a curve this short look round at any pen width
JOINT_STEPS = 4  # triangles of a round joint: more of a smooth curve's joints are not seen
CHUNK_POINTS = 64  # a Line builds its whole mesh again for every point: keep each one short


class StrokeDrawing(InstructionGroup):
    """A round-capped, smooth line that grows with the pen. Colour and axes are the canvas's.

    Args:
        first: Where the pen came down, in dp; on its own it is a dot.
        width: Of the pen, in dp.
    """

    def __init__(self, first: Point, width: float) -> None:
        super().__init__()
        self._width = width
        self._smoother = Smoother(first, STEP_DP)
        self._chunk: list[Point] = [first]
        self._line: Line | None = None
        corner = (first[0] - width / 2, first[1] - width / 2)
        self.add(Ellipse(pos=corner, size=(width, width)))
        self._tail = self._new_line()  # from the settled line to the pen
        self.add(self._tail)

    @classmethod
    def of(cls, points: Sequence[Point], width: float) -> StrokeDrawing:
        """A whole stroke at once."""
        drawing = cls(points[0], width)
        settled = [points[0]]
        for point in points[1:]:
            settled += drawing._smoother.add(point)
        for first in range(0, len(settled) - 1, CHUNK_POINTS - 1):
            drawing._chunk = settled[first : first + CHUNK_POINTS]
            drawing._line = drawing._new_line()
            drawing._line.points = [value for pair in drawing._chunk for value in pair]
            drawing.add(drawing._line)
        drawing._draw_tail()
        return drawing

    def extend(self, point: Point) -> None:
        """Draw on to the next point."""
        settled = self._smoother.add(point)
        if self._line is None or len(self._chunk) + len(settled) > CHUNK_POINTS:
            self._chunk = self._chunk[-1:]
            self._line = self._new_line()
            self.add(self._line)
        self._chunk += settled
        self._line.points = [value for pair in self._chunk for value in pair]
        self._draw_tail()

    def _draw_tail(self) -> None:
        self._tail.points = [*self._smoother.end, *self._smoother.newest]

    def _new_line(self) -> Line:
        # Kivy's width is the distance from the middle to the edge.
        return Line(width=self._width / 2, cap="round", joint="round", joint_precision=JOINT_STEPS)
