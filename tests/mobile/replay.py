"""Real digits as pointer input: pages of the ink dev set, drawn through the real window.

The data are not part of the repository; `why_not` says where they are missing.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import numpy as np
from desktop import Point, RunningApp, until
from numpy.typing import NDArray
from paths import ROOT

from inkdigit import Ink, Recognizer
from inkdigit.labels import ALL_DIGITS, SIGNS, SPACE

__all__ = ["page_ink", "pages", "reads_alike", "settled_title", "why_not"]

DEV_SET = (
    Path(os.environ.get("INKDIGIT_DATA", ROOT.parent / "shared" / "data"))
    / "ink"
    / "unipen-digits-dev.jsonl.gz"
)
DIGIT_PX = 90.0
GAP_PX = 30.0
START = (24.0, 160.0)
NAME = "inkdigit"
ALLOWED = ALL_DIGITS + SIGNS + SPACE  # as the app reads unless told otherwise
STEADY = 12  # equal titles in a row, some 30 ms apart, before the answer counts as final

Strokes = list[list[Point]]


def why_not() -> str:
    """Why nothing can be replayed, or ""."""
    return "" if DEV_SET.is_file() else f"no ink dev set at {DEV_SET}; set INKDIGIT_DATA"


def pages(count: int, digits: int = 5, seed: int = 4) -> list[Strokes]:
    """Pages of real digits, picked at random and placed side by side, in whole pixels."""
    with gzip.open(DEV_SET, "rt", encoding="utf-8") as stream:
        lines = stream.readlines()
    rng = np.random.default_rng(seed)
    chosen = [json.loads(lines[i]) for i in rng.choice(len(lines), count * digits, replace=False)]
    made = []
    for first in range(0, len(chosen), digits):
        x, page = START[0], Strokes()
        for record in chosen[first : first + digits]:
            strokes = [np.asarray(stroke, float)[:, :2] for stroke in record["strokes"]]
            everything = np.concatenate(strokes)
            low, high = everything.min(axis=0), everything.max(axis=0)
            scale = DIGIT_PX / max((high - low).max(), 1e-6)
            for stroke in strokes:
                page.append(_whole((stroke - low) * scale + (x, START[1])))
            x += float((high - low)[0]) * scale + GAP_PX
        made.append(page)
    return made


def page_ink(page: Strokes) -> Ink:
    """The page as the runtime takes it."""
    return Ink(page)


def reads_alike(app: RunningApp, recognizer: Recognizer, page: Strokes) -> tuple[str, str]:
    """Draw a page on a clean canvas; returns the app's answer and the runtime's."""
    reading = recognizer.read(page_ink(page), allowed=ALLOWED)
    expected = " ".join(reading.text.split("\n"))
    if all(digit.character == "?" for digit in reading.digits):
        expected = "no digits"
    for stroke in page:
        app.draw(stroke)
    said = settled_title(app)
    app.key("Delete")
    until(lambda: app.title == NAME, "a clean canvas")
    return said.removesuffix(f" — {NAME}"), expected


def settled_title(app: RunningApp) -> str:
    """The window's title once its answer is final."""
    seen: list[str] = []

    def settled() -> str:
        title = app.title
        if seen and title != seen[-1]:
            seen.clear()
        seen.append(title)
        return title if title != NAME and len(seen) >= STEADY else ""

    return until(settled, "a final answer")


def _whole(points: NDArray[np.float64]) -> list[Point]:
    """Round to pixels, without repeated points: a pointer that does not move sends nothing."""
    rounded = np.round(points)
    moved = np.concatenate([[True], (np.diff(rounded, axis=0) != 0).any(axis=1)])
    return [(float(x), float(y)) for x, y in rounded[moved]]
