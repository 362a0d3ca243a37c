"""The bar under the canvas: what one can do with the ink."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty

from inkdigit_app.widgets.mirrored_bar import MirroredBar

__all__ = ["Toolbar"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Toolbar(MirroredBar):
    """Undo, redo, pen, clear, and Read while ink is not read by itself.

    Attributes:
        can_undo: Whether there is a step to take back.
        can_redo: Whether there is one to take again.
        can_clear: Whether there is anything to clear.
        can_read: Whether there is something to read.
        live: Whether ink is read by itself; Read is not there then.
        wide: Whether there is room for words beside the icons.
        pen_width: In dp.

    Events:
        on_undo, on_redo, on_pen, on_clear, on_read: A button was pressed.
    """

    __events__ = ("on_undo", "on_redo", "on_pen", "on_clear", "on_read")

    can_undo = BooleanProperty(False)
    can_redo = BooleanProperty(False)
    can_clear = BooleanProperty(False)
    can_read = BooleanProperty(False)
    live = BooleanProperty(True)
    wide = BooleanProperty(False)
    pen_width = NumericProperty(7)

    def on_undo(self) -> None:
        """For whoever binds to it."""

    def on_redo(self) -> None:
        """For whoever binds to it."""

    def on_pen(self) -> None:
        """For whoever binds to it."""

    def on_clear(self) -> None:
        """For whoever binds to it."""

    def on_read(self) -> None:
        """For whoever binds to it."""
