"""What a desktop asks for: keys for everything, ways out, a voice, a window that stays as it is."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from app_stage import Stage
from desktop import Desktop, running_app

from inkdigit import Ink
from inkdigit_app.core.settings import Settings
from inkdigit_app.platforms.voice import VoiceError
from inkdigit_app.store import settings_file

pytestmark = pytest.mark.display

RIGHT, UP, DOWN, ENTER, ESCAPE, TAB, DELETE, BACKSPACE = 275, 273, 274, 13, 27, 9, 127, 8


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "Documents"
    monkeypatch.setattr("inkdigit_app.commands.export_folder", lambda: folder)
    return folder


def test_the_page_is_saved_and_the_notice_says_where(
    stage_app: Stage, write: Any, documents: Path
) -> None:
    stage_app.write(write("31", 20, 60) + write("40", 500, 60))
    menu = stage_app.app.home.share_menu
    for kind in ("png", "svg", "csv"):
        stage_app.key(ord("s"), "ctrl")
        assert stage_app.app.home.sharing
        stage_app.press(menu.ids[kind])
        assert not stage_app.app.home.sharing
        (path,) = stage_app.until(lambda kind=kind: list(documents.glob(f"*.{kind}")), "the file")
        stage_app.until(lambda path=path: stage_app.notice == f"Written to {path}", "the notice")
        if kind == "svg":
            assert len(Ink.from_svg(path)) == len(stage_app.model.page.strokes)
        if kind == "csv":
            with path.open(encoding="utf-8", newline="") as stream:
                assert list(csv.reader(stream)) == [["31", "40"]]


def test_a_full_disk_is_one_notice(
    stage_app: Stage, write: Any, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("inkdigit_app.store.share.write_atomic", full)
    stage_app.write(write("31", 20, 60))
    stage_app.app.commands.save("png")
    stage_app.until(lambda: stage_app.notice == "Not saved: the disk is full", "the notice")


def test_a_table_is_copied_with_tabs(stage_app: Stage, write: Any) -> None:
    from kivy.core.clipboard import Clipboard

    stage_app.write(write("31", 20, 60) + write("40", 500, 60))
    stage_app.key(ord("s"), "ctrl")
    stage_app.press(stage_app.app.home.share_menu.ids.table)
    assert Clipboard.paste() == "31\t40"


def test_a_blank_page_has_no_way_out_and_escape_closes_the_menu(
    stage_app: Stage, write: Any
) -> None:
    home = stage_app.app.home
    stage_app.key(ord("s"), "ctrl")
    assert not home.sharing
    stage_app.write(write("3", 20, 60))
    stage_app.key(ord("s"), "ctrl")
    assert home.sharing
    stage_app.key(ESCAPE)
    assert not home.sharing


def test_a_missing_voice_is_one_notice(
    stage_app: Stage, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def speak(text: str, language: str) -> None:
        asked.append((text, language))
        raise VoiceError("no espeak")

    monkeypatch.setattr("inkdigit_app.commands.voice.speak", speak)
    monkeypatch.setattr("inkdigit_app.speaking.REST_S", 0.01)
    stage_app.write(write("31", 20, 60))
    stage_app.settle()
    assert not asked  # it is off unless chosen
    stage_app.model.change(read_aloud=True)
    notice = "No voice was found to read aloud with"
    stage_app.until(lambda: stage_app.notice == notice, "the notice")
    assert asked == [("31", "en")]  # once, though the model has changed since


def test_settings_that_cannot_be_saved_are_a_notice(
    stage_app: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(settings_file, "write_json", full)
    stage_app.model.change(left_handed=True)
    text = "The settings could not be saved: the disk is full"
    stage_app.until(lambda: stage_app.notice == text, "the notice")


def test_the_left_hand_has_copy_on_the_left(stage_app: Stage) -> None:
    bar = stage_app.app.home.reading_bar
    assert bar.ids.buttons.x > bar.ids.scroll.x
    stage_app.model.change(left_handed=True)
    stage_app.settle()
    assert bar.ids.buttons.right <= bar.ids.scroll.x


def test_files_are_chosen_by_keyboard(stage_app: Stage, tmp_path: Path) -> None:
    from inkdigit_app.screens.files import FileScreen

    folder = tmp_path / "Pictures"
    (folder / "inner").mkdir(parents=True)
    stage_app.app.screens._show(FileScreen, folder=folder)
    screen = stage_app.top()
    stage_app.key(ENTER)
    assert screen.folder == folder  # nothing is marked yet
    stage_app.key(DOWN)
    assert screen.ids.list.marked.path == folder / "inner"
    stage_app.key(ENTER)
    assert screen.folder == folder / "inner"
    stage_app.key(BACKSPACE)
    assert screen.folder == folder


def test_a_page_of_the_history_is_opened_and_deleted_by_keyboard(
    stage_app: Stage, write: Any
) -> None:
    for text in ("3", "1", "4"):
        stage_app.write(write(text, 20, 60))
        stage_app.app.commands.clear()
    stage_app.app.screens.show_history()
    rows = stage_app.top().ids.list
    stage_app.until(lambda: len(rows.data) == 3, "the pages")
    stage_app.key(DOWN)
    stage_app.key(DOWN)
    stage_app.key(UP)
    assert rows.marked.text == "4"
    stage_app.key(DELETE)
    stage_app.until(lambda: len(rows.data) == 2, "one page fewer")
    stage_app.key(DOWN)
    stage_app.key(ENTER)
    stage_app.until(lambda: stage_app.top() is None, "the canvas")
    stage_app.until(lambda: stage_app.model.text == "1", "the page")


def test_a_question_is_answered_by_keyboard(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("3", 20, 60))
    stage_app.app.screens.show_settings()
    stage_app.app.screens._ask_delete_all()
    stage_app.key(TAB)
    stage_app.key(ENTER)  # Cancel, which the outline is on
    assert not stage_app.model.blank
    stage_app.app.screens._ask_delete_all()
    stage_app.key(ENTER)
    stage_app.until(lambda: stage_app.notice == "History deleted", "the notice")


def test_boxes_are_explained_until_one_was_tapped(stage_app: Stage, write: Any) -> None:
    home = stage_app.app.home
    assert home.ink_canvas.hint.split("\n") == [
        "Write digits anywhere",
        "Click a digit to correct it.",
    ]
    stage_app.write(write("3", 20, 60))
    home.ink_canvas.dispatch("on_glyph_tap", 0)
    stage_app.app.commands.clear()
    stage_app.settle()
    assert home.ink_canvas.hint == "Write digits anywhere"


@pytest.mark.parametrize("size", [(1000, 700), (820, 1080)])
def test_buttons_have_words_where_there_is_room(stage_app: Stage, size: tuple[int, int]) -> None:
    root, bar = stage_app.app.root, stage_app.app.home.nav_bar
    root.size_hint, root.size = (None, None), size
    stage_app.settle()
    words = [bar.ids[name].word for name in ("history", "picture", "settings")]
    assert words == ["History", "Open a picture", "Settings"]
    root.size = (360, 740)
    stage_app.settle()
    assert [bar.ids[name].word for name in ("history", "picture", "settings")] == ["", "", ""]


def test_the_size_of_the_window_is_kept(
    stage_app: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inkdigit_app.window_size.REST_S", 0.01)
    stage_app.until(lambda: stage_app.app._window_size is not None, "the first frame")
    monkeypatch.setattr("inkdigit_app.window_size.WINDOW_DP", (500, 500))  # another size
    size = stage_app.window.size
    stage_app.window.dispatch("on_resize", *size)
    stage_app.until(lambda: stage_app.model.settings.window is not None, "the size")
    path = tmp_path / "data" / "settings.json"
    stage_app.until(lambda: settings_file.peek(path).window == tuple(map(round, size)), "the file")


def test_the_window_opens_as_it_was_and_at_the_desktops_scale(
    desktop: Desktop, bundled_model: Path, tmp_path: Path
) -> None:
    data = tmp_path / ".local" / "share" / "inkdigit"
    data.mkdir(parents=True)
    (data / "settings.json").write_text('{"window": [400, 500]}', encoding="utf-8")
    with running_app(desktop, HOME=str(tmp_path), GDK_SCALE="2") as app:
        assert app.size == (800, 1000)


@pytest.mark.parametrize("window", ["wide", [0, 100], [100], [1.5, 100], [100, 10**9]])
def test_a_window_that_no_screen_has_is_not_taken(window: object) -> None:
    assert Settings.from_fields({"window": window}).window is None
    assert Settings.from_fields({"window": [900, 600]}).window == (900, 600)
