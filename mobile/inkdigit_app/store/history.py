"""The history: pages and what they read in, the same pages and a list of them out.

A page is a row of the database; its strokes are rows of their own, so that a new stroke costs one
insert however much is written.
"""

from __future__ import annotations

import functools
import json
import sqlite3
import time
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.glyphs import Glyph, PageReading
from inkdigit_app.core.page import HistoryEntry, Page, PenStroke, Picture, SavedPage
from inkdigit_app.store.database import Database
from inkdigit_app.store.thumbnails import draw_thumbnail

__all__ = ["History"]

P = ParamSpec("P")
T = TypeVar("T")

POINT_TYPE = np.dtype("<f4")


def _recovering(
    method: Callable[Concatenate[History, P], T],
) -> Callable[Concatenate[History, P], T]:
    """Repeat a method on a new file where the old one turns out to be damaged."""

    @functools.wraps(method)
    def recover(self: History, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(self, *args, **kwargs)
        except sqlite3.OperationalError:
            raise  # the disk is full, say; the file is fine
        except (sqlite3.DatabaseError, ValueError, KeyError, TypeError) as exc:
            # Content that SQLite can read and this app cannot is damage too.
            self.replace(exc)
            return method(self, *args, **kwargs)

    return recover


class History(Database):
    """Pages in an SQLite file. Used from one thread.

    Every method raises `sqlite3.OperationalError` if the disk is full or cannot be written.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__(path, clock)
        self._saved: dict[str, tuple[PenStroke, ...]] = {}

    @_recovering
    def save(self, page: Page, reading: PageReading) -> None:
        """Write a page as it is now; a blank one is deleted."""
        if page.blank:
            self._delete(page.key)
            return
        now = self._clock()
        picture = page.picture
        with self.connection as db:
            db.execute(
                """
                INSERT INTO page (key, created, changed, text, glyphs, pins, picture, picture_name,
                    picture_width, picture_height) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET changed = excluded.changed, text = excluded.text,
                    glyphs = excluded.glyphs, pins = excluded.pins, thumbnail = NULL
                """,
                (
                    *(page.key, now, now, reading.text),
                    _glyphs_to_json(reading.glyphs),
                    _corrections_to_json(page.corrections),
                    *((picture.content, picture.name, *picture.size) if picture else [None] * 4),
                ),
            )
            pairs = zip(page.strokes, self._saved.get(page.key, ()), strict=False)
            same = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))
            db.execute("DELETE FROM stroke WHERE page = ? AND number >= ?", (page.key, same))
            db.executemany(
                "INSERT INTO stroke VALUES (?, ?, ?, ?)",
                (
                    (page.key, n, s.width, s.stroke.points.astype(POINT_TYPE).tobytes())
                    for n, s in enumerate(page.strokes[same:], start=same)
                ),
            )
        self._saved = {page.key: page.strokes}  # only the last page is likely to be saved again

    @_recovering
    def restore(self, saved: SavedPage) -> None:
        """Write a deleted page again, with its old times."""
        self.save(saved.page, saved.reading)
        with self.connection as db:
            db.execute(
                "UPDATE page SET created = ?, changed = ? WHERE key = ?",
                (saved.created, saved.changed, saved.page.key),
            )

    @_recovering
    def load(self, key: str) -> SavedPage | None:
        """Read a page; None where there is none with that key."""
        return self._load(key)

    @_recovering
    def entries(self, search: str = "") -> list[HistoryEntry]:
        """List the pages whose text contains `search`, newest first."""
        pattern = "%" + "".join(f"\\{c}" if c in "%_\\" else c for c in search) + "%"
        rows = self.connection.execute(
            "SELECT key, text, changed, thumbnail, picture IS NOT NULL, pins != '[]' FROM page"
            " WHERE text LIKE ? ESCAPE '\\' ORDER BY changed DESC",
            (pattern,),
        ).fetchall()
        return [
            HistoryEntry(key, text, changed, thumbnail or self._thumbnail(key), *map(bool, flags))
            for key, text, changed, thumbnail, *flags in rows
        ]

    @_recovering
    def delete(self, key: str) -> SavedPage | None:
        """Delete a page; returns it, for `restore`."""
        saved = self._load(key)
        self._delete(key)
        return saved

    @_recovering
    def delete_all(self) -> None:
        """Delete every page, and shrink the file."""
        with self.connection as db:
            db.execute("DELETE FROM page")
        self._saved.clear()
        self.connection.execute("VACUUM")

    @_recovering
    def corrected(self) -> list[SavedPage]:
        """Read the pages on which the user corrected anything, oldest first."""
        rows = self.connection.execute(
            "SELECT key FROM page WHERE pins != '[]' ORDER BY created"
        ).fetchall()
        return [saved for (key,) in rows if (saved := self._load(key)) is not None]

    @property
    @_recovering
    def current(self) -> str | None:
        """The key of the page on the canvas."""
        row = self.connection.execute("SELECT value FROM state WHERE name = 'current'").fetchone()
        return row[0] if row else None

    @current.setter
    @_recovering
    def current(self, key: str) -> None:
        with self.connection as db:
            db.execute("INSERT OR REPLACE INTO state VALUES ('current', ?)", (key,))

    def replace(self, reason: Exception) -> None:
        """Set the file aside and open a new one."""
        self._saved.clear()
        super().replace(reason)

    def _load(self, key: str) -> SavedPage | None:
        row = self.connection.execute(
            "SELECT created, changed, glyphs, pins, picture, picture_name, picture_width,"
            " picture_height FROM page WHERE key = ?",
            (key,),
        ).fetchone()
        if row is None:
            return None
        created, changed, glyphs, corrections, content, name, width, height = row
        strokes = tuple(
            PenStroke(
                Stroke.from_points(np.frombuffer(points, POINT_TYPE).reshape(-1, 2)), stroke_width
            )
            for points, stroke_width in self.connection.execute(
                "SELECT points, width FROM stroke WHERE page = ? ORDER BY number", (key,)
            )
        )
        picture = None if content is None else Picture(content, (width, height), name)
        page = Page(strokes, picture, _corrections_from_json(corrections), key)
        return SavedPage(page, PageReading(_glyphs_from_json(glyphs)), created, changed)

    def _thumbnail(self, key: str) -> bytes:
        saved = self._load(key)
        assert saved is not None  # it is in the list
        thumbnail = draw_thumbnail(saved.page)
        with self.connection as db:
            db.execute("UPDATE page SET thumbnail = ? WHERE key = ?", (thumbnail, key))
        return thumbnail

    def _delete(self, key: str) -> None:
        with self.connection as db:
            db.execute("DELETE FROM page WHERE key = ?", (key,))
        self._saved.pop(key, None)


def _glyphs_to_json(glyphs: tuple[Glyph, ...]) -> str:
    rounded = [
        {
            **vars(glyph),
            "confidence": round(glyph.confidence, 6),
            "box": [round(edge, 3) for edge in glyph.box],
            "candidates": [[digit, round(p, 6)] for digit, p in glyph.candidates],
        }
        for glyph in glyphs
    ]
    return json.dumps(rounded, separators=(",", ":"))


def _glyphs_from_json(text: str) -> tuple[Glyph, ...]:
    return tuple(
        Glyph(
            **{
                **fields,
                "box": tuple(fields["box"]),
                "candidates": tuple((digit, p) for digit, p in fields["candidates"]),
                "strokes": tuple(fields["strokes"]),
            }
        )
        for fields in json.loads(text)
    )


def _corrections_to_json(corrections: tuple[Correction, ...]) -> str:
    return json.dumps([[c.strokes, c.box, c.labels] for c in corrections], separators=(",", ":"))


def _corrections_from_json(text: str) -> tuple[Correction, ...]:
    return tuple(
        Correction(tuple(strokes), tuple(box), tuple(labels))
        for strokes, box, labels in json.loads(text)
    )
