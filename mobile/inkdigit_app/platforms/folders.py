"""The folders that the app writes to."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

from inkdigit_app.platforms.environment import is_android

__all__ = ["data_folder", "export_folder", "from_home"]


def data_folder() -> Path:
    """The folder for the app's own data; on Android the app's private one."""
    private = os.environ.get("ANDROID_PRIVATE")  # set by python-for-android
    if private:
        return Path(private) / "inkdigit"
    return platformdirs.user_data_path("inkdigit", False)


def export_folder() -> Path:
    """The folder for exported files, where the user finds them."""
    if is_android():
        from inkdigit_app.platforms import android

        return android.export_folder()
    if sys.platform == "ios":
        return data_folder() / "export"
    documents = platformdirs.user_documents_path()
    return documents / "inkdigit" if documents.is_dir() else Path.home() / "inkdigit"


def from_home(path: Path) -> str:
    """A path as it is shown: short, from the user's own folder where it is in there."""
    if is_android() or not path.is_relative_to(Path.home()):
        return str(path)
    return str("~" / path.relative_to(Path.home()))
