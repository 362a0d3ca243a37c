"""The list of keys."""

from __future__ import annotations

from inkdigit_app.core.words.key_list import key_list
from inkdigit_app.screens.settings import SettingRow
from inkdigit_app.widgets.overlay import Overlay

__all__ = ["KeysScreen"]


class KeysScreen(Overlay):
    """What each key of a keyboard does."""

    def on_kv_post(self, base_widget: object) -> None:
        """Fill the list."""
        for what, keys in key_list():
            self.ids.rows.add_widget(SettingRow(title=what, detail=keys))

    def take_action(self, action: str) -> bool:
        """Scroll by a page; close on F1, which has opened the list. False for other keys."""
        if action == "keys":
            self.dispatch("on_close")
            return True
        step = {"page up": 1, "page down": -1, "up": 0.2, "down": -0.2}.get(action)
        if step is None:
            return False
        view = self.ids.view
        hidden = view.viewport_size[1] - view.height
        if hidden > 0:
            view.scroll_y = min(max(view.scroll_y + step * view.height / hidden, 0.0), 1.0)
        return True
