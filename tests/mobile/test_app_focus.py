"""The keyboard's outline in the whole app: it goes when what it lies on goes, and moves nothing."""

from __future__ import annotations

from typing import Any

import pytest
from app_stage import Stage
from kivy.uix.scrollview import ScrollView

pytestmark = pytest.mark.display

RIGHT, ESCAPE, ENTER, TAB = 275, 27, 13, 9
PAGE_UP, PAGE_DOWN, F1 = 280, 281, 282
CTRL_H = ord("h")


def outlined(stage: Stage) -> Any:
    """What has the outline."""
    focus = stage.app.keyboard.focus
    return None if focus is None else focus.widget


def tab_to(stage: Stage, widget: Any) -> None:
    for _ in range(40):
        stage.key(TAB)
        if outlined(stage) == widget:  # one of them may be a proxy
            return
    raise AssertionError("Tab does not reach it")


def test_enter_presses_nothing_in_the_sheet_of_the_digit_before(
    stage_app: Stage, write: Any
) -> None:
    stage_app.write(write("31", 20, 60))
    stage_app.key(RIGHT)
    tab_to(stage_app, stage_app.app.home.candidates.likeliest[1])
    stage_app.key(ESCAPE)
    assert outlined(stage_app) is None
    stage_app.key(RIGHT)
    stage_app.key(ENTER)
    assert stage_app.model.page.corrections == ()


@pytest.mark.parametrize("menu", ["sharing", "picking_pen"])
def test_a_menu_that_closes_takes_the_outline_along(
    stage_app: Stage, write: Any, menu: str
) -> None:
    home = stage_app.app.home
    stage_app.write(write("31", 20, 60))
    home.sharing, home.picking_pen = menu == "sharing", menu == "picking_pen"
    stage_app.settle()
    stage_app.key(TAB)
    assert outlined(stage_app) is not None
    stage_app.key(ESCAPE)
    assert home.open_menu is None
    assert outlined(stage_app) is None


def test_a_screen_that_closes_takes_the_outline_along(stage_app: Stage) -> None:
    stage_app.key(CTRL_H, "ctrl")
    stage_app.key(TAB)
    assert outlined(stage_app) is not None
    stage_app.key(ESCAPE)
    assert stage_app.top() is None
    assert outlined(stage_app) is None


def test_enter_presses_nothing_behind_a_screen(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("31", 20, 60))
    tab_to(stage_app, stage_app.app.home.toolbar.ids["clear"])
    stage_app.key(CTRL_H, "ctrl")
    stage_app.key(ENTER)
    assert not stage_app.model.blank


@pytest.mark.parametrize("size", [(360, 740), (740, 360), (1000, 700), (1280, 800)])
def test_the_outline_moves_no_content_that_is_all_in_sight(
    stage_app: Stage, write: Any, size: tuple[int, int]
) -> None:
    stage_app.window.size = size
    stage_app.write(write("31", 20, 60))
    panel = stage_app.app.home.candidates
    content, view = panel.ids.content, panel.ids.view
    stage_app.key(RIGHT)
    for widget in (panel.likeliest[0], panel.ids.delete):
        tab_to(stage_app, widget)
        top = content.to_window(content.x, content.top)[1]
        if content.height <= view.height:
            assert top == pytest.approx(view.top, abs=1)
        assert view.y - 1 <= widget.to_window(*widget.pos)[1]


def test_a_sheet_that_was_scrolled_opens_at_its_top(stage_app: Stage, write: Any) -> None:
    stage_app.window.size = (740, 360)
    stage_app.write(write("31", 20, 60))
    panel = stage_app.app.home.candidates
    content, view = panel.ids.content, panel.ids.view
    stage_app.key(RIGHT)
    tab_to(stage_app, panel.ids.delete)
    assert content.to_window(content.x, content.top)[1] > view.top
    stage_app.key(ESCAPE)
    stage_app.model.select(1)
    stage_app.settle()
    assert content.to_window(content.x, content.top)[1] == pytest.approx(view.top, abs=1)


def test_the_last_button_of_the_settings_shows_what_stands_below_it(stage_app: Stage) -> None:
    """Versions and licences, which the keyboard reached in no other way."""
    stage_app.window.size = (700, 500)
    stage_app.key(ord(","), "ctrl")
    settings = stage_app.top()
    tab_to(stage_app, settings.ids["delete_all"])
    view = next(w for w in settings.walk() if isinstance(w, ScrollView))
    assert view.scroll_y == 0
    stage_app.key(TAB)
    stage_app.key(TAB)
    assert view.scroll_y == pytest.approx(1)


def test_f1_opens_the_list_of_keys_and_closes_it(stage_app: Stage) -> None:
    stage_app.window.size = (700, 500)
    stage_app.key(F1)
    rows = stage_app.top().ids["rows"].children
    assert any("Ctrl+Z" in row.detail for row in rows)
    view = stage_app.top().ids["view"]
    for _ in range(5):
        stage_app.key(PAGE_DOWN)
    assert view.scroll_y == 0
    stage_app.key(PAGE_UP)
    assert 0 < view.scroll_y <= 1
    stage_app.key(F1)
    assert stage_app.top() is None


def test_the_settings_lead_to_the_list_of_keys(stage_app: Stage) -> None:
    stage_app.key(ord(","), "ctrl")
    tab_to(stage_app, stage_app.top().ids["keys"])
    stage_app.key(ENTER)
    assert type(stage_app.top()).__name__ == "KeysScreen"
    stage_app.key(ESCAPE)
    assert type(stage_app.top()).__name__ == "SettingsScreen"
