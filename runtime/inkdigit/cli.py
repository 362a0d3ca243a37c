"""Command line: `inkdigit FILE|FOLDER…`. Pictures and ink in; what was read out, as text or JSON.

Imports only what every call needs: the time to the first answer counts.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from inkdigit import InkDigitError, Prediction, Reading, Recognizer, Writer
from inkdigit._cli.arguments import parse_args
from inkdigit._cli.console import (
    OutputError,
    Terminated,
    UnwritableError,
    as_json,
    complain,
    discard_output,
    open_streams,
    printable,
    say,
    terminable,
    writing,
)
from inkdigit._cli.jobs import (
    Answer,
    Outcome,
    load,
    load_recognizer,
    load_writer,
    only_page,
    read_job,
    read_table,
)
from inkdigit._cli.lessons import describe, practise_from, teach
from inkdigit._cli.progress import Progress
from inkdigit._cli.tables import TableRows
from inkdigit._cli.workers import Job, Workers, usable_processors
from inkdigit.documents import split_pages
from inkdigit.files import write_atomic
from inkdigit.ink import Ink
from inkdigit.inputs import STANDARD_INPUT, expand, is_folder
from inkdigit.labels import SIGNS
from inkdigit.recognizer import Source
from inkdigit.results import percent

if TYPE_CHECKING:
    from PIL.Image import Image


__all__ = ["main", "parse_args", "run"]

EXIT_OK, EXIT_UNREAD = 0, 1  # argparse exits with 2 on wrong usage
EXIT_SIGNALLED = 128  # and the signal's number, as shells report it
EXIT_INTERRUPTED = EXIT_SIGNALLED + 2  # SIGINT


def run(args: argparse.Namespace) -> int:
    """Read each file; the exit status.

    Raises:
        BrokenPipeError: If whoever read standard output went away.
        OutputError: If standard output cannot be written.
    """
    load_writer.cache_clear()  # another call may have taught it since
    try:
        if args.writer_summary:
            say(describe(Writer.load(args.writer)))
            return EXIT_OK
        if args.practice_sheet is not None:
            return _write_practice_sheet(args.practice_sheet)
        if args.practice is not None:
            return _practise(args)
        if args.learn is not None:
            return _teach(args)
        return _annotate(args) if args.annotate is not None else _read_all(args)
    except (InkDigitError, UnwritableError) as exc:
        complain(str(exc))
        return EXIT_UNREAD


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of `inkdigit` and `python -m inkdigit`."""
    open_streams()
    try:
        with terminable():
            return run(parse_args(argv))
    except BrokenPipeError:  # the reader went away, as `| head` does
        discard_output()
        return EXIT_UNREAD
    except OutputError as exc:
        discard_output()
        complain(str(exc))
        return EXIT_UNREAD
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Terminated as exc:
        return EXIT_SIGNALLED + exc.number


def _teach(args: argparse.Namespace) -> int:
    [name] = args.files
    recognizer = load_recognizer(args.model)
    with _about(name):
        source = only_page(name, args.pages)
        learnt, problems = teach(recognizer, source, args.learn, args.writer, single=args.single)
    return _tell(name, f"{printable(name)}\t{learnt}", problems)


def _practise(args: argparse.Namespace) -> int:
    name = args.practice
    recognizer = load_recognizer(args.model)
    with _about(name):
        source = only_page(name, args.pages)
        lines, problems = practise_from(recognizer, source, args.writer)
    return _tell(name, lines, problems)


def _tell(name: str, answer: str, problems: Sequence[str]) -> int:
    say(answer)
    for problem in problems:
        complain(f"{name}: {problem}")
    return EXIT_OK


def _write_practice_sheet(path: Path) -> int:
    from inkdigit.practice import save_practice_sheet  # noqa: PLC0415  (no other call needs it)

    with writing(path):
        save_practice_sheet(path)
    return EXIT_OK


@contextmanager
def _about(name: str) -> Iterator[None]:
    """Begin the message of an error with the name of the file that it is about."""
    try:
        yield
    except InkDigitError as exc:
        raise InkDigitError(f"{name}: {exc}") from exc


def _read_all(args: argparse.Namespace) -> int:
    """Print an answer for each file, and a complaint for each that cannot be read."""
    names, problems = expand(args.files)
    for problem in problems:
        complain(problem)
    status = EXIT_UNREAD if problems else EXIT_OK
    as_words = _as_json if args.json or any(map(is_folder, args.files)) else _as_text
    read = functools.partial(
        read_job,
        model=args.model,
        single=args.single,
        constraints=args.constraints,
        writer=args.writer,
        tables=args.tables,
    )
    jobs = _jobs(names, args)
    if args.tables is not None:
        return max(status, _read_tables(args, read, jobs))
    with closing(_outcomes_shown(read, jobs, args)) as outcomes:
        for outcome in outcomes:
            for page, answer in outcome.answers:
                say(as_words(outcome.name, answer, page if outcome.several else None))
                _complain_of_reading(outcome.name, answer, args.constraints.allowed)
            status = max(status, _complain_of(outcome))
    return status


def _jobs(names: Sequence[str], args: argparse.Namespace) -> list[Job]:
    """Each file, long PDFs in parts where there are too few files to keep all processes busy."""
    if len(names) > args.jobs:
        return [(name, args.pages) for name in names]
    return [
        (name, part)
        for name in names
        for part in ([args.pages] if name == STANDARD_INPUT else split_pages(name, args.pages))
    ]


