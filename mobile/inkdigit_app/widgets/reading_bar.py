"""The reading: the number large, how sure it is beneath, and a button that copies it."""

from __future__ import annotations

from pathlib import Path

from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Ellipse, InstructionGroup, RoundedRectangle
from kivy.lang import Builder
from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from inkdigit_app.core.glyphs import Certainty
from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.tool_button import ToolButton

__all__ = ["CertaintyLine", "ReadingBar"]

TYPE_SIZES_SP = (56, 40, 28, 18)  # the largest that fits is taken

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class CertaintyLine(Widget):
    """Solid where the reading is sure, dashed where it is not, dotted where there is no digit.

    Attributes:
        certainty: A `Certainty`, or None for no line.
        theme: Colours.
    """

    certainty = ObjectProperty(None, allownone=True)
    theme = ObjectProperty(LIGHT, rebind=True)

    def __init__(self, **kwargs: object) -> None:
        self._marks = InstructionGroup()
        super().__init__(**kwargs)
        self.canvas.add(self._marks)
        for name in ("pos", "size", "certainty", "theme"):
            self.fbind(name, self._draw)
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
        fits = (self.width + gap) / max(length + gap, 1)
        self._marks.add(Color(*get_color_from_hex(self.theme.line_colour(self.certainty))))
        for i in range(int(fits + 0.01)):
            place = {"pos": (self.x + i * (length + gap), self.y), "size": (length, height)}
            if self.certainty is Certainty.NO_DIGIT:
                self._marks.add(Ellipse(**place))
            else:
                self._marks.add(RoundedRectangle(**place, radius=[(height / 2, height / 2)] * 4))


class ReadingBar(BoxLayout):
    """What the page reads.

    Attributes:
        text: The digits, lines apart; empty where there is no reading.
        caption: How sure, in words.
        message: Instead of a reading: why there is none, or that one is on its way.
        certainty: A `Certainty`, or None.
        can_copy: Whether there is text to copy.
        type_size: Of the digits, in sp: the largest at which all can be seen, else the smallest.
        theme: Colours.

    Events:
        on_copy: Put the text on the clipboard.
    """

    __events__ = ("on_copy",)

    text = StringProperty("")
    caption = StringProperty("")
    message = StringProperty("")
    certainty = ObjectProperty(None, allownone=True)
    can_copy = BooleanProperty(False)
    type_size = NumericProperty(TYPE_SIZES_SP[0])
    theme = ObjectProperty(LIGHT, rebind=True)

    def on_kv_post(self, base_widget: Widget) -> None:
        """Fit the digits whenever they, or their room, change."""
        self.fbind("text", self._fit)
        self.ids.scroll.bind(size=self._fit)
        self._fit()

    @property
    def copy_button(self) -> ToolButton:
        """The button that copies."""
        return self.ids.copy_button

    def on_copy(self) -> None:
        """For whoever binds to it."""

    def _fit(self, *_: object) -> None:
        room = self.ids.scroll.size
        lines = self.text.count("\n") + 1
        for size in TYPE_SIZES_SP:
            self.type_size = size
            label = CoreLabel(font_size=sp(size))
            widths = (label.get_extents(line)[0] for line in self.text.split("\n"))
            height = lines * label.get_extents("0")[1]
            if max(widths) <= room[0] and height <= room[1]:
                break
