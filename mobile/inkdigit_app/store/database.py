"""The app's SQLite file: opened, checked and migrated.

A file that is damaged, or written by a newer version of the app, is set aside under another name
and a new one begun: nothing is deleted.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

__all__ = ["MIGRATIONS", "Database"]

# Each takes the file one version further; user_version counts them. Never change one: add one.
MIGRATIONS = (
    """
    CREATE TABLE page (
        key TEXT PRIMARY KEY,
        created REAL NOT NULL,      -- seconds since 1970
        changed REAL NOT NULL,
        text TEXT NOT NULL,         -- what it reads
        glyphs TEXT NOT NULL,       -- JSON, see history.py
        pins TEXT NOT NULL,         -- the corrections as JSON, see history.py
        picture BLOB,               -- a PNG or JPEG file, or NULL for ink
        picture_name TEXT,
        picture_width INTEGER,
        picture_height INTEGER
    );
    CREATE TABLE stroke (
        page TEXT NOT NULL REFERENCES page (key) ON DELETE CASCADE,
        number INTEGER NOT NULL,    -- index among the page's strokes
        width REAL NOT NULL,        -- of the pen, in dp
        points BLOB NOT NULL,       -- x, y in dp, little-endian float32
        PRIMARY KEY (page, number)
    ) WITHOUT ROWID;
    CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    """,
    # Thumbnails are stored, so that a long list opens at once.
    """
    ALTER TABLE page ADD COLUMN thumbnail BLOB;  -- a PNG, or NULL where it is still to be drawn
    CREATE INDEX page_changed ON page (changed DESC);
    """,
)
BUSY_S = 5.0  # for another instance of the app to finish writing

log = logging.getLogger(__name__)


class Database:
    """An open SQLite file. Used from one thread.

    Args:
        path: Of the file; its folder is made where it is missing.
        clock: Seconds since 1970.

    Raises:
        sqlite3.OperationalError: If the folder or the disk cannot be used.
        OSError: If the folder cannot be made.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self.set_aside: Path | None = None  # the new name of a file that could not be read
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.connection = _open(path)
        except sqlite3.OperationalError:
            raise  # the fault of the disk or the folder, not of the file
        except sqlite3.DatabaseError as exc:
            self._begin_anew(exc)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def replace(self, reason: Exception) -> None:
        """Set the file aside and open a new one."""
        self.connection.close()
        self._begin_anew(reason)

    def _begin_anew(self, reason: Exception) -> None:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(self._clock()))
        endings = (stamp, *(f"{stamp}-{number}" for number in range(2, 1000)))
        names = (f"{self._path.stem}.unreadable-{ending}{self._path.suffix}" for ending in endings)
        paths = map(self._path.with_name, names)
        self.set_aside = aside = next(path for path in paths if not path.exists())
        log.warning("the history cannot be read (%s); it is now %s", reason, aside)
        for ending in ("-wal", "-shm", ""):
            part = self._path.with_name(self._path.name + ending)
            if part.exists():
                part.replace(aside.with_name(aside.name + ending))
        self.connection = _open(self._path)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False)
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
