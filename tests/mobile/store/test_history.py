from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.glyphs import Glyph, PageReading
from inkdigit_app.core.page import Page, PageSteps, PenStroke, Picture, Sheet, Step
from inkdigit_app.core.pictures.table_reading import CellText
from inkdigit_app.store.database import MIGRATIONS
from inkdigit_app.store.history import History
from inkdigit_app.store.thumbnails import draw_thumbnail


class Clock:
    """Moves one second at each call."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite3"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    history = History(path, Clock())
    yield history
    history.close()


def stroke(x: float = 0.0, width: float = 7.0) -> PenStroke:
    return PenStroke(Stroke.from_points([(x, 0.25), (x + 10, 50.5)]), width)


def reading(text: str) -> PageReading:
    return PageReading(
        tuple(
            Glyph(None if c == "?" else int(c), 0.9, (0, 0, 10, 50), ((3, 0.9),), (n,), 0)
            for n, c in enumerate(text)
        )
    )


def page(*strokes: PenStroke) -> Page:
    return Page(strokes or (stroke(),))


def again(history: History, path: Path) -> History:
    history.close()
    return History(path, Clock())


def test_a_page_comes_back_as_it_was(history: History, path: Path) -> None:
    corrections = (
        Correction((0,), (0.0, 0.0, 10.0, 50.0), ("7",)),
        Correction((1, 2), (0.5, 0, 1, 2), (None, "-")),
    )
    kept = Page((stroke(0, 3.0), stroke(30), stroke(60)), corrections=corrections)
    glyphs = (
        Glyph(7, 1.0, (0.0, 0.25, 10.0, 50.5), ((1, 0.75), (7, 0.25)), (0,), 0, corrected=True),
        Glyph(None, 0.5, (30.0, 0.0, 40.0, 50.0), (), (1, 2), 1, sign="/", gap=True),
    )
    history.save(kept, PageReading(glyphs))
    reopened = again(history, path)
    found = reopened.load(kept.key)
    reopened.close()
    assert found is not None
    assert found.page.key == kept.key
    assert found.page.corrections == corrections
    assert found.reading.glyphs == glyphs
    assert [s.width for s in found.page.strokes] == [3.0, 7.0, 7.0]
    assert found.page.ink == kept.ink


def test_a_picture_comes_back_with_its_bytes(history: History) -> None:
    buffer = io.BytesIO()
    Image.new("L", (40, 30), 200).save(buffer, "PNG")
    picture = Picture(buffer.getvalue(), (40, 30), "scan.png")
    kept = Page(picture=picture)
    history.save(kept, reading("31"))
    found = history.load(kept.key)
    assert found is not None
    assert found.page.picture is not None
    assert found.page.picture.content == picture.content
    assert found.page.picture.size == (40, 30)
    assert found.page.picture.name == "scan.png"


def test_saving_again_keeps_one_page_with_its_newest_strokes(history: History) -> None:
    first, second, third = stroke(0), stroke(30), stroke(60)
    one = page(first, second)
    history.save(one, reading("31"))
    history.save(replace(one, strokes=(first, third)), reading("37"))
    (entry,) = history.entries()
    assert entry.text == "37"
    found = history.load(one.key)
    assert found is not None
    np.testing.assert_array_equal(found.page.strokes[1].stroke.points, third.stroke.points)


def test_an_undone_stroke_is_removed_from_the_file(history: History) -> None:
    one = page(stroke(0), stroke(30))
    history.save(one, reading("31"))
    history.save(replace(one, strokes=one.strokes[:1]), reading("3"))
    found = history.load(one.key)
    assert found is not None
    assert len(found.page.strokes) == 1


def test_a_loaded_page_can_be_saved_again(history: History, path: Path) -> None:
    one = page(stroke(0), stroke(30))
    history.save(one, reading("31"))
    reopened = again(history, path)
    found = reopened.load(one.key)
    assert found is not None
    reopened.save(found.page.with_stroke(stroke(60)), reading("314"))
    found = reopened.load(one.key)
    reopened.close()
    assert found is not None
    assert len(found.page.strokes) == 3


def test_a_page_that_became_blank_is_deleted(history: History) -> None:
    one = page()
    history.save(one, reading("3"))
    history.save(replace(one, strokes=()), PageReading())
    assert history.entries() == []


def test_a_blank_page_with_steps_is_kept_but_not_listed(history: History) -> None:
    one = page(stroke(0))
    history.save(one, reading("3"))
    blank = replace(one, strokes=())
    history.save(blank, PageReading(), PageSteps((), (Step.between(blank, one),)))
    assert history.entries() == []
    found = history.load(one.key)
    assert found is not None
    assert found.page.blank
    (step,) = found.steps.future
    assert len(step.apply(found.page).strokes) == 1


def test_a_page_that_is_only_opened_and_read_again_stays_where_it_is(history: History) -> None:
    first, second = page(), page()
    history.save(first, reading("1"))
    history.save(second, reading("2"))
    opened = history.load(first.key)
    assert opened is not None
    history.save(opened.page, opened.reading, opened.steps)
    history.save(opened.page, reading("7"), opened.steps)  # the hand was learnt meanwhile
    assert [entry.text for entry in history.entries()] == ["2", "7"]


def test_the_newest_page_comes_first(history: History) -> None:
    first, second = page(), page()
    history.save(first, reading("1"))
    history.save(second, reading("2"))
    assert [entry.text for entry in history.entries()] == ["2", "1"]
    history.save(first.with_stroke(stroke(20)), reading("11"))
    assert [entry.text for entry in history.entries()] == ["11", "2"]


def test_search_finds_digits_anywhere(history: History) -> None:
    for text in ("314", "159", "2?5"):
        history.save(page(), reading(text))
    assert {entry.text for entry in history.entries("1")} == {"314", "159"}
    assert [entry.text for entry in history.entries("2?")] == ["2?5"]
    assert history.entries("%") == []


def test_search_finds_signs(history: History) -> None:
    minus = Glyph(None, 0.9, (0, 0, 10, 50), (), (0,), 0, sign="-")
    history.save(page(), PageReading((*reading("3").glyphs, minus)))
    history.save(page(), reading("31"))
    assert [entry.text for entry in history.entries("-")] == ["3-"]


def test_an_entry_has_a_thumbnail(history: History) -> None:
    one = page(stroke(0), stroke(30))
    history.save(one, reading("31"))
    (entry,) = history.entries()
    assert entry.thumbnail == draw_thumbnail(one)
    assert not entry.is_picture
    assert not entry.corrected
    history.save(one.with_stroke(stroke(60)), reading("314"))
    (entry,) = history.entries()
    assert entry.thumbnail != draw_thumbnail(one)


def test_a_restored_page_is_back_at_its_position(history: History) -> None:
    pages = [page(), page(), page()]
    for number, one in enumerate(pages):
        history.save(one, reading(str(number)))
    kept = history.delete(pages[1].key)
    assert kept is not None
    assert [entry.text for entry in history.entries()] == ["2", "0"]
    history.restore(kept)
    assert [entry.text for entry in history.entries()] == ["2", "1", "0"]
    assert history.load(pages[1].key) is not None


def test_deleting_a_missing_page_does_nothing(history: History) -> None:
    assert history.delete("nothing") is None


def test_all_pages_are_deleted_with_their_strokes(history: History, path: Path) -> None:
    for _ in range(3):
        history.save(page(), reading("3"))
    history.delete_all()
    assert history.entries() == []
    history.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM stroke").fetchone() == (0,)
    connection.close()


def test_the_page_on_the_canvas_is_remembered(history: History, path: Path) -> None:
    assert history.current is None
    history.current = "a key"
    reopened = again(history, path)
    assert reopened.current == "a key"
    reopened.close()


def test_pages_with_corrections_are_found(history: History) -> None:
    plain, corrected = page(), page()
    history.save(plain, reading("3"))
    history.save(
        replace(corrected, corrections=(Correction((0,), (0, 0, 1, 1), ("7",)),)), reading("7")
    )
    assert [kept.page.key for kept in history.corrected()] == [corrected.key]
    assert [entry.corrected for entry in history.entries()] == [True, False]


def test_a_table_with_a_corrected_cell_is_corrected(history: History) -> None:
    buffer = io.BytesIO()
    Image.new("L", (40, 30), 200).save(buffer, "PNG")
    photo = Picture(buffer.getvalue(), (40, 30), "scan.png")
    table = Page(picture=photo, sheet=Sheet(None, True, (CellText(0, 1, "8"),)))
    for kept in (table, Page(picture=photo, sheet=Sheet((0, 0, 4, 4), True))):
        history.save(kept, PageReading())
    assert [entry.corrected for entry in history.entries()] == [False, True]
    assert [saved.page.key for saved in history.corrected()] == [table.key]


def test_a_file_of_the_first_version_is_brought_up_to_date(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
        connection.execute(
            "INSERT INTO page VALUES ('k', 1.0, 2.0, '7', '[]', '[]', NULL, NULL, NULL, NULL)"
        )
        points = np.array([(1, 2), (3, 4)], "<f4").tobytes()
        connection.execute("INSERT INTO stroke VALUES ('k', 0, 7.0, ?)", (points,))
    connection.close()
    history = History(path)
    (entry,) = history.entries()
    assert history.set_aside is None
    history.close()
    assert entry.text == "7"
    assert entry.thumbnail
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    connection.close()


def test_a_file_damaged_inside_is_set_aside(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    history = History(path)
    for _ in range(60):
        history.save(page(*(stroke(x) for x in range(40))), reading("3"))
    history.close()
    content = bytearray(path.read_bytes())
    content[4096:16384] = b"\xff" * (16384 - 4096)
    path.write_bytes(content)
    history = History(path)
    assert history.set_aside is not None
    assert history.set_aside.read_bytes() == content
    assert 50 <= len(history.entries()) <= 60
    history.close()


def test_a_page_with_damaged_digits_keeps_its_ink(
    history: History, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = page()
    history.save(one, reading("3"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE page SET glyphs = 'not JSON'")
    connection.close()
    found = history.load(one.key)
    assert found is not None
    assert found.page.ink == one.ink
    assert found.reading.glyphs == ()
    assert [entry.text for entry in history.entries()] == ["3"]
    assert history.set_aside is not None
    with sqlite3.connect(history.set_aside) as aside:
        assert aside.execute("SELECT glyphs FROM page").fetchall() == [("not JSON",)]
    aside.close()
