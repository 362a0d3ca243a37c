"""The app in this process, with a window: drop, clipboard, keys, screens, settings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from app_stage import Stage, scroll_to
from paths import SAMPLES

from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.core.theme import DARK, LIGHT
from inkdigit_app.core.view_model import STILL_WRITING_S
from inkdigit_app.store.settings_file import load

pytestmark = pytest.mark.display

CTRL = {"z": 122, "c": 99, "v": 118, "o": 111, "h": 104, ",": 44}
UP, DOWN, LEFT, RIGHT, ESCAPE, DELETE, BACKSPACE, ENTER, TAB = 273, 274, 276, 275, 27, 127, 8, 13, 9


def rows(screen: Any) -> list[Any]:
    """The rows in sight, from the top."""
    return sorted(screen.ids.list.ids.view.layout_manager.children, key=lambda row: -row.y)


def count(screen: Any) -> int:
    """How many rows there are, in sight or not."""
    return len(screen.ids.list.data)


def test_what_is_written_is_read_and_boxed(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("3149", 20, 60))
    home = stage_app.app.home
    assert home.reading_bar.text == "3149"
    assert stage_app.app.title == "3149 — inkdigit"
    assert [glyph.text for glyph in home.ink_canvas.boxes.glyphs] == list("3149")


def test_keys_select_and_correct(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("31", 20, 60))
    stage_app.key(RIGHT)
    stage_app.key(RIGHT)
    assert stage_app.app.home.correcting
    stage_app.key(ord("7"))
    assert stage_app.app.home.reading_bar.text == "37"
    assert not stage_app.app.home.correcting
    stage_app.until(lambda: stage_app.model.reading is not None, "a reading")
    assert stage_app.model.text == "37"
    stage_app.key(CTRL["z"], "ctrl")
    stage_app.until(lambda: stage_app.app.title == "31 — inkdigit", "the correction taken back")
    stage_app.key(CTRL["z"], "ctrl", "shift")
    stage_app.until(lambda: stage_app.app.title == "37 — inkdigit", "the correction again")


def test_delete_and_backspace_delete_the_chosen_digit(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("3149", 20, 60))
    stage_app.key(BACKSPACE)
    assert stage_app.model.text == "3149"
    stage_app.key(RIGHT)
    stage_app.key(RIGHT)
    stage_app.key(DELETE)
    assert stage_app.model.text == "349"
    stage_app.key(BACKSPACE)
    stage_app.until(lambda: stage_app.app.title == "39 — inkdigit", "two digits fewer")
    stage_app.key(CTRL["z"], "ctrl")
    stage_app.key(CTRL["z"], "ctrl")
    stage_app.until(lambda: stage_app.app.title == "3149 — inkdigit", "all digits again")


def test_a_digit_is_deleted_in_the_sheet(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("31", 20, 60))
    stage_app.model.select(1)
    stage_app.settle()
    stage_app.press(stage_app.app.home.candidates.ids.delete)
    assert stage_app.model.text == "3"
    assert stage_app.notice == "Deleted 1"
    assert not stage_app.app.home.correcting


def test_the_eraser_is_a_tool_until_the_pen_is_chosen(stage_app: Stage, write: Any) -> None:
    home = stage_app.app.home
    stage_app.press(home.toolbar.ids.eraser)
    assert not home.erasing  # there is nothing to erase
    stage_app.write(write("31", 20, 60))
    stage_app.press(home.toolbar.ids.eraser)
    assert home.ink_canvas.erasing
    stage_app.press(home.toolbar.ids.pen)
    assert not home.ink_canvas.erasing
    assert not home.picking_pen
    stage_app.key(ord("e"))
    stage_app.model.clear()
    assert not home.erasing


def test_the_candidates_show_the_selected_digit(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("3149", 20, 60))
    stage_app.model.select(0)
    panel = stage_app.app.home.candidates
    assert panel.likeliest[0].label == "3"
    assert panel.likeliest[0].chosen
    assert panel.likeliest[0].probability > 0.9
    assert panel.can_join
    stage_app.model.select(3)
    assert not panel.can_join
    stage_app.key(ESCAPE)
    assert not stage_app.app.home.correcting


def test_copy_puts_the_digits_on_the_clipboard(stage_app: Stage, write: Any) -> None:
    with mock.patch("kivy.core.clipboard.Clipboard") as clipboard:
        stage_app.key(CTRL["c"], "ctrl")
        clipboard.copy.assert_not_called()
        stage_app.write(write("314", 20, 60))
        stage_app.key(CTRL["c"], "ctrl")
        clipboard.copy.assert_called_once_with("314")
    assert stage_app.notice == "Copied 314"


def test_a_pasted_path_is_opened(stage_app: Stage) -> None:
    with mock.patch("kivy.core.clipboard.Clipboard") as clipboard:
        clipboard.paste.return_value = str(SAMPLES / "seven.png")
        stage_app.key(CTRL["v"], "ctrl")
    stage_app.until(lambda: stage_app.app.title == "7 — inkdigit", "the picture's answer")


def test_a_clipboard_without_a_picture_shows_a_notice(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("3", 20, 60))
    with (
        mock.patch("kivy.core.clipboard.Clipboard") as clipboard,
        mock.patch("PIL.ImageGrab.grabclipboard", return_value=None),
    ):
        clipboard.paste.return_value = "just words"
        stage_app.key(CTRL["v"], "ctrl")
        stage_app.until(lambda: "no picture" in stage_app.notice, "a word")
    assert stage_app.model.text == "3"


def test_a_dropped_picture_is_read_and_corrected(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("314", 20, 60))
    stage_app.window.dispatch("on_drop_file", bytes(SAMPLES / "three.png"), 10, 10)
    stage_app.until(lambda: stage_app.app.title == "3 — inkdigit", "the picture's answer")
    canvas = stage_app.app.home.ink_canvas
    assert canvas.texture is not None
    left, bottom, right, top = canvas.boxes.screen_box(stage_app.model.glyphs[0])
    assert canvas.x <= left < right <= canvas.right
    from kivy.tests.common import UnitTestTouch

    finger = UnitTestTouch((left + right) / 2, (bottom + top) / 2)
    finger.touch_down()
    finger.touch_up()
    assert stage_app.model.selected == 0
    stage_app.settle()
    assert stage_app.app.home.candidates.ids.preview.texture is not None
    stage_app.key(ord("8"))
    stage_app.until(lambda: stage_app.app.title == "8 — inkdigit", "the correction")
    stage_app.key(CTRL["z"], "ctrl")
    stage_app.key(CTRL["z"], "ctrl")
    stage_app.until(lambda: stage_app.app.title == "314 — inkdigit", "the ink again")


def test_a_broken_picture_shows_a_notice_and_leaves_the_ink(
    stage_app: Stage, write: Any, tmp_path: Path
) -> None:
    stage_app.write(write("314", 20, 60))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    stage_app.window.dispatch("on_drop_file", bytes(tmp_path / "broken.png"), 10, 10)
    stage_app.until(lambda: "broken.png" in stage_app.notice, "a word about the file")
    assert stage_app.model.text == "314"
    assert stage_app.model.page.picture is None


def test_the_preview_of_a_picture_is_its_own_region(stage_app: Stage) -> None:
    from PIL import Image, ImageDraw

    from inkdigit_app.store import pictures

    image = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(image).rectangle((200, 10, 290, 60), fill="red")
    stage_app.model.open(Page(picture=pictures.from_image(image, "red")))
    stage_app.settle()
    from inkdigit_app.core.glyphs import Glyph

    preview = stage_app.app.home.candidates.ids.preview
    texture = stage_app.app.home.ink_canvas.texture
    preview.show(stage_app.model.page, Glyph(3, 0.9, (205, 15, 285, 55)), texture)
    pixels = np.frombuffer(preview.texture.pixels, np.uint8).reshape(-1, 4)
    assert (pixels[:, :3] == (255, 0, 0)).all()


def history_of_two(stage_app: Stage, write: Any) -> Any:
    """The history's screen, with a page of 314 and a newer one of 25."""
    for text in ("314", "25"):
        stage_app.write(write(text, 20, 60))
        stage_app.key(DELETE)
    stage_app.key(CTRL["h"], "ctrl")
    screen = stage_app.top()
    stage_app.until(lambda: count(screen) == 2, "two pages")
    return screen


