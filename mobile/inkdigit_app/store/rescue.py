"""A damaged history in; what is whole in it out, into a new one."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inkdigit_app.core.page import SavedPage
from inkdigit_app.store.rows import PAGE_COLUMNS, CheckedPage, check_page, page_row, stroke_rows
from inkdigit_app.store.salvage import salvage

__all__ = ["insert_page", "rescue"]


def rescue(damaged: Path, connection: sqlite3.Connection) -> int:
    """Copy what is whole of a history's pages.

    Args:
        damaged: The file; it is not changed.
        connection: To the new file, which has the tables.

    Returns:
        The number of pages.

    Raises:
        OSError: If the damaged file cannot be read.
        sqlite3.OperationalError: If the disk is full.
    """
    found = salvage(damaged)
    strokes = defaultdict(list)
    for page, number, width, points in found.strokes.values():
        strokes[page].append((number, width, points))
    rows = dict(found.pages)
    for key in strokes.keys() - rows.keys():  # the page's own row is lost
        seconds = damaged.stat().st_mtime
        rows[key] = [key, seconds, seconds, "", "[]", "[]", *[None] * 6]
    count = 0
    connection.execute("BEGIN")
    for key, row in rows.items():
        checked = check_page(row, sorted(strokes[key], key=_number))
        if checked.saved is not None:
            insert_page(connection, checked.saved, checked)
            count += not checked.saved.page.blank
    current = found.state.get("current")
    if isinstance(current, str):
        connection.execute("INSERT INTO state VALUES ('current', ?)", (current,))
    connection.execute("COMMIT")
    return count


def _number(stroke: Sequence[Any]) -> int:
    return stroke[0] if isinstance(stroke[0], int) else -1


def insert_page(connection: sqlite3.Connection, saved: SavedPage, checked: CheckedPage) -> None:
    """Write a page that is not in the file.

    Args:
        connection: In a transaction.
        saved: The page: what is whole of `checked`.
        checked: Has the numbers of its strokes, its text and its steps.
    """
    numbers = checked.numbers
    row = page_row(saved, numbers, checked.text, checked.steps)
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO page ({PAGE_COLUMNS}) VALUES ({marks})", row)
    connection.executemany(
        "INSERT INTO stroke VALUES (?, ?, ?, ?)",
        stroke_rows(saved.page.key, zip(numbers, saved.page.strokes, strict=True)),
    )
