"""The screen that opens a picture: goes through folders, gives the path of the picture chosen.

The app's own, so that it is the same on every desktop, also in bundles without GTK or Tk.
"""

from __future__ import annotations

from pathlib import Path

from kivy.properties import ObjectProperty

from inkdigit_app.core.file_list import FileItem, list_folder, start_folder
from inkdigit_app.widgets.lists import Row
from inkdigit_app.widgets.overlay import Overlay

__all__ = ["FileRow", "FileScreen"]


class FileRow(Row):
    """A folder or a picture; `item` is a `FileItem`."""


class FileScreen(Overlay):
    """Lists a folder.

    Args:
        folder: Shown first; by default the one most likely to hold pictures.

    Events:
        on_choice: A picture was chosen; with its `Path`.
    """

    __events__ = ("on_choice",)

    folder = ObjectProperty(None)  # the `Path` of the one shown

    def __init__(self, folder: Path | None = None, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.go_to(folder or start_folder())

    def go_to(self, folder: Path) -> None:
        """Show another folder."""
        shown = self.ids.list
        shown.empty_text = "No pictures here"
        items: list[FileItem] = []
        try:
            items = list_folder(folder)
        except OSError as exc:
            shown.empty_text = f"This folder cannot be read: {exc.strerror}"
        self.folder = folder
        shown.data = [{"item": item, "choose": self._choose} for item in items]
        shown.scroll_to_top()

    def _choose(self, item: FileItem) -> None:
        if item.is_folder:
            self.go_to(item.path)
        else:
            self.dispatch("on_choice", item.path)
