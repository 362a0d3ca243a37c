"""A mouse provider that passes on every move at once, in order with all other input.

Kivy's own updates one shared event as pointer positions arrive and dispatches it once per frame.
Positions in between are lost, a stroke that begins and moves within one frame starts in the wrong
place, and a later key press overtakes it. Ink needs every position.
"""

from __future__ import annotations

from kivy.base import EventLoop
from kivy.config import Config
from kivy.input import MotionEvent, MotionEventFactory
from kivy.input.providers.mouse import MouseMotionEventProvider

__all__ = ["EveryMoveMouse", "install"]


class _NoQueue:
    """Replaces the provider's queue, and dispatches events instead of storing them."""

    def append(self, item: tuple[str, MotionEvent]) -> None:
        events = [item]
        for module in EventLoop.postproc_modules:  # double taps and the like
            events = module.process(events)
        for kind, event in events:
            EventLoop.post_dispatch_input(kind, event)

    def popleft(self) -> tuple[str, MotionEvent]:
        raise IndexError("the queue is always empty")


class EveryMoveMouse(MouseMotionEventProvider):
    """Kivy's mouse, without waiting for the next frame and without merging moves."""

    def __init__(self, device: str, args: str) -> None:
        super().__init__(device, args)
        self.waiting_event = _NoQueue()


def install() -> None:
    """Replace Kivy's mouse. To be called before the app runs."""
    MotionEventFactory.register("every_move_mouse", EveryMoveMouse)
    # Otherwise the right button would count as a second finger.
    Config.set("input", "mouse", "every_move_mouse,disable_multitouch")
