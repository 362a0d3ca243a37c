"""The answer: the digit large, its confidence beside it, and under it a line that says how sure."""

from __future__ import annotations

from pathlib import Path

from kivy.graphics import Color, Ellipse, InstructionGroup, RoundedRectangle
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from inkdigit_app.theme import LIGHT
from inkdigit_app.view_model import Certainty

__all__ = ["AnswerLine", "CertaintyLine"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class CertaintyLine(Widget):
    """Solid where the answer is sure, dashed where it is not, dotted where there is no digit.

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
        fits = (self.width + gap) / max(length + gap, 1)
        self._marks.add(Color(*get_color_from_hex(self.theme.line_colour(self.certainty))))
        for i in range(int(fits + 0.01)):
            place = {"pos": (self.x + i * (length + gap), self.y), "size": (length, height)}
            if self.certainty is Certainty.NO_DIGIT:
                self._marks.add(Ellipse(**place))
            else:
                self._marks.add(RoundedRectangle(**place, radius=[(height / 2, height / 2)] * 4))


class AnswerLine(BoxLayout):
    """What the ink reads.

    Attributes:
        answer: An `Answer`, or None for none.
        message: Instead of an answer: why there is none, or that one is on its way.
        theme: Colours.
    """

    answer = ObjectProperty(None, allownone=True, rebind=True)
    message = StringProperty("")
    theme = ObjectProperty(LIGHT, rebind=True)

    @property
    def text(self) -> str:
        """The answer as it is on the screen."""
        return self.ids.digit.text
