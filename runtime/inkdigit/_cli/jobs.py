"""One file of the command line in, or some of its pages; the answers out.

Runs in this process and in those of `--jobs`, so what goes in and comes out can be pickled.
"""

from __future__ import annotations

import argparse
import functools
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from inkdigit import InkDigitError, Prediction, Reading, Recognizer, Writer
from inkdigit._cli.arguments import ReadingConstraints
from inkdigit._cli.tables import TableOptions
from inkdigit._cli.workers import Job
from inkdigit.documents import Pages, check_pages
from inkdigit.errors import InputError
from inkdigit.ink import Ink
from inkdigit.inputs import open_input
from inkdigit.recognizer import Source

if TYPE_CHECKING:
    from inkdigit.tables import Table

__all__ = [
    "Answer",
    "Outcome",
    "load",
    "load_recognizer",
    "load_writer",
    "only_page",
    "read_job",
    "read_table",
]

Answer: TypeAlias = "Prediction | Reading | Table"


class Outcome(NamedTuple):
    """What became of one job: an answer for each page, by its number, and problems, in words."""

    name: str
    answers: list[tuple[int, Answer]]
    several: bool  # whether page numbers are to be printed
    problems: list[str]


def only_page(name: str, pages: Pages | None) -> Source:
    """What is in a file of one page, or on the one page that was chosen.

    Raises:
        InkDigitError: If it cannot be read, or if there are several pages.
    """
    source, *others = itertools.islice(open_input(name, pages), 2)
    if others:
        raise InputError("has several pages; expected one: choose it, as in --pages 2")
    return source


def load(args: argparse.Namespace) -> tuple[Recognizer, Writer | None]:
    """The model and the hand: what is missing or damaged is one error, not one a file."""
    return load_recognizer(args.model), load_writer(args.writer)


def read_job(
    job: Job,
    *,
    model: Path | None,
    single: bool,
    constraints: ReadingConstraints,
    writer: Path | None,
    tables: TableOptions | None,
) -> Outcome:
    """Read one file, or a part of it, in whichever process."""
    name, pages = job
    answers: list[tuple[int, Answer]] = []
    problems: list[str] = []
    number, _ = check_pages(pages)
    sources: Iterator[Source] = iter(())
    try:
        recognizer, hand = load_recognizer(model), load_writer(writer)
        sources = open_input(name, pages)
    except InkDigitError as exc:
        problems.append(str(exc))
    while True:
        try:
            source = next(sources)
            if tables is not None:
                answer: Answer = read_table(recognizer, source, constraints, tables, hand)
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
    return Outcome(name, answers, several, problems)


def read_table(
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
def load_recognizer(model: Path | None) -> Recognizer:
    """The process's one Recognizer."""
    return Recognizer(model)


@functools.cache
def load_writer(path: Path | None) -> Writer | None:
    """The hand that was saved, or None where none was named."""
    return None if path is None else Writer.load(path)
