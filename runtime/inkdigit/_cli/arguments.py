"""The command line's arguments: what may be given, and what is wrong with what was."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from inkdigit import __version__
from inkdigit._cli.characters import allowed_characters
from inkdigit._cli.console import say
from inkdigit._cli.modes import FILES, usage_problem
from inkdigit._cli.tables import add_table_options, table_options
from inkdigit._decode.constraints import Constraints, Length
from inkdigit.documents import Pages, check_pages
from inkdigit.errors import InputError
from inkdigit.inputs import STANDARD_INPUT, is_folder
from inkdigit.labels import ALL_DIGITS

__all__ = ["ReadingConstraints", "parse_args"]

MAX_PROCESSES = 61  # Windows waits for no more at once


class ReadingConstraints(NamedTuple):
    """What `Recognizer.read` is told of each file."""

    length: Length
    allowed: str
    min_confidence: float


class _Parser(argparse.ArgumentParser):
    """A parser whose help is not lost in silence."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is sys.stdout:
            say(message, end="")
        else:
            super()._print_message(message, file)


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; exits with 2 on wrong usage.

    Returns:
        What was given, and two attributes made of it: `constraints`, a `ReadingConstraints`, and
        `tables`, a `TableOptions`, or None without --table.

    Raises:
        BrokenPipeError, OutputError: If the help was asked for and cannot be printed.
    """
    parser = _Parser(prog="inkdigit", description="Read handwritten numbers from pictures and ink.")
    _add_input_options(parser)
    _add_output_options(parser)
    _add_constraint_options(parser)
    _add_writer_options(parser)
    add_table_options(parser)
    parser.add_argument("--version", action="version", version=f"inkdigit {__version__}")
    args = parser.parse_args(argv)
    problem = usage_problem(args) or _file_problem(args)
    if problem:
        parser.error(problem)
    args.jobs = args.jobs or 1
    args.tables = table_options(args)
    args.constraints = ReadingConstraints(
        args.length, args.allowed or ALL_DIGITS, args.min_confidence or 0.0
    )
    return args


def _add_input_options(parser: argparse.ArgumentParser) -> None:
    """What is read, and with what."""
    parser.add_argument(
        "files",
        nargs="*",
        metavar=FILES,
        help="a picture, every page of a PDF or a TIFF, or ink: .json with"
        ' {"strokes": [[[x, y], …], …]}, .inkml or .svg; - is standard input; of a folder'
        " every picture and ink directly in it, as with --json",
    )
    parser.add_argument(
        "--pages",
        type=_pages,
        metavar="N|A-B",
        help="of a PDF or a TIFF, read only this page, or these, counted from 1",
    )
    parser.add_argument(
        "--model", type=Path, metavar="PATH", help="a model to use instead of the bundled one"
    )
    parser.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help="read in N processes, and in no more than there are processors (default 1)",
    )


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    """What becomes of the answers."""
    parser.add_argument(
        "--json", action="store_true", help="print a line of JSON for each file, or each page of it"
    )
    parser.add_argument(
        "--annotate",
        type=Path,
        metavar="OUT.png",
        help="also write the one input with each digit's box, digit and confidence drawn on it",
    )


def _add_constraint_options(parser: argparse.ArgumentParser) -> None:
    """What is known of the text beforehand."""
    parser.add_argument(
        "--single", action="store_true", help="expect one digit in each file, not numbers"
    )
    parser.add_argument(
        "--length",
        type=_length,
        metavar="N|A-B",
        help="how many digits each line has, or the least and the most",
    )
    parser.add_argument(
        "--allowed",
        type=allowed_characters,
        metavar="CHARACTERS",
        help="what may be read: digits, as in 0123 or 0-9, and signs and a space beside them, as in"
        ' "0-9.,-/: " (default: the digits)',
    )
    parser.add_argument(
        "--min-confidence",
        type=_confidence,
        metavar="C",
        help='from 0 to 1; a digit that is less sure is read as "?"',
    )


def _add_writer_options(parser: argparse.ArgumentParser) -> None:
    """One person's hand: read with it, teach it, or sum it up."""
    group = parser.add_argument_group("a person's hand")
    group.add_argument(
        "--writer",
        type=Path,
        metavar="ME.json",
        help="what is known of the hand that wrote the input, to read with; --learn and --practice"
        " add to it, and make the file where there is none",
    )
    group.add_argument(
        "--learn", metavar="TEXT", help="teach --writer that the one input shows this, as in 1995"
    )
    group.add_argument(
        "--writer-summary", action="store_true", help="print what --writer knows; reads nothing"
    )
    group.add_argument(
        "--practice-sheet",
        type=Path,
        metavar="OUT.pdf",
        help="write a page to print and fill in, for --practice; reads nothing",
    )
    group.add_argument(
        "--practice",
        metavar="PHOTO",
        help="a photo or scan of a filled practice sheet: say how well this hand is read, digit by"
        " digit, and teach it to --writer",
    )


