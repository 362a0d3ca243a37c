from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inkdigit_app.core.glyphs import Certainty, Glyph
from inkdigit_app.core.page import Page
from inkdigit_app.core.theme import DARK, MIN_TARGET_DP

pytestmark = pytest.mark.display

PHONE, LANDSCAPE, TABLET, DESKTOP = (360, 740), (740, 360), (800, 1060), (1000, 700)
Show = Callable[[tuple[float, float]], Any]


@pytest.fixture
def show(window: Any, settle: Callable[[], None]) -> Show:
    from inkdigit_app.screens.home import HomeScreen

    def show(size: tuple[float, float]) -> Any:
        screen = HomeScreen(size_hint=(None, None), size=size)
        window.add_widget(screen)
        assert screen.candidates.parent
        assert screen.pen_menu.parent
        settle()
        return screen

    return show


@pytest.mark.parametrize("size", [PHONE, TABLET, (320, 480)])
def test_upright_stacks_title_reading_canvas_and_toolbar(
    show: Show, size: tuple[float, float]
) -> None:
    screen = show(size)
    assert screen.toolbar.pos == [0, 0]
    assert screen.ink_canvas.y == screen.toolbar.top
    assert screen.ink_canvas.top == screen.reading_bar.y
    assert screen.nav_bar.top == size[1]
    assert screen.reading_bar.top <= screen.nav_bar.top
    assert screen.ink_canvas.width == size[0]


@pytest.mark.parametrize("size", [DESKTOP, LANDSCAPE])
def test_wide_has_the_reading_in_a_panel_at_the_side(show: Show, size: tuple[float, float]) -> None:
    screen = show(size)
    assert screen.ink_canvas.pos == [0, screen.toolbar.top]
    assert screen.ink_canvas.top == screen.reading_bar.top == size[1]
    assert screen.reading_bar.x > screen.ink_canvas.right
    assert screen.nav_bar.x > screen.ink_canvas.right
    assert screen.toolbar.width == size[0]


@pytest.mark.parametrize("size", [PHONE, LANDSCAPE, DESKTOP])
def test_the_canvas_stays_where_it_is_whatever_comes(
    show: Show, settle: Callable[[], None], size: tuple[float, float]
) -> None:
    screen = show(size)
    before = (*screen.ink_canvas.pos, *screen.ink_canvas.size)
    screen.reading_bar.text = "3141\n592"
    screen.reading_bar.certainty = Certainty.UNSURE
    screen.correcting = True
    screen.picking_pen = True
    settle()
    assert (*screen.ink_canvas.pos, *screen.ink_canvas.size) == before


@pytest.mark.parametrize("size", [PHONE, LANDSCAPE, TABLET, DESKTOP])
def test_everything_is_within_the_window_and_large_enough(
    show: Show, settle: Callable[[], None], size: tuple[float, float]
) -> None:
    from inkdigit_app.widgets.buttons import ToolButton

    screen = show(size)
    screen.correcting = True
    settle()
    buttons = [widget for widget in screen.walk() if isinstance(widget, ToolButton)]
    assert len(buttons) > 15
    for button in buttons:
        if button.opacity and button.parent.opacity and button.word not in ("", "Undo"):
            assert button.height >= MIN_TARGET_DP
            assert button.width >= MIN_TARGET_DP
    for part in (screen.toolbar, screen.nav_bar, screen.candidates, screen.reading_bar):
        assert part.x >= 0
        assert part.right <= size[0] + 1


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_left_handed_screen_is_a_mirror(
    show: Show, settle: Callable[[], None], size: tuple[float, float]
) -> None:
    screen = show(size)
    undo, clear = screen.toolbar.ids["undo"], screen.toolbar.ids["clear"]
    assert undo.x < clear.x
    screen.mirrored = screen.toolbar.mirrored = True
    settle()
    assert undo.x > clear.x
    assert undo.right == pytest.approx(size[0] - 8)
    if size == DESKTOP:
        assert screen.reading_bar.right < screen.ink_canvas.x + 1
        assert screen.ink_canvas.right == size[0]


