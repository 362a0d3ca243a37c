"""A language half as long again as English, and what does not fit of the texts on a screen.

In it every text of the table is in brackets, so a text that is outside the table shows.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from itertools import combinations
from typing import Any

__all__ = ["LongWords", "outside_the_table", "without_room"]

OWN_WORDS = ("inkdigit", "English", "Deutsch", "Español")  # the same in every language


class LongWords(gettext.NullTranslations):
    """Pads every text with letters, in brackets, to half as long again."""

    def gettext(self, message: str) -> str:
        more = max(round(len(message) * 0.5) - 2, 0)
        words = " ".join("e" * min(7, more - n) for n in range(0, more, 8))
        space = " " if " " in message and words else ""
        return f"[{message}{space}{words}]"

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


def outside_the_table(tree: Any, own: tuple[str, ...] = ()) -> list[str]:
    """Texts on the screen with letters that no table has; `own` are the user's."""
    found = []
    for label in _labels(tree):
        text = label.text
        known = text in (*OWN_WORDS, *own) or "[" in text or not any(c.isalpha() for c in text)
        if not known:
            found.append(text)
    return found


def without_room(tree: Any) -> list[str]:
    """Texts that are clipped or shortened, and buttons that overlap or stick out of the window."""
    from kivy.core.window import Window

    from inkdigit_app.widgets.base import TextLine
    from inkdigit_app.widgets.buttons import ToolButton

    found = []
    for label in _labels(tree):
        if isinstance(label, TextLine):
            continue  # of the user's own texts, which may be as long as they like
        width, height = _needs(label)
        if width > label.width + 1 or height > label.height + 1:
            size = f"{width:.0f}×{height:.0f}"
            found.append(f"{label.text!r} needs {size}, has {label.width:.0f}×{label.height:.0f}")
    shown = [w for w in tree.walk(restrict=True) if isinstance(w, ToolButton) and _is_shown(w)]
    right = tree.right if tree.parent else Window.width
    for button in shown:
        x = button.to_window(button.x, 0)[0]
        if x < -1 or x + button.width > right + 1:
            found.append(f"{button.word or button.hint!r} from {x:.0f} to {x + button.width:.0f}")
    for one, other in combinations(shown, 2):
        if one.parent is other.parent and _overlap(one, other):
            found.append(f"{one.word or one.hint!r} and {other.word or other.hint!r} overlap")
    return found


def _labels(tree: Any) -> Iterator[Any]:
    from kivy.uix.label import Label

    for widget in tree.walk(restrict=True):
        if isinstance(widget, Label) and widget.text and _is_shown(widget):
            yield widget


def _is_shown(widget: Any) -> bool:
    from kivy.uix.widget import Widget

    if not widget.get_parent_window():
        return False
    x, y = widget.to_window(widget.x, widget.y)
    window = widget.get_parent_window()
    while isinstance(widget, Widget):
        if not widget.opacity or min(widget.size) <= 0:
            return False
        widget = widget.parent
    return x < window.width and y < window.height


def _needs(label: Any) -> tuple[float, float]:
    """The size that a label's text takes at its width, where it wraps."""
    from kivy.core.text import Label as CoreLabel

    width = label.text_size[0]
    core = CoreLabel(
        text=label.text, font_size=label.font_size, bold=label.bold, text_size=(width, None),
        padding=label.padding,
    )  # fmt: skip
    core.refresh()
    if width is None:
        return core.texture.size
    word = max((core.get_extents(word)[0] for word in label.text.split()), default=0)
    return max(word, 0), core.texture.size[1]


def _overlap(one: Any, other: Any) -> bool:
    apart = one.right <= other.x + 1 or other.right <= one.x + 1
    return not (apart or one.top <= other.y + 1 or other.top <= one.y + 1)
