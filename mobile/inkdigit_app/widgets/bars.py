"""The bars of the home screen, each a row of buttons."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from inkdigit_app.widgets.base import Panel
from inkdigit_app.widgets.buttons import ToolButton

__all__ = ["NavBar", "Toolbar"]


class MirroredBar(Panel):
    """A row of buttons that runs from left to right, or from right to left for the left hand.

    Attributes:
        mirrored: Whether it runs from right to left.
    """

    mirrored = BooleanProperty(False)

    def on_kv_post(self, base_widget: object) -> None:
        """Remember the buttons' order, and arrange them."""
        self._order = list(self.children)
        self.fbind("mirrored", self._arrange)
        self._arrange()

    def button(self, name: str) -> ToolButton:
        """The button with this id in the .kv file."""
        return self.ids[name]

    def _arrange(self, *_: object) -> None:
        self.clear_widgets()
        for widget in self._order if self.mirrored else reversed(self._order):
            self.add_widget(widget)


class NavBar(MirroredBar):
    """Opens the other screens.

    Attributes:
        title: Shown before the buttons.

    Events:
        on_history, on_picture, on_settings: A button was pressed.
    """

    __events__ = ("on_history", "on_picture", "on_settings")

    title = StringProperty("")


class Toolbar(MirroredBar):
    """The bar under the canvas, for the ink: undo, redo, pen, clear, and Read.

    Attributes:
        can_undo: Whether there is a step to undo.
        can_redo: Whether there is a step to redo.
        can_clear: Whether there is anything to clear.
        can_read: Whether there is anything to read.
        live: Whether ink is read as it is written; Read is hidden then.
        wide: Whether there is room for words beside the icons.

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