def test_history_lists_searches_reopens_and_deletes(stage_app: Stage, write: Any) -> None:
    screen = history_of_two(stage_app, write)
    assert [row.text for row in rows(screen)] == ["25", "314"]
    screen.ids.field.ids.field.text = "14"
    stage_app.until(lambda: [row.text for row in rows(screen)] == ["314"], "the one found")
    stage_app.press(rows(screen)[0].ids.delete)
    stage_app.until(lambda: count(screen) == 0, "nothing left to find")
    assert screen.ids.list.empty_text == "No page contains 14"
    assert stage_app.notice == "Deleted"
    stage_app.press(stage_app.app.root.notice_bar.ids.undo)
    stage_app.until(lambda: count(screen) == 1, "the page put back")
    stage_app.press(rows(screen)[0])
    stage_app.until(lambda: stage_app.app.title == "314 — inkdigit", "the page reopened")
    assert stage_app.top() is None


def test_the_page_on_the_canvas_can_be_deleted_from_the_history(
    stage_app: Stage, write: Any
) -> None:
    stage_app.write(write("314", 20, 60))
    stage_app.key(CTRL["h"], "ctrl")
    screen = stage_app.top()
    stage_app.until(lambda: count(screen) == 1, "one page")
    stage_app.press(rows(screen)[0].ids.delete)
    stage_app.until(lambda: count(screen) == 0 and stage_app.notice == "Deleted", "no page")
    assert stage_app.model.blank
    stage_app.app.commands.undo_notice()
    stage_app.until(lambda: count(screen) == 1, "the page put back")
    assert not stage_app.model.blank


