"""The Tkinter window as a person meets it: a pointer that draws, a title that answers."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from desktop import DEADLINE_S, Desktop, open_desktop, until
from numpy.typing import NDArray

from inkdigit import Ink

pytestmark = pytest.mark.display

LINES = 60  # the classic tutorial's window takes more


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    pytest.importorskip("tkinter", reason="this Python has no Tkinter")
    yield from open_desktop()


@pytest.fixture
def window(desktop: Desktop, example_path: Callable[[str], Path]) -> Iterator[str]:
    """The example's window, by its X name."""
    process = subprocess.Popen(
        [sys.executable, str(example_path("tk_window"))],
        env=desktop.environment(),
        stderr=subprocess.PIPE,
        text=True,
    )

    def find() -> str:
        assert process.poll() is None, process.communicate()[1]
        found = desktop.xdotool("search", "--onlyvisible", "--name", "^inkdigit$").splitlines()
        return found[0] if found else ""

    try:
        found = until(find, "the window")
        until(lambda: buttons(desktop, found), "the buttons")
        yield found
    finally:
        process.terminate()
        process.communicate()


def picture(desktop: Desktop, window: str) -> NDArray[np.uint8]:
    lines = desktop.xdotool("getwindowgeometry", "--shell", window).splitlines()
    place = {key: int(value) for key, _, value in (line.partition("=") for line in lines)}
    shot = desktop.screenshot()[place["Y"] :, place["X"] :]
    return shot[: place["HEIGHT"], : place["WIDTH"]]


def buttons(desktop: Desktop, window: str) -> bool:
    """Whether there is something in the strip under the canvas, at either end."""
    strip = picture(desktop, window)[-45:]
    return all(bool((end != strip[0, 350]).any()) for end in (strip[:, :60], strip[:, -60:]))


def has_ink(desktop: Desktop, window: str, x: int, y: int) -> bool:
    return not picture(desktop, window)[y, x].any()


def click(desktop: Desktop, window: str, x: int, title: str) -> None:
    """Press a button, as often as it takes, until the window has that title."""
    end = time.monotonic() + DEADLINE_S
    while (seen := desktop.xdotool("getwindowname", window)) != title:
        assert time.monotonic() < end, f"the title stays {seen!r}; expected {title!r}"
        desktop.xdotool("mousemove", "--window", window, x, 330, "click", 1)
        time.sleep(0.2)  # for the answer; then once more


def draw(desktop: Desktop, window: str, ink: Ink) -> None:
    """Write with the pointer, and wait for the ink at each point.

    Tk makes one of the moves that it finds waiting: on a busy machine a stroke drawn in one go is
    the straight line between its ends.
    """
    for stroke in ink:
        points: list[tuple[int, int]] = stroke.points.round().astype(int).tolist()
        desktop.xdotool("mousemove", "--window", window, *points[0], "mousedown", 1)
        for x, y in points[1:]:
            desktop.xdotool("mousemove", "--window", window, x, y)
            until(partial(has_ink, desktop, window, x, y), f"ink at {x}, {y}")
        desktop.xdotool("mouseup", 1)


def test_it_reads_what_the_pointer_draws(desktop: Desktop, window: str, four: Ink) -> None:
    left, top, _, bottom = four.bounds
    small = 200 / (bottom - top)  # the canvas is 300 high
    shown = [(s.points - (left, top)) * small + (60, 40) for s in four]
    draw(desktop, window, Ink(shown))
    click(desktop, window, 660, "4 - inkdigit")
    assert (picture(desktop, window) == (46, 139, 87)).all(axis=2).any(), "no box is sea green"
    click(desktop, window, 30, "inkdigit")


def test_it_is_short(example_path: Callable[[str], Path]) -> None:
    assert len(example_path("tk_window").read_text(encoding="utf-8").splitlines()) < LINES
