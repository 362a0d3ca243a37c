"""What stands behind a widget: a filled shape, an outline, a hairline, or none of them.

Kivy draws what is transparent at the same cost as what is seen, and .kv rules cannot leave an
instruction out: with all of them a frame takes a quarter longer.
"""

from __future__ import annotations

from collections.abc import Callable

from kivy.clock import Clock
from kivy.graphics import Color, InstructionGroup, Line, Rectangle, RoundedRectangle
from kivy.metrics import dp
from kivy.uix.widget import Widget

__all__ = ["Shapes"]

Colour = tuple[float, ...]


class Shapes(InstructionGroup):
    """Shapes as large as a widget, behind all else of it.

    Args:
        widget: Where they are.
        draw: Adds those that are seen, by the methods below.
        properties: Of the widget, on which they depend beside its place and its size.
    """

    def __init__(self, widget: Widget, draw: Callable[[Shapes], None], *properties: str) -> None:
        super().__init__()
        self._widget = widget
        self._draw = draw
        self.radius = 0.0  # of the corners, in pixels
        widget.canvas.before.insert(0, self)
        # Once a frame, however much has changed.
        redraw = Clock.create_trigger(lambda _: self.redraw())
        for name in ("pos", "size", *properties):
            widget.fbind(name, redraw)
        self.redraw()

    def redraw(self) -> None:
        """Draw them again."""
        self.clear()
        self._draw(self)

    def fill(self, colour: Colour) -> None:
        """Fill the widget."""
        widget = self._widget
        self.add(Color(*colour))
        self.add(RoundedRectangle(pos=widget.pos, size=widget.size, radius=[self.radius]))

    def outline(self, colour: Colour) -> None:
        """Draw the widget's edge."""
        widget, half = self._widget, dp(0.5)
        size = (widget.width - 2 * half, widget.height - 2 * half)
        self.add(Color(*colour))
        box = (widget.x + half, widget.y + half, *size, self.radius)
        self.add(Line(rounded_rectangle=box, width=dp(1)))

    def hairline(self, colour: Colour, at_top: bool) -> None:
        """Draw a thin line along the upper edge, or along the lower one."""
        widget = self._widget
        self.add(Color(*colour))
        y = widget.top - dp(1) if at_top else widget.y
        self.add(Rectangle(pos=(widget.x, y), size=(widget.width, dp(1))))
