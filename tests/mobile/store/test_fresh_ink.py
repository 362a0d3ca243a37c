from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inkdigit import Stroke
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.page import Page, PageSteps, PenStroke
from inkdigit_app.store.fresh_ink import FreshInk, recover
from inkdigit_app.store.history import History


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "history.sqlite3")
    yield history
    history.close()


def stroke(x: float) -> PenStroke:
    return PenStroke(Stroke.from_points([(x, 0), (x + 3, 50)]), 7.0)


def left(folder: Path) -> list[Path]:
    return list(folder.glob("fresh-ink-*"))


def test_a_stroke_that_the_history_lacks_is_recovered_and_can_be_undone(
    history: History, tmp_path: Path
) -> None:
    page = Page((stroke(0),))
    history.save(page, PageReading())
    FreshInk(tmp_path).add(page.key, stroke(30))
    recover(history, tmp_path)
    saved = history.load(page.key)
    assert saved is not None
    np.testing.assert_array_equal(saved.page.strokes[1].stroke.points, stroke(30).stroke.points)
    (step,) = saved.steps.past
    assert len(step.apply(saved.page).strokes) == 1
    assert not left(tmp_path)


def test_a_page_that_was_never_saved_is_recovered_and_on_the_canvas(
    history: History, tmp_path: Path
) -> None:
    fresh, page = FreshInk(tmp_path), Page()
    fresh.add(page.key, stroke(0))
    fresh.add(page.key, stroke(30))
    recover(history, tmp_path)
    assert history.current == page.key
    saved = history.load(page.key)
    assert saved is not None
    assert len(saved.page.strokes) == 2


def test_what_the_history_has_is_not_there_twice(history: History, tmp_path: Path) -> None:
    page = Page((stroke(0),))
    history.save(page, PageReading())
    FreshInk(tmp_path).add(page.key, page.strokes[0])
    recover(history, tmp_path)
    saved = history.load(page.key)
    assert saved is not None
    assert len(saved.page.strokes) == 1
    assert saved.steps.past == PageSteps().past


def test_a_line_that_was_cut_off_costs_only_itself(history: History, tmp_path: Path) -> None:
    fresh, page = FreshInk(tmp_path), Page()
    fresh.add(page.key, stroke(0))
    fresh.add(page.key, stroke(30))
    (path,) = left(tmp_path)
    path.write_bytes(path.read_bytes()[:-9])
    recover(history, tmp_path)
    saved = history.load(page.key)
    assert saved is not None
    assert len(saved.page.strokes) == 1


def test_only_what_was_on_the_canvas_comes_back_where_no_history_is_kept(
    history: History, tmp_path: Path
) -> None:
    fresh, former, last = FreshInk(tmp_path), Page(), Page()
    fresh.add(former.key, stroke(0))
    fresh.add(last.key, stroke(0))
    recover(history, tmp_path, keep_all=False)
    assert history.load(former.key) is None
    assert history.load(last.key) is not None


def test_the_file_goes_once_the_history_has_everything(tmp_path: Path) -> None:
    fresh = FreshInk(tmp_path)
    fresh.add("a", stroke(0))
    one = fresh.count
    fresh.add("a", stroke(30))
    fresh.settle(one)
    assert left(tmp_path)
    fresh.settle(fresh.count)
    assert not left(tmp_path)


def test_an_instance_leaves_its_own_strokes_to_itself(history: History, tmp_path: Path) -> None:
    fresh = FreshInk(tmp_path)
    fresh.add("a", stroke(0))
    fresh.recover(history, keep_all=True)
    assert history.load("a") is None
    assert left(tmp_path)
