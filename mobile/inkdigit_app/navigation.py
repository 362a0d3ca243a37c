"""The screens over the canvas: opens them when they are asked for, and does what they ask.

They are built, and their widgets imported, on first use: the first frame does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.uix.behaviors import FocusBehavior
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from inkdigit_app.core.page import HistoryEntry, SavedPage
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.platforms.folders import export_folder
from inkdigit_app.store.export import Exported
from inkdigit_app.store.library import Library

__all__ = ["Screens"]


class Screens:
    """What lies over the home screen, the newest on top.

    Args:
        root: Where they are put.
        model: The app's state.
        library: The history.
        about: Versions and licences.
        open_file: Opens a picture.
    """

    def __init__(
        self,
        root: FloatLayout,
        *,
        model: ViewModel,
        library: Library,
        about: str,
        open_file: Callable[[Path], None],
    ) -> None:
        self._root = root
        self._model = model
        self._library = library
        self._about = about
        self._open_file = open_file
        self._open: list[Any] = []
        self._insets = [0.0, 0.0, 0.0, 0.0]

    @property
    def top(self) -> Any:
        """The topmost one, or None."""
        return self._open[-1] if self._open else None

    def close(self, *_: object) -> bool:
        """Close the topmost one; False where none is open."""
        if not self._open:
            return False
        screen = self._open.pop()
        for widget in screen.walk(restrict=True):
            if isinstance(widget, FocusBehavior):
                widget.focus = False  # else a field that is gone keeps the keyboard
        self._root.remove_widget(screen)
        return True

    def close_all(self) -> None:
        """Go back to the canvas."""
        while self.close():
            pass

    def set_insets(self, insets: list[float]) -> None:
        """Keep clear of the system's bars: left, top, right, bottom in pixels."""
        self._insets = insets
        for screen in self._open:
            screen.insets = insets

    def settings_changed(self) -> None:
        """Show what holds now."""
        for screen in self._open:
            if hasattr(screen, "settings"):
                screen.settings = self._model.settings

    def show_history(self, *_: object) -> None:
        """Open the history."""
        from inkdigit_app.screens.history import HistoryScreen

        if isinstance(self.top, HistoryScreen):
            return
        screen = HistoryScreen(insets=self._insets)
        screen.bind(
            on_close=self.close,
            search=lambda *_: self._list_history(),
            on_open=lambda _, entry: self._reopen(entry),
            on_delete=lambda _, entry: self._delete(entry),
            on_export=self.export,
        )
        self._put(screen)
        self._list_history()

    def show_settings(self, *_: object) -> None:
        """Open the settings."""
        from inkdigit_app.screens.settings import SettingsScreen

        if isinstance(self.top, SettingsScreen):
            return
        screen = SettingsScreen(
            insets=self._insets,
            settings=self._model.settings,
            about=self._about,
        )
        screen.bind(
            on_close=self.close,
            on_change=lambda _, name, value: self._model.change(**{name: value}),
            on_export=self.export,
            on_delete_all=self._ask_delete_all,
        )
        self._put(screen)

    def show_files(self, *_: object) -> None:
        """Open the dialog that opens pictures."""
        from inkdigit_app.screens.files import FileScreen

        if isinstance(self.top, FileScreen):
            return
        screen = FileScreen(insets=self._insets)
        screen.bind(on_close=self.close, on_choice=self._choose_file)
        self._put(screen)

    def export(self, *_: object) -> None:
        """Write the corrections to files."""
        self._library.export(export_folder(), self._exported)

    def _put(self, screen: Widget) -> None:
        self._model.select(None)
        self._open.append(screen)
        self._root.add_widget(screen)

    def _choose_file(self, _: object, path: Path) -> None:
        self.close_all()
        self._open_file(path)

    def _list_history(self) -> None:
        for screen in self._open:
            if hasattr(screen, "search"):
                self._library.entries(screen.search, screen.show)

    def _reopen(self, entry: HistoryEntry) -> None:
        def show(kept: SavedPage | None) -> None:
            if kept is not None:
                self.close_all()
                self._model.open(kept.page)

        if entry.key == self._model.page.key:
            self.close_all()
        else:
            self._library.load(entry.key, show)

    def _delete(self, entry: HistoryEntry) -> None:
        on_canvas = entry.key == self._model.page.key

        def restore(kept: SavedPage) -> None:
            if on_canvas:
                self._model.undo()
            self._library.restore(kept, lambda _: self._list_history())

        def deleted(kept: SavedPage | None) -> None:
            self._list_history()
            if kept is not None:
                self._model.notify("Deleted", lambda: restore(kept))

        if on_canvas:  # else it would be kept again with the next stroke
            self._model.clear()
        self._library.delete(entry.key, deleted)

    def _ask_delete_all(self, *_: object) -> None:
        from inkdigit_app.screens.question import Question

        question = Question(
            text="Delete everything that was kept? This cannot be taken back.",
            yes="Delete all",
        )
        question.bind(on_close=self.close, on_confirm=self._delete_all)
        self._put(question)

    def _delete_all(self, *_: object) -> None:
        self.close()
        self._model.forget()
        self._library.delete_all(lambda _: self._model.notify("History deleted"))

    def _exported(self, exported: Exported) -> None:
        count = exported.digits + exported.nondigits
        if not count:
            text = "There are no corrected digits to export"
        else:
            records = "1 correction" if count == 1 else f"{count} corrections"
            text = f"{records} written to " + " and ".join(map(str, exported.files))
        if exported.left_out:
            text += f"; {exported.left_out} without ink of their own left out"
        self._model.notify(text)
