"""The screen that opens a file: goes through folders, gives the path of the picture chosen.

The app's own, so that it is the same on every desktop, also in bundles without GTK or Tk.
"""

from __future__ import annotations

from pathlib import Path

from kivy.properties import ListProperty, ObjectProperty, StringProperty

from inkdigit_app.core.file_list import PICTURE_SUFFIXES, FileItem, list_folder, start_folder
from inkdigit_app.core.words.language import tr
from inkdigit_app.core.words.troubles import reason
from inkdigit_app.widgets.lists import Row
from inkdigit_app.widgets.overlay import Overlay

__all__ = ["FileRow", "FileScreen"]


class FileRow(Row):
    """A folder or a file; `item` is a `FileItem`."""

    icon = StringProperty("picture")  # of a file


class FileScreen(Overlay):
    """Lists a folder, with its pictures unless told otherwise.

    Args:
        folder: Shown first; by default the one most likely to hold pictures.

    Events:
        on_choice: A file was chosen; with its `Path`.
    """

    __events__ = ("on_choice",)

    folder = ObjectProperty(None)  # the `Path` of the one shown
    title = StringProperty("")
    suffixes = ListProperty(PICTURE_SUFFIXES)  # of the files to list
    icon = StringProperty("picture")  # of a file
    empty_text = StringProperty("")

    def __init__(self, folder: Path | None = None, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.go_to(folder or start_folder())

    def go_to(self, folder: Path) -> None:
        """Show another folder."""
        shown = self.ids.list
        shown.empty_text = self.empty_text
        items: list[FileItem] = []
        try:
            items = list_folder(folder, self.suffixes)
        except OSError as exc:
            shown.empty_text = tr("This folder cannot be read: {reason}").format(reason=reason(exc))
        self.folder = folder
        shown.data = [{"item": item, "choose": self._choose, "icon": self.icon} for item in items]
        shown.scroll_to_top()

    def take_action(self, action: str) -> bool:
        """Go through the list by keyboard; Backspace goes to the parent folder."""
        if action == "backspace":
            self.go_to(self.folder.parent)
            return True
        return bool(self.ids.list.take_action(action))

    def _choose(self, item: FileItem) -> None:
        if item.is_folder:
            self.go_to(item.path)
        else:
            self.dispatch("on_choice", item.path)
