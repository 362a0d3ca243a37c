"""The bar under the canvas: what one can do with the ink."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.theme import LIGHT
from inkdigit_app.tool_button import ToolButton

__all__ = ["Toolbar"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Toolbar(BoxLayout):
    """Undo, redo, pen, clear, and Read while ink is not read by itself.

    Attributes:
        can_undo: Whether there is a step to take back.
        can_redo: Whether there is one to take again.
        can_clear: Whether there is anything to clear.
        can_read: Whether there is something to read.
        live: Whether ink is read by itself; Read is not there then.
        wide: Whether there is room for words beside the icons.
        mirrored: Whether it runs from right to left.
        pen_width: In dp.
        theme: Colours.

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
    mirrored = BooleanProperty(False)
    pen_width = NumericProperty(7)
    theme = ObjectProperty(LIGHT, rebind=True)

    def on_kv_post(self, base_widget: object) -> None:
        """Keep the buttons in the order of the hand that writes."""
        self._order = list(self.children)
        self.fbind("mirrored", self._arrange)
        self._arrange()

    def button(self, name: str) -> ToolButton:
        """One of the buttons: undo, redo, pen, clear, read."""
        return self.ids[name]

    def _arrange(self, *_: object) -> None:
        self.clear_widgets()
        for widget in self._order if self.mirrored else reversed(self._order):
            self.add_widget(widget)

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
