from __future__ import annotations

from typing import Any

import pytest

from inkdigit_app.core.glyphs import Glyph
from inkdigit_app.core.theme import DARK

pytestmark = pytest.mark.display


def glyph(
    digit: int | None = 3, confidence: float = 0.99, left: float = 50.0, **more: Any
) -> Glyph:
    return Glyph(digit, confidence, (left, 40.0, left + 60, 140.0), **more)


@pytest.fixture
def layer(window: Any) -> Any:
    from inkdigit_app.widgets.box_layer import BoxLayer

    layer = BoxLayer(size_hint=(None, None), size=(400, 300), origin_y=300)
    window.add_widget(layer)
    return layer


def parts(layer: Any, kind: str) -> list[Any]:
    groups = [child for child in layer.canvas.children if type(child).__name__ != "Callback"]
    return [p for g in groups for p in getattr(g, "children", []) if type(p).__name__ == kind]


def test_a_box_stands_round_its_ink(layer: Any) -> None:
    left, bottom, right, top = layer.screen_box(glyph())
    assert left < 50
    assert right > 110
    assert top > 300 - 40
    assert bottom < 300 - 140


def test_a_box_stays_on_the_canvas(layer: Any) -> None:
    left, bottom, right, top = layer.screen_box(Glyph(3, 0.9, (-5, -5, 500, 400)))
    assert 0 <= left < right <= 400
    assert 0 <= bottom < top <= 300


def test_each_glyph_has_a_box(layer: Any) -> None:
    layer.show([glyph(), glyph(left=150), glyph(None, left=250)])
    assert len(parts(layer, "RoundedRectangle")) == 3  # their chips


def test_a_box_that_stays_is_not_drawn_again(layer: Any) -> None:
    layer.show([glyph()])
    (chip,) = parts(layer, "RoundedRectangle")
    layer.show([glyph(), glyph(left=150)])
    assert chip in parts(layer, "RoundedRectangle")
    layer.show([])
    assert parts(layer, "RoundedRectangle") == []


def test_certainty_shows_by_pattern(layer: Any) -> None:
    layer.show([glyph(3, 0.99)])
    assert parts(layer, "Mesh") == []
    layer.show([glyph(3, 0.6)])
    assert len(parts(layer, "Mesh")) == 1
    dashes = len(parts(layer, "Mesh")[0].indices)
    layer.show([glyph(None, 0.6)])
    assert len(parts(layer, "Mesh")[0].indices) > dashes


def test_a_chip_holds_the_digit_and_where_it_fits_the_percentage(layer: Any) -> None:
    layer.show([glyph()])
    assert len(parts(layer, "Rectangle")) == 2
    layer.show([Glyph(1, 0.99, (50, 40, 54, 140))])
    assert len(parts(layer, "Rectangle")) == 1


def test_a_corrected_digit_has_a_tick_instead_of_a_percentage(layer: Any) -> None:
    layer.show([glyph()])
    lines = len(parts(layer, "Line"))
    layer.show([glyph(corrected=True)])
    assert len(parts(layer, "Rectangle")) == 1
    assert len(parts(layer, "Line")) == lines + 1


def test_boxes_follow_theme_and_scale(layer: Any) -> None:
    layer.show([glyph()])
    (before,) = parts(layer, "RoundedRectangle")
    layer.theme = DARK
    layer.unit = 0.5
    (after,) = parts(layer, "RoundedRectangle")
    assert after is not before
    assert after.pos[0] < before.pos[0]


def test_boxes_let_touches_through(layer: Any) -> None:
    assert layer.on_touch_down(object()) is False


def test_what_was_left_out_has_a_dotted_box_with_words(layer: Any) -> None:
    layer.show([glyph()], None, [(200.0, 100.0, 206.0, 106.0)])
    assert len(parts(layer, "Mesh")) == 1
    words = len(parts(layer, "Rectangle"))
    layer.show([glyph()])
    assert parts(layer, "Mesh") == []
    assert len(parts(layer, "Rectangle")) == words - 1
