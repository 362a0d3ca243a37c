"""A folder in, its subfolders and its files of one kind out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["HAND_SUFFIXES", "PICTURE_SUFFIXES", "FileItem", "list_folder", "start_folder"]

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
HAND_SUFFIXES = (".json",)
PICTURE_FOLDERS = ("Pictures", "Downloads", "Desktop")


@dataclass(frozen=True)
class FileItem:
    """A folder or a file."""

    path: Path
    is_folder: bool


def list_folder(folder: Path, suffixes: Sequence[str] = PICTURE_SUFFIXES) -> list[FileItem]:
    """List folders by name, then files of a kind, newest first; hidden ones are left out.

    Raises:
        OSError: If the folder cannot be read.
    """
    folders: list[Path] = []
    files: list[tuple[float, Path]] = []
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        try:
            if path.is_dir():
                folders.append(path)
            elif path.suffix.lower() in suffixes:
                files.append((path.stat().st_mtime, path))
        except OSError:
            continue  # a broken link, or deleted in the meantime
    return [
        *(FileItem(path, True) for path in sorted(folders, key=lambda p: p.name.casefold())),
        *(FileItem(path, False) for _, path in sorted(files, key=lambda i: (-i[0], i[1].name))),
    ]


def start_folder() -> Path:
    """The folder where pictures are most likely to be."""
    home = Path.home()
    return next((home / name for name in PICTURE_FOLDERS if (home / name).is_dir()), home)
