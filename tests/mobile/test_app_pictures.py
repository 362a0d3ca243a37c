"""Pictures in the whole app: turned, cropped, read as a table, by touch and by key."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from app_stage import Stage
from PIL import Image, ImageDraw
from tabled import table

pytestmark = pytest.mark.display

CTRL_Z, ESCAPE, ENTER, RIGHT = ord("z"), 27, 13, 275


@pytest.fixture
def open_picture(stage_app: Stage, tmp_path: Path) -> Any:
    """Drops a picture on the window and waits until it is read."""

    def show(image: Image.Image, text: str | None = None) -> Any:
        path = tmp_path / "picture.png"
        image.save(path)
        stage_app.window.dispatch("on_drop_file", bytes(path), 10, 10)
        stage_app.until(lambda: stage_app.model.page.picture is not None, "the picture")
        if text is not None:
            says(stage_app, text)
        return stage_app.app.home

    return show


def says(stage: Stage, text: str) -> None:
    stage.until(lambda: stage.app.title == f"{text} — inkdigit", f"{text!r} in the title")


def number(write: Any, text: str) -> Image.Image:
    image = Image.new("L", (420, 170), 255)
    for stroke in write(text, 30, 40):
        points = [(float(x), float(y)) for x, y in stroke.stroke.points]
        ImageDraw.Draw(image).line(points, 0, 8, "curve")
    return image


def drag(stage: Stage, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one point of the picture to another."""
    from kivy.tests.common import UnitTestTouch

    view = stage.app.home.ink_canvas.view
    finger = UnitTestTouch(*view.to_screen(*start))
    finger.touch_down()
    finger.touch_move(*view.to_screen((start[0] + end[0]) / 2, end[1]))
    finger.touch_move(*view.to_screen(*end))
    finger.touch_up()
    stage.settle()


def test_a_picture_on_its_side_is_turned_by_hand(
    stage_app: Stage, open_picture: Any, write: Any
) -> None:
    upright = number(write, "314")
    home = open_picture(upright, "314")
    toolbar = home.toolbar
    assert toolbar.ids.pen.parent is None  # a pen does nothing here
    assert toolbar.ids.eraser.parent is None
    stage_app.press(toolbar.ids.turn)
    assert home.ink_canvas.texture.size == (170, 420)
    stage_app.key(ord("r"))
    stage_app.key(ord("r"))
    stage_app.key(ord("r"))
    says(stage_app, "314")
    stage_app.key(CTRL_Z, "ctrl")
    assert home.ink_canvas.texture.size == (170, 420)
    stage_app.press(toolbar.ids["clear"])
    assert toolbar.ids.pen.parent is not None
    assert toolbar.ids.turn.parent is None


def test_only_what_was_dragged_round_is_read(
    stage_app: Stage, open_picture: Any, write: Any
) -> None:
    home = open_picture(number(write, "314"), "314")
    left = stage_app.model.glyphs[1].box[0] - 15
    stage_app.press(home.toolbar.ids.crop)
    assert home.cropping
    drag(stage_app, (left, 8), (left + 4, 12))  # a slip
    assert stage_app.model.page.sheet.region is None
    drag(stage_app, (left, 8), (412, 160))
    says(stage_app, "14")
    assert not home.cropping
    assert home.toolbar.ids.crop.chosen
    stage_app.press(home.toolbar.ids.crop)
    says(stage_app, "314")
    stage_app.key(CTRL_Z, "ctrl")
    says(stage_app, "14")


