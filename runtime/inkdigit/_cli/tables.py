"""The command line's options of tables in; rows of values, and the cells to look at, out."""

from __future__ import annotations

import argparse
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inkdigit._cli.characters import allowed_characters
from inkdigit._cli.console import writing
from inkdigit._decode.constraints import Constraints
from inkdigit.errors import InkDigitError
from inkdigit.files import write_atomic
from inkdigit.results import percent

if TYPE_CHECKING:
    from inkdigit.tables import Column, Table

__all__ = ["TableOptions", "TableRows", "add_table_options", "table_options"]

MOST_COLUMNS = 999  # in a range: more than a picture of a table has
COLUMN_KEYS = ("allowed", "length", "min", "max")


@dataclass(frozen=True)
class TableOptions:
    """How tables are read and what is written of them.

    Attributes:
        kept: The columns to write, from 0; all where None.
        known: What is known of columns, by their index from 0.
    """

    kept: tuple[int, ...] | None = None
    known: Mapping[int, Column] = field(default_factory=dict)


class _OncePerColumn(argparse.Action):
    """Collects what is known of each column; refuses a column that is given twice."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Take one --column in."""
        known = getattr(namespace, self.dest)
        if values[0] in dict(known):
            raise argparse.ArgumentError(self, f"column {values[0] + 1} is given twice")
        setattr(namespace, self.dest, [*known, values])


def add_table_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to the command line's parser."""
    group = parser.add_argument_group("tables")
    group.add_argument(
        "--table",
        action="store_true",
        help="each picture shows a table: print its rows as comma-separated values, and the cells"
        " to look at on standard error",
    )
    group.add_argument(
        "--csv",
        type=Path,
        metavar="OUT.csv",
        help="write the rows of all tables to one file instead; of several files with the file's"
        " name in front",
    )
    group.add_argument(
        "--columns",
        type=_columns,
        metavar="A-B,C",
        help="write these columns only, counted from 1, as in 3-7 or 1,3-5",
    )
    group.add_argument(
        "--column",
        type=_column,
        action=_OncePerColumn,
        default=[],
        metavar="N:KEY=VALUE,…",
        help="what is known of column N: length, allowed, min and max, as in 4:length=2,max=20",
    )


def table_options(args: argparse.Namespace) -> TableOptions | None:
    """The options as given, or None without --table."""
    return TableOptions(args.columns, dict(args.column)) if args.table else None


class TableRows:
    """Rows of values of tables, one after another, and what to look at in them.

    Args:
        options: As given.
        named: Whether each row begins with its file's name.
    """

    def __init__(self, options: TableOptions, named: bool) -> None:
        self._options, self._named = options, named
        self._rows: list[list[str]] = []
        self.doubts: list[str] = []

    def add(self, name: str, table: Table) -> str:
        """Take a table in; its rows as comma-separated values."""
        start = [name] if self._named else []
        rows = [[*start, *texts] for texts in table.texts()]
        self._rows += rows
        kept = self._options.kept
        for cell in table.doubtful:
            column = cell.column if kept is None else sorted(set(kept))[cell.column]
            self.doubts.append(
                f"{name}: row {cell.row + 1}, column {column + 1}: {_describe(cell.text)}"
                f" ({percent(cell.confidence)}%{'' if cell.in_range else ', out of range'})"
            )
        return _as_csv(rows)

    def write(self, path: Path) -> None:
        """Write all rows to a file.

        Raises:
            UnwritableError: If it cannot be written.
        """
        content = _as_csv(self._rows).encode("utf-8", "backslashreplace")
        with writing(path):
            write_atomic(path, lambda stream: stream.write(content))


def _describe(text: str) -> str:
    return text.replace("\n", " / ") if text else "blank"


def _as_csv(rows: Iterable[list[str]]) -> str:
    import csv  # noqa: PLC0415  (no other answer needs it)

    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _columns(text: str) -> tuple[int, ...]:
    """Column numbers such as "1,3-5", as (0, 2, 3, 4)."""
    found: list[int] = []
    for part in text.split(","):
        match = re.fullmatch("([0-9]{1,3})(?:-([0-9]{1,3}))?", part, re.ASCII)
        first = int(match[1]) if match else 0
        last = int(match[2] or match[1]) if match else 0
        if not 1 <= first <= last <= MOST_COLUMNS:
            raise argparse.ArgumentTypeError(
                f"{text!r}; expected columns counted from 1, as in 3-7 or 1,3-5"
            )
        found += range(first - 1, last)
    return tuple(found)


def _column(text: str) -> tuple[int, Column]:
    """What is known of a column, such as "4:length=2,max=20", as (3, Column(length=2, most=20))."""
    from inkdigit.tables import Column  # noqa: PLC0415  (no other option needs it)

    number, _, rest = text.partition(":")
    if not re.fullmatch("[0-9]{1,3}", number, re.ASCII) or int(number) < 1 or not rest:
        raise argparse.ArgumentTypeError(
            f"{text!r}; expected a column counted from 1 and what is known of it, as in"
            " 4:length=2,max=20"
        )
    values: dict[str, str] = {}
    for key, value in _pairs(rest):
        if key not in COLUMN_KEYS or key in values:
            raise argparse.ArgumentTypeError(
                f"{text!r}: {key!r} is unknown or given twice; expected one or more of"
                f" {', '.join(COLUMN_KEYS)}, each once"
            )
        values[key] = value
    known: dict[str, Any] = {}
    if "allowed" in values:
        known["allowed"] = allowed_characters(values["allowed"])
    for key, name in (("min", "least"), ("max", "most")):
        if key in values:
            known[name] = _whole(text, key, values[key])
    if "length" in values:
        low, dash, high = values["length"].partition("-")
        least = _whole(text, "length", low)
        known["length"] = (least, _whole(text, "length", high)) if dash else least
    try:
        column = Column(**known)
        Constraints.parse(column.length)
    except InkDigitError as exc:
        raise argparse.ArgumentTypeError(f"{text!r}: {exc}") from exc
    return int(number) - 1, column


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Keys with their values; a comma that no key follows belongs to the value before it."""
    names = "|".join(COLUMN_KEYS)
    for part in re.split(f",(?=(?:{names})=)", text):
        key, _, value = part.partition("=")
        yield key, value


def _whole(text: str, key: str, value: str) -> int:
    if not re.fullmatch("-?[0-9]{1,9}", value, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r}: {key} is {value!r}; expected a whole number")
    return int(value)
