"""The history: pages and what they read in, the same pages and a list of them out.

A page is a row of the database; its strokes are rows of their own, so that a new stroke costs one
insert however much is written. Several instances of the app may have a page open: each adds and
removes strokes and corrections of its own and leaves alone what it has not seen.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from inkdigit_app.core.corrections import Corrections
from inkdigit_app.core.glyphs import PageReading, text_of
from inkdigit_app.core.page import HistoryEntry, Page, PageSteps, PenStroke, SavedPage
from inkdigit_app.core.words.language import ntr, tr
from inkdigit_app.store.database import Database, steady
from inkdigit_app.store.merge import Marks, merge
from inkdigit_app.store.rescue import insert_page
from inkdigit_app.store.rows import (
    FAULTS,
    PAGE_COLUMNS,
    CheckedPage,
    check_page,
    corrections_from_json,
    corrections_to_json,
    glyphs_from_json,
    glyphs_to_json,
    is_text,
    is_time,
    picture_columns,
    points_to_bytes,
    renumbered,
    sheet_to_json,
    stroke_rows,
    tolerant,
)
from inkdigit_app.store.step_rows import steps_from_json, steps_to_json
from inkdigit_app.store.thumbnails import draw_thumbnail, is_thumbnail

__all__ = ["History"]

log = logging.getLogger(__name__)

# A page is blank where only its steps have ink: somebody undid or erased all of it.
BLANK = (
    "picture IS NULL AND steps IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM stroke WHERE stroke.page = page.key)"
)
# The cells that were corrected are the sheet's last list, see `sheet_to_list`.
CORRECTED = "(pins != '[]' OR coalesce(sheet, '') LIKE '%]]]')"


@dataclass
class _Seen:
    """A page as this instance of the app last read or wrote it."""

    numbers: WeakKeyDictionary[PenStroke, int] = field(default_factory=WeakKeyDictionary)
    strokes: frozenset[int] = frozenset()
    corrections: Corrections = ()  # with the numbers of their strokes


class History(Database):
    """Pages in an SQLite file. Used from one thread.

    Every method raises `sqlite3.OperationalError` if the disk is full or cannot be written.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._seen: dict[str, _Seen] = {}
        self._rows_aside: Path | None = None  # has the damaged rows of this session
        self._damaged: set[int] = set()  # ids of their rows
        self._newly_damaged = 0  # how many of them the user was not told of
        super().__init__(path, clock)

    def opened(self) -> None:
        """Forget what was seen in another file."""
        self._seen.clear()

    @steady
    def save(self, page: Page, reading: PageReading, steps: PageSteps | None = None) -> None:
        """Write a page as it is now, with what can be undone on it.

        A blank one is deleted, unless there is something to undo or redo on it. What another
        instance has added to it stays, and what that has removed stays away.
        """
        self._save(page, reading, steps or PageSteps())

    @steady
    def restore(self, saved: SavedPage) -> None:
        """Write a deleted page again, with its old times."""
        self._save(saved.page, saved.reading, saved.steps)
        with self.transaction() as db:
            db.execute(
                "UPDATE page SET created = ?, changed = ? WHERE key = ?",
                (saved.created, saved.changed, saved.page.key),
            )

    @steady
    def load(self, key: str) -> SavedPage | None:
        """Read a page; None where there is none with that key, or nothing of it is whole."""
        found = self.connection.execute("SELECT rowid FROM page WHERE key = ?", (key,)).fetchone()
        if found is None:
            return None
        checked = self._read(found[0])
        if checked.saved is not None:
            page, seen = checked.saved.page, self._seen.setdefault(key, _Seen())
            seen.numbers.update(zip(page.strokes, checked.numbers, strict=True))
            seen.numbers.update({stroke: number for number, stroke in checked.gone.items()})
            seen.strokes = frozenset(checked.numbers)
            seen.corrections = renumbered(page.corrections, dict(enumerate(checked.numbers)))
        return checked.saved

    @steady
    def entries(self, search: str = "") -> list[HistoryEntry]:
        """List the pages whose text contains `search`, newest first; blank ones are left out."""
        pattern = "%" + "".join(f"\\{c}" if c in "%_\\" else c for c in search) + "%"
        rows = self.connection.execute(
            f"SELECT rowid, key, text, changed, thumbnail, picture IS NOT NULL, {CORRECTED}"
            " FROM page WHERE (typeof(text) != 'text' OR text LIKE ? ESCAPE '\\')"
            f" AND NOT ({BLANK})",
            (pattern,),
        ).fetchall()
        entries = [entry for row in rows if (entry := self._entry(row)) is not None]
        return sorted(entries, key=lambda entry: entry.changed, reverse=True)

    @steady
    def delete(self, key: str) -> SavedPage | None:
        """Delete a page; returns it, for `restore`."""
        found = self.connection.execute("SELECT rowid FROM page WHERE key = ?", (key,)).fetchone()
        saved = self._read(found[0]).saved if found else None
        with self.transaction() as db:
            db.execute("DELETE FROM page WHERE key = ?", (key,))
        self._seen.pop(key, None)
        return saved

    @steady
    def delete_blank(self, key: str) -> None:
        """Delete a page if it is blank, and what could be undone on it."""
        with self.transaction() as db:
            db.execute(f"DELETE FROM page WHERE key = ? AND {BLANK}", (key,))

    @steady
    def delete_all(self) -> None:
        """Delete every page, and shrink the file."""
        with self.transaction() as db:
            db.execute("DELETE FROM page")
        self._seen.clear()
        try:
            self.connection.execute("VACUUM")
        except sqlite3.OperationalError as exc:  # the disk is full, or another instance reads
            log.info("the history's file stays as long as it is: %s", exc)

    @steady
    def corrected(self) -> list[SavedPage]:
        """Read the pages on which the user corrected anything, oldest first."""
        rows = self.connection.execute(
            f"SELECT rowid FROM page WHERE {CORRECTED} ORDER BY created"
        ).fetchall()
        return [checked.saved for (row,) in rows if (checked := self._read(row)).saved is not None]

    @property
    @steady
    def current(self) -> str | None:
        """The key of the page on the canvas."""
        row = self.connection.execute("SELECT value FROM state WHERE name = 'current'").fetchone()
        return row[0] if row and is_text(row[0]) else None

    @current.setter
    @steady
    def current(self, key: str) -> None:
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO state VALUES ('current', ?)", (key,))

    def take_notices(self) -> list[str]:
        """What the user has to be told, once."""
        notices = super().take_notices()
        if self._newly_damaged:
            count, self._newly_damaged = self._newly_damaged, 0
            text = ntr(
                "{count} page of the history was damaged: only its undamaged part is shown.",
                "{count} pages of the history were damaged: only their undamaged parts are shown.",
                count,
            ).format(count=count)
            if self._rows_aside:
                kept = tr("What was stored is kept in {path}").format(path=self._rows_aside)
                text += f" {kept}"
            notices.append(text)
        return notices

    def _save(self, page: Page, reading: PageReading, steps: PageSteps) -> None:
        key, now = page.key, self._clock()
        with self.transaction() as db:
            row = db.execute(
                "SELECT text, glyphs, pins, sheet, steps FROM page WHERE key = ?", (key,)
            ).fetchone()
            stored = {n for (n,) in db.execute("SELECT number FROM stroke WHERE page = ?", (key,))}
            seen = self._seen.get(key) if row else None
            if seen is None:
                seen = _Seen(self._matching(page))
            numbered = _numbered([*page.strokes, *_gone(page, steps)], seen, stored, now)
            mine = dict(islice(numbered.items(), len(page.strokes)))
            index = dict(enumerate(mine))
            corrections = renumbered(page.corrections, index)
            # One that another instance removed stays removed; one that this one redid comes back.
            kept = {n for n in mine if n in stored or n not in seen.strokes}
            removed = (seen.strokes & stored) - mine.keys()
            others = stored - seen.strokes - mine.keys()
            blank = not (kept or others or page.picture)
            if not blank or steps.past or steps.future:
                marks = Marks(renumbered(reading.glyphs, index), corrections)
                if row is not None:
                    theirs = Marks(
                        tolerant(glyphs_from_json, row[1]), tolerant(corrections_from_json, row[2])
                    )
                    marks = merge(marks, theirs, seen.corrections, kept | others, others)
                text = text_of(marks.glyphs) if others else reading.text
                numbers = {stroke: n for n, stroke in numbered.items()}
                content = (
                    *(text, glyphs_to_json(marks.glyphs), corrections_to_json(marks.corrections)),
                    *(sheet_to_json(page), steps_to_json(page, steps, numbers)),
                )
                ink_changed = bool(kept - stored or removed)
                self._write_page(page, row, content, now, ink_changed)
                new = ((n, mine[n]) for n in sorted(kept - stored))
                db.executemany("INSERT INTO stroke VALUES (?, ?, ?, ?)", stroke_rows(key, new))
            else:
                db.execute("DELETE FROM page WHERE key = ?", (key,))
            db.executemany(
                "DELETE FROM stroke WHERE page = ? AND number = ?", ((key, n) for n in removed)
            )
        seen.numbers.update({stroke: n for n, stroke in numbered.items()})
        self._seen[key] = _Seen(seen.numbers, frozenset(mine), corrections)

    def _write_page(
        self,
        page: Page,
        before: tuple[Any, ...] | None,
        content: tuple[Any, ...],
        now: float,
        ink_changed: bool,
    ) -> None:
        """Write a page's own row.

        Args:
            page: The page.
            before: Its text, glyphs, corrections, sheet and steps in the file, if it is there.
            content: What they are now.
            now: Seconds since 1970.
            ink_changed: Whether strokes come or go.
        """
        execute = self.connection.execute
        if before is None:
            text, glyphs, pins, sheet, steps = content
            picture = picture_columns(page.picture)
            row = (page.key, now, now, text, glyphs, pins, *picture, sheet, steps)
            marks = ", ".join("?" * len(row))
            execute(f"INSERT INTO page ({PAGE_COLUMNS}) VALUES ({marks})", row)
        elif ink_changed or before[2:4] != content[2:4]:
            execute(
                "UPDATE page SET text = ?, glyphs = ?, pins = ?, sheet = ?, steps = ?, changed = ?,"
                " thumbnail = NULL WHERE key = ?",
                (*content, now, page.key),
            )
        elif before != content:  # the user has changed nothing: it stays where it is in the list
            execute(
                "UPDATE page SET text = ?, glyphs = ?, pins = ?, sheet = ?, steps = ?"
                " WHERE key = ?",
                (*content, page.key),
            )

    def _matching(self, page: Page) -> WeakKeyDictionary[PenStroke, int]:
        """The numbers of strokes that are stored, though not by this instance into this file."""
        stored: dict[tuple[float, bytes], list[int]] = {}
        for number, width, points in self.connection.execute(
            "SELECT number, width, points FROM stroke WHERE page = ? ORDER BY number DESC",
            (page.key,),
        ):
            stored.setdefault((width, points), []).append(number)
        numbers: WeakKeyDictionary[PenStroke, int] = WeakKeyDictionary()
        for stroke in page.strokes:
            same = stored.get((stroke.width, points_to_bytes(stroke)))
            if same:
                numbers[stroke] = same.pop()
        return numbers

    def _read(self, rowid: int) -> CheckedPage:
        """Read and check a page; a damaged one is set aside, and what is whole of it stays."""
        execute = self.connection.execute
        row = execute(f"SELECT {PAGE_COLUMNS} FROM page WHERE rowid = ?", (rowid,)).fetchone()
        if row is None:
            return CheckedPage(None, (), "", ())
        strokes = execute(
            "SELECT number, width, points FROM stroke"
            " WHERE page = (SELECT key FROM page WHERE rowid = ?) ORDER BY number",
            (rowid,),
        ).fetchall()
        checked = _with_steps(check_page(row, strokes))
        if checked.flaws:
            log.warning("a page of the history is damaged: %s", "; ".join(checked.flaws))
            self._newly_damaged += rowid not in self._damaged
            self._damaged.add(rowid)
            try:
                self._set_row_aside(rowid, checked)
            except sqlite3.OperationalError as exc:  # the disk is full: it stays where it is
                log.warning("a damaged page cannot be set aside: %s", exc)
        return checked

    def _set_row_aside(self, rowid: int, checked: CheckedPage) -> None:
        if self._rows_aside is None or not self._rows_aside.exists():
            self._rows_aside = self.set_aside = self.claim_aside()
        db = self.connection
        db.execute("ATTACH ? AS aside", (str(self._rows_aside),))
        try:
            for table in ("page", "stroke"):
                copy = f"aside.{table} AS SELECT * FROM main.{table} WHERE 0"
                db.execute(f"CREATE TABLE IF NOT EXISTS {copy}")
            # On the disk there before it is gone here.
            with self.transaction():
                db.execute(
                    "INSERT INTO aside.page SELECT * FROM main.page WHERE rowid = ?", (rowid,)
                )
                db.execute(
                    "INSERT INTO aside.stroke SELECT * FROM main.stroke"
                    " WHERE page = (SELECT key FROM main.page WHERE rowid = ?)",
                    (rowid,),
                )
            with self.transaction():
                db.execute("DELETE FROM main.page WHERE rowid = ?", (rowid,))
                if checked.saved is not None:
                    insert_page(db, checked.saved, checked)
        finally:
            db.execute("DETACH aside")

    def _entry(self, row: tuple[Any, ...]) -> HistoryEntry | None:
        rowid, key, text, changed, thumbnail, *numbers = row
        flags = [bool(number) for number in numbers]
        if is_text(key) and is_text(text) and is_time(changed) and is_thumbnail(thumbnail):
            return HistoryEntry(key, text, changed, thumbnail, *flags)
        checked = self._read(rowid)
        saved = checked.saved
        if saved is None:
            return None
        thumbnail = draw_thumbnail(saved.page)
        try:
            with self.transaction() as db:
                db.execute(
                    "UPDATE page SET thumbnail = ? WHERE key = ?", (thumbnail, saved.page.key)
                )
        except sqlite3.OperationalError as exc:  # the disk is full: it is drawn again next time
            log.info("a thumbnail is not stored: %s", exc)
        if checked.flaws:
            page = saved.page
            text, flags = checked.text, [page.picture is not None, page.corrected]
        return HistoryEntry(saved.page.key, text, saved.changed, thumbnail, *flags)


