"""Takes docs/screenshots again: the real app, the bundled model, a real pointer.

make screenshots                                    or
python tests/mobile/screenshots.py [FOLDER] [--all]

--all takes every state at every size in both themes and all languages, for review, or of those that
--sizes, --themes and --languages name; without it, only those in the documents. The digits are the
project's own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Container, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "support")]

from desktop import Desktop, Point, RunningApp, missing_tools, running_app, until  # noqa: E402
from paths import HANDMADE, ROOT  # noqa: E402
from tabled import table  # noqa: E402

SIZES = {
    "phone": (360, 740),
    "landscape": (740, 360),
    "tablet": (820, 1080),
    "tablet-wide": (1180, 820),
    "desktop": (1000, 700),
}
SHOWN = {
    *(f"empty-phone-{theme}" for theme in ("light", "dark")),
    *(f"number-{form}-{theme}" for form in ("phone", "desktop") for theme in ("light", "dark")),
    *(f"correct-{form}-light" for form in ("phone", "desktop")),
    *(f"{state}-phone-dark" for state in ("history", "settings")),
    "picture-desktop-light",
    "correct-tablet-light",
    *(f"{state}-phone-light-de" for state in ("number", "settings")),
    *(f"{state}-phone-light" for state in ("share", "enlarged", "table", "cell")),
}
LANGUAGES = ("en", "de", "es")
DIGIT_PX = 96.0
SCRIBBLE = [[(0, 0), (60, 96)], [(60, 0), (0, 96)], [(0, 50), (66, 46)]]

Strokes = list[list[Point]]


def main(argv: Sequence[str] | None = None) -> int:
    """Take the screenshots."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--all", action="store_true")
    for name, choices in (
        ("sizes", SIZES),
        ("themes", ("light", "dark")),
        ("languages", LANGUAGES),
    ):
        parser.add_argument(f"--{name}", nargs="+", choices=choices, default=list(choices))
    args = parser.parse_args(argv)
    reason = missing_tools()
    if reason:
        sys.stderr.write(f"no screenshots: {reason}\n")
        return 1
    with ExitStack() as stack:
        desktop = Desktop()
        stack.callback(desktop.close)
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for language, theme, form in product(args.languages, args.themes, args.sizes):
            name = f"{form}-{theme}" + ("" if language == "en" else f"-{language}")
            wanted = {shot.removesuffix(f"-{name}") for shot in SHOWN if shot.endswith(f"-{name}")}
            if not args.all and not wanted:
                continue

            def take(
                app: RunningApp, state: str, name: str = name, wanted: Container[str] = wanted
            ) -> None:
                if args.all or state in wanted:
                    app.save_screenshot(args.folder / f"{state}-{name}.png")

            own = home / name
            (own / "Pictures").mkdir(parents=True)
            table([["12", "7"], ["34", "56"], ["8", "90"]]).save(own / "Pictures" / "table.png")
            note().save(own / "Pictures" / "note.png")
            variables = {"HOME": str(own), "LANGUAGE": language}
            with running_app(desktop, "--theme", theme, **variables) as app:
                app.resize(*SIZES[form])
                walk(app, take)
            print(name)  # noqa: T201
    return 0


