"""The one screen: the canvas, the answer and the toolbar, in portrait and in landscape."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from inkdigit_app.answer_line import AnswerLine
from inkdigit_app.ink_canvas import InkCanvas
from inkdigit_app.theme import LIGHT
from inkdigit_app.toolbar import Toolbar

__all__ = ["HomeScreen"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class HomeScreen(FloatLayout):
    """Portrait: answer, canvas, toolbar from top to bottom. Landscape: the answer in a side panel.

    Attributes:
        wide: Whether this is the landscape form.
        panel_width: Of the side panel, in pixels; 0 where there is none.
        theme: Colours.
    """

    wide = BooleanProperty(False)
    panel_width = NumericProperty(0)
    theme = ObjectProperty(LIGHT, rebind=True)

    @property
    def ink_canvas(self) -> InkCanvas:
        """Where one writes."""
        return self.ids.ink_canvas

    @property
    def answer_line(self) -> AnswerLine:
        """What it reads."""
        return self.ids.answer_line

    @property
    def toolbar(self) -> Toolbar:
        """What one can do."""
        return self.ids.toolbar
