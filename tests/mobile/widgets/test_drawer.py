from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.display


def test_what_is_closed_is_not_drawn(window: Any) -> None:
    from kivy.uix.widget import Widget

    from inkdigit_app.widgets.drawer import Drawer

    drawer = Drawer(opacity=0)
    window.add_widget(drawer)
    back, front = Widget(), Widget()
    drawer.add_widget(back)
    drawer.add_widget(front)

    def drawn() -> list[Any]:
        return [part for part in drawer.canvas.children if part in (back.canvas, front.canvas)]

    assert drawn() == []
    drawer.opacity = 1
    assert drawn() == [back.canvas, front.canvas]
    drawer.opacity = 0.5
    assert drawn() == [back.canvas, front.canvas]
    drawer.opacity = 0
    assert drawn() == []
    drawer.remove_widget(back)
    drawer.opacity = 1
    assert drawn() == [front.canvas]


def test_the_closed_panels_of_the_home_screen_are_in_drawers(window: Any) -> None:
    from inkdigit_app.screens.home import HomeScreen
    from inkdigit_app.widgets.drawer import Drawer

    home = HomeScreen()
    window.add_widget(home)
    for name in ("candidates", "pen_menu", "share_menu"):
        assert isinstance(home.ids[name].__self__, Drawer)
        assert not home.ids[name].opacity


def test_a_button_has_no_shapes_that_cannot_be_seen(window: Any) -> None:
    from inkdigit_app.widgets.buttons import ToolButton

    button = ToolButton(word="7")
    window.add_widget(button)
    button._shapes.redraw()
    assert len(button._shapes.children) == 0
    button.outlined = button.chosen = True
    button._shapes.redraw()
    kinds = [type(part).__name__ for part in button._shapes.children]
    assert [kind for kind in kinds if kind in ("RoundedRectangle", "Line")] == [
        "RoundedRectangle",
        "Line",
    ]
