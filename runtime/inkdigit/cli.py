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
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TypeAlias

from inkdigit import InkDigitError, Prediction, Reading, Recognizer, Table, Writer
from inkdigit._cli.arguments import ReadingConstraints, parse_args
from inkdigit._cli.lessons import describe, practise_from, teach
from inkdigit._cli.progress import Progress
from inkdigit._cli.tables import TableOptions, TableRows
from inkdigit.documents import Pages, check_pages, split_pages
from inkdigit.errors import InferenceError, InputError
from inkdigit.files import write_atomic
from inkdigit.ink import Ink
from inkdigit.inputs import STANDARD_INPUT, expand, is_folder, open_input
from inkdigit.labels import SIGNS
from inkdigit.recognizer import Source
from inkdigit.results import percent

__all__ = ["main", "parse_args", "run"]

EXIT_OK, EXIT_UNREAD = 0, 1  # argparse exits with 2 on wrong usage
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it

_Answer: TypeAlias = Prediction | Reading | Table


class _Job(NamedTuple):
    """A file or a part of it to read; with its content where standard input is it."""

    name: str
    content: bytes | None
    pages: Pages | None


class _Outcome(NamedTuple):
    """What became of one job: an answer for each page, by its number, and problems, in words."""

    name: str
    answers: list[tuple[int, _Answer]]
    several: bool  # whether page numbers are to be printed
    problems: list[str]


def run(args: argparse.Namespace) -> int:
    """Read each file; the exit status."""
    try:
        if args.writer_summary:
            print(describe(Writer.load(args.writer)))
            return EXIT_OK
        if args.practice_sheet is not None:
            return _write_practice_sheet(args.practice_sheet)
        _recognizer(args.model)  # a model that is missing is one error, not one a file
        if args.practice is not None:
            return _practise(args)
        if args.learn is not None:
            return _teach(args)
        if args.writer is not None:
            _writer(args.writer)
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


def _teach(args: argparse.Namespace) -> int:
    name, content = _with_content(args.files[0])
    try:
        source = _only_page(name, content, args.pages)
        learnt, missed = teach(
            _recognizer(args.model), source, args.learn, args.writer, single=args.single
        )
    except InkDigitError as exc:
        _complain(f"{name}: {exc}")
        return EXIT_UNREAD
    except OSError as exc:
        _complain(f"{args.writer}: cannot be written ({exc}): check the folder and its space")
        return EXIT_UNREAD
    print(f"{name}\t{learnt}", flush=True)
    if missed:
        _complain(f"{name}: {missed}")
    return EXIT_OK


def _write_practice_sheet(path: Path) -> int:
    from inkdigit.practice import save_practice_sheet  # noqa: PLC0415  (no other call needs it)

    try:
        save_practice_sheet(path)
    except OSError as exc:
        _complain(f"{path}: cannot be written ({exc}): check the folder and its space")
        return EXIT_UNREAD
    return EXIT_OK


def _practise(args: argparse.Namespace) -> int:
    name, content = _with_content(args.practice)
    try:
        source = _only_page(name, content, args.pages)
        lines, problems = practise_from(_recognizer(args.model), source, args.writer)
    except InkDigitError as exc:
        _complain(f"{name}: {exc}")
        return EXIT_UNREAD
    except OSError as exc:
        _complain(f"{args.writer}: cannot be written ({exc}): check the folder and its space")
        return EXIT_UNREAD
    print(lines, flush=True)
    for problem in problems:
        _complain(f"{name}: {problem}")
    return EXIT_OK


def _only_page(name: str, content: bytes | None, pages: Pages | None) -> Source:
    source, *others = itertools.islice(open_input(name, content, pages), 2)
    if others:
        raise InputError("has several pages; expected one: choose it, as in --pages 2")
    return source


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
        writer=args.writer,
        tables=args.tables,
    )
    parts = _parts(names, args.pages, args.jobs)
    if args.tables is not None:
        return max(status, _read_tables(args, attempt, parts))
    as_words = _as_json if as_json else _as_text
    with closing(_outcomes_shown(attempt, parts, args.jobs)) as outcomes:
        for outcome in outcomes:
            for page, answer in outcome.answers:
                number = page if outcome.several else None
                print(as_words(outcome.name, answer, number), flush=True)
                for remark in _remarks(answer):
                    _complain(f"{outcome.name}: {remark}")
            status = max(status, _complain_of(outcome))
    return status


def _parts(
    names: Sequence[str], pages: Pages | None, processes: int
) -> list[tuple[str, Pages | None]]:
    """Each file, long PDFs in parts where there are too few files to keep all processes busy."""
    if len(names) > processes:
        return [(name, pages) for name in names]
    return [
        (name, part)
        for name in names
        for part in ([pages] if name == STANDARD_INPUT else split_pages(name, pages))
    ]


