"""Habits people bring, each by the pointer and the keys of a desktop: nothing but the window."""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from desktop import Desktop, RunningApp, running_app, until
from numpy.typing import NDArray
from paths import SAMPLES
from PIL import Image

from inkdigit import Ink
from inkdigit_app.core.page import PenStroke

pytestmark = pytest.mark.display

PHONE = (360, 740)
SHARE_ROWS = ("text", "table", "png", "svg", "csv", "voice")  # of the menu, from above
READ_ALOUD_Y, LANGUAGE_Y = 220, 608  # in the settings on a phone
DEUTSCH_X = 220

Writer = Callable[..., list[PenStroke]]
Start = Callable[..., RunningApp]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "Documents").mkdir(parents=True)
    return folder


@pytest.fixture
def start(desktop: Desktop, home: Path, bundled_model: Path) -> Iterator[Start]:
    """Starts the app in the same home each time."""
    with ExitStack() as apps:
        yield lambda *arguments, **variables: apps.enter_context(
            running_app(desktop, *arguments, HOME=str(home), **variables)
        )


@pytest.fixture
def phone(start: Start) -> RunningApp:
    app = start()
    app.resize(*PHONE)
    return app


def says(app: RunningApp, text: str) -> None:
    title = f"{text} — inkdigit" if text else "inkdigit"
    until(lambda: app.title == title, f"{title!r} as the window's title")


def draw(app: RunningApp, strokes: list[PenStroke]) -> None:
    for stroke in strokes:
        app.draw([(float(x), float(y)) for x, y in stroke.stroke.points])


def written(app: RunningApp, strokes: list[PenStroke], text: str) -> None:
    draw(app, strokes)
    says(app, text)


def middle(strokes: list[PenStroke]) -> tuple[float, float]:
    """Of what the strokes cover."""
    points = np.concatenate([stroke.stroke.points for stroke in strokes])
    x, y = (points.min(axis=0) + points.max(axis=0)) / 2
    return float(x), float(y)


def strokes_on_disk(home: Path) -> int:
    path = home / ".local" / "share" / "inkdigit" / "history.sqlite3"
    if not path.exists():
        return 0
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM stroke").fetchall()
    connection.close()
    return int(count)


def choose(app: RunningApp, way: str) -> None:
    """Open the ways out, and choose one."""
    closed = app.wait_still()
    app.press("share")
    until(lambda: bool((app.screenshot() != closed).any()), "the menu")
    app.wait_still()
    app.draw([(PHONE[0] - 100, 188 + 48 * SHARE_ROWS.index(way))])


def files(home: Path, kind: str) -> list[Path]:
    return list((home / "Documents" / "inkdigit").glob(f"*.{kind}"))


def test_the_eraser_takes_a_stroke_by_a_drag_and_a_digit_by_a_tap(
    phone: RunningApp, write: Writer
) -> None:
    strokes = write("314", 30, 250)
    written(phone, strokes, "314")
    phone.press("eraser")
    x, y = middle(strokes[1:2])
    phone.draw([(x - 14, y), (x, y + 4), (x + 14, y)])
    says(phone, "34")
    phone.tap(middle(strokes[2:]))
    says(phone, "3")
    phone.press("undo")
    says(phone, "34")
    phone.press("undo")
    says(phone, "314")
    phone.press("pen")
    written(phone, write("7", 40, 420), "314 7")  # it writes again


def test_the_top_of_a_chip_opens_the_sheet_and_leaves_no_dot(
    phone: RunningApp, write: Writer, home: Path
) -> None:
    strokes = write("31", 60, 250)
    written(phone, strokes, "31")
    until(lambda: strokes_on_disk(home) == len(strokes), "the strokes on the disk")
    points = strokes[0].stroke.points
    # The box stands half a pen and 5 dp from the ink, and the chip of 22 dp on the box.
    phone.tap((float(points[:, 0].min()) + 4, float(points[:, 1].min()) - 3.5 - 5 - 18))
    phone.press_key("8")
    says(phone, "81")
    phone.tap(middle(strokes[1:]))
    phone.draw([(PHONE[0] * 0.37, PHONE[1] - 36)])  # Delete
    says(phone, "8")
    phone.key("ctrl+z")
    says(phone, "81")
    phone.wait_still()
    assert strokes_on_disk(home) == len(strokes)


def test_a_page_goes_out_as_a_picture_a_drawing_and_a_table(
    phone: RunningApp, write: Writer, home: Path
) -> None:
    draw(phone, write("31", 20, 250))
    draw(phone, write("4", 280, 250))
    written(phone, write("59", 20, 420), "31 4 59")
    for way in ("png", "svg", "csv"):
        choose(phone, way)
        (path,) = until(lambda way=way: files(home, way), f"the {way}")
        if way == "png":
            with Image.open(path) as picture:
                assert np.asarray(picture.convert("L")).min() < 60
        elif way == "svg":
            assert len(Ink.from_svg(path)) == len(write("31459"))
        else:
            with path.open(encoding="utf-8", newline="") as stream:
                assert list(csv.reader(stream)) == [["31", "4"], ["59"]]


