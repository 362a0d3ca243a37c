"""The command line's arguments: what may be given, and what is wrong with what was."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from inkdigit import __version__
from inkdigit._cli.characters import allowed_characters
from inkdigit._cli.console import say
from inkdigit._cli.tables import add_table_options, table_options
from inkdigit._decode.reading import Constraints, Length
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

    Raises:
        BrokenPipeError, OutputError: If the help was asked for and cannot be printed.
    """
    parser = _Parser(prog="inkdigit", description="Read handwritten numbers from pictures and ink.")
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE|FOLDER",
        help="a picture, every page of a PDF or a TIFF, or ink: .json with"
        ' {"strokes": [[[x, y], …], …]}, .inkml or .svg; - is standard input; of a folder'
        " every picture and ink directly in it, as with --json",
    )
    output = parser.add_mutually_exclusive_group()
    output.add_argument(
        "--json", action="store_true", help="print a line of JSON for each file, or each page of it"
    )
    output.add_argument(
        "--annotate",
        type=Path,
        metavar="OUT.png",
        help="also write the one input with each digit's box, digit and confidence drawn on it",
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
    parser.add_argument(
        "--pages",
        type=_pages,
        metavar="N|A-B",
        help="of a PDF or a TIFF, read only this page, or these, counted from 1",
    )
    parser.add_argument(
        "--single", action="store_true", help="expect one digit in each file, not numbers"
    )
    parser.add_argument(
        "--jobs",
        type=_jobs,
        default=1,
        metavar="N",
        help="read in N processes, and in no more than there are processors (default 1)",
    )
    parser.add_argument(
        "--model", type=Path, metavar="PATH", help="a model to use instead of the bundled one"
    )
    parser.add_argument(
        "--writer",
        type=Path,
        metavar="ME.json",
        help="what is known of the hand that wrote it; read with it, or teach it with --learn",
    )
    parser.add_argument(
        "--learn",
        metavar="TEXT",
        help="teach --writer that the one input shows this number, as in 1995; the file is made"
        " where there is none",
    )
    parser.add_argument(
        "--writer-summary", action="store_true", help="print what --writer knows; reads nothing"
    )
    parser.add_argument(
        "--practice-sheet",
        type=Path,
        metavar="OUT.pdf",
        help="write a page to print and fill in, for --practice; reads nothing",
    )
    parser.add_argument(
        "--practice",
        metavar="PHOTO",
        help="a photo or scan of a filled practice sheet: say how well this hand is read, digit by"
        " digit, and teach it to --writer; the file is made where there is none",
    )
    add_table_options(parser)
    parser.add_argument("--version", action="version", version=f"inkdigit {__version__}")
    args = parser.parse_args(argv)
    constraints = (args.length, args.allowed, args.min_confidence)
    if args.single and any(constraint is not None for constraint in constraints):
        parser.error(
            "--length, --allowed and --min-confidence are for numbers; leave them out, or --single"
        )
    args.tables = table_options(args, parser)
    if args.annotate is not None:
        problem = _annotate_problem(args)
        if problem:
            parser.error(f"argument --annotate: {problem}")
    problem = _practice_problem(args) or _writer_problem(args)
    if problem:
        parser.error(problem)
    args.constraints = ReadingConstraints(
        args.length, args.allowed or ALL_DIGITS, args.min_confidence or 0.0
    )
    return args


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


def _annotate_problem(args: argparse.Namespace) -> str:
    """What is wrong with the use of --annotate, or ""."""
    if len(args.files) != 1 or is_folder(args.files[0]):
        return "draws on one picture or ink; expected one file, and no folder"
    if args.single:
        return "draws the digits where they were found; leave out --single"
    out: Path = args.annotate
    if out.suffix.lower() != ".png":
        return f"got {str(out)!r}; expected a name that ends in .png"
    name = args.files[0]
    if name != STANDARD_INPUT and out.exists() and Path(name).exists() and out.samefile(name):
        return f"{out} is the input itself; expected another name"
    return ""


def _practice_problem(args: argparse.Namespace) -> str:
    """What is wrong with the use of --practice-sheet and --practice, or ""."""
    sheet, photo = args.practice_sheet is not None, args.practice is not None
    others = args.files or args.json or args.annotate or args.tables or args.learn is not None
    problems = {
        "--practice-sheet writes an empty sheet; leave out everything else": sheet
        and (others or photo or args.writer_summary or args.writer is not None),
        "--practice-sheet writes a PDF; expected a name that ends in .pdf": sheet
        and args.practice_sheet.suffix.lower() != ".pdf",
        "--practice needs --writer ME.json to keep what is learnt": photo and args.writer is None,
        "--practice takes the one photo, and no other file or way of reading": photo
        and (others or args.single or args.writer_summary),
    }
    return next((problem for problem, found in problems.items() if found), "")


def _writer_problem(args: argparse.Namespace) -> str:
    """What is wrong with the use of --writer, --learn and --writer-summary, or ""."""
    alone = len(args.files) == 1 and not (
        is_folder(args.files[0]) or args.json or args.annotate or args.tables
    )
    problems = {
        "--writer-summary sums up one --writer ME.json, and takes no file": args.writer_summary
        and (args.writer is None or args.files or args.learn is not None),
        "the following arguments are required: FILE|FOLDER": not args.files
        and not (args.writer_summary or args.practice or args.practice_sheet),
        "--learn needs --writer ME.json to keep what is learnt": args.learn is not None
        and args.writer is None,
        "--learn takes one file, and none of --json, --annotate and --table": args.learn is not None
        and not alone,
    }
    return next((problem for problem, found in problems.items() if found), "")