def _range(text: str, ends: str) -> int | tuple[int, int]:
    """N or A-B."""
    numbers = text.split("-")
    # Nine digits are more than any line has, and fewer than int() refuses.
    if len(numbers) > 2 or not all(n.isascii() and n.isdigit() and len(n) < 10 for n in numbers):
        raise argparse.ArgumentTypeError(
            f"{text!r}; expected a whole number, as in 4, or {ends}, as in 2-5"
        )
    return int(numbers[0]) if len(numbers) == 1 else (int(numbers[0]), int(numbers[1]))


def _pages(text: str) -> Pages:
    """N or A-B as `open_document` takes it."""
    pages = _range(text, "the first and the last")
    try:
        check_pages(pages)
    except InputError as exc:
        raise argparse.ArgumentTypeError(
            f"{text!r}; expected pages from 1, and the last not before the first, as in 2-5"
        ) from exc
    return pages


def _length(text: str) -> Length:
    """N or A-B as `Recognizer.read` takes it."""
    length = _range(text, "the least and the most")
    try:
        Constraints.parse(length)
    except InputError as exc:
        raise argparse.ArgumentTypeError(
            f"{text!r}; expected at least 1, and the least before the most, as in 2-5"
        ) from exc
    return length


def _confidence(text: str) -> float:
    try:
        confidence = float(text)
        Constraints.parse(min_confidence=confidence)
    except ValueError as exc:  # InputError is one
        raise argparse.ArgumentTypeError(f"{text!r}; expected a number from 0 to 1") from exc
    return confidence


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= 1):
        raise argparse.ArgumentTypeError(f"{text!r}; expected a whole number of at least 1")
    return min(int(text), MAX_PROCESSES)


def _file_problem(args: argparse.Namespace) -> str:
    """What is wrong with the files that were named to be read or written, or ""."""
    alone = len(args.files) == 1 and not is_folder(args.files[0])
    for option, needs_one in (("--learn", args.learn is not None), ("--annotate", args.annotate)):
        if needs_one and not alone:
            return f"{option} takes one picture or ink; expected one file, and no folder"
    for option, out, suffix in (
        ("--annotate", args.annotate, ".png"),
        ("--practice-sheet", args.practice_sheet, ".pdf"),
        ("--csv", args.csv, ""),
    ):
        if out is None:
            continue
        if suffix and out.suffix.lower() != suffix:
            return f"argument {option}: got {str(out)!r}; expected a name that ends in {suffix}"
        if any(_is_same_file(out, name) for name in args.files):
            return f"argument {option}: {out} is an input itself; expected another name"
    return ""


def _is_same_file(out: Path, name: str) -> bool:
    # os.path.exists takes names that are too long, or no names at all, as those of no file.
    if name == STANDARD_INPUT or not (os.path.exists(out) and os.path.exists(name)):  # noqa: PTH110
        return False
    return out.samefile(name)
