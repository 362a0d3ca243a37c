"""The screen to write on: canvas, reading, toolbars and corrections, upright or wide."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from inkdigit_app.widgets.bars import NavBar, Toolbar  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.base import Surface
from inkdigit_app.widgets.buttons import ToolButton  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.drawer import Drawer  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.ink_canvas import InkCanvas  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.reading_bar import ReadingBar  # noqa: F401  # for the .kv file

if TYPE_CHECKING:
    from inkdigit_app.widgets.candidate_panel import CandidatePanel
    from inkdigit_app.widgets.pen_menu import PenMenu
    from inkdigit_app.widgets.pictures.cell_panel import CellPanel
    from inkdigit_app.widgets.share_menu import ShareMenu

__all__ = ["HomeScreen"]


class HomeScreen(Surface, FloatLayout):
    """Upright: title, reading, canvas and toolbar from top to bottom; corrections in a sheet.

    Wide: reading and corrections in a panel beside the canvas.

    Events:
        on_cell_text: The chosen cell of a table says this.
        on_cell_next: Go on with the next cell.
        on_cell_close: Leave the cell as it is.
    """

    __events__ = ("on_cell_text", "on_cell_next", "on_cell_close")

    ink_canvas = ObjectProperty()
    reading_bar = ObjectProperty()
    toolbar = ObjectProperty()
    nav_bar = ObjectProperty()
    wide = BooleanProperty(False)
    panel_width = NumericProperty(0)  # of the side panel, in pixels; 0 where there is none
    insets = ListProperty([0, 0, 0, 0])  # as for `Overlay`
    correcting = BooleanProperty(False)  # the candidates, or the keypad of a cell, are open
    sheet_height = NumericProperty(0)  # that these need, in pixels
    notice_top = NumericProperty(0)  # above it they have room, in pixels; 0 where no notice is
    erasing = BooleanProperty(False)  # the eraser is in use, rather than the pen
    cropping = BooleanProperty(False)  # the region of the picture to read is being drawn
    picking_pen = BooleanProperty(False)  # the pen menu is open
    sharing = BooleanProperty(False)  # the menu of ways out is open
    mirrored = BooleanProperty(False)  # for the left hand
    panel_hint = StringProperty("")  # in the side panel while the candidates are closed
    first_hint = StringProperty("")  # on the blank canvas, until a box was chosen once
    digits_hint = StringProperty("")  # on the canvas, while each line has a set number of digits
    pen_menu_size = ListProperty([0, 0])  # in pixels
    share_menu_size = ListProperty([0, 0])  # in pixels

    @cached_property
    def candidates(self) -> CandidatePanel:
        """The panel that corrects a glyph; made on first use, after the first frame."""
        from inkdigit_app.widgets.candidate_panel import CandidatePanel

        candidates = CandidatePanel(pos_hint={"x": 0, "y": 0})
        candidates.bind(content_height=self._fit_sheet)
        self.open_panel(candidates)
        return candidates

    @cached_property
    def cell_panel(self) -> CellPanel:
        """The panel that corrects a cell of a table; made on first use."""
        from inkdigit_app.widgets.pictures.cell_panel import CellPanel

        panel = CellPanel(pos_hint={"x": 0, "y": 0})
        panel.bind(
            content_height=self._fit_sheet,
            on_text=lambda _, text: self.dispatch("on_cell_text", text),
            on_next=lambda _: self.dispatch("on_cell_next"),
            on_close=lambda _: self.dispatch("on_cell_close"),
        )
        return panel

    @property
    def open_menu(self) -> Widget | None:
        """The menu that is open; the keyboard's outline stays in it."""
        if self.sharing:
            return self.share_menu
        return self.pen_menu if self.picking_pen else None

    def open_panel(self, panel: Widget) -> None:
        """Show one of the two where corrections are made."""
        layout = self.ids.candidates
        if panel.parent is not layout.__self__:  # from Kivy's weak proxy
            layout.clear_widgets()
            layout.add_widget(panel)
            self._fit_sheet(panel)

    def on_correcting(self, *_: object) -> None:
        """Let the next sheet begin at its top, wherever this one was scrolled to."""
        if not self.correcting:
            for panel in self.ids.candidates.children:
                panel.ids.view.scroll_y = 1

    def _fit_sheet(self, panel: Widget, *_: object) -> None:
        if panel.parent is self.ids.candidates.__self__:
            self.sheet_height = panel.content_height

    @cached_property
    def pen_menu(self) -> PenMenu:
        """The pen's widths; made on first use, after the first frame."""
        from inkdigit_app.widgets.pen_menu import PenMenu

        canvas = self.ink_canvas
        pen_menu = PenMenu(pos_hint={"x": 0, "y": 0}, pen_width=canvas.pen_width)
        canvas.bind(pen_width=pen_menu.setter("pen_width"))
        pen_menu.bind(size=self.setter("pen_menu_size"))
        self.ids.pen_menu.add_widget(pen_menu)
        return pen_menu

    @cached_property
    def share_menu(self) -> ShareMenu:
        """The ways out; made on first use, after the first frame."""
        from inkdigit_app.widgets.share_menu import ShareMenu

        share_menu = ShareMenu(pos_hint={"x": 0, "y": 0})
        share_menu.bind(size=self.setter("share_menu_size"))
        self.ids.share_menu.add_widget(share_menu)
        return share_menu
