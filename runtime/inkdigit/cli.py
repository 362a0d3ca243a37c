"""Command line: `inkdigit FILE… [--json]`. Pictures and ink in, a line a file out."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from inkdigit import Ink, InkDigitError, Prediction, Recognizer, __version__
from inkdigit.errors import InputNotFoundError, InputReadError
from inkdigit.images import decode_image

__all__ = ["main", "parse_args", "run"]

STANDARD_INPUT = "-"
EXIT_OK, EXIT_UNREAD = 0, 1  # argparse exits with 2 on wrong usage


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; exits with 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        prog="inkdigit", description="Read one handwritten digit from each file."
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help='a picture, or ink as JSON: {"strokes": [[[x, y], …], …]}; - is standard input',
    )
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each file")
    parser.add_argument("--model", type=Path, metavar="PATH", help="another model than the bundled")
    parser.add_argument("--version", action="version", version=f"inkdigit {__version__}")
    return parser.parse_args(argv)


def run(args: argparse.Namespace) -> int:
    """Read each file; the exit status."""
    try:
        recognizer = Recognizer(args.model)
    except InkDigitError as exc:
        print(f"inkdigit: {exc}", file=sys.stderr)
        return EXIT_UNREAD
    status = EXIT_OK
    for name in args.files:
        try:
            prediction = recognizer.predict_digit(_source(name))
        except InkDigitError as exc:
            print(f"inkdigit: {name}: {exc}", file=sys.stderr)
            status = EXIT_UNREAD
            continue
        print(_as_json(name, prediction) if args.json else _as_text(name, prediction), flush=True)
    return status


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of `inkdigit` and `python -m inkdigit`."""
    try:
        return run(parse_args(argv))
    except BrokenPipeError:
        # The reader went away, as `| head` does. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNREAD


def _source(name: str):  # type: ignore[no-untyped-def]
    data = sys.stdin.buffer.read() if name == STANDARD_INPUT else None
    if data is None and not name.lower().endswith(".json"):
        return name
    if data is None:
        try:
            data = Path(name).read_bytes()
        except FileNotFoundError as exc:
            raise InputNotFoundError(f"no file at {name}; expected a picture or ink") from exc
        except OSError as exc:
            raise InputReadError(f"{name} cannot be read ({exc})") from exc
    if data.lstrip()[:1] == b"{" or name != STANDARD_INPUT:
        return Ink.from_json(data)
    return decode_image(data, "standard input")


def _as_text(name: str, prediction: Prediction) -> str:
    if prediction.digit is not None:
        answer = str(prediction.digit)
    else:
        answer = "-" if prediction.confidence == 1.0 else "?"
    return f"{name}\t{answer}\t{prediction.confidence:.1%}"


def _as_json(name: str, prediction: Prediction) -> str:
    return json.dumps({"file": name, **prediction.to_dict()}, ensure_ascii=False)
