"""Speed, memory and size of the runtime: `make bench`, or `python tests/bench/bench.py`.

Prints a table; `--json FILE` writes the figures, `--plot FILE` draws how the cost grows. Every
ratio is of two medians measured in turns in one run, with one thread each, so that it holds on a
busy machine too: against a bare onnxruntime, the same network in torch eager, and the network of
the usual MNIST tutorial. Torch is needed for its rows only; a row that cannot be measured says why.
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
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from inkdigit import Ink, OnnxSession, Recognizer, rasterize
from inkdigit.numpy_session import NumpyInkSession, NumpySession
from inkdigit.session import BUNDLED_MODEL, INPUT_NAME, OUTPUT_NAMES, OnnxInkSession, Session

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "seven.png"
HANDMADE = ROOT / "tests" / "data" / "handmade-digits.jsonl"
CANVAS_PX = 280
WARM_UP = 30  # calls before the clock starts: caches, branch predictors, lazy set-up

BATCHES = (64, 1024)  # rasters at once: a page's, and the most that the runtime hands over
NUMPY_BATCHES = (1, 40)  # rasters: one digit, a number's hypotheses
NUMPY_SIZES = (64, 512)  # sides in pixels: as one digit is seen, as a page is
DIGITS = (1, 2, 5, 10, 20, 50, 100, 200)  # on a line
JOBS = (1, 2, 4, 8)  # processes on a folder
FILES = 300  # in the folder

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

BARE_START = """
import os, sys
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
session.run(None, {"image": numpy.zeros((1, 1, 28, 28), numpy.float32)})
"""

# Windows counts a process's time in steps of 16 ms.
CPU_CLOCK = (
    time.process_time
    if time.get_clock_info("process_time").resolution < 1e-5
    else time.perf_counter
)

Row = dict[str, Any]
Strokes = list[NDArray[np.float64]]


def in_turns(
    calls: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Median seconds of each call, measured in turns."""
    for call in calls.values():
        for _ in range(min(WARM_UP, rounds)):
            call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, call in calls.items():
                start = clock()
                call()
                times[name].append(clock() - start)
    finally:
        gc.enable()
    return {name: statistics.median(values) for name, values in times.items()}


def child(arguments: Sequence[str]) -> tuple[float, float | None]:
    """Seconds and peak MB of a Python process; the memory is None where the system won't tell.

    With bytecode kept, as pip leaves an installed package.
    """
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    launched = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=env,
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
    rows = [
        row("one 28×28 through classify", 1e6 * medians["ours"], "µs"),
        row("one 28×28 through bare onnxruntime", 1e6 * medians["bare"], "µs"),
        row("  ratio", medians["ours"] / medians["bare"], "×"),
    ]
    for count in BATCHES:
        many = raster[None].repeat(count, 0)
        bare_many = many[:, None]
        medians = in_turns(
            {
                "ours": lambda many=many: recognizer.classify(many),
                "bare": lambda bare_many=bare_many: bare.run(OUTPUT_NAMES, {INPUT_NAME: bare_many}),
            },
            max(5, rounds // (count // 4)),
        )
        rows += [
            row(f"{count} at once through classify", count / medians["ours"], "a second"),
            row("  time, against bare onnxruntime", medians["ours"] / medians["bare"], "×"),
        ]
    return rows


def numpy_rows(model: Path, rounds: int) -> list[Row]:
    """The engine in numpy beside onnxruntime, on rasters of strokes and on pictures' ink."""
    # Not the time on the wall: a busy machine interrupts a call of 10 ms, but not one of 1 ms.
    raster = rasterize(Ink(SEVEN))[None, None]
    digits = NumpySession(model), OnnxSession(model)
    ink = NumpyInkSession(), OnnxInkSession()
    grey = np.ascontiguousarray(photo()[:512, :512], np.float32)
    picture = np.repeat(grey[None, None], 3, 1)
    cases: list[tuple[str, Sequence[Any], NDArray[np.float32]]] = [
        *((f"{n} rasters", digits, raster.repeat(n, 0)) for n in NUMPY_BATCHES),
        *((f"the ink of {n}×{n}", ink, picture[..., :n, :n].copy()) for n in NUMPY_SIZES),
    ]
    rows = []
    for name, (ours, theirs), given in cases:
        medians = in_turns(
            {
                "numpy": lambda ours=ours, given=given: ours.run(given),
                "onnxruntime": lambda theirs=theirs, given=given: theirs.run(given),
            },
            max(5, rounds // (10 if given.size < 50_000 else 100)),
            CPU_CLOCK,
        )
        rows += [
            row(f"{name} by the numpy engine", 1e3 * medians["numpy"], "ms"),
            row("  by onnxruntime", 1e3 * medians["onnxruntime"], "ms"),
            row("  ratio", medians["numpy"] / medians["onnxruntime"], "×"),
        ]
    return rows


def tutorial_call() -> Callable[[], object]:
    """The usual tutorial's network in torch eager, 1.2 million weights, on a bare 28×28 tensor.

    Raises:
        LookupError: If there is no torch.
    """
    try:
        import torch
        from torch import nn
    except ImportError as exc:
        raise LookupError(f"no torch ({exc})") from exc
    torch.set_num_threads(1)
    network = nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10), nn.Softmax(1)),
    ).eval()
    image = torch.from_numpy(rasterize(Ink(SEVEN)))[None, None]

    def call() -> object:
        with torch.inference_mode():
            return network(image)

    return call


