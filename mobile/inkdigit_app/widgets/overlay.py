"""What the screens over the home screen are made of: a surface, and a header to go back."""

from __future__ import annotations

from kivy.properties import ListProperty, StringProperty

from inkdigit_app.widgets.base import Panel
from inkdigit_app.widgets.buttons import ToolButton  # noqa: F401  # for the .kv file

__all__ = ["Overlay", "ScreenHeader"]


class Overlay(Panel):
    """Covers the home screen; its content is no wider than reads well.

    Events:
        on_close: Back was pressed.
    """

    __events__: tuple[str, ...] = ("on_close",)

    # Pixels that the system's bars and notches cover: left, top, right, bottom.
    insets = ListProperty([0, 0, 0, 0])


class ScreenHeader(Panel):
    """A Back button, with its event, and a title. A screen adds its own buttons as children."""

    __events__ = ("on_back",)

    title = StringProperty("")
