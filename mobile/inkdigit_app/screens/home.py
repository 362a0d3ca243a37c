"""The screen one writes on: canvas, reading, toolbar and corrections, upright and wide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.floatlayout import FloatLayout

from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.ink_canvas import InkCanvas
from inkdigit_app.widgets.nav_bar import NavBar
from inkdigit_app.widgets.reading_bar import ReadingBar
from inkdigit_app.widgets.toolbar import Toolbar

if TYPE_CHECKING:
    from inkdigit_app.widgets.candidate_panel import CandidatePanel
    from inkdigit_app.widgets.pen_menu import PenMenu

__all__ = ["HomeScreen"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class HomeScreen(FloatLayout):
    """Upright: title, reading, canvas, toolbar from top to bottom; corrections in a sheet.

    Wide: the reading and the corrections in a panel at the side.

    Attributes:
        wide: Whether this is the wide form.
        panel_width: Of the side panel, in pixels; 0 where there is none.
        insets: Left, top, right, bottom, in pixels, that the system's bars and notches cover.
        correcting: Whether a glyph is chosen: the corrections are there.
        picking_pen: Whether the widths of the pen are there.
        mirrored: Whether everything is for the left hand.
        pen_menu_size: In pixels.
        panel_hint: In the side panel while nothing is chosen.
        theme: Colours.
    """

    wide = BooleanProperty(False)
    panel_width = NumericProperty(0)
    insets = ListProperty([0, 0, 0, 0])
    correcting = BooleanProperty(False)
    picking_pen = BooleanProperty(False)
    mirrored = BooleanProperty(False)
    panel_hint = StringProperty("")
    pen_menu_size = ListProperty([0, 0])
    theme = ObjectProperty(LIGHT, rebind=True)

    def __init__(self, **kwargs: Any) -> None:
        self._candidates: CandidatePanel | None = None
        self._pen_menu: PenMenu | None = None
        super().__init__(**kwargs)

    @property
    def ink_canvas(self) -> InkCanvas:
        """Where one writes."""
        return self.ids.ink_canvas

    @property
    def reading_bar(self) -> ReadingBar:
        """What it reads."""
        return self.ids.reading_bar

    @property
    def toolbar(self) -> Toolbar:
        """What one can do."""
        return self.ids.toolbar

    @property
    def nav_bar(self) -> NavBar:
        """Where one can go."""
        return self.ids.nav_bar

    @property
    def candidates(self) -> CandidatePanel:
        """What a glyph may be; made when it is first asked for, after the first frame."""
        if self._candidates is None:
            from inkdigit_app.widgets.candidate_panel import CandidatePanel

            self._candidates = CandidatePanel(theme=self.theme, pos_hint={"x": 0, "y": 0})
            self.fbind("theme", self._candidates.setter("theme"))
            self.ids.candidates.add_widget(self._candidates)
        return self._candidates

    @property
    def pen_menu(self) -> PenMenu:
        """The widths of the pen; made when they are first asked for, after the first frame."""
        if self._pen_menu is None:
            from inkdigit_app.widgets.pen_menu import PenMenu

            self._pen_menu = PenMenu(theme=self.theme, pos_hint={"x": 0, "y": 0})
            self.fbind("theme", self._pen_menu.setter("theme"))
            self._pen_menu.bind(size=self.setter("pen_menu_size"))
            self.ids.pen_menu.add_widget(self._pen_menu)
        return self._pen_menu
