"""Settles Kivy's settings. Call `configure` before the first import of kivy."""

from __future__ import annotations

import logging
import os
import sys

import platformdirs

__all__ = ["configure", "is_android", "is_mobile", "why_no_window"]

WINDOW_DP = (1000, 700)  # a desktop window at the start; phones fill the screen
MIN_WINDOW_DP = (320, 400)


def is_android() -> bool:
    """Whether this is Android; python-for-android sets the variable."""
    return "ANDROID_ARGUMENT" in os.environ


def is_mobile() -> bool:
    """Whether this is Android or iOS, where a window fills the screen and there are no keys."""
    return is_android() or sys.platform in ("android", "ios")


def configure() -> None:
    """Keep Kivy quiet, out of the arguments and out of the home folder, and set up its window."""
    defaults = {
        "KIVY_NO_ARGS": "1",  # the arguments are the app's
        "KIVY_NO_CONFIG": "1",  # neither reads nor writes a config.ini
        "KIVY_NO_FILELOG": "1",
        "KIVY_LOG_MODE": "PYTHON",  # through logging, so warnings and errors only
        "KIVY_WINDOW": "sdl2",  # Kivy's other ones end the process where they find no display
        "KIVY_HOME": platformdirs.user_data_path("inkdigit", False).joinpath("kivy").as_posix(),
    }
    if sys.platform == "linux" and not is_mobile():
        # Else SDL draws into the void where the display does not answer.
        defaults["SDL_VIDEODRIVER"] = "x11,wayland"
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    logging.getLogger("kivy").addFilter(_is_news)

    from kivy.config import Config  # reads the environment at import

    Config.set("kivy", "exit_on_escape", "0")  # Esc clears the canvas
    for name, size, least in zip(("width", "height"), WINDOW_DP, MIN_WINDOW_DP, strict=True):
        Config.set("graphics", name, str(size))
        Config.set("graphics", f"minimum_{name}", str(least))
    Config.set("graphics", "multisamples", "4")  # smooth edges of the ink
    if sys.platform == "linux" and not is_mobile():
        # The desktop turns a finger into the mouse's pointer; Kivy's own readers of /dev/input
        # would bring each touch a second time.
        Config.remove_option("input", "%(name)s")


def why_no_window() -> str:
    """What Kivy said when it could open no window; empty where it could."""
    return _window_failure[0] if _window_failure else ""


_window_failure: list[str] = []


def _is_news(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    if "Unable to find any valuable Window provider" in message:
        # A traceback for each way that Kivy tried. The caller reports it, in one line.
        _window_failure[:] = [line for line in message.splitlines() if " - " in line][:1]
        return False
    # Kivy tries every reader of /dev/input at import, and reports libmtdev missing as an error.
    return "MTDev is not supported" not in message
