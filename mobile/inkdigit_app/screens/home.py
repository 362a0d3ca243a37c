"""The screen to write on: canvas, reading, toolbars and corrections, upright or wide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.floatlayout import FloatLayout

from inkdigit_app.widgets.bars import NavBar, Toolbar  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.base import Themed
from inkdigit_app.widgets.ink_canvas import InkCanvas  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.reading_bar import ReadingBar  # noqa: F401  # for the .kv file

if TYPE_CHECKING:
    from inkdigit_app.widgets.candidate_panel import CandidatePanel
    from inkdigit_app.widgets.pen_menu import PenMenu

__all__ = ["HomeScreen"]


class HomeScreen(Themed, FloatLayout):
    """Upright: title, reading, canvas and toolbar from top to bottom; corrections in a sheet.

    Wide: reading and corrections in a panel beside the canvas.

    Attributes:
        ink_canvas: The `InkCanvas`.
        reading_bar: The `ReadingBar`.
        toolbar: The `Toolbar`.
        nav_bar: The `NavBar`.
        wide: Whether the screen is in its wide form.
        panel_width: Of the side panel, in pixels; 0 where there is none.
        insets: Pixels that the system's bars and notches cover: left, top, right, bottom.
        correcting: Whether the candidates are open.
        picking_pen: Whether the pen menu is open.
        mirrored: Whether the screen is for the left hand.
        pen_menu_size: In pixels.
        panel_hint: Shown in the side panel while the candidates are closed.
    """

    ink_canvas = ObjectProperty()
    reading_bar = ObjectProperty()
    toolbar = ObjectProperty()
    nav_bar = ObjectProperty()
    wide = BooleanProperty(False)
    panel_width = NumericProperty(0)
    insets = ListProperty([0, 0, 0, 0])
    correcting = BooleanProperty(False)
    picking_pen = BooleanProperty(False)
    mirrored = BooleanProperty(False)
    panel_hint = StringProperty("")
    pen_menu_size = ListProperty([0, 0])

    def __init__(self, **kwargs: Any) -> None:
        self._candidates: CandidatePanel | None = None
        self._pen_menu: PenMenu | None = None
        super().__init__(**kwargs)

    @property
    def candidates(self) -> CandidatePanel:
        """The panel that corrects a glyph; made on first use, after the first frame."""
        if self._candidates is None:
            from inkdigit_app.widgets.candidate_panel import CandidatePanel

            self._candidates = CandidatePanel(pos_hint={"x": 0, "y": 0})
            self.ids.candidates.add_widget(self._candidates)
        return self._candidates

    @property
    def pen_menu(self) -> PenMenu:
        """The pen's widths; made on first use, after the first frame."""
        if self._pen_menu is None:
            from inkdigit_app.widgets.pen_menu import PenMenu

            self._pen_menu = PenMenu(pos_hint={"x": 0, "y": 0})
            self._pen_menu.bind(size=self.setter("pen_menu_size"))
            self.ids.pen_menu.add_widget(self._pen_menu)
        return self._pen_menu
