"""The history: pages with what they read, in an SQLite file. No Kivy in here.

A page is a row; its strokes are rows of their own, so that a new stroke costs one insert however
much is written. Used from one thread.

A file that is damaged, or made by a newer version of the app, is set aside under another name and
a new one begun: nothing is deleted, and `set_aside` says where it went.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import numpy as np

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.glyphs import Glyph, PageReading
from inkdigit_app.core.page import HistoryEntry, Page, PenStroke, Picture, SavedPage
from inkdigit_app.store.thumbnails import draw_thumbnail

__all__ = ["History"]

T = TypeVar("T")

# Each takes the file one version on; user_version counts them. Never change one: add one.
MIGRATIONS = (
    """
    CREATE TABLE page (
        key TEXT PRIMARY KEY,
        created REAL NOT NULL,      -- seconds since 1970
        changed REAL NOT NULL,
        text TEXT NOT NULL,         -- what it reads
        glyphs TEXT NOT NULL,       -- JSON, as _glyphs_to_json writes them
        pins TEXT NOT NULL,         -- JSON, as _corrections_to_json writes them
        picture BLOB,               -- a PNG or JPEG file, or NULL for ink
        picture_name TEXT,
        picture_width INTEGER,
        picture_height INTEGER
    );
    CREATE TABLE stroke (
        page TEXT NOT NULL REFERENCES page (key) ON DELETE CASCADE,
        number INTEGER NOT NULL,    -- place among the page's strokes, from 0
        width REAL NOT NULL,        -- of the pen, in dp
        points BLOB NOT NULL,       -- x, y in dp, little-endian float32
        PRIMARY KEY (page, number)
    ) WITHOUT ROWID;
    CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    """,
    # Thumbnails are kept, so that a long list opens at once.
    """
    ALTER TABLE page ADD COLUMN thumbnail BLOB;  -- a PNG, or NULL where it is still to be drawn
    CREATE INDEX page_changed ON page (changed DESC);
    """,
)
POINT_TYPE = np.dtype("<f4")
BUSY_S = 5.0  # for another instance of the app to finish writing

log = logging.getLogger(__name__)


class History:
    """An SQLite file of pages.

    Args:
        path: Of the file; its folder is made where it is missing.
        clock: Seconds since 1970.

    Raises:
        sqlite3.Error: If no file can be opened there at all.
        OSError: If the folder cannot be made.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._set_aside: Path | None = None
        self._saved: dict[str, tuple[PenStroke, ...]] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = self._open()
        except sqlite3.OperationalError:
            raise  # the disk's fault, or the folder's, not the file's
        except sqlite3.DatabaseError as exc:
            self._begin_anew(exc)

    @property
    def set_aside(self) -> Path | None:
        """Where a file that could not be read was put, or None."""
        return self._set_aside

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def save(self, page: Page, reading: PageReading) -> None:
        """Write a page as it is now; a blank one is deleted.

        Raises:
            sqlite3.OperationalError: If the disk is full, or cannot be written.
        """
        self._guarded(lambda: self._delete(page.key) if page.blank else self._save(page, reading))

    def restore(self, kept: SavedPage) -> None:
        """Write a page again that was deleted, with its old times."""

        def restore() -> None:
            self._save(kept.page, kept.reading)
            with self._connection:
                self._connection.execute(
                    "UPDATE page SET created = ?, changed = ? WHERE key = ?",
                    (kept.created, kept.changed, kept.page.key),
                )

        self._guarded(restore)

    def load(self, key: str) -> SavedPage | None:
        """Read a page; None where there is none of that key."""
        return self._guarded(lambda: self._load(key))

    def entries(self, search: str = "") -> list[HistoryEntry]:
        """The pages whose text has these characters in it, newest first."""
        return self._guarded(lambda: self._entries(search))

    def delete(self, key: str) -> SavedPage | None:
        """Delete a page; returns it, for `restore`."""

        def delete() -> SavedPage | None:
            kept = self._load(key)
            self._delete(key)
            return kept

        return self._guarded(delete)

    def delete_all(self) -> None:
        """Delete every page, and give the disk its space back."""

        def delete_all() -> None:
            with self._connection:
                self._connection.execute("DELETE FROM page")
            self._saved.clear()
            self._connection.execute("VACUUM")

        self._guarded(delete_all)

    def corrected(self) -> list[SavedPage]:
        """The pages on which the user corrected something, oldest first."""

        def corrected() -> list[SavedPage]:
            rows = self._connection.execute(
                "SELECT key FROM page WHERE pins != '[]' ORDER BY created"
            ).fetchall()
            return [kept for (key,) in rows if (kept := self._load(key)) is not None]

        return self._guarded(corrected)

    @property
    def current(self) -> str | None:
        """The key of the page that is on the canvas."""

        def current() -> str | None:
            row = self._connection.execute(
                "SELECT value FROM state WHERE name = 'current'"
            ).fetchone()
            return row[0] if row else None

        return self._guarded(current)

    @current.setter
    def current(self, key: str) -> None:
        def set_current() -> None:
            with self._connection:
                self._connection.execute(
                    "INSERT OR REPLACE INTO state VALUES ('current', ?)", (key,)
                )

        self._guarded(set_current)

    def _save(self, page: Page, reading: PageReading) -> None:
        now = self._clock()
        picture = page.picture
        with self._connection as db:
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
            written = self._saved.get(page.key, ())
            same = 0
            for one, other in zip(page.strokes, written, strict=False):
                if one is not other:
                    break
                same += 1
            db.execute("DELETE FROM stroke WHERE page = ? AND number >= ?", (page.key, same))
            db.executemany(
                "INSERT INTO stroke VALUES (?, ?, ?, ?)",
                (
                    (page.key, n, s.width, s.stroke.points.astype(POINT_TYPE).tobytes())
                    for n, s in enumerate(page.strokes[same:], start=same)
                ),
            )
        self._saved = {page.key: page.strokes}  # only the newest one is likely to come again

    def _load(self, key: str) -> SavedPage | None:
        row = self._connection.execute(
            "SELECT created, changed, glyphs, pins, picture, picture_name, picture_width,"
            " picture_height FROM page WHERE key = ?",
            (key,),
        ).fetchone()
        if row is None:
            return None
        created, changed, glyphs, pins, content, name, width, height = row
        strokes = tuple(
            PenStroke(
                Stroke.from_points(np.frombuffer(points, POINT_TYPE).reshape(-1, 2)), stroke_width
            )
            for points, stroke_width in self._connection.execute(
                "SELECT points, width FROM stroke WHERE page = ? ORDER BY number", (key,)
            )
        )
        picture = None if content is None else Picture(content, (width, height), name)
        page = Page(strokes, picture, _corrections_from_json(pins), key)
        return SavedPage(page, PageReading(_glyphs_from_json(glyphs)), created, changed)

    def _entries(self, search: str) -> list[HistoryEntry]:
        wanted = "%" + "".join(f"\\{c}" if c in "%_\\" else c for c in search) + "%"
        rows = self._connection.execute(
            "SELECT key, text, changed, thumbnail, picture IS NOT NULL, pins != '[]' FROM page"
            " WHERE text LIKE ? ESCAPE '\\' ORDER BY changed DESC",
            (wanted,),
        ).fetchall()
        return [
            HistoryEntry(
                key, text, changed, thumbnail or self._thumbnail(key), bool(is_picture), bool(pins)
            )
            for key, text, changed, thumbnail, is_picture, pins in rows
        ]

    def _thumbnail(self, key: str) -> bytes:
        kept = self._load(key)
        assert kept is not None  # it is in the list
        thumbnail = draw_thumbnail(kept.page)
        with self._connection:
            self._connection.execute(
                "UPDATE page SET thumbnail = ? WHERE key = ?", (thumbnail, key)
            )
        return thumbnail

    def _delete(self, key: str) -> None:
        with self._connection:
            self._connection.execute("DELETE FROM page WHERE key = ?", (key,))
        self._saved.pop(key, None)

    def _guarded(self, work: Callable[[], T]) -> T:
        """Do it; where the file turns out to be damaged, set that aside and do it on a new one."""
        try:
            return work()
        except sqlite3.OperationalError:
            raise
        except (sqlite3.DatabaseError, ValueError, KeyError, TypeError) as exc:
            # What SQLite can read and this app cannot is damage as well.
            self._connection.close()
            self._begin_anew(exc)
            return work()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_S, check_same_thread=False)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA journal_mode = WAL")  # a killed app loses nothing committed
            connection.execute("PRAGMA synchronous = NORMAL")
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(f"damaged: {verdict}")
            _migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _begin_anew(self, reason: Exception) -> None:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(self._clock()))
        self._set_aside = next(name for name in _names(self._path, stamp) if not name.exists())
        log.warning("the history cannot be read (%s); it is now %s", reason, self._set_aside)
        for ending in ("-wal", "-shm", ""):
            part = self._path.with_name(self._path.name + ending)
            if part.exists():
                part.replace(self._set_aside.with_name(self._set_aside.name + ending))
        self._saved.clear()
        self._connection = self._open()


