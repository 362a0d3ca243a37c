"""The whole window: the home screen, the screens over it, and the word about what happened."""

from __future__ import annotations

from pathlib import Path

from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from inkdigit_app.core.theme import LIGHT
from inkdigit_app.screens.home import HomeScreen
from inkdigit_app.widgets.notice_bar import NoticeBar

__all__ = ["AppRoot"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class AppRoot(FloatLayout):
    """Three layers.

    Attributes:
        insets: Left, top, right, bottom, in pixels, that the system's bars and notches cover.
        theme: Colours.
    """

    insets = ListProperty([0, 0, 0, 0])
    theme = ObjectProperty(LIGHT, rebind=True)

    @property
    def home(self) -> HomeScreen:
        """Where one writes."""
        return self.ids.home

    @property
    def over(self) -> FloatLayout:
        """Where other screens are put."""
        return self.ids.over

    @property
    def notice_bar(self) -> NoticeBar:
        """What has just happened."""
        return self.ids.notice_bar

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Ask no widget about the pen: the canvas has grabbed it, and there are many moves."""
        return self.home.ink_canvas.is_pen(touch) or super().on_touch_move(touch)
