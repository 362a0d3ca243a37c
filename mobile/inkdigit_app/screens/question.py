"""Asks before anything that cannot be undone."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.floatlayout import FloatLayout

from inkdigit_app.widgets.base import Themed
from inkdigit_app.widgets.buttons import ToolButton  # noqa: F401  # for the .kv file

__all__ = ["Question"]


class Question(Themed, FloatLayout):
    """A question over the darkened screen, with Cancel and a button that goes ahead.

    Events:
        on_confirm: Go ahead.
        on_close: Cancel.
    """

    __events__ = ("on_confirm", "on_close")

    text = StringProperty("")
    yes = StringProperty("")  # on the button that goes ahead

    def take_action(self, action: str) -> bool:
        """Go ahead on Enter, as on the filled button; False for other keys."""
        if action == "read":
            self.dispatch("on_confirm")
        return action == "read"

    def on_touch_down(self, touch: Any) -> bool:
        """Keep every touch from what is behind; one beside the question cancels."""
        if not super().on_touch_down(touch):
            self.dispatch("on_close")
        return True