def test_deleting_all_asks_once(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("314", 20, 60))
    stage_app.key(CTRL[","], "ctrl")
    settings = stage_app.top()
    scroll_to(stage_app, settings.ids.delete_all)
    stage_app.press(settings.ids.delete_all)
    question = stage_app.top()
    assert question is not settings
    stage_app.press(question.ids.no)
    assert stage_app.top() is settings
    assert not stage_app.model.blank
    settings.ids.delete_all.dispatch("on_release")
    stage_app.settle()
    stage_app.press(stage_app.top().ids.yes)
    stage_app.until(lambda: stage_app.notice == "History deleted", "the word")
    assert stage_app.model.blank
    stage_app.key(ESCAPE)
    stage_app.key(CTRL["h"], "ctrl")
    screen = stage_app.top()
    stage_app.until(
        lambda: screen.ids.list.empty_text == "Pages you write appear here", "an empty list"
    )


def test_settings_name_the_engine(stage_app: Stage) -> None:
    def said() -> str:
        return stage_app.top().about

    stage_app.press(stage_app.app.home.nav_bar.ids.settings)
    stage_app.until(lambda: "Reads with onnxruntime." in said(), "the engine's name")
    stage_app.app._name_engine("numpy")
    stage_app.until(lambda: "Reads with NumPy, more slowly" in said(), "the other engine's name")


def test_settings_apply_at_once_and_are_saved(stage_app: Stage, write: Any, tmp_path: Path) -> None:
    from inkdigit_app.widgets.base import look

    app = stage_app.app
    stage_app.key(CTRL[","], "ctrl")
    ids = stage_app.top().ids
    assert look.theme is LIGHT
    for name in ("theme_dark", "live", "left_handed", "more", "more"):
        scroll_to(stage_app, ids[name])
        stage_app.press(ids[name])
    assert look.theme is DARK
    assert stage_app.top().theme is DARK
    assert not app.home.toolbar.live
    assert app.home.mirrored
    assert ids.digits.text == "2"
    scroll_to(stage_app, ids.fewer)
    stage_app.press(ids.fewer)
    stage_app.press(ids.pen.children[0])
    stage_app.key(ESCAPE)
    assert app.home.ink_canvas.pen_width == 14
    app.library.flush()
    kept = load(tmp_path / "data" / "settings.json")
    assert (kept.theme, kept.live, kept.left_handed, kept.digits) == ("dark", False, True, 1)
    assert kept.pen_width == 14


