"""Corrects one glyph: its likeliest digits, a keypad, the signs, no digit, split and join."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from inkdigit.labels import SIGNS
from inkdigit_app.core.glyphs import NO_DIGIT_TEXT, Glyph, percentage
from inkdigit_app.core.page import Page
from inkdigit_app.core.words.language import tr
from inkdigit_app.widgets.base import Panel, Surface
from inkdigit_app.widgets.buttons import ToolButton
from inkdigit_app.widgets.ink_preview import InkPreview  # noqa: F401  # for the .kv file

__all__ = ["CandidateButton", "CandidatePanel"]

LIKELIEST = 3  # candidates that have a button
KEYPAD = "1234567890"
ACTION_DP = 8  # beside the word of a key; they share the width by the number of letters


class CandidateButton(ButtonBehavior, Surface, BoxLayout):
    """A digit with its probability, as a number and as a bar."""

    label = StringProperty("")  # empty hides the button
    probability = NumericProperty(0)  # 0 to 1
    chosen = BooleanProperty(False)  # the glyph is read as this digit


class CandidatePanel(Panel):
    """All corrections of a glyph, each with one tap.

    Events:
        on_label: The glyph is "0" to "9", a sign, or "?" for no digit.
        on_delete: The glyph is to go, ink and all.
        on_split: The glyph is two digits.
        on_join: The glyph and the next are one digit.
        on_close: Leave the glyph as it is.
    """

    __events__ = ("on_label", "on_delete", "on_split", "on_join", "on_close")

    can_join = BooleanProperty(False)
    signs = BooleanProperty(True)  # the keypad offers signs
    content_height = NumericProperty(0)  # that all of it needs, in pixels

    def on_kv_post(self, base_widget: object) -> None:
        """Make the buttons and the keys."""
        self.likeliest = [CandidateButton() for _ in range(LIKELIEST)]  # best first
        for button in self.likeliest:
            button.bind(on_release=lambda pressed: self.dispatch("on_label", pressed.label))
            self.ids.likeliest.add_widget(button)
        for label in KEYPAD:
            self.ids.keypad.add_widget(self._key(label))
        self._actions = self.ids.actions.children[::-1]
        for key in self._actions:
            key.ids.word.fbind("texture_size", self._arrange)
        self.fbind("width", self._arrange)
        self._sign_keys = [self._key(label) for label in SIGNS]
        self.fbind("signs", self._show_signs)
        self._show_signs()

    def show(self, page: Page, glyph: Glyph, can_join: bool, texture: Any = None) -> None:
        """Show a glyph of a page; `texture` is its picture's, or None for ink."""
        self.ids.preview.show(page, glyph, texture)
        self.can_join = can_join
        choices = glyph.choices
        for i, button in enumerate(self.likeliest):
            button.label, button.probability = choices[i] if i < len(choices) else ("", 0.0)
            button.chosen = button.label == glyph.text
        self.ids.none.chosen = glyph.text == NO_DIGIT_TEXT
        self.ids.summary.text = _summary(glyph)

    def _key(self, label: str) -> ToolButton:
        key = ToolButton(word=label, outlined=True)
        key.size_hint_x = 1
        key.bind(on_release=lambda pressed: self.dispatch("on_label", pressed.word))
        return key

    def _arrange(self, *_: object) -> None:
        """Put the words into two rows where one is too narrow for them."""
        grid = self.ids.actions
        words = sum(key.ids.word.texture_size[0] + dp(ACTION_DP) for key in self._actions)
        room = self.width - 2 * dp(12) - 3 * grid.spacing[0]
        grid.cols = len(self._actions) if words <= room else 2

    def _show_signs(self, *_: object) -> None:
        for key in self._sign_keys:
            if self.signs and key.parent is None:
                self.ids.keypad.add_widget(key)
            elif not self.signs:
                self.ids.keypad.remove_widget(key)


def _summary(glyph: Glyph) -> str:
    what = glyph.text if glyph.known else tr("no digit")
    text = tr("You chose {what}") if glyph.corrected else tr("Read as {what}, {percentage}")
    return text.format(what=what, percentage=percentage(glyph.confidence))
