"""The ways out of the app: the menu's choices in, copies, files and a voice out."""

from __future__ import annotations

from dataclasses import dataclass

from inkdigit_app.commands import Commands
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.platforms.environment import is_android
from inkdigit_app.screens.home import HomeScreen

__all__ = ["Sharing"]


@dataclass(frozen=True)
class Sharing:
    """Opens the menu of ways out, and takes the one that is chosen."""

    home: HomeScreen
    model: ViewModel
    commands: Commands

    def bind(self) -> None:
        """Connect the button that opens the menu."""
        self.home.reading_bar.bind(on_share=lambda _: self.toggle())

    def open(self) -> None:
        """Make the menu; it is not needed before the first frame."""
        menu = self.home.share_menu
        menu.can_send = is_android()
        menu.bind(on_choice=lambda _, way: self._share(way))

    def toggle(self) -> None:
        """Open the menu where there is something to share, or close it."""
        home, model = self.home, self.model
        home.sharing = not home.sharing and not model.page.blank
        if home.sharing:
            model.select(None)
            model.select_cell(None)
            model.dismiss()  # a long notice would lie over the menu
            home.picking_pen = False
            home.share_menu.has_text = home.reading_bar.can_copy
            home.share_menu.has_ink = bool(model.page.strokes)

    def _share(self, way: str) -> None:
        self.home.sharing = False
        commands = self.commands
        ways = {
            "text": commands.copy,
            "table": commands.copy_table,
            "send": commands.send,
            "voice": commands.speak,
        }
        if way in ways:
            ways[way]()
        else:
            commands.save(way)
