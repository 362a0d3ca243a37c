"""What the keys of a keyboard do, in words."""

from __future__ import annotations

from inkdigit_app.core.words.language import tr

__all__ = ["key_list"]


def key_list() -> list[tuple[str, str]]:
    """What can be done with keys, and with which; see `key_bindings.action_of`."""
    return [
        (tr("Undo, redo"), tr("Ctrl+Z, Ctrl+Shift+Z")),
        (tr("Choose a digit"), tr("Left, Right")),
        (tr("Correct the chosen digit"), tr("0 to 9, a sign, or ? for no digit")),
        (tr("Delete the chosen digit"), tr("Delete, Backspace")),
        (tr("Clear the page"), tr("Delete, with no digit chosen")),
        (tr("Eraser or pen"), "E"),
        (tr("Copy the digits"), tr("Ctrl+C")),
        (tr("Share or save the page"), tr("Ctrl+S")),
        (tr("Paste a picture, open one"), tr("Ctrl+V, Ctrl+O")),
        (tr("Turn the picture"), "R"),
        (tr("Read the picture as a table"), "T"),
        (tr("Zoom in and out, back to 100%"), tr("Ctrl+plus, Ctrl+minus, Ctrl+0")),
        (tr("Move the page"), tr("Page Up, Page Down")),
        (tr("Go from button to button"), tr("Tab, Shift+Tab")),
        (tr("Press a button"), tr("Enter, Space")),
        (tr("Go from row to row of a list"), tr("Up, Down")),
        (tr("Read the page, with no button chosen"), tr("Enter")),
        (tr("Close what is open"), tr("Esc")),
        (tr("History, settings"), tr("Ctrl+H, Ctrl+comma")),
        (tr("This list"), "F1"),
        (tr("Quit"), tr("Ctrl+Q")),
    ]
