"""A question that is asked before what cannot be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.tool_button import ToolButton

__all__ = ["Question", "ToolButton"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Question(FloatLayout):
    """Yes or no.

    Attributes:
        text: The question.
        yes: The word on the button that does it.
        insets: As for `Overlay`.
        theme: Colours.

    Events:
        on_confirm: Do it.
        on_close: Leave it.
    """

    __events__ = ("on_confirm", "on_close")

    text = StringProperty("")
    yes = StringProperty("")
    insets = ListProperty([0, 0, 0, 0])
    theme = ObjectProperty(LIGHT, rebind=True)

    def on_touch_down(self, touch: Any) -> bool:
        """Keep every touch from what lies beneath; one beside the question closes it."""
        if not super().on_touch_down(touch) and not self.ids.card.collide_point(*touch.pos):
            self.dispatch("on_close")
        return True

    def on_confirm(self) -> None:
        """For whoever binds to it."""

    def on_close(self) -> None:
        """For whoever binds to it."""
