"""Measures the app: `make bench-app`, or `python tests/bench/app_bench.py [ROW...]`.

The real app runs in a window on a virtual X server with software OpenGL, driven by a real pointer.
Rows: replay (100 digits through the window against the runtime), reading (pen up to text on
screen), block (longest turn of the event loop in a stroke of 5,000 points), start (process start to
first frame), page (the window's thread on a page of 230 digits), memory (growth over scripted
scribbling; --strokes 1800 is half an hour of it).
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "mobile")]

from desktop import Desktop, Point, RunningApp, missing_tools, until  # noqa: E402
from paths import HANDMADE  # noqa: E402
from replay import pages, reads_alike, settled_title, why_not  # noqa: E402

DESKTOP_PX = (1000, 700)
NAME = "inkdigit"
MB = 1 << 20
ROWS = ("replay", "reading", "block", "start", "page", "memory")
PAGE_ROWS, PAGE_COLUMNS = 10, 23  # digits of the full page, the last of which the pointer writes
WARM_STROKES = 420  # before memory is measured: caches fill, the engine sees its largest batch
MEMORY_PAGES = 10  # whose median counts: what one page takes and frees again is several megabytes
PEN_PAUSE_S = 0.004  # a fast stylus reports 240 positions a second
PAGE_STROKES = 12  # then the page is cleared


class Probed(RunningApp):
    """The app with `app_probe.py`, and what that recorded."""

    def __init__(self, desktop: Desktop, folder: Path, *arguments: str) -> None:
        self.log = folder / "log.jsonl"
        self.log.touch()
        self.command = [sys.executable, str(HERE / "app_probe.py"), str(self.log)]
        self.started = time.monotonic()
        super().__init__(desktop, *arguments, command=self.command, HOME=str(folder))

    def seen(self, kind: str) -> list[dict[str, Any]]:
        """All notes of a kind, oldest first."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [note for note in map(json.loads, lines) if note["kind"] == kind]

    def memory(self) -> float:
        """Resident memory in MB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * 4096 / MB


@contextmanager
def probed(
    desktop: Desktop,
    size: tuple[int, int] | None = DESKTOP_PX,
    prepare: Callable[[Path], None] = lambda _: None,
) -> Iterator[Probed]:
    """Start the app, and end it at the end of the block; `prepare` gets its home folder."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        app = Probed(desktop, Path(folder), "--theme", "light")
        try:
            until(lambda: app.seen("model warm"), "the model")
            if size is not None:
                app.resize(*size)
            yield app
        finally:
            app.close()


def replay(desktop: Desktop, rounds: int) -> str:
    """100 digits of the ink dev set, five to a page."""
    from inkdigit import Recognizer

    if why_not():
        return why_not()
    recognizer = Recognizer()
    with probed(desktop) as app:
        pairs = [reads_alike(app, recognizer, page) for page in pages(20)]
    same = sum(said == expected for said, expected in pairs)
    return f"{same} of {len(pairs)} pages of 5 digits read as the runtime reads them"


def reading(desktop: Desktop, rounds: int) -> str:
    """Pen up to text on screen, the last stroke of a number of 10 digits."""
    digits = [json.loads(line) for line in HANDMADE.read_text().splitlines()]
    chosen = {record["label"]: record["strokes"] for record in reversed(digits)}
    with probed(desktop) as app:
        times, own, cpu = [], [], []
        for _ in range(rounds):
            for i, label in enumerate("3141592653"):
                for stroke in chosen[label]:
                    app.draw([(30 + 62 * i + 0.55 * x, 200 + 0.8 * y) for x, y, *_ in stroke])
            settled_title(app)
            last = app.seen("reading")[-1]
            times.append(last["seconds"])
            own.append(last["without_flip"])
            cpu.append(last["cpu"])
            app.key("Delete")
            until(lambda: app.title == NAME, "a clean canvas")
    spread = f"{min(own) * 1000:.0f} to {max(own) * 1000:.0f}"
    return (
        f"median {statistics.median(own) * 1000:.0f} ms ({spread}; {rounds} numbers), of processor"
        f" time of the window's thread {statistics.median(cpu) * 1000:.0f} ms;"
        f" with the drawing of software OpenGL {statistics.median(times) * 1000:.0f} ms"
    )


def block(desktop: Desktop, rounds: int) -> str:
    """The longest turn while a stroke of 5,000 points is drawn beside digits, and read."""
    whole, own, cpu = [], [], []
    with probed(desktop) as app:
        for _ in range(rounds):
            for x in (60, 120):
                app.draw([(x, 80), (x + 2, 120), (x + 4, 160)])
            before = time.monotonic()
            app.draw(spiral(5000), pause_s=PEN_PAUSE_S)
            settled_title(app)
            turns = [note for note in app.seen("turn") if note["at"] > before]
            whole.append(max(note["seconds"] for note in turns))
            own.append(max(note["without_flip"] for note in turns))
            cpu.append(max(note["cpu"] for note in turns))
            app.key("Delete")
            until(lambda: app.title == NAME, "a clean canvas")
    return (
        f"median of {rounds} strokes {statistics.median(own) * 1000:.0f} ms"
        f" (worst {max(own) * 1000:.0f}), of processor time {statistics.median(cpu) * 1000:.0f} ms;"
        f" with the drawing of software OpenGL {statistics.median(whole) * 1000:.0f} ms"
    )


def start(desktop: Desktop, rounds: int) -> str:
    """Process start to the first frame, which can be drawn on, and to the warm model."""
    frames, warm, cpu = [], [], []
    for _ in range(rounds):
        with probed(desktop, None) as app:
            frames.append(app.seen("first frame")[0]["at"] - app.started)
            cpu.append(app.seen("first frame")[0]["cpu"])
            warm.append(app.seen("model warm")[0]["at"] - app.started)
    return (
        f"median {statistics.median(frames):.2f} s (best {min(frames):.2f}), of processor time"
        f" {statistics.median(cpu):.2f} s;"
        f" model warm at {statistics.median(warm):.2f} s ({rounds} starts)"
    )


