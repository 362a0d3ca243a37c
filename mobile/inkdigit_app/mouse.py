"""The mouse, with every move it makes.

Kivy moves one shared event as pointer positions arrive and hands it out once a frame: what was
between is lost, and a pen that sets down and moves on within a frame even starts in the wrong
place. Ink needs all of it, so this provider hands out each position on its own, in order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from kivy.base import EventLoop
from kivy.config import Config
from kivy.input import MotionEvent, MotionEventFactory
from kivy.input.providers.mouse import MouseMotionEventProvider

__all__ = ["EveryMoveMouse", "install"]


class _Positions(deque[tuple[str, MotionEvent, tuple[float, float]]]):
    """The queue of the provider, which also remembers where each event was when it came."""

    def append(self, item: tuple[str, MotionEvent]) -> None:  # type: ignore[override]
        kind, event = item
        super().append((kind, event, (event.sx, event.sy)))


class EveryMoveMouse(MouseMotionEventProvider):
    """Kivy's mouse, without merging its moves."""

    def __init__(self, device: str, args: str) -> None:
        super().__init__(device, args)
        self.waiting_event = _Positions()

    def update(self, dispatch_fn: Callable[[str, MotionEvent], None]) -> None:
        """Hand out what has come since the last frame."""
        while self.waiting_event:
            kind, event, position = self.waiting_event.popleft()
            if not event.is_touch:
                dispatch_fn(kind, event)
                continue
            event.move(position)
            events = [(kind, event)]
            for module in EventLoop.postproc_modules:  # double taps and the like
                events = module.process(events)
            for single in events:
                EventLoop.post_dispatch_input(*single)


def install() -> None:
    """Take the place of Kivy's mouse. To be called before the app runs."""
    MotionEventFactory.register("every_move_mouse", EveryMoveMouse)
    # The right button is no second finger.
    Config.set("input", "mouse", "every_move_mouse,disable_multitouch")
