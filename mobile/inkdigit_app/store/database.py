"""The app's SQLite file: opened, checked and migrated; shared by all that have the app open.

A file that is damaged, or written by a newer version of the app, is set aside under another name:
nothing is deleted. What is whole in it goes into a new file. Where another instance of the app has
set the file aside, this one goes on with the new one.
"""

from __future__ import annotations

import functools
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from inkdigit_app.core.words.language import ntr, tr
from inkdigit_app.store.rescue import rescue
from inkdigit_app.store.rows import decode_text

__all__ = ["MIGRATIONS", "Database", "steady"]

# Each takes the file one version further; user_version counts them. Never change one: add one.
MIGRATIONS = (
    """
    CREATE TABLE page (
        key TEXT PRIMARY KEY,
        created REAL NOT NULL,      -- seconds since 1970
        changed REAL NOT NULL,
        text TEXT NOT NULL,         -- what it reads
        glyphs TEXT NOT NULL,       -- JSON, see rows.py
        pins TEXT NOT NULL,         -- the corrections as JSON, see rows.py
        picture BLOB,               -- a PNG or JPEG file, or NULL for ink
        picture_name TEXT,
        picture_width INTEGER,
        picture_height INTEGER
    );
    CREATE TABLE stroke (
        page TEXT NOT NULL REFERENCES page (key) ON DELETE CASCADE,
        number INTEGER NOT NULL,    -- rises from stroke to stroke of a page, see rows.py
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
    """
    ALTER TABLE page ADD COLUMN sheet TEXT;  -- how a picture is read, see rows.py, or NULL
    ALTER TABLE page ADD COLUMN steps TEXT;  -- to undo and redo, see step_rows.py, or NULL
    """,
)
CACHE_KB = 500  # of the file kept in memory; by default 2 MB, which half an hour of writing fills
BUSY_S = 5.0  # for another instance of the app to finish writing
ATTEMPTS = 4  # the file moved, was damaged, and the disk is full

P = ParamSpec("P")
T = TypeVar("T")
D = TypeVar("D", bound="Database")

log = logging.getLogger(__name__)


class _MovedError(Exception):
    """Another instance of the app has set the open file aside."""


def steady(method: Callable[Concatenate[D, P], T]) -> Callable[Concatenate[D, P], T]:
    """Repeat a method where the file has moved, turns out to be damaged, or the disk is full."""

    @functools.wraps(method)
    def call(self: D, /, *args: P.args, **kwargs: P.kwargs) -> T:
        self.keep_journal()
        for _ in range(ATTEMPTS):
            try:
                self.follow()
                return method(self, *args, **kwargs)
            except _MovedError:
                continue
            except sqlite3.OperationalError as exc:
                if not self.do_without_journal(exc):
                    raise
            except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
                raise  # the fault of this program
            except sqlite3.DatabaseError as exc:
                self.replace(exc)
        return method(self, *args, **kwargs)

    return call


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
        self.set_aside: Path | None = None  # where what could not be read is kept
        self._notices: list[str] = []  # what the user has yet to be told
        self._in_memory = False  # whether the journal is
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def replace(self, reason: Exception) -> None:
        """Set the file aside, and go on with a new one that has what is whole in it."""
        self.connection.close()
        self._begin_anew(reason, self._file)
        self._open()

    def follow(self) -> None:
        """Go on with the file that is at the path now."""
        if self._moved():
            self.connection.close()
            self._open()

    def keep_journal(self) -> None:
        """Keep the journal on the disk again, so that a killed app damages nothing."""
        if self._in_memory:
            self.connection.execute("PRAGMA journal_mode = DELETE")
            self._in_memory = False

    def do_without_journal(self, reason: sqlite3.OperationalError) -> bool:
        """Keep the journal in memory for the next change, as a full disk has no room for it.

        Only if the app is killed within the few milliseconds of that change can it damage the file.

        Returns:
            Whether it is worth trying again.
        """
        if self._in_memory or not _is_full(reason):
            return False
        self.connection.execute("PRAGMA journal_mode = MEMORY")
        self._in_memory = True
        return True

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing, while no other instance writes."""
        db = self.connection
        db.execute("BEGIN IMMEDIATE")
        try:
            if self._moved():
                raise _MovedError
            yield db
            db.execute("COMMIT")
        except BaseException as exc:
            if db.in_transaction:
                db.execute("ROLLBACK")
            # SQLite takes a file that was renamed for one that may not be written.
            if isinstance(exc, sqlite3.OperationalError) and self._moved():
                raise _MovedError from exc
            raise
        if self._moved():  # meanwhile; so it is written once more, to the new file
            raise _MovedError

    def claim_aside(self) -> Path:
        """Make an empty file with a name of its own beside the history."""
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(self._clock()))
        number = 1
        while True:
            ending = stamp if number == 1 else f"{stamp}-{number}"
            aside = self._path.with_name(
                f"{self._path.stem}.unreadable-{ending}{self._path.suffix}"
            )
            try:
                aside.touch(mode=0o600, exist_ok=False)
            except FileExistsError:
                number += 1
            else:
                return aside

    def take_notices(self) -> list[str]:
        """What the user has to be told, once."""
        notices, self._notices = self._notices, []
        return notices

    def opened(self) -> None:
        """Is called whenever another file has been opened."""

    def _open(self) -> None:
        for _ in range(ATTEMPTS):
            before = _identity(self._path)
            if before is not None and not self._path.is_file():
                self._begin_anew(sqlite3.DatabaseError("it is no file"), before)
            elif before is not None and self._was_emptied():
                self._begin_anew(sqlite3.DatabaseError("it is empty"), before)
            try:
                self.connection = _connect(self._path)
            except sqlite3.OperationalError:
                raise  # the fault of the disk or the folder, not of the file
            except sqlite3.DatabaseError as exc:
                self._begin_anew(exc, before)
                continue
            self._file = _identity(self._path)
            self._in_memory = False
            self.opened()
            return
        raise sqlite3.OperationalError(
            f"{self._path} is damaged again and again: is the disk sound?"
        )

    def _was_emptied(self) -> bool:
        """Whether the file is cut to nothing and its log is not: SQLite would delete the log."""
        log_path = self._path.with_name(self._path.name + "-wal")
        return not self._path.stat().st_size and log_path.exists() and log_path.stat().st_size > 0

    def _moved(self) -> bool:
        return _identity(self._path) != self._file

    def _begin_anew(self, reason: Exception, damaged: tuple[int, int] | None) -> None:
        """Set a damaged file aside; a new one holds what is whole in it, if anything is."""
        new = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        new.unlink(missing_ok=True)
        aside = self.claim_aside()
        try:
            with closing(_create(new)) as connection:
                count = rescue(self._path, connection) if self._path.is_file() else 0
            if _identity(self._path) != damaged:
                aside.unlink()  # another instance was quicker
                return
            for ending in ("-journal", "-wal", "-shm", ""):
                part = self._path.with_name(self._path.name + ending)
                if part.exists():
                    if part.is_dir():
                        aside.unlink()  # a folder cannot replace a file
                    part.replace(aside.with_name(aside.name + ending))
            new.replace(self._path)
        except BaseException:
            if aside.is_file() and not aside.stat().st_size:
                aside.unlink()
            raise
        finally:
            new.unlink(missing_ok=True)
        self.set_aside = aside
        log.warning("the history cannot be read (%s); it is now %s", reason, aside)
        self._notices.append(_damage(count, aside))