def walk(app: RunningApp, take: Callable[[RunningApp, str], None]) -> None:
    """Go through the app's states."""
    width, height = app.size
    wide = width > height
    take(app, "empty")
    step = min(84.0, (width - (300 if wide else 0)) / 5.2)
    scale = min(1.0, step / 84)
    start = (step * 0.2, height * (0.32 if wide else 0.42))
    texts = write(app, "3141", start, step, scale)
    take(app, "number")
    closed = app.wait_still()
    app.key("ctrl+s")
    until(lambda: bool((app.screenshot() != closed).any()), "the ways out")
    take(app, "share")
    app.key("Escape")
    until(lambda: bool((app.screenshot() == closed).all()), "the page again")
    write_strokes(app, SCRIBBLE, (start[0] + 4.1 * step, start[1] + 10), scale * 0.7)
    until(lambda: app.title not in (texts, "inkdigit"), "the scribble's answer")
    take(app, "scribble")
    app.tap((start[0] + step * 0.3, start[1] + 40 * scale))
    take(app, "correct")
    app.key("7")
    until(lambda: app.title.startswith("7"), "a correction")
    take(app, "corrected")
    app.key("ctrl+z")
    until(lambda: app.title.startswith("3"), "the correction taken back")
    app.key("Delete")
    until(lambda: app.title == "inkdigit", "a clean canvas")
    take(app, "cleared")
    write(app, "592", start, step, scale)
    if height > 600:
        write(app, "20", (start[0], start[1] + 130 * scale), step, scale, before="592")
        take(app, "lines")
    for key, state in (("ctrl+h", "history"), ("ctrl+comma", "settings"), ("ctrl+o", "files")):
        app.open(lambda key=key: app.key(key))
        take(app, state)
        app.open(lambda: app.key("Escape"))
    app.draw([(136, height - 32)] if width < 700 else [(275, height - 32)])
    take(app, "pen")
    app.key("Escape")
    app.open(lambda: app.key("ctrl+o"))
    app.draw([(width / 2, 56 + 56 + 28)])  # the first file
    until(lambda: "58" in app.title, "the picture's answer")
    take(app, "picture")
    app.key("ctrl+plus")
    app.key("ctrl+plus")
    take(app, "enlarged")
    app.key("ctrl+0")
    app.key("Delete")
    app.open(lambda: app.key("ctrl+o"))
    app.draw([(width / 2, 56 + 56 + 56 + 28)])
    app.wait_still()
    app.key("t")
    until(lambda: "12 7" in app.title, "the table")
    take(app, "table")
    closed = app.wait_still()
    app.key("Right")
    until(lambda: bool((app.screenshot() != closed).any()), "the cell's keypad")
    take(app, "cell")
    app.key("Escape")
    app.key("Delete")
    texts = write(app, "31", start, step, scale)
    app.wheel((start[0], height * 0.6), 5, 4)
    app.key("ctrl+plus")
    app.wait_still()
    write_strokes(app, handmade()["5"], (start[0], height * 0.55), scale)
    until(lambda: app.title != texts, "another row")
    take(app, "grown")


def write(
    app: RunningApp, text: str, start: Point, step: float, scale: float, before: str = ""
) -> str:
    """Write digits beside each other; returns the window's title with their answer."""
    for i, digit in enumerate(text):
        left = (step * 0.94 - width_of(handmade()[digit], DIGIT_PX * scale)) / 2
        write_strokes(app, handmade()[digit], (start[0] + i * step + left, start[1]), scale)
    title = " ".join(filter(None, (before, text))) + " — inkdigit"
    until(lambda: app.title == title, title)
    return title


def write_strokes(app: RunningApp, strokes: Strokes, at: Point, scale: float) -> None:
    """Write strokes with their top left corner at a point."""
    for stroke in fitted(strokes, DIGIT_PX * scale):
        app.draw([(x + at[0], y + at[1]) for x, y in stroke])


def fitted(strokes: Strokes, height: float) -> Strokes:
    """Move strokes to (0, 0) and scale them to a height."""
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    factor = height / max(high[1] - low[1], 1e-6)
    moved = [(np.asarray(stroke, float)[:, :2] - low) * factor for stroke in strokes]
    return [[(float(x), float(y)) for x, y in stroke] for stroke in moved]


def width_of(strokes: Strokes, height: float) -> float:
    """The width of strokes scaled to a height."""
    return max(x for stroke in fitted(strokes, height) for x, _ in stroke)


def handmade() -> dict[str, Strokes]:
    """One handmade digit of each kind."""
    records = map(json.loads, HANDMADE.read_text(encoding="utf-8").splitlines())
    digits: dict[str, Strokes] = {}
    for record in records:
        digits.setdefault(record["label"], record["strokes"])
    return digits


def note() -> Image.Image:
    """A picture of a number on ruled paper."""
    image = Image.new("RGB", (900, 600), "#F1EDE4")
    draw = ImageDraw.Draw(image)
    for y in range(100, 600, 100):
        draw.line([(0, y), (900, y)], "#DCE4EC", 2)
    for i, digit in enumerate("5820"):
        for stroke in fitted(handmade()[digit], 190):
            points = [(x + 110 + 190 * i, y + 205) for x, y in stroke]
            draw.line(points, "#27335A", 15, "curve")
            for x, y in (points[0], points[-1]):
                draw.ellipse((x - 7, y - 7, x + 7, y + 7), "#27335A")
    return image


if __name__ == "__main__":
    sys.exit(main())
