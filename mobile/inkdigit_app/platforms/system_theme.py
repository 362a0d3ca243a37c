"""Whether the system's theme is dark."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from inkdigit_app.platforms.environment import is_android

__all__ = ["is_dark", "output"]

ASK_S = 0.5  # the first frame does not wait longer for a desktop that does not answer


def is_dark() -> bool:
    """Whether the system is set to dark; False where that is unknown."""
    if is_android():
        from inkdigit_app.platforms import android

        return android.is_dark()
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return output("defaults", "read", "-g", "AppleInterfaceStyle") == "Dark"
    if os.environ.get("GTK_THEME", "").lower().endswith((":dark", "-dark")):
        return True
    scheme = output("gsettings", "get", "org.gnome.desktop.interface", "color-scheme")
    return "prefer-dark" in scheme


def output(*command: str) -> str:
    """What a command prints; "" where it is missing, fails or takes long."""
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _windows() -> bool:
    if sys.platform != "win32":  # for mypy, which knows winreg on Windows only
        return False
    import winreg

    key = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
            return bool(winreg.QueryValueEx(opened, "AppsUseLightTheme")[0] == 0)
    except OSError:
        return False