def page(desktop: Desktop, rounds: int) -> str:
    """Pen up to text on screen, the last digit of a page of 230."""
    *written, last = full_page()
    own, cpu = [], []
    with probed(desktop, prepare=lambda home: save_page(home, written)) as app:
        until(lambda: len(app.title) > len(written), "the reading of the page", 300)
        for _ in range(rounds):
            time.sleep(1)  # the disk is done, and the tap is no dot
            before = len(app.seen("reading"))
            for stroke in last:
                app.draw(stroke)
            until(lambda before=before: len(app.seen("reading")) > before, "a reading")
            time.sleep(1)  # the last stroke's reading, if there are several
            own.append(app.seen("reading")[-1]["without_flip"])
            cpu.append(app.seen("reading")[-1]["cpu"])
            for _ in last:
                app.key("ctrl+z")
            time.sleep(1)
    return (
        f"processor time of the window's thread: median {statistics.median(cpu) * 1000:.0f} ms"
        f" (worst {max(cpu) * 1000:.0f}; {rounds} digits); pen up to text"
        f" {statistics.median(own) * 1000:.0f} ms"
    )


def full_page() -> list[list[list[Point]]]:
    """The strokes of 230 handmade digits, in rows, in dp of the desktop's canvas."""
    digits = [json.loads(line)["strokes"] for line in HANDMADE.read_text().splitlines()]
    rng = np.random.default_rng(11)
    made = []
    for n in range(PAGE_ROWS * PAGE_COLUMNS):
        row, column = divmod(n, PAGE_COLUMNS)
        strokes = [np.asarray(s, float)[:, :2] for s in digits[rng.integers(len(digits))]]
        points = np.concatenate(strokes)
        low, extent = points.min(axis=0), np.ptp(points, axis=0).max()
        at = np.array([8 + 29 * column, 20 + 60 * row])
        made.append([
            [(float(x), float(y)) for x, y in (stroke - low) * 24 / extent + at]
            for stroke in strokes
        ])  # fmt: skip
    return made


def save_page(home: Path, digits: list[list[list[Point]]]) -> None:
    """Write a page into the app's history, as the one that is on the canvas."""
    from inkdigit import Stroke
    from inkdigit_app.core.glyphs import PageReading
    from inkdigit_app.core.page import Page, PenStroke
    from inkdigit_app.core.settings import Settings
    from inkdigit_app.store import settings_file
    from inkdigit_app.store.history import History

    folder = home / ".local" / "share" / "inkdigit"
    settings_file.save(Settings(pen_width=3.0), folder / "settings.json")
    history = History(folder / "history.sqlite3")
    strokes = [PenStroke(Stroke.from_points(s), 3.0) for digit in digits for s in digit]
    full = Page(tuple(strokes))
    history.save(full, PageReading())
    history.current = full.key
    history.close()


def memory(desktop: Desktop, rounds: int, strokes: int = 600) -> str:
    """Growth of resident memory over scripted scribbling, history and undo included."""
    rng = np.random.default_rng(7)
    pages: list[float] = []  # memory each time a page was cleared
    with probed(desktop) as app:
        for number in range(WARM_STROKES + strokes):
            x, y = rng.uniform(40, 540), rng.uniform(60, 480)
            points = np.cumsum(rng.normal(0, 9, (40, 2)), axis=0) + np.array([x, y])
            app.draw([(float(a), float(b)) for a, b in np.clip(points, 8, 620)])
            if number % PAGE_STROKES == PAGE_STROKES - 1:
                settled_title(app)  # otherwise the largest pages might be read late or never
                app.key("Delete")
                until(lambda: app.title == NAME, "a clean canvas")
                pages.append(app.memory())
            if number % (PAGE_STROKES * 5) == 0:
                app.key("ctrl+z")
    warm = WARM_STROKES // PAGE_STROKES
    base = statistics.median(pages[warm - MEMORY_PAGES : warm])
    grown = statistics.median(pages[-MEMORY_PAGES:]) - base
    return f"{grown:+.1f} MB over {strokes} strokes ({base:.0f} MB after {WARM_STROKES})"


def spiral(count: int) -> list[Point]:
    """A stroke of `count` points, no two at the same pixel."""
    angles = np.sqrt(np.linspace(4, 90**2, count))
    points = [(330 + 2.5 * a * math.cos(a), 320 + 2.5 * a * math.sin(a)) for a in angles]
    return [(round(x), round(y)) for x, y in points]


def main() -> int:
    """Measure the rows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help="default: all")
    parser.add_argument("--rounds", type=int, default=7, help="default: %(default)s")
    parser.add_argument("--strokes", type=int, default=600, help="of scribbling (default: 600)")
    args = parser.parse_args()
    if missing_tools():
        sys.stderr.write(f"nothing measured: {missing_tools()}\n")
        return 1
    desktop = Desktop()
    rows: dict[str, Callable[[], str]] = {
        "replay": lambda: replay(desktop, args.rounds),
        "reading": lambda: reading(desktop, args.rounds),
        "block": lambda: block(desktop, args.rounds),
        "start": lambda: start(desktop, args.rounds),
        "page": lambda: page(desktop, args.rounds),
        "memory": lambda: memory(desktop, args.rounds, args.strokes),
    }
    try:
        for name in args.rows or ROWS:
            print(f"{name}: {rows[name]()}", flush=True)  # noqa: T201
    finally:
        desktop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
