"""The app as a package starts it, on a desktop nobody sees. Knows no more of it than a person does:

a window, somewhere to write, the Enter key, and the answer in the window's title.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from desktop import Desktop, Point, end, until

__all__ = ["SEVEN", "Packaged", "packaged"]

# As shares of the window's width and height, left of the middle: panels are at the right.
SEVEN: tuple[Point, ...] = (
    (0.22, 0.30),
    (0.30, 0.295),
    (0.40, 0.29),
    (0.37, 0.42),
    (0.33, 0.55),
    (0.30, 0.70),
)


PATIENCE_S = 2.0  # for an answer, before Enter is pressed once more


class Packaged:
    """A started package.

    Attributes:
        first_frame_s: Seconds from the start of the process to a window that shows something.
        first_frame_cpu_s: How many of them a processor worked for the main thread, which makes the
            frame: the others are the machine's, where it is busy with something else.
    """

    def __init__(self, desktop: Desktop, command: Sequence[str | Path], home: Path, **extra: str):
        self.desktop = desktop
        self._output = tempfile.TemporaryFile("w+")  # noqa: SIM115  # lives as long as the process
        began = time.monotonic()
        self.process = subprocess.Popen(
            list(map(str, command)),
            env=environment(desktop, home) | extra,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        try:
            self.window = until(self._find, "the window")
            until(self._shows_something, "the first frame")
            self.first_frame_s = time.monotonic() - began
            self.first_frame_cpu_s = processor_seconds(self.process.pid)
        except BaseException:
            self.close()
            raise

    @property
    def output(self) -> str:
        """All that it has printed."""
        self._output.seek(0)
        return self._output.read()

    @property
    def title(self) -> str:
        """The window's."""
        self._check_alive()
        return self.desktop.xdotool("getwindowname", self.window)

    def write(self, stroke: Sequence[Point]) -> None:
        """Draw a stroke, its points as shares of the window."""
        left, top, width, height = self._geometry()
        (x, y), *rest = [(round(left + u * width), round(top + v * height)) for u, v in stroke]
        commands: list[str | float] = ["mousemove", x, y, "mousedown", 1]
        for x, y in rest:
            commands += ["mousemove", x, y]
        self.desktop.xdotool(*commands, "mouseup", 1)

    def read(self, digit: str) -> None:
        """Press Enter, as often as it takes, until the title has the digit."""
        pressed = -math.inf

        def answered() -> bool:
            nonlocal pressed
            if re.search(rf"\b{digit}\b", self.title):
                return True
            if time.monotonic() - pressed > PATIENCE_S:
                self.desktop.xdotool("key", "Return")
                pressed = time.monotonic()
            return False

        until(answered, f"a {digit} in the window's title")

    def close(self) -> None:
        """End it, however it is."""
        end(self.process)
        self._output.close()

    def _find(self) -> str:
        self._check_alive()
        for window in self.desktop.xdotool("search", "--pid", self.process.pid).splitlines():
            if "inkdigit" in self.desktop.xdotool("getwindowname", window):
                return window
        return ""

    def _geometry(self) -> tuple[int, int, int, int]:
        lines = self.desktop.xdotool("getwindowgeometry", "--shell", self.window).splitlines()
        numbers = {key: value for key, _, value in (line.partition("=") for line in lines)}
        left, top, width, height = (int(numbers[key]) for key in ("X", "Y", "WIDTH", "HEIGHT"))
        return left, top, width, height

    def _shows_something(self) -> bool:
        self._check_alive()
        left, top, width, height = self._geometry()
        shot = self.desktop.screenshot()[top : top + height, left : left + width]
        return bool((shot != shot[0, 0]).any())

    def _check_alive(self) -> None:
        if self.process.poll() is not None:
            raise RuntimeError(
                f"it ended with status {self.process.returncode}: {self.output[-3000:]}"
            )


def processor_seconds(process: int) -> float:
    """How long the processors have worked for a process's main thread; proc(5)."""
    fields = Path(f"/proc/{process}/task/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def environment(desktop: Desktop, home: Path) -> dict[str, str]:
    """A person's, with a home of its own, and nothing that helps it find the repository."""
    kept = {k: v for k, v in desktop.environment().items() if not k.startswith(("PYTHON", "XDG_"))}
    return kept | {"HOME": str(home), "MESA_SHADER_CACHE_DISABLE": "true"}


@contextmanager
def packaged(
    desktop: Desktop, command: Sequence[str | Path], home: Path, **extra: str
) -> Iterator[Packaged]:
    """Start it, and end it at the end of the block."""
    app = Packaged(desktop, command, home, **extra)
    try:
        yield app
    finally:
        app.close()
