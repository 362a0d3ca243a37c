from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inkdigit_app.core.glyphs import Certainty
from inkdigit_app.core.theme import DARK, LIGHT

pytestmark = pytest.mark.display


@pytest.fixture
def bar(window: Any, settle: Callable[[], None]) -> Any:
    from inkdigit_app.widgets.reading_bar import ReadingBar

    bar = ReadingBar(size_hint=(None, None), size=(360, 112))
    window.add_widget(bar)
    settle()
    return bar


def marks(widget: Any) -> list[Any]:
    from kivy.graphics import Ellipse, RoundedRectangle

    from inkdigit_app.widgets.reading_bar import CertaintyLine

    (found,) = (w for w in widget.walk() if isinstance(w, CertaintyLine))
    (group,) = found.canvas.children
    return [part for part in group.children if isinstance(part, (Ellipse, RoundedRectangle))]


def test_no_reading_shows_nothing(bar: Any) -> None:
    assert bar.ids.digits.text == ""
    assert marks(bar) == []
    assert bar.ids.copy_button.opacity == 0


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_certainty_shows_by_pattern_as_well_as_by_colour(
    bar: Any, settle: Callable[[], None], theme: Any
) -> None:
    bar.theme = theme
    bar.text = "314"
    counts = []
    for certainty in (Certainty.SURE, Certainty.UNSURE, Certainty.NO_DIGIT):
        bar.certainty = certainty
        settle()
        counts.append(len(marks(bar)))
    solid, dashed, dotted = counts
    assert solid == 1
    assert 1 < dashed < dotted


def test_a_long_number_is_set_smaller_and_then_scrolls(
    bar: Any, settle: Callable[[], None]
) -> None:
    sizes = []
    for digits in (4, 11, 17, 60):
        bar.text = "8" * digits
        settle()
        sizes.append(bar.type_size)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 56
    assert sizes[-1] == 18
    assert bar.ids.digits.width > bar.ids.scroll.width


def test_lines_stand_below_each_other(bar: Any, settle: Callable[[], None]) -> None:
    bar.text = "314"
    settle()
    one = bar.ids.digits.texture_size[1]
    bar.text = "314\n592"
    settle()
    assert bar.type_size < 56
    assert bar.ids.digits.texture_size[1] >= 2 * bar.type_size
    assert bar.ids.digits.texture_size[1] <= bar.ids.scroll.height or one > 64


def test_a_message_takes_the_place_of_a_reading(bar: Any, settle: Callable[[], None]) -> None:
    bar.message = "Reading…"
    settle()
    assert bar.ids.digits.text == "Reading…"
    bar.text = "7"
    assert bar.ids.digits.text == "7"


def test_more_rows_than_fit_scroll_and_show_the_newest(
    bar: Any, settle: Callable[[], None]
) -> None:
    bar.text = "314\n592\n653\n589\n793"
    settle()
    scroll = bar.ids.scroll
    assert bar.ids.digits.height > scroll.height
    assert scroll.scroll_y == 0
    from kivy.tests.common import UnitTestTouch

    wheel = UnitTestTouch(*scroll.center)
    wheel.profile, wheel.button = [*wheel.profile, "button"], "scrolldown"
    wheel.touch_down()
    wheel.touch_up()
    settle()
    assert scroll.scroll_y > 0