def torch_call(model: Path) -> Callable[[], object]:
    """The network of the model's config.json in torch eager, on a bare 28×28 tensor.

    Its weights are random: the time does not depend on them.

    Raises:
        LookupError: With the reason, where that cannot be had.
    """
    try:
        import torch

        from inkdigit_train.fit.models import DigitNet
    except ImportError as exc:
        raise LookupError(f"no torch ({exc})") from exc
    config = model.with_name("config.json")
    if not config.is_file():
        raise LookupError(f"no {config.name} beside {model.name} that tells the network's size")
    torch.set_num_threads(1)
    training = json.loads(config.read_text())["training"]
    network = DigitNet(*(training[name] for name in ("stem", "body", "top", "dropout"))).eval()
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
    reasons = {}
    for key, make in (("torch", lambda: torch_call(model)), ("tutorial", tutorial_call)):
        try:
            calls[key] = make()
        except LookupError as exc:
            reasons[key] = str(exc)
    medians = in_turns(calls, rounds)
    points = sum(map(len, SEVEN))
    names = {
        "ink": f"predict_digit, ink of {points} points on {CANVAS_PX}×{CANVAS_PX}",
        "strokes": "  and making the Ink from arrays",
        "picture": f"predict_digit, a {CANVAS_PX}×{CANVAS_PX} picture",
        "torch": "torch eager, the same network on a bare 28×28",
        "tutorial": "torch eager, the tutorial's network on a bare 28×28",
    }
    rows = [row(name, 1e6 * medians[key], "µs") for key, name in names.items() if key in medians]
    for key in ("ink", "picture"):
        for reference, name in (("torch", "torch eager"), ("tutorial", "the tutorial's network")):
            title = f"  {name} ÷ predict_digit, {key}"
            if reference in medians:
                rows.append(row(title, medians[reference] / medians[key], "×"))
            else:
                rows.append(skipped(title, reasons[reference]))
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


