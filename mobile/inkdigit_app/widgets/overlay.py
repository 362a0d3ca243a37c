"""What lies over the home screen and takes its place: history, settings, files, a question."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from inkdigit_app.core.theme import LIGHT

__all__ = ["Overlay"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Overlay(BoxLayout):
    """A screen of its own, no wider than what reads well.

    Attributes:
        insets: Left, top, right, bottom, in pixels, that the system's bars and notches cover.
        theme: Colours.

    Events:
        on_close: It is to go.
    """

    __events__: tuple[str, ...] = ("on_close",)

    insets = ListProperty([0, 0, 0, 0])
    theme = ObjectProperty(LIGHT, rebind=True)

    def on_touch_down(self, touch: object) -> bool:
        """Keep every touch from what lies beneath."""
        super().on_touch_down(touch)
        return True

    def on_close(self) -> None:
        """For whoever binds to it."""
