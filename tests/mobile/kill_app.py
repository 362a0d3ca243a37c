"""Kills the app at random moments while somebody writes, and counts the strokes that are lost.

python tests/mobile/kill_app.py [--kills 50] [--seed 0]

Each round goes on with the page that the last one left. What counts is what the app has seen: on a
busy machine the pointer is ahead of it. The stroke in hand may be lost: the one that is being
drawn, or, where the pen was just lifted, the last one.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "support")]

from desktop import Desktop, missing_tools, running_app, until  # noqa: E402
from paths import ROOT  # noqa: E402

__all__ = ["Kill", "strokes_saved", "write_and_kill"]

PEN_PAUSE_S = 0.04  # between two points: three strokes a second with the pause, a quick hand
STROKE_PAUSE_S = 0.2
LONGEST_S = 6.0  # of writing before the kill


@dataclass(frozen=True)
class Kill:
    """What became of the strokes on the page."""

    written: int  # since the app was started, and seen by it
    lost: int  # neither on the disk nor in hand
    undone: int  # gone, though they were reported as saved


def write_and_kill(desktop: Desktop, home: Path, rng: np.random.Generator) -> Kill:
    """Write until a random moment, kill the app, and count."""
    before = strokes_saved(home)
    log = home / "log.jsonl"
    log.write_text("")
    probe = [sys.executable, str(ROOT / "tests" / "bench" / "app_probe.py"), str(log)]
    with running_app(desktop, command=probe, HOME=str(home)) as app:
        app.resize(700, 700)
        if before:
            until(lambda: app.title != "inkdigit", "the page of the last round")
        stop = threading.Event()

        def write() -> None:
            number = before
            while not stop.is_set():
                x, y = 30 + 24 * (number % 25), 180 + 30 * (number // 25 % 14)
                app.draw([(x, y), (x + 4, y + 8), (x + 8, y + 16)], pause_s=PEN_PAUSE_S)
                time.sleep(STROKE_PAUSE_S)
                number += 1

        hand = threading.Thread(target=write)
        hand.start()
        try:
            until(lambda: reported(log) > before, "a stroke on the disk")
            time.sleep(float(rng.uniform(0.0, LONGEST_S)))
        finally:
            app.kill()
            stop.set()
            hand.join()
    written = sum(event["kind"] == "stroke" for event in events(log))
    found = strokes_saved(home)
    return Kill(written, max(before + written - 1 - found, 0), max(reported(log) - found, 0))


def events(log: Path) -> list[dict[str, Any]]:
    """What the app has reported; its last line may have been cut off."""
    lines = log.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def reported(log: Path) -> int:
    """How many strokes the app says are on the disk."""
    return max((event["strokes"] for event in events(log) if event["kind"] == "saved"), default=0)


def strokes_saved(home: Path) -> int:
    """How many strokes the history has, as the app would find them."""
    from inkdigit_app.store.fresh_ink import recover
    from inkdigit_app.store.history import History

    path = home / ".local" / "share" / "inkdigit" / "history.sqlite3"
    if not path.parent.exists():
        return 0
    history = History(path)  # which takes back what was half written
    recover(history, path.parent)
    history.close()
    if history.set_aside is not None:
        raise sqlite3.DatabaseError(f"the history was damaged: {history.set_aside}")
    with sqlite3.connect(path) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM stroke").fetchall()
    connection.close()
    return int(count)


def main() -> int:
    """Kill the app again and again."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    args = parser.parse_args()
    if missing_tools():
        sys.stderr.write(f"nothing tried: {missing_tools()}\n")
        return 1
    rng = np.random.default_rng(args.seed)
    desktop = Desktop()
    lost = written = 0
    try:
        with tempfile.TemporaryDirectory() as home:
            for _ in range(args.kills):
                kill = write_and_kill(desktop, Path(home), rng)
                lost, written = lost + max(kill.lost, kill.undone), written + kill.written
                print(f"{kill.lost}/{kill.written}", end=" ", flush=True)  # noqa: T201
    finally:
        desktop.close()
    print(f"\n{args.kills} kills: {lost} of {written} strokes lost")  # noqa: T201
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
