"""A row of buttons that runs from left to right, or for the left hand from right to left."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.tool_button import ToolButton

__all__ = ["MirroredBar"]


class MirroredBar(BoxLayout):
    """What the bars have in common; their own .kv files say which buttons there are.

    Attributes:
        mirrored: Whether it runs from right to left.
        theme: Colours.
    """

    mirrored = BooleanProperty(False)
    theme = ObjectProperty(LIGHT, rebind=True)

    def on_kv_post(self, base_widget: object) -> None:
        """Keep the buttons in the order of the hand that writes."""
        self._order = list(self.children)
        self.fbind("mirrored", self._arrange)
        self._arrange()

    def button(self, name: str) -> ToolButton:
        """One of the buttons, by its id in the .kv file."""
        return self.ids[name]

    def _arrange(self, *_: object) -> None:
        self.clear_widgets()
        for widget in self._order if self.mirrored else reversed(self._order):
            self.add_widget(widget)