def test_yesterday_s_page_is_searched_for_opened_and_saved_as_a_table(
    phone: RunningApp, start: Start, write: Writer, home: Path
) -> None:
    written(phone, write("314", 30, 250), "314")
    phone.press("clear")
    written(phone, write("25", 30, 250), "25")
    path = home / ".local" / "share" / "inkdigit" / "history.sqlite3"
    until(lambda: strokes_on_disk(home) == len(write("31425")), "both pages on the disk")
    phone.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE page SET changed = changed - 86400 WHERE text = '314'")
    connection.close()
    app = start()
    app.resize(*PHONE)
    app.open(lambda: app.press("history"))
    until(lambda: has_second_row(app), "two rows")
    app.key("1")
    until(lambda: not has_second_row(app), "one row, the one found")
    app.open(lambda: app.draw([(150, 56 + 64 + 36)]))  # the first row
    says(app, "314")
    choose(app, "csv")
    (table,) = until(lambda: files(home, "csv"), "the table")
    assert table.read_text(encoding="utf-8").split() == ["314"]


def has_second_row(app: RunningApp) -> bool:
    """Whether a phone's history lists more than one page."""
    row = app.screenshot()[56 + 64 + 72 + 8 : 56 + 64 + 144 - 8]
    return bool((row != row[0, 0]).any())


def test_a_language_is_chosen_and_holds_after_a_restart(
    phone: RunningApp, start: Start, home: Path
) -> None:
    phone.open(lambda: phone.press("settings"))
    before = phone.wait_still()
    phone.draw([(DEUTSCH_X, LANGUAGE_Y)])
    until(lambda: bool((phone.screenshot()[:56] != before[:56]).any()), "another title")
    settings = home / ".local" / "share" / "inkdigit" / "settings.json"
    until(lambda: settings.is_file() and '"de"' in settings.read_text(), "the setting")
    phone.kill()
    app = start()
    zigzag = [(100 + 60 * (n % 2), 250 + 4 * n) for n in range(30)]
    app.draw(zigzag)
    says(app, "keine Ziffern")


def test_a_picture_is_opened_corrected_and_saved_by_keys_alone(
    phone: RunningApp, home: Path
) -> None:
    (home / "Pictures").mkdir()
    (home / "Pictures" / "three.png").write_bytes((SAMPLES / "three.png").read_bytes())
    phone.open(lambda: phone.key("ctrl+o"))
    phone.key("Down")
    phone.open(lambda: phone.key("Return"))
    says(phone, "3")
    phone.key("Right")
    phone.key("8")
    says(phone, "8")
    phone.key("ctrl+s")
    phone.wait_still()
    phone.key("Tab")
    for _ in range(3):  # a picture has no strokes, so SVG is off: text, table, PNG, CSV
        phone.key("Down")
    phone.key("Return")
    (path,) = until(lambda: files(home, "csv"), "the table")
    assert path.read_text(encoding="utf-8").split() == ["8"]
    phone.open(lambda: phone.key("ctrl+h"))
    phone.key("Down")
    phone.key("Delete")
    phone.key("Escape")
    says(phone, "")


def test_each_reading_is_said_once_where_the_setting_is_on(
    start: Start, write: Writer, tmp_path: Path
) -> None:
    said, folder = tmp_path / "said", tmp_path / "bin"
    folder.mkdir()
    voice = folder / "spd-say"
    voice.write_text(f'#!/bin/sh\necho "$@" $(cat) >> "{said}"\n', encoding="utf-8")
    voice.chmod(0o755)
    app = start(PATH=f"{folder}:{os.environ['PATH']}")
    app.resize(*PHONE)
    app.open(lambda: app.press("settings"))
    app.draw([(PHONE[0] - 32, READ_ALOUD_Y)])
    app.wait_still()
    app.open(lambda: app.key("Escape"))
    written(app, write("31", 60, 250), "31")
    until(said.is_file, "the voice")
    written(app, write("4", 60, 420), "31 4")
    until(lambda: len(said.read_text().splitlines()) == 2, "the voice again")
    first, second = said.read_text().splitlines()
    assert first == "--wait --pipe-mode --language en 31"
    assert second.endswith("31. 4")


def test_two_windows_on_one_page_keep_each_other_s_ink(
    start: Start, write: Writer, home: Path
) -> None:
    one = start()
    one.resize(*PHONE)
    written(one, write("3", 30, 250), "3")
    until(lambda: strokes_on_disk(home) == 1, "the first digit on the disk")
    other = start()
    other.resize(*PHONE, left=PHONE[0] + 40)
    says(other, "3")
    one_s, other_s = write("1", 140, 250), write("7", 220, 250)
    written(one, one_s, "31")
    written(other, other_s, "37")
    count = 1 + len(one_s) + len(other_s)
    until(lambda: strokes_on_disk(home) == count, "the ink of both on the disk")
    one.close()
    other.close()
    again = start()
    says(again, "317")


def test_the_middle_button_moves_the_page_and_the_wheel_with_ctrl_zooms_it(
    phone: RunningApp, write: Writer
) -> None:
    written(phone, write("31", 30, 320), "31")
    phone.wait_still()
    before = dark(phone)
    phone.draw([(180, 560), (180, 530), (180, 500)], button=2)
    until(lambda: top(dark(phone)) == top(before) - 60, "the page 60 pixels further up")
    phone.desktop.xdotool("keydown", "ctrl")
    phone.wheel((180, 400), 4, 3)
    phone.desktop.xdotool("keyup", "ctrl")
    until(lambda: dark(phone).sum() > 1.2 * before.sum(), "a larger page")
    phone.key("ctrl+0")
    until(lambda: dark(phone).sum() == pytest.approx(before.sum(), rel=0.02), "100 % again")
    says(phone, "31")


def dark(app: RunningApp) -> NDArray[np.bool_]:
    """Where a phone's canvas has ink."""
    return app.screenshot()[170:-130].max(axis=2) < 60


def top(ink: NDArray[np.bool_]) -> int:
    return int(ink.any(axis=1).argmax())
