from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inkdigit_app.theme import DARK
from inkdigit_app.view_model import Answer, Certainty

pytestmark = pytest.mark.display

SEVEN = Answer("7", 0.98, Certainty.SURE)
TARGET_DP = 48


@pytest.fixture
def show(window: Any, settle: Callable[[], None]) -> Callable[[float, float], Any]:
    from inkdigit_app.home_screen import HomeScreen

    def show(width: float, height: float) -> Any:
        screen = HomeScreen(size_hint=(None, None), size=(width, height))
        window.add_widget(screen)
        settle()
        return screen

    return show


@pytest.mark.parametrize("size", [(390, 844), (320, 480), (768, 1024)])
def test_portrait_stacks_answer_canvas_and_toolbar(
    show: Callable[[float, float], Any], size: tuple[float, float]
) -> None:
    screen = show(*size)
    assert screen.toolbar.pos == [0, 0]
    assert screen.ink_canvas.y == screen.toolbar.top
    assert screen.answer_line.y == screen.ink_canvas.top
    assert screen.answer_line.top == size[1]
    widths = {part.width for part in (screen.toolbar, screen.ink_canvas, screen.answer_line)}
    assert widths == {size[0]}


@pytest.mark.parametrize("size", [(1000, 700), (844, 390)])
def test_landscape_has_the_answer_in_a_panel_at_the_side(
    show: Callable[[float, float], Any], size: tuple[float, float]
) -> None:
    screen = show(*size)
    assert screen.ink_canvas.pos == [0, screen.toolbar.top]
    assert screen.ink_canvas.top == screen.answer_line.top == size[1]
    assert screen.answer_line.x > screen.ink_canvas.right
    assert screen.answer_line.right == size[0]
    assert screen.toolbar.width == size[0]


@pytest.mark.parametrize("size", [(390, 844), (1000, 700)])
def test_the_canvas_stays_where_it_is_when_an_answer_comes(
    show: Callable[[float, float], Any], settle: Callable[[], None], size: tuple[float, float]
) -> None:
    screen = show(*size)
    before = (*screen.ink_canvas.pos, *screen.ink_canvas.size)
    screen.answer_line.answer = SEVEN
    settle()
    assert (*screen.ink_canvas.pos, *screen.ink_canvas.size) == before


def test_buttons_are_large_enough_for_a_finger(show: Callable[[float, float], Any]) -> None:
    toolbar = show(320, 480).toolbar
    for button in (toolbar.clear_button, toolbar.recognise_button):
        assert min(button.size) >= TARGET_DP


def test_the_theme_reaches_every_part(show: Callable[[float, float], Any]) -> None:
    from kivy.utils import get_hex_from_color

    screen = show(390, 844)
    screen.theme = DARK
    for part in (screen.ink_canvas, screen.answer_line, screen.toolbar):
        assert part.theme is DARK
    button = screen.toolbar.recognise_button
    assert get_hex_from_color(button.disabled_color).startswith(DARK.quiet.lower())
    assert get_hex_from_color(button.color).startswith(DARK.on_accent.lower())


def test_buttons_can_be_pressed_only_where_they_do_something(
    show: Callable[[float, float], Any], settle: Callable[[], None]
) -> None:
    from kivy.tests.common import UnitTestTouch

    toolbar = show(390, 844).toolbar
    told: list[str] = []
    toolbar.bind(on_clear=lambda _: told.append("clear"))
    toolbar.bind(on_recognise=lambda _: told.append("recognise"))

    def press_both() -> None:
        for button in (toolbar.clear_button, toolbar.recognise_button):
            finger = UnitTestTouch(*button.center)
            finger.touch_down()
            finger.touch_up()

    press_both()
    assert told == []
    toolbar.can_clear = toolbar.can_recognise = True
    settle()
    press_both()
    assert told == ["clear", "recognise"]