@pytest.mark.parametrize("size", [PHONE, LANDSCAPE])
def test_nothing_lies_under_the_system_s_bars(
    show: Show, settle: Callable[[], None], size: tuple[float, float]
) -> None:
    screen = show(size)
    screen.insets = [30, 40, 20, 10]
    settle()
    for part in (screen.toolbar, screen.nav_bar, screen.reading_bar, screen.ink_canvas):
        assert part.x >= 30
        assert part.right <= size[0] - 20
        assert part.y >= 10
        assert part.top <= size[1] - 40


def test_the_theme_reaches_every_part(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    from inkdigit_app.widgets.base import look

    screen = show(PHONE)
    monkeypatch.setattr(look, "theme", DARK)
    for widget in screen.walk(restrict=True):
        if hasattr(widget, "theme"):
            assert widget.theme is DARK, widget


def test_what_is_closed_takes_no_touch(show: Show, settle: Callable[[], None]) -> None:
    from kivy.tests.common import UnitTestTouch

    screen = show(PHONE)
    told: list[str] = []
    screen.candidates.bind(on_label=lambda _, label: told.append(label))
    screen.pen_menu.bind(on_choice=lambda _, width: told.append(str(width)))
    for place in ((100, 100), (200, 150), (136, 90)):
        finger = UnitTestTouch(*place)
        finger.touch_down()
        finger.touch_up()
    assert told == []
    assert not screen.ink_canvas.blank


def test_touches_on_the_sheet_leave_no_ink(show: Show, settle: Callable[[], None]) -> None:
    from kivy.tests.common import UnitTestTouch

    screen = show(PHONE)
    screen.correcting = True
    settle()
    told: list[str] = []
    screen.candidates.bind(on_label=lambda _, label: told.append(label))
    screen.candidates.show(Page(), Glyph(3, 0.9, (0, 0, 10, 10)), True)
    (key,) = (key for key in screen.candidates.ids.keypad.children if key.word == "8")
    for place in (key.center, (4, 340)):
        finger = UnitTestTouch(*place)
        finger.touch_down()
        finger.touch_up()
    assert told == ["8"]
    assert screen.ink_canvas.blank


def test_buttons_can_be_pressed_only_where_they_do_something(
    show: Show, settle: Callable[[], None]
) -> None:
    from kivy.tests.common import UnitTestTouch

    toolbar = show(PHONE).toolbar
    told: list[str] = []
    for name in ("undo", "redo", "pen", "eraser", "clear", "read"):
        toolbar.bind(**{f"on_{name}": lambda _, name=name: told.append(name)})

    def press_all() -> None:
        for name in ("undo", "redo", "pen", "eraser", "clear", "read"):
            finger = UnitTestTouch(*toolbar.ids[name].center)
            finger.touch_down()
            finger.touch_up()

    press_all()
    assert told == ["pen"]
    told.clear()
    toolbar.can_undo = toolbar.can_redo = toolbar.can_clear = toolbar.can_read = True
    toolbar.live = False
    settle()
    press_all()
    assert told == ["undo", "redo", "pen", "eraser", "clear", "read"]


def test_the_pen_s_buttons_give_way_to_a_picture_s(show: Show, settle: Callable[[], None]) -> None:
    toolbar = show(PHONE).toolbar

    def offered() -> set[str]:
        return {name for name, button in toolbar.ids.items() if button.parent is not None}

    assert offered() >= {"pen", "eraser"}
    assert not offered() & {"turn", "crop", "table"}
    toolbar.picture = True
    settle()
    assert offered() >= {"turn", "crop", "table"}
    assert not offered() & {"pen", "eraser", "read"}


@pytest.mark.parametrize("width", [320, 360, 1000])
def test_only_a_picture_is_closed_and_ink_is_cleared(
    show: Show, settle: Callable[[], None], width: int
) -> None:
    toolbar = show((width, 700)).toolbar
    toolbar.live = False  # Read needs room, too
    settle()
    clear = toolbar.ids["clear"]
    assert (clear.word, clear.icon) in (("Clear", ""), ("", "delete"))
    toolbar.picture = True
    settle()
    assert (clear.word, clear.icon) in (("Close", ""), ("", "close"))
