"""Tooltips: a button's hint, shown while the mouse rests on it. Fingers get none."""

from __future__ import annotations

from kivy.clock import Clock, ClockEvent
from kivy.core.window import Window
from kivy.graphics import Color, RoundedRectangle
from kivy.metrics import dp
from kivy.uix.label import Label
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from inkdigit_app.widgets.buttons import ToolButton

__all__ = ["Tooltips"]

REST_S = 0.6  # a mouse that only passes gets no tooltip; chosen by use


class Tooltips:
    """Watches the mouse over a tree of widgets.

    Args:
        root: The tree; tooltips are drawn over it.
    """

    def __init__(self, root: Widget) -> None:
        self._root = root
        self._shown: Label | None = None
        self._over: ToolButton | None = None
        self._resting: ClockEvent | None = None
        Window.bind(mouse_pos=self._on_mouse, on_touch_down=self._on_touch)

    @property
    def text(self) -> str:
        """The text of the tooltip on the screen; empty where there is none."""
        return self._shown.text if self._shown else ""

    def _on_touch(self, *_: object) -> bool:
        self._watch(None)
        return False

    def _on_mouse(self, _: object, position: tuple[float, float]) -> None:
        over = self._find(self._root, *position)
        if over is not self._over:
            self._watch(over)

    def _watch(self, button: ToolButton | None) -> None:
        self._over = button
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None
        if self._shown is not None:
            self._root.remove_widget(self._shown)
            self._shown = None
        if button is not None:
            self._resting = Clock.schedule_once(self._show, REST_S)

    def _find(self, widget: Widget, x: float, y: float) -> ToolButton | None:
        """The topmost button at a point, if it has a hint and can be pressed."""
        x, y = widget.to_local(x, y)  # in a ScrollView they differ
        for child in widget.children:  # topmost first
            if child is not self._shown and child.opacity and child.collide_point(x, y):
                if isinstance(child, ToolButton):
                    return child if child.hint and not child.disabled else None
                found = self._find(child, x, y)
                if found is not None or child.children:
                    return found
        return None

    def _show(self, _: float) -> None:
        button = self._over
        if button is None or button.get_parent_window() is None:
            return
        label = Label(
            text=button.hint, font_size="14sp", size_hint=(None, None), padding=(dp(8), dp(4))
        )
        label.color = get_color_from_hex(button.theme.canvas)
        label.texture_update()
        label.size = label.texture_size
        x, y = button.to_window(button.center_x, button.y)
        label.x = min(max(x - label.width / 2, dp(4)), Window.width - label.width - dp(4))
        below = y - label.height - dp(2)
        label.y = below if below > 0 else button.to_window(0, button.top)[1] + dp(2)
        with label.canvas.before:
            Color(*get_color_from_hex(button.theme.text))
            RoundedRectangle(pos=label.pos, size=label.size, radius=[dp(4)])
        self._shown = label
        self._root.add_widget(label)