def _with_steps(checked: CheckedPage) -> CheckedPage:
    """With its steps checked, too; a page whose steps are damaged opens without them."""
    saved = checked.saved
    if saved is None or checked.steps is None:
        return checked
    try:
        stored = steps_from_json(checked.steps, saved.page, checked.numbers)
    except FAULTS as exc:
        whole = None if saved.page.blank else saved
        return replace(checked, saved=whole, steps=None, flaws=(*checked.flaws, f"steps: {exc}"))
    return replace(checked, saved=replace(saved, steps=stored.steps), gone=stored.gone)


def _gone(page: Page, steps: PageSteps) -> list[PenStroke]:
    """The strokes in the steps that are not on the page."""
    known = set(map(id, page.strokes))
    found = []
    for step in (*steps.past, *steps.future):
        for _, stroke in step.added:
            if id(stroke) not in known:
                known.add(id(stroke))
                found.append(stroke)
    return found


def _numbered(
    strokes: Iterable[PenStroke], seen: _Seen, stored: set[int], now: float
) -> dict[int, PenStroke]:
    """Give each stroke the number it has, or a new one.

    New numbers begin at the microseconds since 1970: so none is used again, even in a new file.
    """
    number = max(round(now * 1e6), *(n + 1 for n in stored | seen.strokes), 0)
    numbered: dict[int, PenStroke] = {}
    for stroke in strokes:
        known = seen.numbers.get(stroke)
        if known is None or known in numbered:
            known = number
            number += 1
        numbered[known] = stroke
    return numbered