def _migrate(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise sqlite3.DatabaseError(
            f"version {version} of the file is newer than {len(MIGRATIONS)}, which this app knows"
        )
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        with closing(connection.cursor()) as cursor:
            # One transaction: a file is never left between two versions.
            cursor.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")


def _names(path: Path, stamp: str) -> Iterator[Path]:
    yield path.with_name(f"{path.stem}.unreadable-{stamp}{path.suffix}")
    for number in range(2, 1000):
        yield path.with_name(f"{path.stem}.unreadable-{stamp}-{number}{path.suffix}")


def _glyphs_to_json(glyphs: tuple[Glyph, ...]) -> str:
    return json.dumps(
        [
            {
                "digit": glyph.digit,
                "confidence": round(glyph.confidence, 6),
                "box": [round(edge, 3) for edge in glyph.box],
                "candidates": [[digit, round(p, 6)] for digit, p in glyph.candidates],
                "strokes": glyph.strokes,
                "line": glyph.line,
                "corrected": glyph.corrected,
            }
            for glyph in glyphs
        ],
        separators=(",", ":"),
    )


def _glyphs_from_json(text: str) -> tuple[Glyph, ...]:
    return tuple(
        Glyph(
            fields["digit"],
            fields["confidence"],
            tuple(fields["box"]),
            tuple((digit, p) for digit, p in fields["candidates"]),
            tuple(fields["strokes"]),
            fields["line"],
            fields["corrected"],
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
