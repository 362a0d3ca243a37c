"""The way to the other screens: history, pictures, settings, with or without the app's name."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.theme import LIGHT
from inkdigit_app.tool_button import ToolButton

__all__ = ["NavBar"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class NavBar(BoxLayout):
    """Three buttons.

    Attributes:
        title: Before them, or empty.
        mirrored: Whether it runs from right to left.
        theme: Colours.

    Events:
        on_history, on_picture, on_settings: A button was pressed.
    """

    __events__ = ("on_history", "on_picture", "on_settings")

    title = StringProperty("")
    mirrored = BooleanProperty(False)
    theme = ObjectProperty(LIGHT, rebind=True)

    def on_kv_post(self, base_widget: object) -> None:
        """Keep the buttons in the order of the hand that writes."""
        self._order = list(self.children)
        self.fbind("mirrored", self._arrange)
        self._arrange()

    def button(self, name: str) -> ToolButton:
        """One of the buttons: history, picture, settings."""
        return self.ids[name]

    def _arrange(self, *_: object) -> None:
        self.clear_widgets()
        for widget in self._order if self.mirrored else reversed(self._order):
            self.add_widget(widget)

    def on_history(self) -> None:
        """For whoever binds to it."""

    def on_picture(self) -> None:
        """For whoever binds to it."""

    def on_settings(self) -> None:
        """For whoever binds to it."""