def _damage(count: int, aside: Path) -> str:
    if count:
        text = ntr(
            "The history was damaged: {count} page could be kept. The damaged file is now {path}",
            "The history was damaged: {count} pages could be kept. The damaged file is now {path}",
            count,
        )
    else:
        text = tr(
            "The history was damaged: nothing in it could be read. The damaged file is now {path}"
        )
    return text.format(count=count, path=aside)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None where there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _is_full(exc: sqlite3.OperationalError) -> bool:
    # By the message, as Python 3.10 has no code.
    return any(word in str(exc) for word in ("disk is full", "disk I/O", "unable to open"))


def _is_of_the_disk(exc: sqlite3.OperationalError, path: Path) -> bool:
    """Whether the disk, the folder or another program is at fault, rather than the file."""
    read_only = "readonly" in str(exc) and not os.access(path, os.W_OK)
    return _is_full(exc) or "locked" in str(exc) or read_only


def _leave_log(connection: sqlite3.Connection) -> None:
    """Leave the write-ahead log that earlier versions kept: a full disk leaves no way out of it.

    What is in the log may have no room in the file, and then nothing can be deleted any more.
    """
    execute = connection.execute
    execute("PRAGMA busy_timeout = 0")
    # The log's index would be a file; whoever has the log alone keeps it in memory.
    execute("PRAGMA locking_mode = EXCLUSIVE")
    try:
        execute("PRAGMA journal_mode = MEMORY")  # first, as leaving the log is a change, too
        execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as exc:  # an earlier version has it open, say
        log.info("the history keeps its write-ahead log: %s", exc)
    finally:
        execute("PRAGMA locking_mode = NORMAL")
        execute(f"PRAGMA busy_timeout = {round(BUSY_S * 1000)}")
        execute("SELECT count(*) FROM sqlite_master").fetchone()  # so that the lock is let go
    execute("PRAGMA temp_store = MEMORY")


def _connect(path: Path) -> sqlite3.Connection:
    connection = _bare(path)
    try:
        try:
            _leave_log(connection)
            _check(connection)
        except sqlite3.OperationalError as exc:
            if _is_of_the_disk(exc, path):
                raise
            raise sqlite3.DatabaseError(str(exc)) from exc
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what was deleted is not salvaged later
        connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    """Raises `sqlite3.DatabaseError` if the file is damaged, or of a version not known here."""
    # Not quick_check: an index that lacks a page hides it.
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"damaged: {verdict}")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if not 0 <= version <= len(MIGRATIONS):
        raise sqlite3.DatabaseError(
            f"version {version} of the file is newer than {len(MIGRATIONS)}, which this app knows"
        )
    with closing(sqlite3.connect(":memory:")) as sound:
        for script in MIGRATIONS[:version]:
            sound.executescript(script)
        if _columns(connection) != _columns(sound):
            raise sqlite3.DatabaseError(f"the tables are not those of version {version}")
    orphans = "SELECT 1 FROM stroke LEFT JOIN page ON key = page WHERE key IS NULL LIMIT 1"
    if version and connection.execute(orphans).fetchone():
        raise sqlite3.DatabaseError("damaged: strokes without a page")


def _columns(connection: sqlite3.Connection) -> list[Any]:
    """The columns of the app's tables."""
    return [
        connection.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall()
        for name in ("page", "stroke", "state")
    ]


def _bare(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_S, check_same_thread=False, isolation_level=None
    )
    connection.text_factory = decode_text
    return connection


def _create(path: Path) -> sqlite3.Connection:
    """A new file, all of it in one."""
    connection = _bare(path)
    _migrate(connection)
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        with closing(connection.cursor()) as cursor:
            # One transaction: a file is never left between two versions.
            cursor.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")