def _read_tables(
    args: argparse.Namespace,
    attempt: Callable[[_Job], _Outcome],
    parts: Sequence[tuple[str, Pages | None]],
) -> int:
    """Print or write the rows of each file's tables, and at the end list the cells to look at."""
    status = EXIT_OK
    rows = TableRows(args.tables, len(args.files) > 1 or any(map(is_folder, args.files)))
    with closing(_outcomes_shown(attempt, parts, args.jobs)) as outcomes:
        for outcome in outcomes:
            for page, table in outcome.answers:
                assert isinstance(table, Table)
                label = f"{outcome.name} page {page}" if outcome.several else outcome.name
                text = rows.add(label, table)
                if args.json:
                    number = page if outcome.several else None
                    text = _as_json(outcome.name, table, number) + "\n"
                if args.csv is None:
                    print(text, end="", flush=True)
            status = max(status, _complain_of(outcome))
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


def _complain_of(outcome: _Outcome) -> int:
    """The exit status of a job; says what its problems are, if it has any."""
    for problem in outcome.problems:
        _complain(f"{outcome.name}: {problem}")
    return EXIT_UNREAD if outcome.problems else EXIT_OK


def _outcomes_shown(
    attempt: Callable[[_Job], _Outcome], parts: Sequence[tuple[str, Pages | None]], processes: int
) -> Generator[_Outcome, None, None]:
    """`_outcomes`, with a line that says how far they are; it is away while one is dealt with."""
    names = {name for name, _ in parts}
    unit = "files" if len(names) == len(parts) else "parts"
    progress = Progress(len(parts), unit)
    try:
        with closing(_outcomes(attempt, parts, processes)) as outcomes:
            progress.show(0)
            for count, outcome in enumerate(outcomes, 1):
                progress.clear()
                yield outcome
                progress.show(count)
    finally:
        progress.clear()


def _outcomes(
    attempt: Callable[[_Job], _Outcome], parts: Sequence[tuple[str, Pages | None]], processes: int
) -> Generator[_Outcome, None, None]:
    """Each part's outcome, in order, from this process or from several."""
    jobs = (_Job(*_with_content(name), pages) for name, pages in parts)
    processes = min(processes, len(parts))
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


def _with_content(name: str) -> tuple[str, bytes | None]:
    return name, sys.stdin.buffer.read() if name == STANDARD_INPUT else None


def _attempt(
    job: _Job,
    *,
    model: Path | None,
    single: bool,
    constraints: ReadingConstraints,
    writer: Path | None,
    tables: TableOptions | None,
) -> _Outcome:
    """Read one file, or a part of it, in whichever process."""
    name, content, pages = job
    answers: list[tuple[int, _Answer]] = []
    problems: list[str] = []
    number, _ = check_pages(pages)
    sources: Iterator[Source] = iter(())
    try:
        recognizer, hand = _recognizer(model), _writer(writer)
        sources = open_input(name, content, pages)
    except InkDigitError as exc:
        problems.append(str(exc))
    while True:
        try:
            source = next(sources)
            if tables is not None:
                answer: _Answer = _table(recognizer, source, constraints, tables, hand)
            elif single:
                answer = recognizer.predict_digit(source, writer=hand)
            else:
                answer = recognizer.read(source, writer=hand, **constraints._asdict())
            answers.append((number, answer))
        except StopIteration:
            break
        except InkDigitError as exc:  # of this page; if it is the file's, there is no next
            problems.append(str(exc))
        number += 1
    several = pages is not None or len(answers) > 1 or bool(problems)
    return _Outcome(name, answers, several, problems)


def _table(
    recognizer: Recognizer,
    source: Source,
    constraints: ReadingConstraints,
    options: TableOptions,
    hand: Writer | None,
) -> Table:
    """Read a table, and keep the columns that were asked for."""
    if isinstance(source, Ink):
        raise InputError("is ink; expected a picture of a table: leave out --table")
    table = recognizer.read_table(
        source, columns=options.known, writer=hand, **constraints._asdict()
    )
    return table if options.kept is None else table.with_columns(options.kept)


@functools.cache
def _recognizer(model: Path | None) -> Recognizer:
    """The process's one Recognizer."""
    return Recognizer(model)


@functools.cache
def _writer(path: Path | None) -> Writer | None:
    """The hand that was saved, or None where none was named."""
    return None if path is None else Writer.load(path)


def _annotate(args: argparse.Namespace) -> int:
    """Read the one file, print its answer and write the picture with the reading drawn on it."""
    # Not needed for an answer alone.
    from inkdigit.annotate import annotate, annotate_table  # noqa: PLC0415

    name, content = _with_content(args.files[0])
    try:
        source, hand = _only_page(name, content, args.pages), _writer(args.writer)
        recognizer, status = _recognizer(args.model), EXIT_OK
        if args.tables is not None:
            table = _table(recognizer, source, args.constraints, args.tables, hand)
            assert not isinstance(source, Ink)
            picture = annotate_table(source, table)
            rows = TableRows(args.tables, named=False)
            text = rows.add(name, table)
            if args.csv is None:
                print(text, end="", flush=True)
            status = _finish_tables(args, rows)
        else:
            reading = recognizer.read(source, writer=hand, **args.constraints._asdict())
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
