"""A desktop for the tests: an invisible X server, the app on it as a process, a pointer, keys.

Input and output are a person's: xdotool moves the server's pointer, the app draws into the server's
memory, and that memory is the screenshot.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

__all__ = ["DEADLINE_S", "Desktop", "RunningApp", "end", "missing_tools", "open_desktop", "until"]

T = TypeVar("T")
Point = tuple[float, float]

SCREEN_PX = (1280, 1100)
STILL_SHOTS = 12  # equal screenshots in a row before the window counts as still
TAP_PAUSE_S = 0.6  # longer than the app's STILL_WRITING_S, in which a touch is a dot of ink
DEADLINE_S = 90.0  # generous: a busy machine is not a failure


def until(probe: Callable[[], T], what: str, deadline_s: float = DEADLINE_S) -> T:
    """Call `probe` until its result is true; returns that."""
    end = time.monotonic() + deadline_s
    while True:
        result = probe()
        if result:
            return result
        if time.monotonic() > end:
            raise TimeoutError(f"waited {deadline_s:.0f} s for {what}; last saw {result!r}")
        time.sleep(0.02)


def missing_tools() -> str:
    """Why there can be no desktop here, or ""."""
    if sys.platform != "linux":
        return "Xvfb runs on Linux only"
    absent = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
    return f"{' and '.join(absent)} not installed: run `make test`, or see CONTRIBUTING.md" * bool(
        absent
    )


def end(process: subprocess.Popen[Any]) -> None:
    """End a process that may have ended: ask it first, then kill it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def open_desktop() -> Iterator[Desktop]:
    """Yield a desktop to a fixture, and close it afterwards; skips where there can be none."""
    reason = missing_tools()
    if reason:
        pytest.skip(reason)
    desktop = Desktop()
    try:
        yield desktop
    finally:
        desktop.close()


