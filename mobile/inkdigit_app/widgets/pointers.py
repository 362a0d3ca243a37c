"""What touches the canvas: a touch of Kivy's in, finger, stylus, eraser or mouse out.

Kivy 2.3 tells a stylus apart on Windows (its provider "wm_pen") and in its own reader of Linux
tablets (button "pen"). It says nothing of a stylus on Android or X11, where one counts as a finger
or a mouse, and nothing of the eraser end anywhere; the names looked for here are those a provider
would use.
"""

from __future__ import annotations

from enum import Enum

from kivy.input import MotionEvent

__all__ = ["Pointer", "kind_of"]

STYLUS_NAMES = {"pen", "stylus", "wm_pen"}
ERASER_NAMES = {"eraser", "rubber"}


class Pointer(Enum):
    """A kind of pointer."""

    FINGER = "finger"
    MOUSE = "mouse"
    STYLUS = "stylus"
    ERASER = "eraser"


def kind_of(touch: MotionEvent) -> Pointer:
    """What a touch was made with."""
    button = str(touch.button) if "button" in touch.profile else ""
    names = {*touch.profile, button, touch.device}
    if not names.isdisjoint(ERASER_NAMES):
        return Pointer.ERASER
    if not names.isdisjoint(STYLUS_NAMES):
        return Pointer.STYLUS
    return Pointer.MOUSE if button else Pointer.FINGER
