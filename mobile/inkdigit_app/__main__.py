"""Starts the app: `python -m inkdigit_app`."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from inkdigit_app.platforms.environment import configure, is_mobile, why_no_window
from inkdigit_app.platforms.folders import data_folder
from inkdigit_app.platforms.scale import desktop_scale

__all__ = ["NO_DISPLAY", "main", "parse_args", "run"]

SWITCH_S = 0.001  # the reading thread yields this soon to the one that draws ink (default 0.005)
NO_DISPLAY = 69  # exit status: EX_UNAVAILABLE of sysexits.h; the Makefile looks for it


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse a command line; None is the process's own."""
    parser = argparse.ArgumentParser(
        prog="python -m inkdigit_app",
        description="Write digits with a finger or the mouse and see them read.",
        epilog="Keys: Ctrl+Z undoes, Ctrl+Shift+Z redoes, Delete and Backspace delete the chosen"
        " digit, Delete clears the page where none is chosen, E erases, Ctrl+C copies the digits,"
        " Ctrl+V pastes a picture, Ctrl+O opens one, Enter reads, Left and Right choose a digit,"
        " 0 to 9, signs and ? correct it, Page Up and Page Down and the wheel move the page, Ctrl"
        " with plus, minus and the wheel zooms, Ctrl+0 goes back to 100 %, R turns a picture, T"
        " reads it as a table, Ctrl+S shares or saves, Tab goes from button to button, Esc closes"
        " what is open, Ctrl+Q quits.",
    )
    parser.add_argument("picture", nargs="?", type=Path, help="a picture to open")
    parser.add_argument(
        "--theme", choices=("light", "dark"), help="default: as in the settings, else the system's"
    )
    parser.add_argument(
        "--model",
        type=Path,
        metavar="FILE",
        help="an .onnx file from inkdigit_train (default: the bundled model)",
    )
    return parser.parse_args(argv)


def run(args: argparse.Namespace) -> int:
    """Open the app and stay until it is closed.

    Returns:
        The exit status: 0, or `NO_DISPLAY` where no window can be opened.
    """
    if not _has_display():
        return _no_display("DISPLAY and WAYLAND_DISPLAY are not set")
    gc.disable()  # until the first frame: what is made before it stays, and its rounds cost a tenth
    try:
        return _open(args)
    finally:
        gc.enable()


def main(argv: Sequence[str] | None = None) -> int:
    """Start the app with these arguments; None is the process's own."""
    return run(parse_args(argv))


def _open(args: argparse.Namespace) -> int:
    from inkdigit_app.store import settings_file

    scale = desktop_scale()
    kept = settings_file.peek(data_folder() / "settings.json")
    configure(kept.window, scale.everything, scale.text)
    # Only now: this import opens the window.
    from kivy.core.window import Window

    if Window is None:
        return _no_display(why_no_window() or "no window could be opened")

    from inkdigit_app.app import InkDigitApp
    from inkdigit_app.platforms.engine import recognizer_maker

    sys.setswitchinterval(SWITCH_S)
    InkDigitApp(recognizer_maker(args.model), data_folder(), args.theme, args.picture).run()
    return 0


def _has_display() -> bool:
    if sys.platform != "linux" or is_mobile():
        return True
    # SDL_VIDEODRIVER may select one without a display server, such as a bare console.
    return any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")))


def _no_display(reason: str) -> int:
    sys.stderr.write(
        f"inkdigit_app: no display ({reason}). Start the app in a graphical session, or read files"
        " with: python -m inkdigit FILE...\n"
    )
    return NO_DISPLAY


if __name__ == "__main__":
    sys.exit(main())
