"""Command line: `inkdigit FILE|FOLDER…`. Pictures and ink in; what was read out, as text or JSON.

Imports only what every call needs: the time to the first answer counts.
"""

from __future__ import annotations

import argparse
import functools
import io
import itertools
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TypeAlias

from inkdigit import InkDigitError, Prediction, Reading, Recognizer, Table, __version__
from inkdigit._cli.tables import TableOptions, TableRows, add_table_options, table_options
from inkdigit._decode.reading import Constraints, Length
from inkdigit.errors import InferenceError, InputError
from inkdigit.files import write_atomic
from inkdigit.ink import Ink
from inkdigit.inputs import STANDARD_INPUT, expand, is_folder, open_input
from inkdigit.labels import ALL_DIGITS, SIGNS
from inkdigit.recognizer import Source
from inkdigit.results import percent

__all__ = ["main", "parse_args", "run"]

EXIT_OK, EXIT_UNREAD = 0, 1  # argparse exits with 2 on wrong usage
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it

MAX_PROCESSES = 61  # Windows waits for no more at once

_Answer: TypeAlias = Prediction | Reading | Table
_Job: TypeAlias = tuple[str, bytes | None]  # a name, and its content where standard input is it


class _Constraints(NamedTuple):
    """What `Recognizer.read` is told of each file."""

    length: Length
    allowed: str
    min_confidence: float


