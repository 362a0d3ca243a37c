"""What a glyph may be: its ink, the likeliest digits, a keypad, and other ways to divide it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kivy.graphics import InstructionGroup, PopMatrix, PushMatrix, Scale, Translate
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from inkdigit_app.core.glyphs import NO_DIGIT_TEXT, Glyph, percentage
from inkdigit_app.core.page import Page
from inkdigit_app.core.theme import LIGHT
from inkdigit_app.widgets.stroke_drawing import StrokeDrawing
from inkdigit_app.widgets.tool_button import ToolButton

__all__ = ["CandidateButton", "CandidatePanel", "InkPreview"]

LIKELIEST = 3
PREVIEW_MARGIN_DP = 6.0
MAX_PREVIEW_SCALE = 1.0

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class InkPreview(Widget):
    """One glyph of a page, as it is written or as it stands on the picture.

    Attributes:
        theme: Colours.
        texture: Of the picture's region, or None.
    """

    theme = ObjectProperty(LIGHT, rebind=True)
    texture = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        self._shown: tuple[Page, Glyph] | None = None
        self._ink = InstructionGroup()
        super().__init__(**kwargs)
        self.fbind("pos", self._draw)
        self.fbind("size", self._draw)

    def on_kv_post(self, base_widget: Widget) -> None:
        """The ink comes after the canvas's colour."""
        self.canvas.add(self._ink)

    def show(self, page: Page | None, glyph: Glyph | None, texture: Any = None) -> None:
        """Show a glyph of a page, whose picture has this texture; None shows nothing."""
        self._shown = None if page is None or glyph is None else (page, glyph)
        self.texture = None
        if texture is not None and glyph is not None:
            left, top, right, bottom = glyph.box
            # Kivy's textures of pictures have their first row at the bottom of their axes.
            self.texture = texture.get_region(
                left, texture.height - bottom, right - left, bottom - top
            )
        self._draw()

    def _draw(self, *_: object) -> None:
        self._ink.clear()
        if self._shown is None or self.texture is not None:
            return
        page, glyph = self._shown
        left, top, right, bottom = glyph.box
        room = (self.width - 2 * dp(PREVIEW_MARGIN_DP), self.height - 2 * dp(PREVIEW_MARGIN_DP))
        pen = max((page.strokes[n].width for n in glyph.strokes), default=0.0)
        scale = min(
            room[0] / (right - left + pen),
            room[1] / (bottom - top + pen),
            dp(MAX_PREVIEW_SCALE),
        )
        self._ink.add(PushMatrix())
        self._ink.add(Translate(*self.center))
        self._ink.add(Scale(scale, -scale, 1))
        self._ink.add(Translate(-(left + right) / 2, -(top + bottom) / 2))
        for number in glyph.strokes:
            pen_stroke = page.strokes[number]
            points = [(float(x), float(y)) for x, y in pen_stroke.stroke.points]
            self._ink.add(StrokeDrawing.of(points, pen_stroke.width))
        self._ink.add(PopMatrix())


class CandidateButton(ButtonBehavior, BoxLayout):
    """A digit with its probability, as a number and as a bar.

    Attributes:
        label: The digit; empty for none.
        probability: 0 to 1.
        percentage: The same in words.
        chosen: Whether it is what the glyph is taken for.
        theme: Colours.
    """

    label = StringProperty("")
    probability = NumericProperty(0)
    percentage = StringProperty("")
    chosen = BooleanProperty(False)
    theme = ObjectProperty(LIGHT, rebind=True)


class CandidatePanel(BoxLayout):
    """Everything one can say about a glyph, each with one tap.

    Attributes:
        can_join: Whether there is a next glyph to join with.
        choices: The digits of the keypad, in its order.
        theme: Colours.

    Events:
        on_label: It is this: "0" to "9", or "?" for no digit.
        on_split: It is two.
        on_join: It is one with the next.
        on_close: It is left as it is.
    """

    __events__ = ("on_label", "on_split", "on_join", "on_close")

    can_join = BooleanProperty(False)
    choices = ListProperty("1234567890")
    theme = ObjectProperty(LIGHT, rebind=True)

    def on_kv_post(self, base_widget: Widget) -> None:
        """Make the keys."""
        for label in self.choices:
            key = ToolButton(word=label, outlined=True, theme=self.theme)
            key.size_hint_x = 1
            key.bind(on_release=lambda _, label=label: self.dispatch("on_label", label))
            self.fbind("theme", key.setter("theme"))
            self.ids.keypad.add_widget(key)

    @property
    def likeliest(self) -> Sequence[CandidateButton]:
        """The buttons of the likeliest digits, best first."""
        return [self.ids.first, self.ids.second, self.ids.third]

    def key(self, label: str) -> ToolButton:
        """A key of the keypad."""
        return next(key for key in self.ids.keypad.children if key.word == label)

    def show(self, page: Page, glyph: Glyph, can_join: bool, texture: Any = None) -> None:
        """Show a glyph of a page, whose picture has this texture."""
        self.ids.preview.show(page, glyph, texture)
        self.can_join = can_join
        ranked = list(glyph.candidates[:LIKELIEST])
        for button, candidate in zip(self.likeliest, [*ranked, *[None] * LIKELIEST], strict=False):
            digit, probability = candidate or ("", 0.0)
            button.label = str(digit)
            button.probability = probability
            button.percentage = percentage(probability) if candidate else ""
            button.chosen = bool(candidate) and str(digit) == glyph.text
        self.ids.none.chosen = glyph.text == NO_DIGIT_TEXT
        self.ids.said.text = _said(glyph)

    def on_touch_down(self, touch: Any) -> bool:
        """Keep what is pressed on the panel from the ink behind it."""
        return bool(super().on_touch_down(touch)) or self.collide_point(*touch.pos)

    def on_label(self, label: str) -> None:
        """For whoever binds to it."""

    def on_split(self) -> None:
        """For whoever binds to it."""

    def on_join(self) -> None:
        """For whoever binds to it."""

    def on_close(self) -> None:
        """For whoever binds to it."""


def _said(glyph: Glyph) -> str:
    if glyph.corrected:
        return "You said: no digit" if glyph.digit is None else f"You said: {glyph.digit}"
    if glyph.digit is None:
        return f"Read as no digit, {percentage(glyph.confidence)}"
    return f"Read as {glyph.digit}, {percentage(glyph.confidence)}"
