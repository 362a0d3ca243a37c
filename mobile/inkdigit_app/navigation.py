"""The screens over the canvas: opens them when they are asked for, and connects them to commands.

They are built, and their widgets imported, on first use: the first frame does not wait for them.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from kivy.uix.behaviors import FocusBehavior
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from inkdigit_app.commands import Commands
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.platforms.environment import is_android
from inkdigit_app.store.history import History
from inkdigit_app.store.library import Library

__all__ = ["Screens"]


class Screens:
    """The screens over the home screen, the newest on top.

    Args:
        root: Their parent.
        model: The app's state.
        library: The history.
        commands: What they do.
    """

    def __init__(
        self, root: FloatLayout, model: ViewModel, library: Library, commands: Commands
    ) -> None:
        self._root = root
        self._model = model
        self._library = library
        self._commands = commands
        self._open: list[Any] = []
        self._properties: dict[str, object] = {}

    @property
    def top(self) -> Any:
        """The topmost screen, or None."""
        return self._open[-1] if self._open else None

    def close(self, *_: object) -> bool:
        """Close the topmost screen; False where none is open."""
        if not self._open:
            return False
        screen = self._open.pop()
        for widget in screen.walk(restrict=True):
            if isinstance(widget, FocusBehavior):
                widget.focus = False  # otherwise a removed field keeps the keyboard
        self._root.remove_widget(screen)
        return True

    def close_all(self) -> None:
        """Go back to the canvas."""
        while self.close():
            pass

    def update(self, **properties: object) -> None:
        """Set properties, such as `settings` and `insets`, of the screens that have them.

        Screens that open later get them too.
        """
        self._properties |= properties
        for screen in self._open:
            for name in properties.keys() & screen.properties().keys():
                setattr(screen, name, properties[name])

    def show_history(self, *_: object) -> None:
        """Open the history."""
        from inkdigit_app.screens.history import HistoryScreen

        commands = self._commands
        if self._show(HistoryScreen):
            self.top.bind(
                search=lambda *_: self._list_history(),
                on_open=lambda _, entry: commands.reopen(entry, self.close_all),
                on_delete=lambda _, entry: commands.delete(entry, self._list_history),
                on_export=lambda _: commands.export(),
            )
            self._list_history()

    def show_settings(self, *_: object) -> None:
        """Open the settings."""
        from inkdigit_app.screens.settings import SettingsScreen

        if self._show(SettingsScreen):
            self.top.bind(
                on_change=lambda _, name, value: self._model.change(**{name: value}),
                on_export=lambda _: self._commands.export(),
                on_delete_all=self._ask_delete_all,
            )

    def pick_picture(self, *_: object) -> None:
        """Let the user choose a picture: in a screen, or on Android in the system's own."""
        if is_android():
            from inkdigit_app.platforms import android

            android.pick_picture(self._commands.open_bytes)
            return
        from inkdigit_app.screens.files import FileScreen

        if self._show(FileScreen):
            self.top.bind(on_choice=lambda _, path: self.open_file(path))

    def open_file(self, path: Path) -> None:
        """Go back to the canvas and open a picture there."""
        self.close_all()
        self._commands.open_file(path)

    def _show(self, kind: type[Widget], **properties: object) -> bool:
        """Put a new screen on top; False where one of its kind is there already."""
        if isinstance(self.top, kind):
            return False
        shared = {name: value for name, value in self._properties.items() if hasattr(kind, name)}
        screen = kind(**shared, **properties)
        screen.bind(on_close=self.close)
        self._model.select(None)
        self._open.append(screen)
        self._root.add_widget(screen)
        return True

    def _list_history(self) -> None:
        for screen in self._open:
            if hasattr(screen, "search"):
                self._library.ask(partial(History.entries, search=screen.search), screen.show)

    def _ask_delete_all(self, *_: object) -> None:
        from inkdigit_app.screens.question import Question

        def delete_all(_: object) -> None:
            self.close()
            self._commands.delete_all()

        text = "Delete the whole history? This cannot be undone."
        if self._show(Question, text=text, yes="Delete all"):
            self.top.bind(on_confirm=delete_all)
