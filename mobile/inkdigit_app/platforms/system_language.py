"""The language that the system speaks."""

from __future__ import annotations

import locale
import os
import re
import sys

from inkdigit_app.platforms.environment import is_android
from inkdigit_app.platforms.system_theme import output

__all__ = ["system_language"]


def system_language() -> str:
    """The code of the system's language, such as "de"; "en" where it is unknown."""
    return _name().replace("-", "_").partition("_")[0].lower() or "en"


def _name() -> str:
    # First, and on any system: whoever sets it wants this program in that language.
    chosen = os.environ.get("LANGUAGE", "").partition(":")[0]
    if chosen:
        return chosen
    if is_android():
        from inkdigit_app.platforms import android

        return android.language()
    if sys.platform == "win32":
        import ctypes

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    if sys.platform == "darwin":
        listed = output("defaults", "read", "-g", "AppleLanguages")  # ( "de-DE", es ), one a line
        found = re.search("[A-Za-z]{2,3}", listed)
        return found[0] if found else ""
    names = map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, names), "")
    return "" if name.partition(".")[0] in ("C", "POSIX") else name.partition(".")[0]
