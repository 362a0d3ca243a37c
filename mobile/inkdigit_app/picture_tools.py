"""What can be done with the picture on the canvas: buttons, touches and keys in, changes out."""

from __future__ import annotations

from dataclasses import dataclass

from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.screens.home import HomeScreen

__all__ = ["PictureTools"]


@dataclass(frozen=True)
class PictureTools:
    """Turns, crops, and reads as a table; corrects cells."""

    home: HomeScreen
    model: ViewModel

    def bind(self) -> None:
        """Connect the home screen's widgets."""
        home, model = self.home, self.model
        home.toolbar.bind(
            on_turn=lambda _: model.turn_picture(),
            on_crop=lambda _: self.toggle_crop(),
            on_table=lambda _: self.toggle_table(),
        )
        home.ink_canvas.bind(
            on_cell_tap=lambda _, index: model.select_cell(index),
            on_region=lambda _, region: model.read_region(region),
        )
        home.bind(
            on_cell_text=lambda _, text: model.correct_cell(text),
            on_cell_next=lambda _: model.select_next(1),
            on_cell_close=lambda _: model.select_cell(None),
        )

    def toggle_crop(self) -> None:
        """Let the region to read be drawn, or read all of the picture again."""
        if self.model.page.sheet.region is not None:
            self.model.read_region(None)
        else:
            self.home.cropping = not self.home.cropping

    def toggle_table(self) -> None:
        """Read the picture as a table, or as numbers again."""
        self.model.read_as_table(not self.model.page.sheet.as_table)

    def back(self) -> bool:
        """End what is going on with the picture; False where nothing is."""
        if self.home.cropping:
            self.home.cropping = False
        elif self.model.waiting and self.model.page.sheet.as_table:
            self.model.undo()  # the table that takes too long
        else:
            return False
        return True

    def take_action(self, action: str) -> bool:
        """Let a key change the chosen cell's text; False where it does something else."""
        if self.model.cell is None:
            return False
        panel = self.home.cell_panel
        if action.startswith("label:"):
            panel.type(action.removeprefix("label:"))
        elif action == "read":
            panel.accept()
        elif action in ("backspace", "delete"):
            panel.erase()
        else:
            return False
        return True

    def take_text(self, text: str) -> None:
        """Let a character be typed into the chosen cell."""
        if self.model.cell is not None:
            self.home.cell_panel.type(text)
