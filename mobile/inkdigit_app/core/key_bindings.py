"""Keys in, names of what they do out. No Kivy in here."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["action_of"]

# Key codes of Kivy, which are SDL's.
ENTER, PAD_ENTER, ESCAPE, DELETE = 13, 271, 27, 127
LEFT, RIGHT = 276, 275
PAD_0 = 256
PLAIN = {
    ENTER: "read",
    PAD_ENTER: "read",
    ESCAPE: "back",
    DELETE: "clear",
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
    """What a key does.

    Args:
        key: Its code.
        modifiers: "ctrl", "meta" (the Mac's command key), "shift" and others that are down.

    Returns:
        A name, "label:7" for a digit, or None for nothing.
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