def test_without_live_reading_enter_reads(stage_app: Stage, write: Any) -> None:
    stage_app.model.change(live=False)
    for stroke in write("31", 20, 60):
        stage_app.model.begin_stroke()
        stage_app.model.end_stroke(stroke)
    stage_app.settle()
    assert stage_app.app.title == "inkdigit"
    stage_app.key(ENTER)
    stage_app.until(lambda: stage_app.app.title == "31 — inkdigit", "the answer")


def test_corrections_are_exported_and_training_reads_them(
    stage_app: Stage, write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = pytest.importorskip("inkdigit_train.data.records")
    monkeypatch.setattr("inkdigit_app.commands.export_folder", lambda: tmp_path / "out")
    stage_app.app.commands.export()
    stage_app.until(lambda: "no corrected digits" in stage_app.notice, "nothing to export")
    stage_app.write(write("31", 20, 60))
    stage_app.key(RIGHT)
    stage_app.key(ord("8"))
    stage_app.until(lambda: stage_app.model.reading is not None, "a reading")
    stage_app.app.commands.export()
    stage_app.until(lambda: "1 correction written" in stage_app.notice, "the export")
    (path,) = (tmp_path / "out").iterdir()
    (record,) = records.read_records(path)
    assert record.label == "8"
    assert len(record.ink) == 1


def test_every_screen_opens_in_the_dark(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("31", 20, 60))
    stage_app.model.change(theme="dark")
    for key in ("h", "o", ","):
        stage_app.key(CTRL[key], "ctrl")
        assert stage_app.top().theme is DARK
        stage_app.model.change(theme="light")
        assert stage_app.top().theme is LIGHT
        stage_app.model.change(theme="dark")
        stage_app.key(ESCAPE)


def test_escape_closes_one_thing_after_the_other(stage_app: Stage, write: Any) -> None:
    stage_app.key(CTRL["o"], "ctrl")
    stage_app.key(ESCAPE)
    assert stage_app.top() is None
    stage_app.app.home.picking_pen = True
    stage_app.key(ESCAPE)
    assert not stage_app.app.home.picking_pen
    stage_app.write(write("31", 20, 60))
    stage_app.key(ESCAPE)
    assert stage_app.model.text == "31"


def test_keys_typed_into_a_field_are_not_commands(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("31", 20, 60))
    stage_app.key(CTRL["h"], "ctrl")
    stage_app.key(DELETE)
    stage_app.key(CTRL["z"], "ctrl")
    assert stage_app.model.text == "31"


def test_a_removed_field_releases_the_keyboard(stage_app: Stage) -> None:
    stage_app.key(CTRL["h"], "ctrl")
    field = stage_app.top().ids.field.ids.field
    field.focus = True
    stage_app.settle()
    stage_app.app.screens.close()
    assert not field.focus


def test_the_dialog_browses_folders(stage_app: Stage, tmp_path: Path) -> None:
    from shutil import copy

    (tmp_path / "sub").mkdir()
    copy(SAMPLES / "seven.png", tmp_path / "sub" / "seven.png")
    stage_app.key(CTRL["o"], "ctrl")
    screen = stage_app.top()
    screen.go_to(tmp_path)
    stage_app.settle()
    row = next(row for row in rows(screen) if row.item.path.name == "sub")
    stage_app.press(row)
    assert [row.item.path.name for row in rows(screen)] == ["seven.png"]
    stage_app.press(screen.ids.up)
    assert screen.folder == tmp_path
    screen.go_to(tmp_path / "absent")
    assert "cannot be read" in screen.ids.list.empty_text
    screen.go_to(tmp_path / "sub")
    stage_app.settle()
    stage_app.press(rows(screen)[0])
    stage_app.until(lambda: stage_app.app.title == "7 — inkdigit", "the picture's answer")
    assert stage_app.top() is None


def test_a_tooltip_names_a_button(stage_app: Stage) -> None:
    tips, button = stage_app.app.tooltips, stage_app.app.home.toolbar.ids.pen
    stage_app.window.mouse_pos = button.to_window(*button.center)
    stage_app.until(lambda: tips.text == "Pen width", "the tooltip")
    stage_app.window.mouse_pos = (400, 400)
    stage_app.until(lambda: tips.text == "", "no tooltip")


@pytest.mark.parametrize("size", [(360, 740), (1000, 700)])
def test_a_notice_covers_no_canvas_and_a_touch_beside_undo_ends_it(
    stage_app: Stage, size: tuple[int, int]
) -> None:
    root = stage_app.app.root
    root.size_hint, root.size = (None, None), size
    canvas, notice = root.home.ink_canvas, root.notice_bar
    for text in ("Cleared", "1 correction written to /a/very/long/path/of/some/folder"):
        stage_app.model.notify(text, lambda: None)
        stage_app.settle()
        assert 0 <= notice.x < notice.right <= size[0]
        assert notice.right <= canvas.x or notice.x >= canvas.right or notice.y >= canvas.top
    stage_app.app.home.picking_pen = True
    stage_app.settle()
    assert not notice.collide_widget(root.home.pen_menu)
    from kivy.tests.common import UnitTestTouch

    UnitTestTouch(notice.x + 4, notice.center_y).touch_down()
    assert stage_app.model.notice is None


@pytest.mark.parametrize(
    "size", [(360, 740), (740, 360), (1000, 600), (1000, 700), (1280, 800), (1280, 1000)]
)
def test_a_notice_covers_no_sheet_and_no_menu(
    stage_app: Stage, write: Any, size: tuple[int, int]
) -> None:
    stage_app.window.size = size
    stage_app.write(write("31", 20, 60))
    root, home, notice = stage_app.app.root, stage_app.app.home, stage_app.app.root.notice_bar
    for text in ("Now 7", "1 correction written to /a/very/long/path/of/some/folder"):
        stage_app.key(RIGHT)
        stage_app.model.notify(text, lambda: None)
        stage_app.settle()
        assert not overlap(notice, home.ids.candidates)
        assert home.ids.candidates.height >= min(home.sheet_height, 0.5 * size[1] - 8)
        assert 0 <= notice.x < notice.right <= root.width
        assert 0 <= notice.y < notice.top <= root.height
        stage_app.key(ESCAPE)
    stage_app.app.sharing.toggle()
    stage_app.model.notify("Not saved: the disk is full")
    stage_app.settle()
    assert home.sharing
    assert not overlap(notice, home.ids.share_menu)
    assert not overlap(notice, home.ink_canvas)


@pytest.mark.parametrize("size", [(360, 740), (1000, 700)])
def test_a_notice_leaves_the_buttons_of_a_screen_s_header_free(
    stage_app: Stage, size: tuple[int, int]
) -> None:
    from inkdigit_app.widgets.overlay import ScreenHeader

    stage_app.window.size = size
    for key in ("h", "o", ","):
        stage_app.key(CTRL[key], "ctrl")
        (header,) = [part for part in stage_app.top().walk() if isinstance(part, ScreenHeader)]
        stage_app.model.notify("Deleted", lambda: None)
        stage_app.settle()
        assert not overlap(stage_app.app.root.notice_bar, header)
        stage_app.key(ESCAPE)


def overlap(one: Any, other: Any) -> bool:
    """Whether two widgets share more than an edge."""
    beside = one.right <= other.x or other.right <= one.x
    return not (beside or one.top <= other.y or other.top <= one.y)


@pytest.mark.parametrize("text", ["Cleared", "Learnt: this is your 8"])
def test_a_notice_leaves_the_buttons_beside_the_title_free(stage_app: Stage, text: str) -> None:
    root = stage_app.app.root
    root.size_hint, root.size = (None, None), (360, 740)
    stage_app.model.notify(text, lambda: None)
    stage_app.settle()
    assert root.notice_bar.right <= root.home.nav_bar.ids.history.x


def test_tab_reaches_the_buttons_and_enter_presses_them(stage_app: Stage, write: Any) -> None:
    app = stage_app.app

    def tab(*modifiers: str) -> Any:
        stage_app.window.dispatch("on_key_down", TAB, 0, None, list(modifiers))
        return app.keyboard.focus.widget

    stage_app.write(write("31", 20, 60))
    first, reached = tab(), []
    while (widget := tab()) is not first:
        reached.append(widget)
        assert len(reached) < 30
    hints = {widget.hint for widget in (first, *reached)}
    assert {"Undo (Ctrl+Z)", "Pen width", "Erase strokes and digits (E)"} <= hints
    assert {"Clear the page (Delete)", "Copy the digits (Ctrl+C)"} <= hints
    assert {"History (Ctrl+H)", "Open a picture (Ctrl+O)", "Settings (Ctrl+comma)"} <= hints
    assert "Read what is written (Enter)" not in hints  # hidden while ink is read at once
    assert tab("shift") is reached[-1]
    for _ in range(30):
        if tab().hint == "Settings (Ctrl+comma)":
            break
    stage_app.key(ENTER)
    settings = stage_app.top()
    assert settings is not None
    tab()
    assert settings in set(ancestors(tab()))
    stage_app.press(settings.ids.live)
    assert app.keyboard.focus.widget is None


@pytest.mark.parametrize("menu", ["sharing", "picking_pen"])
def test_keys_stay_in_an_open_menu(stage_app: Stage, write: Any, menu: str) -> None:
    home = stage_app.app.home
    stage_app.write(write("31", 20, 60))
    if menu == "sharing":
        stage_app.app.sharing.toggle()
    else:
        home.picking_pen = True
    stage_app.settle()
    stage_app.key(TAB)
    focus = stage_app.app.keyboard.focus
    first = focus.widget
    assert home.open_menu in set(ancestors(first))
    stage_app.key(DOWN)
    assert focus.widget is not first
    assert home.open_menu in set(ancestors(focus.widget))
    stage_app.key(UP)
    assert focus.widget is first
    stage_app.key(ENTER)
    stage_app.until(lambda: not getattr(home, menu), "the choice")


def test_what_is_typed_in_the_history_is_searched_for(stage_app: Stage, write: Any) -> None:
    screen = history_of_two(stage_app, write)
    stage_app.key(ord("1"))
    stage_app.window.dispatch("on_textinput", "1")
    stage_app.until(lambda: [row.text for row in rows(screen)] == ["314"], "the one found")
    assert screen.search == "1"
    stage_app.until(lambda: screen.ids.field.focused, "the field")
    stage_app.window.dispatch("on_textinput", "x")
    assert screen.search == "1"


def test_what_cannot_be_undone_looks_it(stage_app: Stage) -> None:
    from kivy.utils import get_color_from_hex

    from inkdigit_app.widgets.base import look

    warning = get_color_from_hex(look.theme.no_digit)
    stage_app.key(CTRL[","], "ctrl")
    settings = stage_app.top()
    assert list(settings.ids.delete_all.tint) == pytest.approx(warning)
    scroll_to(stage_app, settings.ids.delete_all)
    stage_app.press(settings.ids.delete_all)
    question = stage_app.top()
    assert question is not settings
    (yes,) = [w for w in question.walk() if getattr(w, "destructive", False)]
    assert yes.word == "Delete all"


def ancestors(widget: Any) -> Iterator[Any]:
    while widget.parent is not None and widget.parent is not widget:
        widget = widget.parent
        yield widget


def test_a_question_mark_counts_wherever_the_keyboard_has_it(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("31", 20, 60))
    stage_app.key(RIGHT)
    stage_app.window.dispatch("on_textinput", "?")
    assert stage_app.model.text == "?1"


def test_control_q_ends_the_app(stage_app: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []
    actions = stage_app.app.keyboard._actions
    monkeypatch.setitem(actions, "quit", lambda: ended.append(True))
    stage_app.key(ord("q"), "ctrl")
    assert ended == [True]


def test_digits_a_line_show_on_the_canvas_and_lead_to_the_setting(stage_app: Stage) -> None:
    note = stage_app.app.home.ids.digits
    assert note.opacity == 0
    stage_app.model.change(digits=4)
    stage_app.settle()
    assert note.word == "4 digits a line"
    stage_app.press(note)
    assert stage_app.top().ids.digits.text == "4"


def test_nothing_read_is_said_in_words(stage_app: Stage) -> None:
    from inkdigit import Stroke

    zigzag = [(40 + 50 * (n % 2), 60 + 4 * n) for n in range(30)]
    stage_app.write([PenStroke(Stroke.from_points(zigzag), 7.0)])
    bar = stage_app.app.home.reading_bar
    assert bar.text == ""
    assert bar.message == "No digits found"
    assert stage_app.app.title == "no digits — inkdigit"


def test_the_canvas_moves_up_so_that_the_sheet_hides_no_chosen_digit(
    stage_app: Stage, write: Any
) -> None:
    root, home = stage_app.app.root, stage_app.app.home
    root.size_hint, root.size = (None, None), (360, 740)
    stage_app.settle()
    stage_app.write(write("3", 20, 40) + write("1", 20, 380))
    canvas = home.ink_canvas
    stage_app.model.select(1)
    stage_app.settle()
    _, bottom, _, top = canvas.boxes.screen_box(stage_app.model.glyphs[1])
    assert home.candidates.top < bottom < top < canvas.top
    stage_app.model.select(0)
    assert canvas.lifted == 0
    stage_app.model.select(1)
    from kivy.tests.common import UnitTestTouch

    origin = canvas.origin_y
    finger = UnitTestTouch(300, canvas.top - 20)
    finger.touch_down()  # closes the sheet; the page stays until the pen lifts
    finger.touch_move(320, canvas.top - 60)
    assert canvas.origin_y == origin
    finger.touch_up()
    assert canvas.lifted == 0
    assert canvas.origin_y < origin


def test_a_dot_8_dp_beside_a_finished_digit_is_ink(stage_app: Stage, write: Any) -> None:
    from kivy.tests.common import UnitTestTouch

    stage_app.write(write("3", 60, 100))
    time.sleep(STILL_WRITING_S + 0.05)
    canvas = stage_app.app.home.ink_canvas
    left, top, right, bottom = stage_app.model.glyphs[0].box
    edge = 7.0 / 2 + 8  # from the pen's middle to the edge of its ink, and on
    for x, y in ((right + edge, bottom), (left - edge, bottom), (right + edge, top)):
        count = len(stage_app.model.page.strokes)
        finger = UnitTestTouch(*canvas.view.to_screen(x, y))
        finger.touch_down()
        finger.touch_up()
        assert stage_app.model.selected is None
        assert len(stage_app.model.page.strokes) == count + 1
        stage_app.key(CTRL["z"], "ctrl")
        stage_app.until(lambda: stage_app.model.reading is not None, "a reading")
        time.sleep(STILL_WRITING_S + 0.05)


def test_a_notice_goes_after_a_while(stage_app: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inkdigit_app.widgets.notice_bar.SHOWN_S", 0.05)
    stage_app.model.notify("A word")
    stage_app.until(lambda: stage_app.model.notice is None, "no notice")


def test_pause_saves_and_resume_redraws(stage_app: Stage, write: Any, tmp_path: Path) -> None:
    from inkdigit_app.store.history import History

    stage_app.write(write("31", 20, 60))
    assert stage_app.app.on_pause() is True
    history = History(tmp_path / "data" / "history.sqlite3")
    assert [entry.text for entry in history.entries()] == ["31"]
    history.close()
    stage_app.app.on_resume()
    stage_app.settle()
    assert len(stage_app.app.home.ink_canvas.boxes.glyphs) == 2
