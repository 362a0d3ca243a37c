"""Damaged histories: whatever is whole is listed and opens, and nothing is deleted."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from damaged_history import flip_bits, make_history, missing_pages, touched_pages
from paths import DATA

from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.page import Page, Picture
from inkdigit_app.store.history import History

FILES = 6  # the script in damaged_history.py tries 400


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Page]]:
    path = tmp_path_factory.mktemp("sound") / "history.sqlite3"
    return path, make_history(path, ink=8, pictures=2)


@pytest.fixture
def path(tmp_path: Path, sound: tuple[Path, dict[str, Page]]) -> Path:
    """A copy of the sound history, to damage."""
    return Path(shutil.copy(sound[0], tmp_path / "history.sqlite3"))


@pytest.fixture(scope="module")
def owner(sound: tuple[Path, dict[str, Page]]) -> dict[int, str]:
    return touched_pages(*sound)


@pytest.fixture
def pages(sound: tuple[Path, dict[str, Page]]) -> dict[str, Page]:
    return sound[1]


def change(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def listed(history: History) -> set[str]:
    return {entry.key for entry in history.entries()}


@pytest.mark.parametrize("seed", range(FILES))
def test_what_no_flipped_bit_touched_is_listed_and_opens(
    path: Path, pages: dict[str, Page], owner: dict[int, str], seed: int
) -> None:
    content, offsets = flip_bits(path.read_bytes(), 3, seed)
    path.write_bytes(content)
    touched = {owner.get(offset) for offset in offsets}
    assert missing_pages(path, {k: p for k, p in pages.items() if k not in touched}) == set()


@pytest.mark.parametrize(
    "offset", [0, 16, 18, 28, 44, 56, 100, 103], ids=lambda offset: f"byte {offset}"
)
def test_a_damaged_header_hides_nothing(path: Path, pages: dict[str, Page], offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 0x44
    path.write_bytes(content)
    assert missing_pages(path, pages) == set()


def test_a_damaged_picture_is_set_aside_alone(path: Path, pages: dict[str, Page]) -> None:
    key = next(key for key, page in pages.items() if page.picture is not None)
    change(path, f"UPDATE page SET picture = substr(picture, 1, 60) WHERE key = '{key}'")
    history = History(path)
    assert listed(history) == pages.keys() - {key}
    (notice,) = history.take_notices()
    assert notice.startswith("1 page of the history was damaged")
    assert listed(history) == pages.keys() - {key}
    assert history.take_notices() == []
    assert history.set_aside is not None
    history.close()
    with sqlite3.connect(history.set_aside) as aside:
        assert aside.execute("SELECT key, length(picture) FROM page").fetchall() == [(key, 60)]
    aside.close()


def test_a_damaged_picture_with_a_thumbnail_does_not_open(
    path: Path, pages: dict[str, Page]
) -> None:
    key = next(key for key, page in pages.items() if page.picture is not None)
    history = History(path)
    history.entries()
    history.connection.execute("UPDATE page SET picture = x'00' WHERE key = ?", (key,))
    assert history.load(key) is None
    assert listed(history) == pages.keys() - {key}
    history.close()


@pytest.mark.parametrize(
    "damage",
    [
        "text = CAST(x'ff31' AS TEXT)",
        "text = x'00'",
        "glyphs = '{'",
        "glyphs = CAST(x'5bff' AS TEXT)",
        "glyphs = '[{\"digit\": 99}]'",
        "pins = replace(hex(zeroblob(20000)), '0', '[')",
        "changed = 'yesterday'",
        "changed = 1e300",
        "thumbnail = x'89504e47'",
    ],
)
def test_a_damaged_column_costs_no_ink(path: Path, pages: dict[str, Page], damage: str) -> None:
    key = next(key for key, page in pages.items() if page.strokes and not page.corrections)
    change(path, f"UPDATE page SET {damage} WHERE key = '{key}'")
    assert missing_pages(path, pages) == set()


def test_of_a_page_with_a_damaged_stroke_the_others_stay(
    path: Path, pages: dict[str, Page]
) -> None:
    key = next(key for key, page in pages.items() if len(page.strokes) > 1)
    change(
        path,
        f"UPDATE stroke SET points = x'0102' WHERE page = '{key}' "
        f" AND number = (SELECT min(number) FROM stroke WHERE page = '{key}')",
    )
    history = History(path)
    saved = history.load(key)
    assert saved is not None
    assert len(saved.page.strokes) == len(pages[key].strokes) - 1
    assert len(history.take_notices()) == 1
    history.close()


def test_strokes_whose_page_is_lost_are_listed(path: Path, pages: dict[str, Page]) -> None:
    key = next(key for key, page in pages.items() if page.strokes)
    change(path, f"UPDATE page SET key = 'another' WHERE key = '{key}'")
    history = History(path)
    assert listed(history) == pages.keys()
    history.close()


def test_dropped_tables_are_found_again(path: Path, pages: dict[str, Page]) -> None:
    change(path, "DELETE FROM sqlite_master")
    history = History(path)
    assert listed(history) == pages.keys()
    assert "damaged" in history.take_notices()[0]
    history.close()


@pytest.mark.parametrize("version", [0, 1, 18, -3])
def test_a_wrong_version_hides_nothing(path: Path, pages: dict[str, Page], version: int) -> None:
    change(path, f"PRAGMA user_version = {version}")
    assert missing_pages(path, pages) == set()


def test_a_deleted_page_does_not_come_back(path: Path, pages: dict[str, Page]) -> None:
    history = History(path)
    gone = next(iter(pages))
    history.delete(gone)
    history.close()
    content = bytearray(path.read_bytes())
    content[20] ^= 0x10  # the header's
    path.write_bytes(content)
    history = History(path)
    assert listed(history) == pages.keys() - {gone}
    history.close()


@pytest.mark.parametrize("fraction", [0.9, 0.6, 0.01])
def test_of_a_file_cut_short_the_rest_is_listed(
    path: Path, pages: dict[str, Page], fraction: float
) -> None:
    content = path.read_bytes()
    content = content[: int(len(content) * fraction)]
    path.write_bytes(content)
    history = History(path)
    entries = listed(history)
    assert entries <= pages.keys()
    assert bool(entries) == (fraction > 0.1)
    assert history.set_aside is not None
    assert history.set_aside.read_bytes() == content
    assert len(history.take_notices()) == 1
    history.close()


def test_an_empty_file_is_a_new_history(path: Path) -> None:
    path.write_bytes(b"")
    history = History(path)
    assert history.entries() == []
    history.save(Page(picture=None), PageReading())
    history.close()


def test_an_emptied_file_is_set_aside_with_its_log(
    path: Path, sound: tuple[Path, dict[str, Page]]
) -> None:
    log_path = path.with_name(path.name + "-wal")
    path.write_bytes(b"")
    log_path.write_bytes(b"x" * 500)
    history = History(path)
    assert history.set_aside is not None
    kept = history.set_aside.with_name(history.set_aside.name + "-wal")
    assert kept.read_bytes() == b"x" * 500
    history.close()


def test_what_is_only_in_the_log_of_an_earlier_version_is_salvaged(
    path: Path, pages: dict[str, Page]
) -> None:
    killed = path.with_name("killed.sqlite3")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        columns = "created, changed, text, glyphs, pins, picture, picture_name, picture_width"
        connection.execute(
            f"INSERT INTO page (key, {columns}) SELECT 'added', {columns} FROM page"
            " WHERE picture IS NOT NULL LIMIT 1"
        )
        connection.commit()
        for ending in ("", "-wal"):  # as a killed app leaves them
            shutil.copy(f"{path}{ending}", f"{killed}{ending}")
    connection.close()
    content = bytearray(killed.read_bytes())
    content[0] ^= 1
    killed.write_bytes(content)
    history = History(killed)
    assert listed(history) == pages.keys() | {"added"}
    history.close()


def test_a_folder_in_the_place_of_the_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.mkdir()
    history = History(path)
    assert history.entries() == []
    assert history.set_aside is not None
    assert history.set_aside.is_dir()
    history.close()


@pytest.mark.parametrize("name", ["bad-utf8", "damaged-picture", "no-tables", "one-bad-row"])
def test_a_history_found_damaged_opens(tmp_path: Path, name: str) -> None:
    found = DATA / "attacks" / f"history-{name}.sqlite3"
    if not found.is_file():
        pytest.skip(f"no {found.name} in the data folder")
    path = tmp_path / "history.sqlite3"
    path.write_bytes(found.read_bytes())
    history = History(path)
    for entry in history.entries():
        assert history.load(entry.key) is not None
    history.close()


def test_a_picture_that_was_no_picture_is_not_listed(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3")
    history.save(Page(picture=Picture(b"\x89PNG...", (4, 3), "scan.png")), PageReading())
    assert history.entries() == []
    history.close()
