"""What can be done with the page: copy, save, read aloud; one button each."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from inkdigit_app.widgets.base import Panel
from inkdigit_app.widgets.buttons import ToolButton  # noqa: F401  # for the .kv file

__all__ = ["ShareMenu"]


class ShareMenu(Panel):
    """A list of ways out.

    Events:
        on_choice: One was pressed; with its name: "text", "table", "png", "svg", "csv", "send" to
            another app, or "voice".
    """

    __events__ = ("on_choice",)

    has_text = BooleanProperty(False)  # something is read
    has_ink = BooleanProperty(False)  # something is written; a picture is not
    can_send = BooleanProperty(False)  # the system hands texts to other apps
