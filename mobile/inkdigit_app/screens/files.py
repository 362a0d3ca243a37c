"""A dialog that opens a picture: folders and pictures in, the path of one out.

The app's own, so that it looks and works the same on every desktop, in bundles that hold neither
GTK nor Tk, and under the tests' display.
"""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from inkdigit_app.core.file_list import FileItem, list_folder, start_folder
from inkdigit_app.widgets.file_row import FileRow
from inkdigit_app.widgets.overlay import Overlay
from inkdigit_app.widgets.screen_header import ScreenHeader

__all__ = ["FileRow", "FileScreen", "ScreenHeader"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class FileScreen(Overlay):
    """Shows a folder; goes into others; gives a picture.

    Attributes:
        folder: A `Path`.
        empty_text: Instead of a list without a line.

    Events:
        on_choice: This picture is to be opened; with its `Path`.
    """

    __events__ = ("on_choice",)

    folder = ObjectProperty(None)
    empty_text = StringProperty("")

    def __init__(self, folder: Path | None = None, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.go_to(folder or start_folder())

    @property
    def rows(self) -> list[FileRow]:
        """The lines that can be seen, from the top."""
        return sorted(self.ids.rows.layout_manager.children, key=lambda row: -row.y)

    def go_to(self, folder: Path) -> None:
        """Show another folder."""
        try:
            items = list_folder(folder)
            self.empty_text = "" if items else "No pictures here"
        except OSError as exc:
            items = []
            self.empty_text = f"This folder cannot be read: {exc.strerror}"
        self.folder = folder
        self.ids.rows.scroll_y = 1
        self.ids.rows.data = [
            {"item": item, "theme": self.theme, "choose": self._choose} for item in items
        ]

    def go_up(self) -> None:
        """Show the folder that this one is in."""
        self.go_to(self.folder.parent)

    def _choose(self, item: FileItem) -> None:
        if item.is_folder:
            self.go_to(item.path)
        else:
            self.dispatch("on_choice", item.path)

    def on_choice(self, path: Path) -> None:
        """For whoever binds to it."""
