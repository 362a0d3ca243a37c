"""Speed and memory of the runtime: `make bench`, or `python tests/bench/bench.py --json FILE`.

Every ratio is of two medians measured in turns in one run, with one thread each, so that it holds
on a busy machine too. Torch is needed for its rows only; a row that cannot be measured says why.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from inkdigit import Ink, OnnxSession, Recognizer, rasterize
from inkdigit.session import BUNDLED_MODEL, INPUT_NAME, OUTPUT_NAMES

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "seven.png"
HANDMADE = ROOT / "tests" / "data" / "handmade-digits.jsonl"
CANVAS_PX = 280
WARM_UP = 30  # calls before the clock starts: caches, branch predictors, lazy set-up

# A seven as a finger draws it: along the top, down with a bend, and a bar through it.
SEVEN = [
    [(60 + 1.5 * k, 60 - 6 * np.sin(k / 32)) for k in range(100)],
    [(210 - 0.9 * k + 0.004 * k * k, 57 + 1.8 * k) for k in range(100)],
    [(110 + 0.8 * k, 150 - 0.1 * k) for k in range(80)],
]

# A small process between: a child's peak memory starts at what its parent holds when it forks.
LAUNCHER = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:])
if hasattr(os, "wait4"):
    _, status, usage = os.wait4(process.pid, 0)
    status, peak = os.waitstatus_to_exitcode(status), usage.ru_maxrss
else:
    status, peak = process.wait(), None
print()
print(time.perf_counter() - start, peak)
sys.exit(status)
"""

Row = dict[str, Any]
Strokes = list[NDArray[np.float64]]


