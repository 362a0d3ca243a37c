"""The mouse, with every move it makes, in the order of all other input.

Kivy moves one shared event as pointer positions arrive and hands it out once a frame: what was
between is lost, a pen that sets down and moves on within a frame even starts in the wrong place,
and a key pressed after it overtakes it. Ink needs all of it, so this provider hands out each
position as it comes.
"""

from __future__ import annotations

from kivy.base import EventLoop
from kivy.config import Config
from kivy.input import MotionEvent, MotionEventFactory
from kivy.input.providers.mouse import MouseMotionEventProvider

__all__ = ["EveryMoveMouse", "install"]


class _NoQueue:
    """Stands where the provider has its queue, and lets nothing wait."""

    def append(self, item: tuple[str, MotionEvent]) -> None:
        events = [item]
        for module in EventLoop.postproc_modules:  # double taps and the like
            events = module.process(events)
        for kind, event in events:
            EventLoop.post_dispatch_input(kind, event)

    def popleft(self) -> tuple[str, MotionEvent]:
        raise IndexError("nothing waits")


class EveryMoveMouse(MouseMotionEventProvider):
    """Kivy's mouse, without waiting for the next frame and without merging moves."""

    def __init__(self, device: str, args: str) -> None:
        super().__init__(device, args)
        self.waiting_event = _NoQueue()


def install() -> None:
    """Take the place of Kivy's mouse. To be called before the app runs."""
    MotionEventFactory.register("every_move_mouse", EveryMoveMouse)
    # The right button is no second finger.
    Config.set("input", "mouse", "every_move_mouse,disable_multitouch")
