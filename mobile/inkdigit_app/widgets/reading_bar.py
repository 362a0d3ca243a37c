"""The reading: the number in large type, how sure it is below, and buttons to take it elsewhere."""

from __future__ import annotations

from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Ellipse, InstructionGroup, RoundedRectangle
from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.utils import get_color_from_hex

from inkdigit_app.core.glyphs import Certainty
from inkdigit_app.widgets.base import Panel, Themed
from inkdigit_app.widgets.buttons import ToolButton  # noqa: F401  # for the .kv file

__all__ = ["CertaintyLine", "ReadingBar"]

TYPE_SIZES_SP = (56, 40, 28, 18)  # the largest that fits is used


class CertaintyLine(Themed):
    """Solid where the reading is sure, dashed where it is unsure, dotted where it has no digit."""

    certainty = ObjectProperty(None, allownone=True)  # a `Certainty`, or None for no line

    def __init__(self, **kwargs: object) -> None:
        self._marks = InstructionGroup()
        super().__init__(**kwargs)
        self.canvas.add(self._marks)
        self.bind(pos=self._draw, size=self._draw, certainty=self._draw, theme=self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        self._marks.clear()
        if self.certainty is None:
            return
        height = self.height
        length, gap = {
            Certainty.SURE: (self.width, 0.0),
            Certainty.UNSURE: (dp(9), dp(5)),
            Certainty.NO_DIGIT: (height, dp(4)),
        }[self.certainty]
        count = int((self.width + gap) / max(length + gap, 1) + 0.01)
        self._marks.add(Color(*get_color_from_hex(self.theme.line_colour(self.certainty))))
        for i in range(count):
            box = {"pos": (self.x + i * (length + gap), self.y), "size": (length, height)}
            if self.certainty is Certainty.NO_DIGIT:
                self._marks.add(Ellipse(**box))
            else:
                self._marks.add(RoundedRectangle(**box, radius=[height / 2]))


class ReadingBar(Panel):
    """What the page reads; the buttons have the events on_copy and on_share."""

    __events__ = ("on_copy", "on_share")

    text = StringProperty("")  # the digits, one line a row; empty where there is no reading
    caption = StringProperty("")  # how sure the reading is, in words
    message = StringProperty("")  # where there is no reading: why, or that it is on its way
    certainty = ObjectProperty(None, allownone=True)  # a `Certainty`
    can_copy = BooleanProperty(False)
    can_share = BooleanProperty(False)
    is_table = BooleanProperty(False)  # a table is read
    mirrored = BooleanProperty(False)  # for the left hand: the buttons stand on the left
    spacing_of_rows = NumericProperty(1.0)  # as a multiple of their height
    type_size = NumericProperty(TYPE_SIZES_SP[0])  # in sp: the largest that fits, or the smallest

    watched: object = None  # the page that is said to be read, while it is

    def on_kv_post(self, base_widget: object) -> None:
        """Fit the digits whenever they or their box change."""
        self.fbind("text", self._fit)
        self.fbind("mirrored", self._arrange)
        self.ids.scroll.bind(size=self._fit)
        self._fit()

    def _arrange(self, *_: object) -> None:
        buttons = self.ids.buttons.__self__  # itself, as nothing else holds it meanwhile
        self.remove_widget(buttons)
        self.add_widget(buttons, len(self.children) if self.mirrored else 0)

    def _fit(self, *_: object) -> None:
        max_width, max_height = self.ids.scroll.size
        lines = self.text.split("\n")
        for size in TYPE_SIZES_SP:
            self.type_size = size
            label = CoreLabel(font_size=sp(size))
            width = max(label.get_extents(line)[0] for line in lines)
            height = len(lines) * label.get_extents("0")[1]
            if width <= max_width and height <= max_height:
                break
        row, rows = label.get_extents("0")[1], len(lines)
        whole = max(int(max_height / row), 1)  # rows in sight; where more scroll, none is cut
        self.spacing_of_rows = max(max_height / (whole * row), 1.0) if rows > whole else 1.0
        # The newest row is in sight, as it is the one being written.
        self.ids.scroll.scroll_y = 0 if len(lines) > 1 else 1
