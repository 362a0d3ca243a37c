from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from inkdigit_app.core.theme import DARK, LIGHT

pytestmark = pytest.mark.display


def test_widgets_made_before_and_after_follow_the_theme(
    window: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kivy.utils import get_color_from_hex

    from inkdigit_app.widgets.base import Text, look

    before = Text(tone="quiet")
    assert before.theme is LIGHT
    monkeypatch.setattr(look, "theme", DARK)
    after = Text(tone="quiet")
    for text in (before, after):
        assert text.theme is DARK
        assert text.color == get_color_from_hex(DARK.quiet)


def test_following_the_theme_keeps_no_widget_alive(window: Any) -> None:
    from inkdigit_app.widgets.base import Panel

    panel = Panel()
    alive = weakref.ref(panel)
    del panel
    gc.collect()
    assert alive() is None


def test_events_need_no_handler(window: Any) -> None:
    from inkdigit_app.widgets.base import Themed

    class Bell(Themed):
        __events__ = ("on_ring",)

    bell, heard = Bell(), []
    bell.dispatch("on_ring", 1)
    bell.bind(on_ring=lambda _, times: heard.append(times))
    bell.dispatch("on_ring", 2)
    assert heard == [2]


def test_the_rules_of_a_module_are_loaded_once(window: Any) -> None:
    from kivy.lang import Builder

    from inkdigit_app.widgets import bars

    rules = bars.__file__.replace(".py", ".kv")
    assert Builder.files.count(rules) == 1
    assert bars.NavBar(title="inkdigit").ids.history.hint


def test_a_panel_keeps_the_touches_on_it_from_what_is_behind(window: Any) -> None:
    from kivy.tests.common import UnitTestTouch
    from kivy.uix.widget import Widget

    from inkdigit_app.widgets.base import Panel

    behind, reached = Widget(), []
    behind.bind(on_touch_down=lambda _, touch: reached.append(touch.pos))
    window.add_widget(behind)
    window.add_widget(Panel(size_hint=(None, None), size=(100, 100)))
    for x in (50, 150):
        finger = UnitTestTouch(x, 50)
        finger.touch_down()
        finger.touch_up()
    assert [x for x, _ in reached] == [pytest.approx(150)]
