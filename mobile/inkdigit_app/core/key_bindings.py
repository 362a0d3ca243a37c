"""Keys in, names of actions out."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["action_of"]

# Kivy's key codes, which are SDL's.
ENTER, PAD_ENTER, ESCAPE, BACKSPACE, DELETE = 13, 271, 27, 8, 127
LEFT, RIGHT = 276, 275
PAD_0 = 256
PLAIN = {
    ENTER: "read",
    PAD_ENTER: "read",
    ESCAPE: "back",
    BACKSPACE: "backspace",
    DELETE: "delete",
    ord("e"): "eraser",
    LEFT: "previous",
    RIGHT: "next",
}
CONTROL = {
    "z": "undo",
    "y": "redo",
    "c": "copy",
    "v": "paste",
    "o": "picture",
    "h": "history",
    ",": "settings",
}


def action_of(key: int, modifiers: Collection[str]) -> str | None:
    """The action of a key.

    Args:
        key: Its code.
        modifiers: Those held down: "ctrl", "meta" (the Mac's command key), "shift" and others.

    Returns:
        The action's name, "label:7" for the digit 7, or None for a key without one.
    """
    letter = chr(key) if 0 < key < 256 else ""
    if "ctrl" in modifiers or "meta" in modifiers:
        if letter == "z" and "shift" in modifiers:
            return "redo"
        return CONTROL.get(letter)
    if letter.isdigit():
        return f"label:{letter}"
    if PAD_0 <= key <= PAD_0 + 9:
        return f"label:{key - PAD_0}"
    if letter == "?":
        return "label:?"
    return PLAIN.get(key)
