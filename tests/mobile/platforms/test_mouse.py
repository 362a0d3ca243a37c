from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.display


@pytest.fixture
def mouse(window: Any) -> Any:
    from inkdigit_app.platforms.mouse import EveryMoveMouse

    mouse = EveryMoveMouse("mouse", "disable_multitouch,disable_hover")
    mouse.start()
    yield mouse
    mouse.stop()


@pytest.fixture
def seen(window: Any) -> list[tuple[str, int, int]]:
    """What a widget sees: kind of touch, x and y in pixels, y up."""
    from kivy.uix.widget import Widget

    events: list[tuple[str, int, int]] = []

    class Watcher(Widget):  # type: ignore[misc]
        def on_touch_down(self, touch: Any) -> bool:
            events.append(("down", round(touch.x), round(touch.y)))
            return True

        def on_touch_move(self, touch: Any) -> bool:
            events.append(("move", round(touch.x), round(touch.y)))
            return True

        def on_touch_up(self, touch: Any) -> bool:
            events.append(("up", round(touch.x), round(touch.y)))
            return True

    window.add_widget(Watcher())
    return events


def test_every_move_within_a_frame_arrives_in_order(
    window: Any, mouse: Any, seen: list[tuple[str, int, int]]
) -> None:
    window.dispatch("on_mouse_down", 100, 100, "left", [])
    for x in (110, 120, 130):
        window.dispatch("on_mouse_move", x, 105, [])
    window.dispatch("on_mouse_up", 130, 105, "left", [])
    top = window.height - 1
    assert seen == [
        ("down", 100, top - 100),
        ("move", 110, top - 105),
        ("move", 120, top - 105),
        ("move", 130, top - 105),
        ("up", 130, top - 105),
    ]


def test_a_key_does_not_overtake_the_mouse(
    window: Any, mouse: Any, seen: list[tuple[str, int, int]]
) -> None:
    when_pressed: list[int] = []
    window.bind(on_key_down=lambda *_: when_pressed.append(len(seen)))
    window.dispatch("on_mouse_down", 100, 50, "left", [])
    window.dispatch("on_mouse_up", 100, 50, "left", [])
    window.dispatch("on_key_down", 13, 40, "\r", [])
    assert when_pressed == [2]


def test_a_frame_has_nothing_left_to_dispatch(
    window: Any, mouse: Any, seen: list[tuple[str, int, int]]
) -> None:
    window.dispatch("on_mouse_down", 100, 50, "left", [])
    window.dispatch("on_mouse_up", 100, 50, "left", [])
    late: list[object] = []
    mouse.update(lambda *event: late.append(event))
    assert late == []


def test_two_clicks_within_a_frame_stay_two(
    window: Any, mouse: Any, seen: list[tuple[str, int, int]]
) -> None:
    for x in (100, 300):
        window.dispatch("on_mouse_down", x, 50, "left", [])
        window.dispatch("on_mouse_up", x, 50, "left", [])
    assert [(kind, x) for kind, x, _ in seen] == [
        ("down", 100),
        ("up", 100),
        ("down", 300),
        ("up", 300),
    ]
