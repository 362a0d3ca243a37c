from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from inkdigit_app.store import database
from inkdigit_app.store.database import MIGRATIONS, Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite3"


def set_state(db: Database) -> None:
    with db.connection as connection:
        connection.execute("INSERT INTO state VALUES ('current', 'a key')")


def state(db: Database) -> list[tuple[str, str]]:
    return db.connection.execute("SELECT * FROM state").fetchall()


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = Database(path)
    set_state(db)
    db.close()
    monkeypatch.setattr(
        database, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE more (a); CREATE TABLE page (b);")
    )
    with pytest.raises(sqlite3.OperationalError):
        Database(path)
    monkeypatch.undo()
    db = Database(path)
    assert state(db) == [("current", "a key")]
    db.close()


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"x" * 900]
)
def test_a_damaged_file_is_set_aside_whole(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    db = Database(path)
    assert db.set_aside is not None
    assert db.set_aside.read_bytes() == content
    assert str(db.set_aside) in caplog.text
    set_state(db)
    assert state(db) == [("current", "a key")]
    db.close()


def test_a_replaced_file_is_set_aside(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    db = Database(path)
    set_state(db)
    db.replace(ValueError("makes no sense"))
    assert "makes no sense" in caplog.text
    assert db.set_aside is not None
    assert db.set_aside.exists()
    assert state(db) == [("current", "a key")]  # it was whole
    db.close()


def test_a_file_of_a_newer_app_is_set_aside(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Database(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    db = Database(path)
    assert db.set_aside is not None
    assert "newer" in caplog.text
    db.close()


def test_two_files_set_aside_in_one_second_are_both_kept(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    names = set()
    for _ in range(2):
        path.write_bytes(b"damaged" * 200)
        db = Database(path, lambda: 1_700_000_000.0)
        db.close()
        names.add(db.set_aside)
    assert len(names) == 2


def test_a_folder_that_cannot_be_used_is_no_damage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        Database(tmp_path / "file" / "history.sqlite3")