def test_a_table_is_read_corrected_copied_and_saved(
    stage_app: Stage,
    open_picture: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("inkdigit_app.commands.export_folder", lambda: tmp_path / "out")
    image = table([["12", "7"], ["34", "56"], ["8", "90"]])
    home = open_picture_as_table(stage_app, open_picture, image)
    model = stage_app.model
    assert (model.table.rows, model.table.columns) == (3, 2)
    from kivy.tests.common import UnitTestTouch

    box = model.table.cells[3].box
    finger = UnitTestTouch(
        *home.ink_canvas.view.to_screen((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    )
    finger.touch_down()
    finger.touch_up()
    stage_app.settle()
    assert model.cell == 3
    assert home.cell_panel.parent is not None
    from kivy.graphics import Rectangle

    preview = home.cell_panel.ids.preview
    (shown,) = [part for part in preview._drawing.children if isinstance(part, Rectangle)]
    assert preview.collide_point(*shown.pos)
    assert preview.collide_point(shown.pos[0] + shown.size[0], shown.pos[1] + shown.size[1])
    for key in "89":
        stage_app.key(ord(key))
    stage_app.window.dispatch("on_textinput", ",")
    stage_app.key(ord("1"))
    stage_app.key(8)  # Backspace
    stage_app.key(ord("5"))
    stage_app.key(ENTER)
    assert model.table.cells[3].text == "89,5"
    assert model.cell != 3  # the next to look at
    stage_app.key(ESCAPE)
    assert model.cell is None
    stage_app.press(home.reading_bar.ids.share_button)
    assert home.sharing
    stage_app.until(lambda: home.share_menu.ids.csv.right <= home.right, "the menu's place")
    stage_app.press(home.share_menu.ids.csv)
    (path,) = stage_app.until(lambda: list((tmp_path / "out").glob("*.csv")), "the file")
    rows = list(csv.reader(io.StringIO(path.read_text())))
    assert rows[1][1] == "89,5"
    from kivy.core.clipboard import Clipboard

    copied: list[str] = []
    monkeypatch.setattr(Clipboard, "copy", copied.append)
    stage_app.key(ord("c"), "ctrl")
    assert copied[0].split("\n")[1].split("\t") == rows[1]
    stage_app.key(CTRL_Z, "ctrl")
    stage_app.until(lambda: model.table and not model.table.cells[3].corrected, "the cell as read")


def test_a_set_number_of_digits_is_not_shown_over_a_table(
    stage_app: Stage, open_picture: Any
) -> None:
    stage_app.model.change(digits=2)
    home = open_picture(table([["12", "7"], ["34", "56"], ["8", "90"]]))
    stage_app.settle()
    assert home.ids.digits.word == "2 digits a line"
    stage_app.press(home.toolbar.ids.table)
    stage_app.until(lambda: stage_app.model.table is not None, "the table")
    assert home.ids.digits.word == ""
    assert home.ids.digits.disabled


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [(ord("1"), ()), (ord("&"), ("shift",)), (257, ("numlock",))],
    ids=["qwerty", "azerty", "keypad"],
)
def test_a_digit_is_typed_into_a_cell_once_on_every_keyboard(
    stage_app: Stage, open_picture: Any, key: int, modifiers: tuple[str, ...]
) -> None:
    image = table([["12", "7"], ["34", "56"], ["8", "90"]])
    home = open_picture_as_table(stage_app, open_picture, image)
    stage_app.model.select_cell(3)
    stage_app.settle()
    for _ in range(2):
        stage_app.key(key, *modifiers)  # named by what it types without Shift
        stage_app.window.dispatch("on_textinput", "1")  # which SDL sends after the key
    assert home.cell_panel.text == "11"


def open_picture_as_table(stage: Stage, open_picture: Any, image: Image.Image) -> Any:
    home = open_picture(image)
    stage.press(home.toolbar.ids.table)
    stage.until(lambda: stage.model.table is not None, "the table")
    return home


def test_a_table_that_takes_long_says_so_and_is_stopped(
    stage_app: Stage, open_picture: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    home = open_picture(number(write, "314"), "314")
    go = threading.Event()
    recognizer = stage_app.app.worker._recognizer
    read_table = recognizer.read_table

    def slow(*args: Any, **kwargs: Any) -> Any:
        go.wait(60)
        return read_table(*args, **kwargs)

    monkeypatch.setattr(recognizer, "read_table", slow)
    stage_app.key(ord("t"))
    stage_app.until(lambda: "Reading the table" in home.reading_bar.message, "a word about it")
    stage_app.key(ESCAPE)
    says(stage_app, "314")  # though the other is still being read
    assert not home.toolbar.ids.table.chosen
    go.set()
    stage_app.settle()
    assert stage_app.model.table is None