class Desktop:
    """An X server on a free display, with software OpenGL."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="inkdigit-xvfb-")
        reader, writer = os.pipe()
        with contextlib.closing(os.fdopen(reader)) as display_number:
            self._server = subprocess.Popen(
                [
                    *("Xvfb", "-displayfd", str(writer), "-nolisten", "tcp", "-noreset"),
                    *("-screen", "0", f"{SCREEN_PX[0]}x{SCREEN_PX[1]}x24"),
                    *("-fbdir", self._folder.name),
                ],
                pass_fds=[writer],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            os.close(writer)
            number = display_number.readline().strip()  # comes once the server takes connections
        if not number:
            _, stderr = self._server.communicate()
            self._folder.cleanup()
            raise OSError(f"Xvfb did not start: {stderr.strip()[-500:]}")
        assert self._server.stderr is not None
        self._server.stderr.close()
        self.display = f":{number}"

    def close(self) -> None:
        """End the server."""
        self._server.terminate()
        self._server.wait()
        self._folder.cleanup()

    def environment(self) -> dict[str, str]:
        """Environment variables for a process on this desktop, with a home folder of the desktop's.

        A `RunningApp` gets another home of its own.
        """
        home = Path(self._folder.name) / "home"
        home.mkdir(exist_ok=True)
        hidden = ("WAYLAND_DISPLAY", "XAUTHORITY", "SDL_VIDEODRIVER", "XDG_DATA_HOME")
        kept = {
            k: v for k, v in os.environ.items() if k not in hidden and not k.startswith("KIVY_")
        }
        return kept | {
            "DISPLAY": self.display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LANGUAGE": "en",
            "HOME": str(home),
        }

    def xdotool(self, *commands: str | float) -> str:
        """Run xdotool commands in one call; returns what they print, "" if they fail."""
        done = subprocess.run(
            ["xdotool", *map(str, commands)],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip()

    def screenshot(self) -> NDArray[np.uint8]:
        """The whole screen, (H, W, 3) RGB."""
        dump = (Path(self._folder.name) / "Xvfb_screen0").read_bytes()  # a file in xwd's format
        header = struct.unpack(">25I", dump[:100])
        start, width, height, row_bytes, colours = (header[i] for i in (0, 4, 5, 12, 19))
        pixels = np.frombuffer(dump, np.uint8, row_bytes * height, start + 12 * colours)
        return pixels.reshape(height, -1, 4)[:, :width, 2::-1].copy()


class RunningApp:
    """The app as a process, with the input and the view of the person in front of it.

    Points are in the window's pixels, y down.
    """

    def __init__(
        self,
        desktop: Desktop,
        *arguments: str,
        command: Sequence[str] = (sys.executable, "-m", "inkdigit_app"),
        **variables: str,
    ) -> None:
        self.desktop = desktop
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        self._home = tempfile.TemporaryDirectory(prefix="inkdigit-home-")
        self._drawn_at = 0.0
        self.process = subprocess.Popen(
            [*command, *arguments],
            env=desktop.environment() | {"HOME": self._home.name} | variables,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        try:
            self.window = until(self._find_window, "the app's window")
            self._find_geometry()
            until(self._is_drawn, "the app's first frame")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the app, whatever its state."""
        end(self.process)
        self._output.close()
        self._home.cleanup()

    def kill(self) -> None:
        """Kill the app, as a phone may do with apps in the background."""
        self.process.kill()
        self.process.wait()

    @property
    def home(self) -> Path:
        """The app's home folder, unless it was given another."""
        return Path(self._home.name)

    @property
    def output(self) -> str:
        """What the app has printed so far."""
        # By offset: the process shares the file's own position.
        return os.pread(self._output.fileno(), 1_000_000, 0).decode(errors="replace")

    @property
    def title(self) -> str:
        """The window's title: the answer, if there is one, and the app's name."""
        self._check_alive()
        return self.desktop.xdotool("getwindowname", self.window)

    def resize(self, width: int, height: int, left: int = 0) -> None:
        """Resize the window, move it to `left` at the top, and wait until it is drawn so."""
        self.desktop.xdotool(
            "windowmove", self.window, left, 0, "windowsize", self.window, width, height
        )

        def drawn() -> bool:
            self._find_geometry()
            return self.size == (width, height) and self._left == left and self._is_drawn()

        until(drawn, f"the window at {width}×{height}")

    def draw(self, stroke: Sequence[Point], pause_s: float = 0.0, button: int = 1) -> None:
        """Press the button at the first point, move along the others, release it at the last.

        Args:
            stroke: Points in the window's pixels.
            pause_s: Between two points; 0 is as fast as the server takes them.
            button: 1 is the left one, 2 the middle one.
        """
        (x, y), *rest = [(self._left + round(x), self._top + round(y)) for x, y in stroke]
        commands: list[str | float] = ["mousemove", x, y, "mousedown", button]
        for x, y in rest:
            commands += ["mousemove", x, y]
            if pause_s:
                commands += ["sleep", pause_s]
        self.desktop.xdotool(*commands, "mouseup", button)
        self._drawn_at = time.monotonic()

    def press(self, name: str) -> None:
        """Click a button of the home screen, at its position on a phone in portrait."""
        width, height = self.size
        positions = {
            "undo": (32, height - 32),
            "redo": (84, height - 32),
            "pen": (136, height - 32),
            "eraser": (188, height - 32),
            "clear": (249, height - 32),
            "read": (width - 40, height - 32),
            "history": (width - 136, 28),
            "picture": (width - 84, 28),
            "settings": (width - 32, 28),
            "copy": (width - 28, 80),
            "share": (width - 28, 128),
        }
        self.draw([positions[name]])

    def press_key(self, label: str) -> None:
        """Click a key of the keypad in the sheet, at its position on a phone in portrait."""
        row, column = divmod("1234567890.,-/:".index(label), 5)
        width, height = self.size
        self.draw([(12 + (width - 24) * (2 * column + 1) / 10, height - 396 + 200 + 52 * row)])

    def tap(self, point: Point) -> None:
        """Click a digit's box, late enough after a stroke not to be a dot; wait for its sheet."""
        pause = self._drawn_at + TAP_PAUSE_S - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        before = self.screenshot()
        self.draw([point])
        until(lambda: not np.array_equal(self.screenshot(), before), "the sheet of corrections")
        self.wait_still()

    def wheel(self, point: Point, button: int, notches: int) -> None:
        """Turn the wheel over a point: button 4 is up, 5 down.

        Without a window manager, SDL takes a window that was moved to be where it opened, so over a
        point some 200 px further up and to the left.
        """
        x, y = self._left + round(point[0]), self._top + round(point[1])
        self.desktop.xdotool("mousemove", x, y, "click", "--repeat", notches, button)

    def key(self, name: str) -> None:
        """Press a key, by its X name."""
        self.desktop.xdotool("key", name)

    def screenshot(self) -> NDArray[np.uint8]:
        """What the window shows, (H, W, 3) RGB."""
        self._check_alive()
        width, height = self.size
        screen = self.desktop.screenshot()
        return screen[self._top : self._top + height, self._left : self._left + width]

    def open(self, act: Callable[[], None]) -> None:
        """Do what opens another screen, and wait until it is there."""
        before = self.screenshot()
        act()
        until(lambda: self.screenshot()[:56].tobytes() != before[:56].tobytes(), "another screen")
        self.wait_still()

    def save_screenshot(self, path: Path) -> None:
        """Write a screenshot of the still window to a PNG."""
        shot = self.wait_still()
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(shot).save(path, optimize=True)

    def wait_still(self) -> NDArray[np.uint8]:
        """What the window shows once it no longer changes."""
        shots = [self.screenshot()]

        def still() -> bool:
            shots.append(self.screenshot())
            if not (shots[-1] == shots[-2]).all():
                del shots[:-1]
            return len(shots) > STILL_SHOTS

        until(still, "a still picture")
        return shots[-1]

    def _find_window(self) -> str:
        self._check_alive()
        # By process: xdotool's search by name misses windows whose name its getwindowname finds.
        for window in self.desktop.xdotool("search", "--pid", self.process.pid).splitlines():
            # The window gets this name when the app is about to run.
            if self.desktop.xdotool("getwindowname", window) == "inkdigit":
                return window
        return ""

    def _find_geometry(self) -> None:
        lines = self.desktop.xdotool("getwindowgeometry", "--shell", self.window).splitlines()
        numbers = {key: value for key, _, value in (line.partition("=") for line in lines)}
        self._left, self._top = int(numbers["X"]), int(numbers["Y"])
        self.size = (int(numbers["WIDTH"]), int(numbers["HEIGHT"]))

    def _is_drawn(self) -> bool:
        # The toolbar shows icons at every size and in every theme.
        bar = self.screenshot()[-58:-6]
        return bool((bar != bar[0, 0]).any())

    def _check_alive(self) -> None:
        if self.process.poll() is not None:
            raise RuntimeError(
                f"the app ended with status {self.process.returncode}: {self.output[-2000:]}"
            )


@contextlib.contextmanager
def running_app(
    desktop: Desktop,
    *arguments: str,
    command: Sequence[str] = (sys.executable, "-m", "inkdigit_app"),
    **variables: str,
) -> Iterator[RunningApp]:
    """Start the app, and end it at the end of the block."""
    app = RunningApp(desktop, *arguments, command=command, **variables)
    try:
        yield app
    finally:
        app.close()
