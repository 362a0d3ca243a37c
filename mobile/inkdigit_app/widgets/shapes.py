"""What stands behind a widget: a filled shape, an outline, a hairline, or none of them.

Kivy draws what is transparent at the same cost as what is seen, and .kv rules cannot leave an
instruction out: with all of them a frame takes a quarter longer.
"""

from __future__ import annotations

from kivy.graphics import Color, InstructionGroup, Line, Rectangle, RoundedRectangle
from kivy.metrics import dp
from kivy.uix.widget import Widget

__all__ = ["Shapes"]

Colour = tuple[float, ...]


class Shapes(InstructionGroup):
    """Shapes of the size of a widget; `clear` it before they are drawn again.

    Args:
        widget: Where they are.
        radius: Of the corners, in pixels.
    """

    def __init__(self, widget: Widget, radius: float = 0.0) -> None:
        super().__init__()
        self._widget = widget
        self.radius = radius

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
