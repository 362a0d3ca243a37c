"""Holds what is closed most of the time, at no cost to the frames in which it is."""

from __future__ import annotations

from typing import Any

from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

__all__ = ["Drawer"]


class Drawer(FloatLayout):
    """Draws its children only while its opacity is not 0.

    Kivy goes through the instructions of what is transparent, too: those of the closed panels were
    half of all, and took a quarter of a frame's time.
    """

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """Add a child."""
        super().add_widget(widget, *args, **kwargs)
        if not self.opacity:
            self.canvas.remove(widget.canvas)

    def on_opacity(self, *_: object) -> None:
        """Draw the children, or do not."""
        for child in reversed(self.children):  # from back to front
            drawn = child.canvas in self.canvas.children
            if self.opacity and not drawn:
                self.canvas.add(child.canvas)
            elif not self.opacity and drawn:
                self.canvas.remove(child.canvas)