def in_turns(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each call, measured in turns."""
    for call in calls.values():
        for _ in range(WARM_UP):
            call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, call in calls.items():
                start = time.perf_counter()
                call()
                times[name].append(time.perf_counter() - start)
    finally:
        gc.enable()
    return {name: statistics.median(values) for name, values in times.items()}


def child(arguments: Sequence[str]) -> tuple[float, float | None]:
    """Seconds and peak MB of a Python process; the memory is None where the system won't tell."""
    launched = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if launched.returncode != 0:
        raise RuntimeError(launched.stderr.strip() or f"exit status {launched.returncode}")
    seconds, peak = launched.stdout.split()[-2:]
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kB elsewhere
    return float(seconds), None if peak == "None" else float(peak) / unit


def classify_rows(recognizer: Recognizer, model: Path, rounds: int) -> list[Row]:
    raster = rasterize(Ink(SEVEN))
    batch, bare_batch = raster[None], raster[None, None]
    bare = OnnxSession(model)._session
    medians = in_turns(
        {
            "ours": lambda: recognizer.classify(batch),
            "bare": lambda: bare.run(OUTPUT_NAMES, {INPUT_NAME: bare_batch}),
        },
        rounds,
    )
    return [
        row("one 28×28 through classify", 1e6 * medians["ours"], "µs"),
        row("one 28×28 through bare onnxruntime", 1e6 * medians["bare"], "µs"),
        row("  ratio", medians["ours"] / medians["bare"], "×"),
    ]


def torch_call(model: Path) -> Callable[[], object]:
    """The network of the model's config.json in torch eager, on a bare 28×28 tensor.

    Its weights are random: the time does not depend on them.

    Raises:
        LookupError: With the reason, where that cannot be had.
    """
    try:
        import torch

        from inkdigit_train.checkpoint import build_model
        from inkdigit_train.config import TrainConfig
    except ImportError as exc:
        raise LookupError(f"no torch ({exc})") from exc
    config = model.with_name("config.json")
    if not config.is_file():
        raise LookupError(f"no {config.name} beside {model.name} that tells the network's size")
    torch.set_num_threads(1)
    network = build_model(TrainConfig(**json.loads(config.read_text())["training"])).eval()
    image = torch.from_numpy(rasterize(Ink(SEVEN)))[None, None]

    def call() -> object:
        with torch.inference_mode():
            return network(image)

    return call


def predict_rows(recognizer: Recognizer, model: Path, rounds: int) -> list[Row]:
    ink = Ink(SEVEN)
    strokes = [np.array(stroke) for stroke in SEVEN]
    picture = np.rint(255 * (1 - rasterize(ink, CANVAS_PX))).astype(np.uint8)
    calls: dict[str, Callable[[], object]] = {
        "ink": lambda: recognizer.predict_digit(ink),
        "strokes": lambda: recognizer.predict_digit(Ink(strokes)),
        "picture": lambda: recognizer.predict_digit(picture),
    }
    reason = ""
    try:
        calls["torch"] = torch_call(model)
    except LookupError as exc:
        reason = str(exc)
    medians = in_turns(calls, rounds)
    points = sum(map(len, SEVEN))
    names = {
        "ink": f"predict_digit, ink of {points} points on {CANVAS_PX}×{CANVAS_PX}",
        "strokes": "  and making the Ink from arrays",
        "picture": f"predict_digit, a {CANVAS_PX}×{CANVAS_PX} picture",
        "torch": "torch eager, the same network on a bare 28×28",
    }
    rows = [row(name, 1e6 * medians[key], "µs") for key, name in names.items() if key in medians]
    for key, name in (("ink", "ink"), ("picture", "picture")):
        title = f"  torch eager ÷ predict_digit, {name}"
        if "torch" in medians:
            rows.append(row(title, medians["torch"] / medians[key], "×"))
        else:
            rows.append(skipped(title, reason))
    return rows


def write(text: str, height: float = 100.0) -> list[Strokes]:
    """Handmade digits side by side: the strokes of each, the digits `height` high."""
    made: dict[str, Strokes] = {}
    for line in HANDMADE.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        made.setdefault(record["label"], [np.array(s, np.float64) for s in record["strokes"]])
    digits, edge = [], 0.0
    for character in text:
        points = np.concatenate(made[character])
        low, high = points.min(axis=0), points.max(axis=0)
        scale = height / float((high - low).max())
        digits.append([(s - low) * scale + (edge, 0.0) for s in made[character]])
        edge += float((high - low)[0]) * scale + 0.25 * height
    return digits


def photo() -> NDArray[np.uint8]:
    """600 × 800 pixels of six numbers on grainy paper in uneven light."""
    height, width = 800, 600
    page = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(page)
    for row_number, text in enumerate(("31415", "92653", "58979", "32384", "62643", "38327")):
        for digit in write(text, 60.0):
            for stroke in digit:
                points = stroke + np.array([60, 60 + 120 * row_number])
                draw.line([tuple(p) for p in points.tolist()], fill=0, width=5, joint="curve")
    ink = 1 - np.asarray(page, np.float32) / 255
    light = np.linspace(150, 220, width) + np.linspace(-20, 20, height)[:, None]
    grain = np.random.default_rng(0).normal(0, 3, (height, width))
    return np.clip(light * (1 - 0.7 * ink) + grain, 0, 255).astype(np.uint8)


def number_rows(recognizer: Recognizer, rounds: int) -> list[Row]:
    five = Ink([stroke for digit in write("30752") for stroke in digit])
    *most, last = write("31415926535897932384")
    line = [stroke for digit in most for stroke in digit]
    before, after = Ink(line + last[:-1]), Ink(line + last)
    picture = photo()

    def add_a_stroke() -> float:
        reader = recognizer.reader()
        reader.read(before)
        start = time.perf_counter()
        reader.read(after)
        return time.perf_counter() - start

    added = statistics.median(add_a_stroke() for _ in range(max(5, rounds // 20)))
    medians = in_turns(
        {"five": lambda: recognizer.read(five), "photo": lambda: recognizer.read(picture)},
        max(5, rounds // 20),
    )
    return [
        row("a number of 5 digits from ink", 1e3 * medians["five"], "ms"),
        row("adding a stroke to a line of 20 digits", 1e3 * added, "ms"),
        row("a 600×800 photo of six numbers", 1e3 * medians["photo"], "ms"),
    ]


def process_rows(rounds: int) -> list[Row]:
    programs = {
        "nothing": ["-c", "pass"],
        "import": ["-c", "import inkdigit"],
        "answer": ["-m", "inkdigit", str(SAMPLE)],
    }
    titles = {
        "answer": f"process start to first answer (python -m inkdigit {SAMPLE.name})",
        "import": "process that imports inkdigit",
        "nothing": "process that does nothing",
    }
    reasons: dict[str, str] = {}
    if not SAMPLE.is_file():
        reasons["answer"] = f"no {SAMPLE.relative_to(ROOT)}"
    times: dict[str, list[float]] = {name: [] for name in programs}
    peaks: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(rounds + 1):
        for name, arguments in programs.items():
            if name in reasons:
                continue
            try:
                seconds, peak = child(arguments)
            except RuntimeError as exc:
                reasons[name] = str(exc).splitlines()[-1]
                continue
            if turn == 0:
                continue  # the first one compiles and fills the disk's cache
            times[name].append(seconds)
            if peak is not None:
                peaks[name].append(peak)
    rows = []
    for name, title in titles.items():
        if name in reasons:
            rows.append(skipped(title, reasons[name]))
            continue
        rows.append(row(title, 1e3 * statistics.median(times[name]), "ms"))
        if peaks[name]:
            rows.append(row("  its peak memory", statistics.median(peaks[name]), "MB"))
    return rows


def row(name: str, value: float, unit: str) -> Row:
    return {"name": name.strip(), "value": value, "unit": unit, "title": name}


def skipped(name: str, reason: str) -> Row:
    return {"name": name.strip(), "value": None, "unit": "", "title": name, "reason": reason}


def table(rows: Sequence[Row]) -> str:
    width = max(len(r["title"]) for r in rows)
    lines = []
    for r in rows:
        value = (
            f"left out: {r['reason']}" if r["value"] is None else f"{r['value']:10.4g} {r['unit']}"
        )
        lines.append(f"{r['title']:<{width}}  {value}")
    return "\n".join(lines)


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure inkdigit's speed and memory.")
    parser.add_argument(
        "--model", type=Path, default=BUNDLED_MODEL, help="default: the bundled one"
    )
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there as well")
    parser.add_argument("--rounds", type=int, default=1000, help="calls a median is of")
    parser.add_argument("--processes", type=int, default=15, help="processes a median is of")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    recognizer = Recognizer(args.model)
    rows = [
        *classify_rows(recognizer, args.model, args.rounds),
        *predict_rows(recognizer, args.model, args.rounds),
        *number_rows(recognizer, args.rounds),
        *process_rows(args.processes),
        row("model file", args.model.stat().st_size / 1000, "kB"),
    ]
    sys.stdout.write(table(rows) + "\n")
    if args.json is not None:
        import onnxruntime

        machine = {
            "system": platform.platform(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "onnxruntime": onnxruntime.__version__,
            "numpy": np.__version__,
        }
        figures = [{k: v for k, v in r.items() if k != "title"} for r in rows]
        text = json.dumps({"machine": machine, "rows": figures}, indent=2, ensure_ascii=False)
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
