"""Your hand: what has been learnt of how somebody writes; to look at, to teach, to forget."""

from __future__ import annotations

from collections.abc import Sequence

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from inkdigit.writer import RememberedGlyph
from inkdigit_app.core.glyphs import NO_DIGIT_TEXT
from inkdigit_app.core.learning.people import HandState, by_character, how_it_helps
from inkdigit_app.core.words.language import tr
from inkdigit_app.screens.settings import OpeningRow, SettingRow  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.base import Themed
from inkdigit_app.widgets.overlay import Overlay
from inkdigit_app.widgets.shape_grid import ShapeGrid  # noqa: F401  # for the .kv file

__all__ = ["HandScreen", "ShapeGroup"]

FEW = 12  # shapes of a digit that are shown before "Show all": two rows on a phone


class ShapeGroup(Themed, BoxLayout):
    """All shapes of one digit, the newest first, or the newest few.

    Events:
        on_pick: A shape was tapped; with its `RememberedGlyph`.
    """

    __events__ = ("on_pick",)

    title = StringProperty("")
    more = NumericProperty(0)  # how many are not shown

    def __init__(self, character: str, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.title = tr("No digit") if character == NO_DIGIT_TEXT else character
        self._glyphs: Sequence[RememberedGlyph] = ()
        self._all = False

    def show(self, glyphs: Sequence[RememberedGlyph]) -> None:
        """Show these, the newest first."""
        self._glyphs = glyphs
        shown = glyphs if self._all else glyphs[:FEW]
        self.more = len(glyphs) - len(shown)
        self.ids.grid.glyphs = list(shown)

    def show_all(self) -> None:
        """Show the older ones, too."""
        self._all = True
        self.show(self._glyphs)


class HandScreen(Overlay):
    """What is known of the hand of who writes now.

    Events:
        on_forget: A shape was tapped; with its `RememberedGlyph`.
        on_teach, on_people, on_export, on_import, on_forget_all: A button was pressed.
    """

    __events__ = (
        "on_forget", "on_teach", "on_people", "on_export", "on_import", "on_forget_all",
    )  # fmt: skip

    hand = ObjectProperty(HandState(), rebind=True)
    sentence = StringProperty("")  # how much it helps
    empty = BooleanProperty(True)

    def on_kv_post(self, base_widget: object) -> None:
        """Show what is known."""
        self._groups: dict[str, ShapeGroup] = {}
        self.fbind("hand", self._show)
        self._show()

    def _show(self, *_: object) -> None:
        self.sentence = how_it_helps(self.hand.writer)
        groups = by_character(self.hand.writer.glyphs)
        self.empty = not groups
        for character in self._groups.keys() - groups.keys():
            del self._groups[character]
        holder = self.ids.groups
        for character, glyphs in groups.items():
            if character not in self._groups:
                group = ShapeGroup(character)
                group.bind(on_pick=lambda _, glyph: self.dispatch("on_forget", glyph))
                self._groups[character] = group
            self._groups[character].show(glyphs)
        wanted = [self._groups[character] for character in groups]
        if holder.children[::-1] != wanted:
            holder.clear_widgets()
            for group in wanted:
                holder.add_widget(group)
