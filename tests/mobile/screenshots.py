"""Takes docs/screenshots again: the real app, the bundled model, a real pointer.

make screenshots                                    or
python tests/mobile/screenshots.py [FOLDER]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from desktop import Desktop, Point, RunningApp, missing_tools, running_app, until

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
SIZES = {"phone": (390, 844), "desktop": (1000, 700)}


def main(folder: Path) -> int:
    """Take each picture in both themes and both sizes."""
    reason = missing_tools()
    if reason:
        sys.stderr.write(f"no screenshots: {reason}\n")
        return 1
    four = json.loads((SAMPLES / "four.json").read_text(encoding="utf-8"))["strokes"]
    scribble = [[(0, 0), (90, 20), (10, 60), (120, 70), (0, 130), (130, 140), (40, 200)]]
    desktop = Desktop()
    try:
        for theme in ("light", "dark"):
            for form, size in SIZES.items():
                with running_app(desktop, "--theme", theme) as app:
                    app.resize(*size)
                    app.save_screenshot(folder / f"empty-{form}-{theme}.png")
                    for name, strokes in (("four", four), ("scribble", scribble)):
                        for stroke in centred(strokes, size):
                            app.draw(stroke)
                        app.key("Return")
                        until(lambda: has_answer(app), "an answer on the screen")
                        app.save_screenshot(folder / f"{name}-{form}-{theme}.png")
                        print(f"{name}-{form}-{theme}: {app.title}")  # noqa: T201
                        app.key("Delete")
                        until(lambda: not has_answer(app), "a clean canvas")
    finally:
        desktop.close()
    return 0


def has_answer(app: RunningApp) -> bool:
    """Whether there is a line under an answer."""
    width, height = app.size
    left = 730 if width > height else 0
    place = app.screenshot()[70:84, left + 4 : left + 60]
    return bool((place != place[0, 0]).any())


def centred(strokes: list[list[Point]], size: tuple[int, int]) -> list[list[Point]]:
    """The strokes in the middle of the canvas of a window of this size."""
    width, height = size
    middle = (360, 318) if width > height else (width / 2, height / 2 + 12)
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
    shift = np.array(middle) - (points.min(axis=0) + points.max(axis=0)) / 2
    return [(np.asarray(stroke) + shift).tolist() for stroke in strokes]


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    sys.exit(main(chosen))
