"""Where the app keeps what it keeps. No Kivy in here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

__all__ = ["data_folder", "export_folder"]


def data_folder() -> Path:
    """The platform's folder for the app's own data; on Android the app's private one."""
    private = os.environ.get("ANDROID_PRIVATE")  # set by python-for-android
    if private:
        return Path(private) / "inkdigit"
    return platformdirs.user_data_path("inkdigit", False)


def export_folder() -> Path:
    """Where exported files go: somewhere a person finds them."""
    if "ANDROID_ARGUMENT" in os.environ:
        from inkdigit_app.platforms import android

        return android.export_folder()
    if sys.platform == "ios":
        return data_folder() / "export"
    documents = platformdirs.user_documents_path()
    return documents / "inkdigit" if documents.is_dir() else Path.home() / "inkdigit"
