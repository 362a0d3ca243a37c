"""Two instances of the app on one history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.glyphs import Glyph, PageReading
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.store.history import History

BOX = (0.0, 0.0, 10.0, 50.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


@pytest.fixture
def two(path: Path) -> Iterator[tuple[History, History]]:
    one, other = History(path), History(path)
    yield one, other
    one.close()
    other.close()


def stroke(x: float) -> PenStroke:
    return PenStroke(Stroke.from_points([(x, 0.25), (x + 10, 50.5)]), 7.0)


def xs(page: Page) -> list[float]:
    return sorted(float(s.stroke.points[0, 0]) for s in page.strokes)


def load(history: History, key: str) -> Page:
    saved = history.load(key)
    assert saved is not None
    return saved.page


def open_in_both(two: tuple[History, History], *strokes: PenStroke) -> tuple[Page, Page]:
    """One page, as each instance has it on its canvas."""
    page = Page(strokes)
    two[0].save(page, PageReading())
    return page, load(two[1], page.key)


def stored(path: Path, key: str) -> Page:
    history = History(path)
    page = load(history, key)
    history.close()
    return page


def test_a_hundred_strokes_of_each_in_turn_are_kept(
    two: tuple[History, History], path: Path
) -> None:
    mine, theirs = open_in_both(two, stroke(0))
    for n in range(1, 101):
        mine = mine.with_stroke(stroke(n))
        two[0].save(mine, PageReading())
        theirs = theirs.with_stroke(stroke(1000 + n))
        two[1].save(theirs, PageReading())
    expected = [0.0, *map(float, range(1, 101)), *map(float, range(1001, 1101))]
    assert xs(stored(path, mine.key)) == expected


def test_equal_strokes_of_both_are_kept(two: tuple[History, History], path: Path) -> None:
    mine, theirs = open_in_both(two, stroke(0))
    two[0].save(mine.with_stroke(stroke(5)), PageReading())
    two[1].save(theirs.with_stroke(stroke(5)), PageReading())
    assert xs(stored(path, mine.key)) == [0.0, 5.0, 5.0]


def test_undo_removes_a_stroke_of_ones_own_only(two: tuple[History, History], path: Path) -> None:
    mine, theirs = open_in_both(two, stroke(0))
    two[1].save(theirs.with_stroke(stroke(9)), PageReading())
    longer = mine.with_stroke(stroke(5))
    two[0].save(longer, PageReading())
    two[0].save(mine, PageReading())
    assert xs(stored(path, mine.key)) == [0.0, 9.0]
    two[0].save(longer, PageReading())
    assert xs(stored(path, mine.key)) == [0.0, 5.0, 9.0]


def test_what_one_removed_the_other_does_not_bring_back(
    two: tuple[History, History], path: Path
) -> None:
    mine, theirs = open_in_both(two, stroke(0), stroke(5))
    two[0].save(replace(mine, strokes=mine.strokes[:1]), PageReading())
    two[1].save(theirs.with_stroke(stroke(9)), PageReading())
    assert xs(stored(path, mine.key)) == [0.0, 9.0]


def test_a_page_that_one_emptied_keeps_the_others_strokes(
    two: tuple[History, History], path: Path
) -> None:
    mine, theirs = open_in_both(two, stroke(0))
    two[1].save(theirs.with_stroke(stroke(9)), PageReading())
    two[0].save(replace(mine, strokes=()), PageReading())
    assert xs(stored(path, mine.key)) == [9.0]


def test_a_page_deleted_by_one_is_written_again_by_the_other(
    two: tuple[History, History], path: Path
) -> None:
    mine, theirs = open_in_both(two, stroke(0))
    two[0].delete(mine.key)
    two[1].save(theirs.with_stroke(stroke(9)), PageReading())
    assert xs(stored(path, mine.key)) == [0.0, 9.0]


def test_corrections_of_both_are_kept_on_their_strokes(
    two: tuple[History, History], path: Path
) -> None:
    mine, theirs = open_in_both(two, stroke(0), stroke(30))
    mine = replace(mine.with_stroke(stroke(60)), corrections=(Correction((2,), BOX, ("6",)),))
    two[0].save(mine, PageReading((Glyph(6, 1.0, BOX, (), (2,)),)))
    theirs = theirs.with_stroke(stroke(90))
    theirs = replace(
        theirs, corrections=(Correction((0,), BOX, ("1",)), Correction((2,), BOX, ("9",)))
    )
    two[1].save(theirs, PageReading((Glyph(1, 1.0, BOX, (), (0,)), Glyph(9, 1.0, BOX, (), (2,)))))
    page = stored(path, mine.key)
    of = {
        c.labels: [float(page.strokes[n].stroke.points[0, 0]) for n in c.strokes]
        for c in page.corrections
    }
    assert of == {("6",): [60.0], ("1",): [0.0], ("9",): [90.0]}
    (entry,) = two[0].entries()
    assert entry.text == "19\n6"


def test_a_correction_taken_back_stays_away(two: tuple[History, History], path: Path) -> None:
    page = Page((stroke(0),), corrections=(Correction((0,), BOX, ("1",)),))
    two[0].save(page, PageReading())
    theirs = load(two[1], page.key)
    two[0].save(replace(page, corrections=()), PageReading())
    two[1].save(theirs.with_stroke(stroke(9)), PageReading())
    assert stored(path, page.key).corrections == ()


def test_a_file_that_one_set_aside_is_not_written_by_the_other(
    two: tuple[History, History], path: Path
) -> None:
    mine, theirs = open_in_both(two, stroke(0))
    two[0].replace(ValueError("damaged"))
    aside = two[0].set_aside
    assert aside is not None
    before = {p.name: p.read_bytes() for p in path.parent.glob(aside.name + "*")}
    two[1].save(theirs.with_stroke(stroke(9)), PageReading())
    two[0].save(mine.with_stroke(stroke(5)), PageReading())
    assert xs(stored(path, mine.key)) == [0.0, 5.0, 9.0]
    after = {p.name: p.read_bytes() for p in path.parent.glob(aside.name + "*")}
    assert after[aside.name] == before[aside.name]


def test_a_file_set_aside_during_a_save_is_saved_to_again(
    two: tuple[History, History], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = open_in_both(two, stroke(0))
    write = History._write_page

    def interrupted(self: History, *args: object) -> None:
        write(self, *args)  # type: ignore[arg-type]
        monkeypatch.undo()
        two[0].replace(ValueError("damaged"))

    monkeypatch.setattr(History, "_write_page", interrupted)
    two[1].save(theirs.with_stroke(stroke(9)), PageReading())
    assert xs(stored(path, mine.key)) == [0.0, 9.0]


def test_a_removed_file_is_made_again(two: tuple[History, History], path: Path) -> None:
    mine, _ = open_in_both(two, stroke(0))
    for part in path.parent.glob(path.name + "*"):
        part.unlink()
    two[0].save(mine.with_stroke(stroke(5)), PageReading())
    assert xs(stored(path, mine.key)) == [0.0, 5.0]
