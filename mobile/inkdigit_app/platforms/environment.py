"""Which system this is, and Kivy's settings for it: call `configure` before importing kivy."""

from __future__ import annotations

import logging
import os
import sys

import platformdirs

__all__ = ["WINDOW_DP", "configure", "is_android", "is_mobile", "why_no_window"]

WINDOW_DP = (1000, 700)  # a desktop window at the start; on a phone it fills the screen
MIN_WINDOW_DP = (320, 400)


def is_android() -> bool:
    """Whether this is Android; python-for-android sets the variable."""
    return "ANDROID_ARGUMENT" in os.environ


def is_mobile() -> bool:
    """Whether this is Android or iOS, where a window fills the screen and there are no keys."""
    return is_android() or sys.platform in ("android", "ios")


def configure(
    window_dp: tuple[int, int] | None = None, scale: float = 1.0, text_scale: float = 1.0
) -> None:
    """Keep Kivy off the log, the arguments and the home folder, and set up its window.

    Args:
        window_dp: Width and height of a desktop's window; `WINDOW_DP` where left out.
        scale: How much larger than usual everything is drawn.
        text_scale: How much larger than that text is.
    """
    defaults = {
        "KIVY_NO_ARGS": "1",  # the arguments are the app's
        "KIVY_NO_CONFIG": "1",  # neither read nor write a config.ini
        "KIVY_NO_FILELOG": "1",
        "KIVY_LOG_MODE": "PYTHON",  # through logging: warnings and errors only
        "KIVY_WINDOW": "sdl2",  # Kivy's other providers end the process without a display
        # A stroke that brings the window to the front is ink: SDL would swallow its first press.
        "SDL_MOUSE_FOCUS_CLICKTHROUGH": "1",
        "KIVY_HOME": platformdirs.user_data_path("inkdigit", False).joinpath("kivy").as_posix(),
    }
    if sys.platform == "linux" and not is_mobile():
        # Otherwise SDL draws into nowhere if the display does not answer.
        defaults["SDL_VIDEODRIVER"] = "x11,wayland"
    for name, factor in (("DENSITY", scale), ("FONTSCALE", text_scale)):
        if factor != 1:
            defaults[f"KIVY_METRICS_{name}"] = f"{factor:g}"
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    logging.getLogger("kivy").addFilter(_is_worth_logging)

    from kivy.config import Config  # reads the environment at import

    Config.set("kivy", "exit_on_escape", "0")  # Esc closes what is open
    sizes = zip(("width", "height"), window_dp or WINDOW_DP, MIN_WINDOW_DP, strict=True)
    for name, size, smallest in sizes:
        Config.set("graphics", name, str(round(max(size, smallest) * scale)))
        Config.set("graphics", f"minimum_{name}", str(round(smallest * scale)))
    Config.set("graphics", "multisamples", "4")  # smooth edges of the ink
    if sys.platform == "linux" and not is_mobile():
        # The desktop turns touches into mouse input; Kivy's own readers of /dev/input would report
        # each touch a second time.
        Config.remove_option("input", "%(name)s")


def why_no_window() -> str:
    """Kivy's reason for opening no window, or ""."""
    return _window_failure[0] if _window_failure else ""


_window_failure: list[str] = []


def _is_worth_logging(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    if "Unable to find any valuable Window provider" in message:
        # Kivy logs a traceback for each provider it tried; `why_no_window` gives one line.
        _window_failure[:] = [line for line in message.splitlines() if " - " in line][:1]
        return False
    if "Unable to find any valuable Cutbuffer provider" in message:
        return False  # of X11's second clipboard, which a field asks for; the first one works
    # At import Kivy tries every reader of /dev/input, and logs a missing libmtdev as an error.
    return "MTDev is not supported" not in message
