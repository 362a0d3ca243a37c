"""The Tkinter window as a person meets it: a pointer that draws, a title that answers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desktop import Desktop, missing_tools, until

from inkdigit import Ink

pytestmark = pytest.mark.display

LINES = 60  # the classic tutorial's window takes more


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    pytest.importorskip("tkinter", reason="this Python has no Tkinter")
    reason = missing_tools()
    if reason:
        pytest.skip(reason)
    opened = Desktop()
    yield opened
    opened.close()


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
        yield until(find, "the window")
    finally:
        process.terminate()
        process.communicate()


def test_it_reads_what_the_pointer_draws(desktop: Desktop, window: str, four: Ink) -> None:
    left, top, _, _ = four.bounds
    for stroke in four:
        (x, y), *rest = (stroke.points - (left - 60, top - 30)).round().astype(int).tolist()
        commands: list[str | float] = ["mousemove", "--window", window, x, y, "mousedown", 1]
        for x, y in rest:
            commands += ["mousemove", "--window", window, x, y]
        desktop.xdotool(*commands, "mouseup", 1)
    desktop.xdotool("mousemove", "--window", window, 660, 330, "click", 1)
    until(lambda: desktop.xdotool("getwindowname", window) == "4 - inkdigit", "a 4 in the title")
    shot = desktop.screenshot()
    assert (shot == (46, 139, 87)).all(axis=2).any(), "no sea green box was drawn"
    desktop.xdotool("mousemove", "--window", window, 30, 330, "click", 1)
    until(lambda: desktop.xdotool("getwindowname", window) == "inkdigit", "a title without a 4")


def test_it_is_short(example_path: Callable[[str], Path]) -> None:
    assert len(example_path("tk_window").read_text(encoding="utf-8").splitlines()) < LINES
