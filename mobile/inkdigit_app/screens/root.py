"""The whole window: the home screen, the screens over it, and the notice above all."""

from __future__ import annotations

from kivy.input import MotionEvent
from kivy.properties import ListProperty, ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from inkdigit_app.screens.home import HomeScreen  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.base import Themed
from inkdigit_app.widgets.notice_bar import NoticeBar  # noqa: F401  # for the .kv file

__all__ = ["AppRoot"]


class AppRoot(Themed, FloatLayout):
    """Three layers."""

    home = ObjectProperty()
    over = ObjectProperty()  # the layout to which the other screens are added
    notice_bar = ObjectProperty()
    insets = ListProperty([0, 0, 0, 0])  # as for `Overlay`

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Ask no other widget about the pen's many moves: the canvas has grabbed it."""
        return self.home.ink_canvas.is_pen(touch) or super().on_touch_move(touch)
