"""Folders and pictures in a folder. No Kivy in here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inkdigit_app.store.pictures import ENDINGS

__all__ = ["FileItem", "list_folder", "start_folder"]

PICTURE_FOLDERS = ("Pictures", "Downloads", "Desktop")


@dataclass(frozen=True)
class FileItem:
    """A folder, or a picture.

    Attributes:
        path: Where it is.
        is_folder: Whether it can be gone into.
    """

    path: Path
    is_folder: bool


def list_folder(folder: Path) -> list[FileItem]:
    """Folders by name, then pictures, the newest first; nothing hidden.

    Raises:
        OSError: If the folder cannot be read.
    """
    folders: list[Path] = []
    pictures: list[tuple[float, Path]] = []
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        try:
            if path.is_dir():
                folders.append(path)
            elif path.suffix.lower() in ENDINGS:
                pictures.append((path.stat().st_mtime, path))
        except OSError:
            continue  # a link to nowhere, or gone in the meantime
    return [
        *(FileItem(path, True) for path in sorted(folders, key=lambda p: p.name.casefold())),
        *(FileItem(path, False) for _, path in sorted(pictures, key=lambda i: (-i[0], i[1].name))),
    ]


def start_folder() -> Path:
    """Where pictures are likely to be."""
    home = Path.home()
    return next((home / name for name in PICTURE_FOLDERS if (home / name).is_dir()), home)
