"""The way to the other screens: history, pictures, settings, with or without the app's name."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import StringProperty

from inkdigit_app.widgets.mirrored_bar import MirroredBar

__all__ = ["NavBar"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class NavBar(MirroredBar):
    """Three buttons.

    Attributes:
        title: Before them, or empty.

    Events:
        on_history, on_picture, on_settings: A button was pressed.
    """

    __events__ = ("on_history", "on_picture", "on_settings")

    title = StringProperty("")

    def on_history(self) -> None:
        """For whoever binds to it."""

    def on_picture(self) -> None:
        """For whoever binds to it."""

    def on_settings(self) -> None:
        """For whoever binds to it."""
