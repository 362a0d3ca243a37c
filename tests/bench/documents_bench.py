"""How fast a long PDF is read, and in how much memory: `python tests/bench/documents_bench.py`.

Pages of handwritten numbers are drawn, saved as a PDF of scans, and read by the command line in one
process; beside that, the same pages are read from memory. Memory is of the command and the process
that draws its pages, together.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from inkdigit import Ink, Recognizer, open_document
from inkdigit.drawing import draw_ink

SAMPLES = Path(__file__).parents[2] / "samples"
PAGE_PX = 1240, 1754  # A4 at 150 dots an inch
LINES = 6


def page(seed: int) -> Image.Image:
    """A page with some lines of numbers on it, with the grain of a scan."""
    rng = np.random.default_rng(seed)
    sheet = Image.new("L", PAGE_PX, 240)
    digits = [Ink.from_json(path.read_bytes()) for path in sorted(SAMPLES.glob("*.json"))]
    for line in range(LINES):
        x = 150
        for _ in range(5):
            drawn = draw_ink(digits[int(rng.integers(len(digits)))], pen_px=7.0)
            drawn = drawn.convert("L").resize((round(drawn.width * 90 / drawn.height), 90))
            sheet.paste(drawn, (x, 200 + 240 * line))
            x += drawn.width + 40
    ImageDraw.Draw(sheet).rectangle((60, 60, PAGE_PX[0] - 60, PAGE_PX[1] - 60), outline=200)
    grain = rng.normal(0, 4, PAGE_PX[::-1])
    return Image.fromarray(np.clip(np.asarray(sheet) + grain, 0, 255).astype(np.uint8))


def tree_bytes(process: int) -> int:
    """Resident memory of a process and its children (Linux)."""
    total = 0
    try:
        total = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return total
    return total * os.sysconf("SC_PAGE_SIZE") + sum(tree_bytes(int(child)) for child in children)


def measure(document: Path) -> tuple[float, float]:
    """Seconds that the command takes, and the most megabytes that it needs."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "inkdigit", str(document)]
    reading = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most, ended = [0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            most[0] = max(most[0], tree_bytes(reading.pid))

    watching = threading.Thread(target=watch)
    watching.start()
    status = reading.wait()
    ended.set()
    watching.join()
    if status:
        raise SystemExit(f"inkdigit ended with {status}")
    return time.perf_counter() - start, most[0] / 1e6


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=200)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "scan.pdf"
        scans = [page(seed) for seed in range(min(args.pages, 20))]
        rest = [scans[k % len(scans)] for k in range(1, args.pages)]
        scans[0].save(document, save_all=True, append_images=rest, resolution=150)
        recognizer = Recognizer()
        held = list(open_document(document, (1, min(5, args.pages))))
        recognizer.read(held[0])
        start = time.perf_counter()
        for picture in held:
            recognizer.read(picture)
        one = (time.perf_counter() - start) / len(held)
        seconds, megabytes = measure(document)
        size = document.stat().st_size / 1e6
    speed = args.pages / seconds
    sys.stdout.write(
        f"PDF of {args.pages} pages, {size:.0f} MB: {seconds:.1f} s, {megabytes:.0f} MB at most\n"
        f"a page held in memory: {1000 * one:.0f} ms\n"
        f"pages a second, as a fraction of what that allows: {speed * one:.2f}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
