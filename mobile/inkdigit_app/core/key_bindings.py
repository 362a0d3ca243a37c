"""Keys in, names of actions out."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["action_of"]

# Kivy's key codes, which are SDL's.
ENTER, PAD_ENTER, ESCAPE, BACKSPACE, DELETE, TAB, SPACE = 13, 271, 27, 8, 127, 9, 32
LEFT, RIGHT, UP, DOWN, PAGE_UP, PAGE_DOWN = 276, 275, 273, 274, 280, 281
PAD_0, PAD_MINUS, PAD_PLUS = 256, 269, 270
F1 = 282
PLAIN = {
    ENTER: "read",
    PAD_ENTER: "read",
    ESCAPE: "back",
    BACKSPACE: "backspace",
    DELETE: "delete",
    TAB: "focus next",
    SPACE: "press",
    ord("?"): "label:?",
    ord("e"): "eraser",
    ord("r"): "turn",
    ord("t"): "table",
    LEFT: "previous",
    RIGHT: "next",
    UP: "up",
    DOWN: "down",
    PAGE_UP: "page up",
    PAGE_DOWN: "page down",
    F1: "keys",
}
SHIFTED = {TAB: "focus previous", ord("/"): "label:?"}
CONTROL = {
    "z": "undo",
    "y": "redo",
    "c": "copy",
    "v": "paste",
    "o": "picture",
    "h": "history",
    ",": "settings",
    "q": "quit",
    "s": "share",
    "+": "zoom in",
    "=": "zoom in",  # the key of "+" without Shift
    "-": "zoom out",
    "0": "zoom home",
}
CONTROL_PAD = {PAD_PLUS: "zoom in", PAD_MINUS: "zoom out", PAD_0: "zoom home"}


def action_of(key: int, modifiers: Collection[str]) -> str | None:
    """The action of a key.

    Args:
        key: Its code.
        modifiers: Those held down: "ctrl", "meta" (the Mac's command key), "shift" and others.

    Returns:
        The action's name, "label:7" for the digit 7, or None for a key without one.
    """
    letter = chr(key) if 0 < key < 256 else ""
    shifted = "shift" in modifiers
    if "ctrl" in modifiers or "meta" in modifiers:
        if letter == "z" and shifted:
            return "redo"
        return CONTROL.get(letter) or CONTROL_PAD.get(key)
    if letter.isdigit() and not shifted:  # with Shift another character, on many layouts a sign
        return f"label:{letter}"
    if PAD_0 <= key <= PAD_0 + 9:
        return f"label:{key - PAD_0}"
    # SDL names the key rather than the character; see also `InkDigitApp._on_text`.
    return (SHIFTED if shifted else PLAIN).get(key) or PLAIN.get(key)
