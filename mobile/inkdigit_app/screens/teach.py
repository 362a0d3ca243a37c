"""Teach my digits: asks for each digit three times; ink with its meaning out."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty

from inkdigit_app.core.learning.teaching import Round
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.core.settings import Settings
from inkdigit_app.widgets.ink_canvas import InkCanvas  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.overlay import Overlay

__all__ = ["TeachScreen"]


class TeachScreen(Overlay):
    """A canvas for one digit at a time. It can be left at any time: what was done is learnt.

    Events:
        on_example: A digit was written; with its `Page` and the digit.
        on_done: All digits have been asked for; with how many were written.
    """

    __events__ = ("on_example", "on_done")
    has_canvas = True  # which a notice must not lie on

    settings = ObjectProperty(Settings(), rebind=True)
    round = ObjectProperty(Round(), rebind=True)
    blank = BooleanProperty(True)
    written = NumericProperty(0)  # digits learnt so far

    def on_kv_post(self, base_widget: object) -> None:
        """Begin with a clean canvas."""
        self._page = Page()
        self.ids.ink.bind(on_stroke=self._on_stroke)

    def clear(self) -> None:
        """Let the digit be written once more."""
        self._show(Page())

    def go_on(self) -> None:
        """Learn what is written, and ask for the next digit."""
        if not self.blank:
            self.written += 1
            self.dispatch("on_example", self._page, self.round.digit)
            self.skip()

    def skip(self) -> None:
        """Ask for the next digit."""
        self._show(Page())
        self.round = self.round.next()
        if self.round.over:
            self.dispatch("on_done", self.written)

    def take_action(self, action: str) -> bool:
        """Do what a key asks for; False where it means nothing here."""
        actions = {"read": self.go_on, "clear": self.clear, "undo": self.clear}
        if action in actions:
            actions[action]()
        return action in actions

    def _on_stroke(self, _: object, stroke: PenStroke) -> None:
        self._show(self._page.with_stroke(stroke))

    def _show(self, page: Page) -> None:
        self.ids.ink.cancel_stroke()
        self._page = page
        self.blank = page.blank
        self.ids.ink.show(page)