def _read_tables(
    args: argparse.Namespace, read: Callable[[Job], Outcome], jobs: Sequence[Job]
) -> int:
    """Print or write the rows of each file's tables, and at the end list the cells to look at."""
    status = EXIT_OK
    from inkdigit.tables import Table  # noqa: PLC0415  (no other answer needs it)

    rows = TableRows(args.tables, len(args.files) > 1 or any(map(is_folder, args.files)))
    with closing(_outcomes_shown(read, jobs, args)) as outcomes:
        for outcome in outcomes:
            for page, table in outcome.answers:
                assert isinstance(table, Table)
                number = page if outcome.several else None
                label = outcome.name if number is None else f"{outcome.name} page {number}"
                text = rows.add(label, table)
                if args.json:
                    text = _as_json(outcome.name, table, number) + "\n"
                if args.csv is None:
                    say(text, end="")
            status = max(status, _complain_of(outcome))
    _finish_tables(args, rows)
    return status


def _finish_tables(args: argparse.Namespace, rows: TableRows) -> None:
    """List the cells to look at, and write the rows to their file if they go to one."""
    for doubt in rows.doubts:
        complain(doubt)
    if args.csv is not None:
        rows.write(args.csv)


def _complain_of_reading(name: str, answer: Answer, allowed: str) -> None:
    """Say what a reading could not do as it was asked, and that something was left out."""
    if not isinstance(answer, Reading):
        return
    if answer.wrong_length:
        which = ", ".join(str(index + 1) for index in answer.wrong_length)
        complain(f"{name}: --length cannot be met by line {which}")
    if answer.left_out:
        count = len(answer.left_out)
        hint = "" if set(SIGNS) <= set(allowed) else f'; to read signs, --allowed "0-9{SIGNS} "'
        marks = "mark" if count == 1 else "marks"
        complain(f"{name}: {count} {marks} beside the digits left out{hint}")


def _complain_of(outcome: Outcome) -> int:
    """The exit status of a job; says what its problems are, if it has any."""
    for problem in outcome.problems:
        complain(f"{outcome.name}: {problem}")
    return EXIT_UNREAD if outcome.problems else EXIT_OK


def _outcomes_shown(
    read: Callable[[Job], Outcome], jobs: Sequence[Job], args: argparse.Namespace
) -> Generator[Outcome, None, None]:
    """Each job's outcome, in order, from this process or from several.

    A line says how far they are; it is away while an outcome is dealt with.
    """
    unit = "files" if len({name for name, _ in jobs}) == len(jobs) else "parts"
    progress = Progress(len(jobs), unit)
    # More processes than processors, or than jobs, would only take longer to start.
    processes = min(args.jobs, len(jobs), usable_processors())
    workers = Workers(read, processes - 1)
    try:
        load(args)
        progress.show(0)
        for count, outcome in enumerate(workers.map(jobs), 1):
            progress.clear()
            yield outcome
            progress.show(count)
    finally:
        workers.close()
        progress.clear()


def _annotate(args: argparse.Namespace) -> int:
    """Read the one file, print its answer and write the picture with the reading drawn on it."""
    [name] = args.files
    recognizer, hand = load(args)
    with _about(name):
        source = only_page(name, args.pages)
        draw = _draw_reading if args.tables is None else _draw_table
        picture = draw(args, source, recognizer, hand)
    with writing(args.annotate):
        write_atomic(args.annotate, lambda stream: picture.save(stream, "PNG"))
    return EXIT_OK


def _draw_reading(
    args: argparse.Namespace, source: Source, recognizer: Recognizer, hand: Writer | None
) -> Image:
    from inkdigit.annotate import annotate  # noqa: PLC0415  (not needed for an answer alone)

    [name] = args.files
    reading = recognizer.read(source, writer=hand, **args.constraints._asdict())
    picture = annotate(source, reading)
    say(_as_text(name, reading))
    _complain_of_reading(name, reading, args.constraints.allowed)
    return picture


def _draw_table(
    args: argparse.Namespace, source: Source, recognizer: Recognizer, hand: Writer | None
) -> Image:
    from inkdigit.annotate import annotate_table  # noqa: PLC0415  (as above)

    [name] = args.files
    table = read_table(recognizer, source, args.constraints, args.tables, hand)
    assert not isinstance(source, Ink)
    picture = annotate_table(source, table)
    rows = TableRows(args.tables, named=False)
    text = rows.add(name, table)
    if args.csv is None:
        say(text, end="")
    _finish_tables(args, rows)
    return picture


def _as_text(name: str, answer: Answer, page: int | None = None) -> str:
    """A row for each line of text: name, text, and the probability that all of it is right."""
    assert isinstance(answer, (Prediction, Reading))
    if isinstance(answer, Reading):
        lines = answer.lines or ("-",)
    elif answer.digit is not None:
        lines = (str(answer.digit),)
    else:
        lines = ("-" if answer.blank else "?",)
    label = printable(name if page is None else f"{name} page {page}")
    return "\n".join(f"{label}\t{line}\t{percent(answer.confidence)}%" for line in lines)


def _as_json(name: str, answer: Answer, page: int | None = None) -> str:
    where = {"file": name} if page is None else {"file": name, "page": page}
    return as_json({**where, **answer.to_dict()})
