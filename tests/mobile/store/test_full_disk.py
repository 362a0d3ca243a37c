"""The history on a full disk: pages are listed, opened and deleted."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from inkdigit import Stroke
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.store import database
from inkdigit_app.store.history import History

# Runs with a disk of its own at argv[1]; the file is closed, or open, when the disk fills up.
ON_A_FULL_DISK = """
import os, sys
from pathlib import Path
import numpy as np
from inkdigit import Stroke
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.store.history import History

folder, is_open = Path(sys.argv[1]), sys.argv[2] == "open"
points = np.random.default_rng(0).uniform(0, 400, (300, 2))
pages = [Page((PenStroke(Stroke.from_points(points + n), 7.0),) * 3) for n in range(8)]
history = History(folder / "history.sqlite3")
for page in pages:
    history.save(page, PageReading())
if not is_open:
    history.close()
try:
    with (folder / "filler").open("wb", buffering=0) as filler:
        for size in (4096, 1):
            while filler.write(b"x" * size) == size:
                pass
except OSError:
    pass
assert os.statvfs(folder).f_bavail == 0
if not is_open:
    history = History(folder / "history.sqlite3")
assert len(history.entries()) == 8
assert history.load(pages[0].key) is not None
for page in pages[1:6]:
    assert history.delete(page.key) is not None
assert len(history.entries()) == 3
history.save(pages[0].with_stroke(pages[0].strokes[0]), PageReading())  # in the room made
history.delete_all()
assert history.entries() == []
history.close()
assert os.statvfs(folder).f_bavail > 0
print("done")
"""


@pytest.mark.parametrize("state", ["closed", "open"])
def test_a_full_disk_lists_opens_and_deletes(tmp_path: Path, state: str) -> None:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare, which gives a test a disk of its own, is not installed")
    mount = f"mount -t tmpfs -o size=600k none '{tmp_path}'"
    alone = [unshare, "--user", "--map-root-user", "--mount", "sh", "-c"]
    if subprocess.run([*alone, mount], capture_output=True, check=False).returncode:
        pytest.skip("this system lets no test mount a disk of its own")
    script = [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path), state]
    done = subprocess.run(
        [*alone, f'{mount} && exec "$@"', "sh", *script],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout == "done\n", done.stderr


class Full(sqlite3.Connection):
    """A connection for which the disk has no room for a journal."""

    def execute(self, statement: str, *parameters: object) -> sqlite3.Cursor:  # type: ignore[override]
        if statement.split(maxsplit=1)[0] in ("DELETE", "UPDATE", "INSERT"):
            (mode,) = super().execute("PRAGMA journal_mode").fetchone()
            if mode != "memory":
                raise sqlite3.OperationalError("database or disk is full")
        return super().execute(statement, *parameters)  # type: ignore[arg-type]


def page(x: float) -> Page:
    return Page((PenStroke(Stroke.from_points([(x, 0.25), (x + 10, 50.5)]), 7.0),))


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[Page]]:
    """A history of three pages on a disk that has just become full."""
    path = tmp_path / "history.sqlite3"
    pages = [page(0), page(30), page(60)]
    history = History(path)
    for one in pages:
        history.save(one, PageReading())
    history.close()
    connect = sqlite3.connect
    monkeypatch.setattr(
        database.sqlite3, "connect", lambda *args, **kwargs: connect(*args, factory=Full, **kwargs)
    )
    return path, pages


def test_without_room_for_a_journal_pages_are_listed_and_deleted(
    full: tuple[Path, list[Page]],
) -> None:
    path, pages = full
    history = History(path)
    assert len(history.entries()) == 3
    assert history.delete(pages[1].key) is not None
    assert {entry.key for entry in history.entries()} == {pages[0].key, pages[2].key}
    history.delete_all()
    assert history.entries() == []
    history.close()


def test_a_file_that_may_not_grow_says_that_the_disk_is_full(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3")
    history.save(page(0), PageReading())
    history.connection.execute("PRAGMA max_page_count = 1")  # as many as there are, then
    points = [(x, 0.0) for x in range(60_000)]
    long = Page((PenStroke(Stroke.from_points(points), 7.0),))
    with pytest.raises(sqlite3.OperationalError, match="full"):
        history.save(long, PageReading())
    (entry,) = history.entries()
    assert history.delete(entry.key) is not None
    assert history.entries() == []
    history.close()