class Listening:
    """A session that remembers the batches which it was handed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.metadata = session.metadata
        self.batches: list[NDArray[np.float32]] = []

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        self.batches.append(batch)
        return self._session.run(batch)


def number_rows(recognizer: Recognizer, model: Path, rounds: int) -> list[Row]:
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
    drawn = number_picture("30752")
    sources: dict[str, Ink | NDArray[np.uint8]] = {"five": five, "drawn": drawn, "photo": picture}
    # What the engine alone takes for the hypotheses that a reading scores.
    batches = {}
    session = OnnxSession(model)
    for name, source in sources.items():
        listening = Listening(session)
        Recognizer(session=listening).read(source)
        batches[name] = listening.batches
    calls: dict[str, Callable[[], object]] = {}
    for name, source in sources.items():
        calls[name] = lambda source=source: recognizer.read(source)
        calls[f"engine {name}"] = lambda name=name: [session.run(b) for b in batches[name]]
    medians = in_turns(calls, max(5, rounds // 20))

    def rows_of(name: str, title: str) -> list[Row]:
        count = sum(map(len, batches[name]))
        return [
            row(title, 1e3 * medians[name], "ms"),
            row(
                f"  against the engine alone on its {count} hypotheses",
                medians[name] / medians[f"engine {name}"],
                "×",
            ),
        ]

    return [
        *rows_of("five", "a number of 5 digits from ink"),
        *rows_of("drawn", f"the same as a picture of {drawn.shape[1]}×{drawn.shape[0]}"),
        row("adding a stroke to a line of 20 digits", 1e3 * added, "ms"),
        *rows_of("photo", "a 600×800 photo of six numbers"),
    ]


def number_picture(text: str) -> NDArray[np.uint8]:
    """A number 60 pixels high, black on white."""
    strokes = [stroke for digit in write(text, 60.0) for stroke in digit]
    _, _, right, bottom = Ink(strokes).bounds
    page = Image.new("L", (round(right) + 40, round(bottom) + 40), 255)
    draw = ImageDraw.Draw(page)
    for stroke in strokes:
        draw.line([tuple(p) for p in (stroke + 20).tolist()], fill=0, width=5, joint="curve")
    return np.asarray(page)


def growth_with_digits(
    recognizer: Recognizer, counts: Sequence[int], rounds: int
) -> list[dict[str, float]]:
    """What a line costs with ever more digits on it: read whole, and with one stroke more."""
    points = []
    for count in counts:
        *most, last = write(("1234567890" * (count // 10 + 1))[:count])
        before = [stroke for digit in most for stroke in digit] + last[:-1]
        whole = Ink([*before, last[-1]])
        reads, adds = [], []
        for _ in range(max(3, min(rounds // 10, 200 // count))):
            start = time.perf_counter()
            recognizer.read(whole)
            reads.append(time.perf_counter() - start)
            reader = recognizer.reader()
            reader.read(Ink(before))
            start = time.perf_counter()
            reader.read(whole)
            adds.append(time.perf_counter() - start)
        points.append(
            {
                "digits": count,
                "read_ms": 1e3 * statistics.median(reads),
                "add_stroke_ms": 1e3 * statistics.median(adds),
            }
        )
    return points


def growth_with_processes(jobs: Sequence[int], files: int) -> list[dict[str, float]]:
    """How many files of a folder are read in a second by ever more processes, start included."""
    points = []
    with tempfile.TemporaryDirectory() as folder:
        picture = Image.fromarray(number_picture("30752"))
        for number in range(files):
            picture.save(Path(folder, f"{number:04}.png"))
        for count in jobs:
            seconds, _ = child(["-m", "inkdigit", folder, "--jobs", str(count)])
            points.append({"processes": count, "files_a_second": files / seconds})
    return points


def growth_rows(
    with_digits: Sequence[Mapping[str, float]], with_processes: Sequence[Mapping[str, float]]
) -> list[Row]:
    rows = []
    for point in with_digits:
        rows.append(row(f"{point['digits']} digits on a line, read", point["read_ms"], "ms"))
        rows.append(row("  and with one stroke more", point["add_stroke_ms"], "ms"))
    for point in with_processes:
        title = f"a folder of pictures of 5 digits, {point['processes']} processes"
        rows.append(row(title, point["files_a_second"], "a second"))
    return rows


def plot(
    path: Path,
    with_digits: Sequence[Mapping[str, float]],
    with_processes: Sequence[Mapping[str, float]],
) -> None:
    """Draw how the cost grows.

    Raises:
        LookupError: If there is no matplotlib.
    """
    try:
        import matplotlib as mpl
    except ImportError as exc:
        raise LookupError(f"no matplotlib ({exc})") from exc
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    digits = [point["digits"] for point in with_digits]
    left.loglog(digits, [point["read_ms"] for point in with_digits], "o-", label="read whole")
    left.loglog(
        digits, [point["add_stroke_ms"] for point in with_digits], "s-", label="one stroke more"
    )
    left.set(xlabel="digits on a line", ylabel="ms")
    left.legend()
    processes = [point["processes"] for point in with_processes]
    right.plot(processes, [point["files_a_second"] for point in with_processes], "o-")
    right.set(
        xlabel=f"processes, on {os.cpu_count()} cores", ylabel="files a second", ylim=(0, None)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def size_rows(model: Path) -> list[Row]:
    package = ROOT / "runtime" / "inkdigit"
    files = [
        path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    with tempfile.TemporaryFile() as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files:
                archive.write(path, path.relative_to(package.parent))
        zipped = stream.tell()
    return [
        row("model file", model.stat().st_size / 1000, "kB"),
        row("the runtime, installed", sum(path.stat().st_size for path in files) / 1000, "kB"),
        row("  packed as in a wheel", zipped / 1000, "kB"),
    ]


def process_rows(rounds: int) -> list[Row]:
    programs = {
        "nothing": ["-c", "pass"],
        "import": ["-c", "import inkdigit"],
        "engine": ["-c", BARE_START, str(BUNDLED_MODEL)],
        "answer": ["-m", "inkdigit", str(SAMPLE)],
    }
    titles = {
        "answer": f"process start to first answer (python -m inkdigit {SAMPLE.name})",
        "engine": "process that runs the model once by bare onnxruntime",
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
        if name == "answer" and times["engine"]:
            ratio = statistics.median(times[name]) / statistics.median(times["engine"])
            rows.append(row("  its time, against bare onnxruntime", ratio, "×"))
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
    parser = argparse.ArgumentParser(description="Measure inkdigit's speed, memory and size.")
    parser.add_argument(
        "--model", type=Path, default=BUNDLED_MODEL, help="default: the bundled one"
    )
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there as well")
    parser.add_argument("--plot", type=Path, metavar="PATH", help="draw there how the cost grows")
    parser.add_argument("--rounds", type=int, default=1000, help="calls a median is of")
    parser.add_argument("--processes", type=int, default=15, help="processes a median is of")
    parser.add_argument("--digits", type=int, nargs="+", default=DIGITS, help="on a line")
    parser.add_argument("--jobs", type=int, nargs="+", default=JOBS, help="processes on a folder")
    parser.add_argument("--files", type=int, default=FILES, help="in that folder")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    recognizer = Recognizer(args.model)
    with_digits = growth_with_digits(recognizer, args.digits, args.rounds)
    with_processes = growth_with_processes(args.jobs, args.files)
    rows = [
        *classify_rows(recognizer, args.model, args.rounds),
        *numpy_rows(args.model, args.rounds),
        *predict_rows(recognizer, args.model, args.rounds),
        *number_rows(recognizer, args.model, args.rounds),
        *process_rows(args.processes),
        *size_rows(args.model),
        *growth_rows(with_digits, with_processes),
    ]
    sys.stdout.write(table(rows) + "\n")
    if args.json is not None:
        figures = [{k: v for k, v in r.items() if k != "title"} for r in rows]
        growth = {"digits": with_digits, "processes": with_processes}
        record = {"machine": machine(), "rows": figures, "growth": growth}
        args.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(record, indent=2, ensure_ascii=False)
        args.json.write_text(text + "\n", encoding="utf-8")
    if args.plot is not None:
        try:
            plot(args.plot, with_digits, with_processes)
        except LookupError as exc:
            sys.stderr.write(f"bench: no plot: {exc}\n")
            return 1
    return 0


def machine() -> dict[str, Any]:
    import onnxruntime

    return {
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
        "numpy": np.__version__,
    }


if __name__ == "__main__":
    sys.exit(main())
