"""Tab and Shift+Tab: moves a visible outline from one thing that can be pressed to the next."""

from __future__ import annotations

from collections.abc import Iterator

from kivy.core.window import Window
from kivy.graphics import Color, InstructionGroup, Line
from kivy.metrics import dp
from kivy.uix.behaviors import ButtonBehavior, FocusBehavior
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from inkdigit_app.widgets.base import look

__all__ = ["FocusRing"]

LINE_DP = 2.0
INSET_DP = 4.0  # inside the widget, as neighbours may overlap its edge
CORNER_DP = 8.0


class FocusRing:
    """Which widget the keyboard presses: none until Tab is pressed, after a touch, once it is gone.

    A key must not press what is hidden, nor what is shown again with another meaning: a sheet that
    closes and opens for another digit.
    """

    def __init__(self) -> None:
        self.widget: Widget | None = None
        self._watched: tuple[Widget, ...] = ()  # it, and all that it is in
        self._ring = InstructionGroup()
        Window.bind(on_touch_down=self._on_touch)

    def move(self, tree: Widget, step: int) -> None:
        """Go to the next or the previous thing in a tree of widgets, around the end."""
        stops = list(_stops(tree))
        if not stops:
            self.clear()
        elif self.widget in stops:
            self._set(stops[(stops.index(self.widget) + step) % len(stops)])
        else:
            self._set(stops[0 if step > 0 else -1])

    def press(self, tree: Widget) -> bool:
        """Press what has the outline; False where nothing in the tree of widgets has."""
        widget = self.widget
        if widget is None or not _is_reachable(widget) or tree not in self._watched:
            self.clear()
            return False
        if not isinstance(widget, ButtonBehavior):
            return False  # a text field takes the key itself
        widget.trigger_action(0)
        return True

    @property
    def presses(self) -> bool:
        """Whether there is an outline, and on what can be pressed rather than typed into."""
        return isinstance(self.widget, ButtonBehavior) and _is_reachable(self.widget)

    def clear(self) -> None:
        """Take the outline away."""
        if self.widget is not None:
            self.widget.canvas.after.remove(self._ring)
            self.widget.unbind(pos=self._draw, size=self._draw)
            for part in self._watched:
                part.unbind(opacity=self._check, parent=self._check)
            if isinstance(self.widget, FocusBehavior):
                self.widget.focus = False
            self.widget, self._watched = None, ()

    def _set(self, widget: Widget) -> None:
        self.clear()
        self.widget = widget
        widget.canvas.after.add(self._ring)  # its own canvas, so that it scrolls along
        widget.bind(pos=self._draw, size=self._draw)
        self._watched = (widget, *_ancestors(widget))
        for part in self._watched:
            part.bind(opacity=self._check, parent=self._check)
        self._draw()
        if isinstance(widget, FocusBehavior):
            widget.focus = True
        for parent in _ancestors(widget):
            if isinstance(parent, ScrollView):
                _show(parent, widget)

    def _draw(self, *_: object) -> None:
        widget = self.widget
        self._ring.clear()
        if widget is not None:
            self._ring.add(Color(*get_color_from_hex(look.theme.accent)))
            inset = dp(INSET_DP)
            box = (widget.x + inset, widget.y + inset)
            size = (widget.width - 2 * inset, widget.height - 2 * inset)
            rounded = (*box, *size, dp(CORNER_DP))
            self._ring.add(Line(rounded_rectangle=rounded, width=dp(LINE_DP)))

    def _check(self, *_: object) -> None:
        if self.widget is not None and not _is_shown(self.widget):
            self.clear()

    def _on_touch(self, *_: object) -> bool:
        self.clear()
        return False


def _show(view: ScrollView, widget: Widget) -> None:
    """Scroll to a widget; with the first or the last one go texts above or below it, to the end."""
    stops = list(_stops(view))
    overflows = view.viewport_size[1] > view.height
    if overflows and (widget is stops[0] or widget is stops[-1]):
        view.scroll_y = 1.0 if widget is stops[0] else 0.0
    view.scroll_to(widget, animate=False)


def _stops(tree: Widget) -> Iterator[Widget]:
    """What can be pressed or typed into, in the order in which it was added."""
    for widget in tree.walk(restrict=True):
        if isinstance(widget, ButtonBehavior | FocusBehavior) and _is_reachable(widget):
            yield widget


def _is_reachable(widget: Widget) -> bool:
    return _is_shown(widget) and min(widget.size) > 0 and not widget.disabled


def _is_shown(widget: Widget) -> bool:
    whole = (widget, *_ancestors(widget))
    return widget.get_parent_window() is not None and all(part.opacity for part in whole)


def _ancestors(widget: Widget) -> Iterator[Widget]:
    parent = widget.parent
    while isinstance(parent, Widget):
        yield parent
        parent = parent.parent