class _Outcome(NamedTuple):
    """What became of one file: an answer for each page, and the problem that ended it, in words."""

    name: str
    answers: list[_Answer]
    problem: str = ""


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; exits with 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        prog="inkdigit", description="Read handwritten numbers from pictures and ink."
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE|FOLDER",
        help='a picture, every page of a TIFF, or ink: .json with {"strokes": [[[x, y], …], …]},'
        " .inkml or .svg; - is standard input; of a folder every picture and ink directly in it,"
        " as with --json",
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
        type=_allowed,
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
        "--single", action="store_true", help="expect one digit in each file, not numbers"
    )
    parser.add_argument(
        "--jobs", type=_jobs, default=1, metavar="N", help="read in N processes (default 1)"
    )
    parser.add_argument(
        "--model", type=Path, metavar="PATH", help="a model to use instead of the bundled one"
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
    args.constraints = _Constraints(
        args.length, args.allowed or ALL_DIGITS, args.min_confidence or 0.0
    )
    return args


def run(args: argparse.Namespace) -> int:
    """Read each file; the exit status."""
    try:
        _recognizer(args.model)  # a model that is missing is one error, not one a file
        return _annotate(args) if args.annotate is not None else _read_all(args)
    except InkDigitError as exc:
        _complain(str(exc))
        return EXIT_UNREAD


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of `inkdigit` and `python -m inkdigit`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may hold anything
    try:
        return run(parse_args(argv))
    except BrokenPipeError:
        # The reader went away, as `| head` does. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNREAD
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _length(text: str) -> Length:
    """N or A-B as `Recognizer.read` takes it."""
    numbers = text.split("-")
    # Nine digits are more than any line has, and fewer than int() refuses.
    if len(numbers) > 2 or not all(n.isascii() and n.isdigit() and len(n) < 10 for n in numbers):
        raise argparse.ArgumentTypeError(
            f"{text!r}; expected a whole number, as in 4, or the least and the most, as in 2-5"
        )
    length = int(numbers[0]) if len(numbers) == 1 else (int(numbers[0]), int(numbers[1]))
    try:
        Constraints.parse(length)
    except InputError as exc:
        raise argparse.ArgumentTypeError(
            f"{text!r}; expected at least 1, and the least before the most, as in 2-5"
        ) from exc
    return length


def _allowed(text: str) -> str:
    """The characters that may be read; "2-5" stands for the digits from 2 to 5."""
    spelled = re.sub(
        "([0-9])-([0-9])",
        lambda ends: "".join(str(digit) for digit in range(int(ends[1]), int(ends[2]) + 1)),
        text,
    )
    try:
        Constraints.parse(None, spelled)
    except InputError as exc:
        raise argparse.ArgumentTypeError(
            f"{text!r}; expected one or more of the digits, as in 0123 or 0-9, and any of the signs"
            f' {SIGNS} and a space beside them, as in "0-9.,-/: "'
        ) from exc
    return spelled


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


def _read_all(args: argparse.Namespace) -> int:
    """Print an answer for each file, and a complaint for each that cannot be read."""
    names, problems = expand(args.files)
    for problem in problems:
        _complain(problem)
    status = EXIT_UNREAD if problems else EXIT_OK
    as_json = args.json or any(map(is_folder, args.files))
    attempt = functools.partial(
        _attempt,
        model=args.model,
        single=args.single,
        constraints=args.constraints,
        tables=args.tables,
    )
    if args.tables is not None:
        return max(status, _read_tables(args, attempt, names))
    progress = _Progress(len(names))
    try:
        with closing(_outcomes(attempt, names, args.jobs)) as outcomes:
            progress.show(0)
            for count, outcome in enumerate(outcomes, 1):
                progress.clear()
                describe = _as_json if as_json else _as_text
                for page, answer in enumerate(outcome.answers, 1):
                    several = len(outcome.answers) > 1 or outcome.problem
                    print(describe(outcome.name, answer, page if several else None), flush=True)
                    for remark in _remarks(answer):
                        _complain(f"{outcome.name}: {remark}")
                if outcome.problem:
                    _complain(f"{outcome.name}: {outcome.problem}")
                    status = EXIT_UNREAD
                progress.show(count)
    finally:
        progress.clear()
    return status


def _read_tables(
    args: argparse.Namespace, attempt: Callable[[_Job], _Outcome], names: Sequence[str]
) -> int:
    """Print or write the rows of each file's tables, and at the end list the cells to look at."""
    status = EXIT_OK
    rows = TableRows(args.tables, len(names) > 1 or any(map(is_folder, args.files)))
    progress = _Progress(len(names))
    try:
        with closing(_outcomes(attempt, names, args.jobs)) as outcomes:
            progress.show(0)
            for count, outcome in enumerate(outcomes, 1):
                progress.clear()
                several = len(outcome.answers) > 1
                for page, table in enumerate(outcome.answers, 1):
                    assert isinstance(table, Table)
                    label = f"{outcome.name} page {page}" if several else outcome.name
                    text = rows.add(label, table)
                    if args.json:
                        text = _as_json(outcome.name, table, page if several else None) + "\n"
                    if args.csv is None:
                        print(text, end="", flush=True)
                if outcome.problem:
                    _complain(f"{outcome.name}: {outcome.problem}")
                    status = EXIT_UNREAD
                progress.show(count)
    finally:
        progress.clear()
    return max(status, _finish_tables(args, rows))


def _finish_tables(args: argparse.Namespace, rows: TableRows) -> int:
    for doubt in rows.doubts:
        _complain(doubt)
    if args.csv is None:
        return EXIT_OK
    try:
        rows.write(args.csv)
    except OSError as exc:
        _complain(f"{args.csv}: cannot be written ({exc}): check the folder and its space")
        return EXIT_UNREAD
    return EXIT_OK


def _remarks(answer: _Answer) -> Iterator[str]:
    """What a reading could not do as it was asked, or left out."""
    if not isinstance(answer, Reading):
        return
    if answer.wrong_length:
        which = ", ".join(str(index + 1) for index in answer.wrong_length)
        yield f"--length cannot be met by line {which}"
    if answer.left_out:
        count = len(answer.left_out)
        marks = "mark" if count == 1 else "marks"
        yield f'{count} {marks} beside the digits left out; to read signs, --allowed "0-9{SIGNS} "'


def _outcomes(
    attempt: Callable[[_Job], _Outcome], names: Sequence[str], processes: int
) -> Generator[_Outcome, None, None]:
    """Each file's outcome, in order, from this process or from several."""
    jobs = _with_standard_input(names)
    processes = min(processes, len(names))
    if processes <= 1:
        yield from map(attempt, jobs)
        return
    # Here, because they take as long to import as a picture takes to read.
    import multiprocessing  # noqa: PLC0415
    import signal  # noqa: PLC0415
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    pool = ProcessPoolExecutor(
        processes,
        # A fork would copy the locks of onnxruntime's threads, but not the threads.
        multiprocessing.get_context("spawn"),
        # Ctrl-C reaches all of them; this process tells the others to stop.
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        yield from pool.map(attempt, jobs)
    except BrokenProcessPool as exc:
        raise InferenceError(
            "a reading process ended unexpectedly, perhaps out of memory; the files after the last"
            " answer are unread: use fewer --jobs"
        ) from exc
    finally:
        pool.shutdown(cancel_futures=True)


def _with_standard_input(names: Iterable[str]) -> Iterator[_Job]:
    for name in names:
        yield name, sys.stdin.buffer.read() if name == STANDARD_INPUT else None


def _attempt(
    job: _Job,
    *,
    model: Path | None,
    single: bool,
    constraints: _Constraints,
    tables: TableOptions | None,
) -> _Outcome:
    """Read one file, in whichever process."""
    name, content = job
    answers: list[_Answer] = []
    try:
        recognizer = _recognizer(model)
        for source in open_input(name, content):
            if tables is not None:
                answers.append(_table(recognizer, source, constraints, tables))
            elif single:
                answers.append(recognizer.predict_digit(source))
            else:
                answers.append(recognizer.read(source, **constraints._asdict()))
    except InkDigitError as exc:
        return _Outcome(name, answers, str(exc))
    return _Outcome(name, answers)


def _table(
    recognizer: Recognizer, source: Source, constraints: _Constraints, options: TableOptions
) -> Table:
    """Read a table, and keep the columns that were asked for."""
    if isinstance(source, Ink):
        raise InputError("is ink; expected a picture of a table: leave out --table")
    table = recognizer.read_table(source, columns=options.known, **constraints._asdict())
    return table if options.kept is None else table.with_columns(options.kept)


@functools.cache
def _recognizer(model: Path | None) -> Recognizer:
    """The process's one Recognizer."""
    return Recognizer(model)


def _annotate(args: argparse.Namespace) -> int:
    """Read the one file, print its answer and write the picture with the reading drawn on it."""
    # Not needed for an answer alone.
    from inkdigit.annotate import annotate, annotate_table  # noqa: PLC0415

    [(name, content)] = _with_standard_input(args.files)
    try:
        source, *others = itertools.islice(open_input(name, content), 2)
        if others:
            raise InputError("has several pages; expected one: save it as a picture of its own")
        recognizer, status = _recognizer(args.model), EXIT_OK
        if args.tables is not None:
            table = _table(recognizer, source, args.constraints, args.tables)
            assert not isinstance(source, Ink)
            picture = annotate_table(source, table)
            rows = TableRows(args.tables, named=False)
            text = rows.add(name, table)
            if args.csv is None:
                print(text, end="", flush=True)
            status = _finish_tables(args, rows)
        else:
            reading = recognizer.read(source, **args.constraints._asdict())
            picture = annotate(source, reading)
            print(_as_text(name, reading), flush=True)
    except InkDigitError as exc:
        _complain(f"{name}: {exc}")
        return EXIT_UNREAD
    try:
        write_atomic(args.annotate, lambda stream: picture.save(stream, "PNG"))
    except OSError as exc:
        _complain(f"{args.annotate}: cannot be written ({exc}): check the folder and its space")
        return EXIT_UNREAD
    return status


def _as_text(name: str, answer: _Answer, page: int | None = None) -> str:
    """A row for each line of text: name, text, and the probability that all of it is right."""
    assert not isinstance(answer, Table)
    if isinstance(answer, Reading):
        lines = answer.lines or ("-",)
    elif answer.digit is not None:
        lines = (str(answer.digit),)
    else:
        lines = ("-" if answer.blank else "?",)
    label = name if page is None else f"{name} page {page}"
    return "\n".join(f"{label}\t{line}\t{percent(answer.confidence)}%" for line in lines)


def _as_json(name: str, answer: _Answer, page: int | None = None) -> str:
    where = {"file": name} if page is None else {"file": name, "page": page}
    return json.dumps({**where, **answer.to_dict()}, ensure_ascii=False)


def _complain(message: str) -> None:
    print(f"inkdigit: {message}", file=sys.stderr, flush=True)


class _Progress:
    """A line on standard error that says how far the reading is; on a terminal only.

    Args:
        total: How many files there are; for one alone nothing is shown.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._shown = total > 1 and sys.stderr.isatty()
        self._width = 0

    def show(self, count: int) -> None:
        """Rewrite the line: `count` files are done."""
        if self._shown and count < self._total:
            line = f"inkdigit: {count} of {self._total} files, {count / self._total:.0%}"
            line = line[: shutil.get_terminal_size().columns - 1]  # a full row would scroll
            self._write(line.ljust(self._width))
            self._width = len(line)

    def clear(self) -> None:
        """Empty the line, for what is printed next."""
        if self._width:
            self._write(" " * self._width)
            self._write("")
            self._width = 0

    @staticmethod
    def _write(line: str) -> None:
        sys.stderr.write(f"\r{line}")
        sys.stderr.flush()
