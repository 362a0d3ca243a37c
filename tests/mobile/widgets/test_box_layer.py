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


def groups(layer: Any) -> list[Any]:
    """What is drawn, from back to front."""
    (whole,) = (part for part in layer.canvas.children if type(part).__name__ == "InstructionGroup")
    return list(whole.children)


def parts(layer: Any, kind: str) -> list[Any]:
    return [p for group in groups(layer) for p in group.children if type(p).__name__ == kind]


def test_a_box_stands_round_its_ink(layer: Any) -> None:
    layer.pen_width = 6
    layer.show([glyph()])
    assert layer.screen_box(glyph()) == (47, 300 - 143, 113, 300 - 37)
    left, bottom, right, top = layer.marks[0].box
    assert left < 47
    assert right > 113
    assert top > 300 - 37
    assert bottom < 300 - 143


def test_a_box_stays_on_the_page(layer: Any) -> None:
    layer.show([Glyph(3, 0.9, (-5, -5, 390, 290))])
    left, bottom, right, top = layer.marks[0].box
    assert 0 <= left < right <= 400
    assert 0 <= bottom < top <= 300


def test_a_box_round_ink_beyond_the_canvas_is_whole(layer: Any) -> None:
    layer.show([glyph(), Glyph(3, 0.9, (450, 240, 500, 400), line=1)])
    left, bottom, right, top = layer.marks[1].box
    assert (left < 450, right > 500) == (True, True)
    assert (top > 60, bottom < -100) == (True, True)


def test_boxes_move_along_with_the_page_and_are_not_drawn_again(layer: Any) -> None:
    layer.show([glyph(), glyph(left=150)])
    before = groups(layer)
    layer.origin_x, layer.origin_y = -30, 420
    assert groups(layer) == before
    assert layer.glyph_at(50, 300) == 0
    assert layer.glyph_at(80, 180) is None
    assert layer.screen_box(glyph()) == (20, 280, 80, 380)
    layer.show([glyph()])
    assert groups(layer) == before[:1]


def test_boxes_are_laid_out_once_the_fingers_have_zoomed(layer: Any) -> None:
    layer.show([glyph()])
    before = groups(layer)
    layer.zooming = True
    layer.unit = 1.5
    assert groups(layer) == before
    assert layer.glyph_at(100, 200) == 0
    layer.zooming = False
    assert groups(layer) != before
    assert layer.marks[0].box[2] > 1.5 * 110


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


def test_marks_are_drawn_in_reading_order_and_the_chosen_one_last(layer: Any) -> None:
    glyphs = [glyph(left=50 + 90 * i) for i in range(4)]
    layer.show(glyphs)
    first = groups(layer)
    layer.show([glyphs[0], *glyphs[2:]])
    layer.show(glyphs)
    again = groups(layer)
    assert [again[i] is first[i] for i in range(4)] == [True, False, True, True]
    layer.show(glyphs, 1)
    chosen = groups(layer)
    assert [chosen[0], chosen[1], chosen[2]] == [again[0], again[2], again[3]]
    layer.show(glyphs, None)
    assert groups(layer)[2:] == again[2:]


def test_the_whole_chip_can_be_tapped(layer: Any) -> None:
    layer.show([glyph(), glyph(left=150)])
    left, bottom, right, top = layer.marks[1].chip
    for x, y in ((left + 1, bottom + 1), (right - 1, top - 1), (left, top + 3)):
        assert layer.glyph_at(x, y) == 1


def test_a_dot_beside_a_digit_is_not_a_tap_on_it(layer: Any) -> None:
    layer.pen_width = 7
    layer.show([glyph()])  # its points end at 110
    assert layer.glyph_at(112, 200) == 0
    assert layer.glyph_at(118, 200) is None
    assert layer.glyph_at(80, 300 - 148) is None


def test_a_tap_between_two_touching_boxes_is_for_the_nearer_digit(layer: Any) -> None:
    layer.show([glyph(), glyph(left=122)])  # the ink of the first ends at 110
    assert layer.marks[0].box[2] >= layer.marks[1].box[0] - 2
    assert layer.glyph_at(115, 220) == 0
    assert layer.glyph_at(117, 220) == 1
    assert layer.glyph_at(116, 170) is None  # a point at their feet
    layer.show([glyph(), glyph(left=130)])
    assert layer.glyph_at(119, 220) is None
    layer.show([glyph(), glyph(left=122, line=1)])
    assert layer.glyph_at(115, 220) is None
    layer.show([Glyph(4, 0.99, (50, 40, 60, 60)), Glyph(4, 0.99, (68, 40, 78, 60))])
    assert layer.glyph_at(64, 250) is None  # between small digits a point is as likely


def test_small_digits_have_lines_and_no_chips(layer: Any) -> None:
    layer.show([Glyph(4, 0.99, (50, 40, 60, 60)), Glyph(4, 0.99, (70, 40, 80, 60))])
    assert parts(layer, "RoundedRectangle") == []
    assert len(parts(layer, "Mesh")) == 2
    assert len(parts(layer, "Rectangle")) == 2
    assert layer.glyph_at(55, 250) == 0


def test_certainty_shows_by_pattern(layer: Any) -> None:
    layer.show([glyph(3, 0.99)])
    assert parts(layer, "Mesh") == []
    layer.show([glyph(3, 0.6)])
    assert len(parts(layer, "Mesh")) == 1
    dashes = len(parts(layer, "Mesh")[0].indices)
    layer.show([glyph(None, 0.6)])
    assert len(parts(layer, "Mesh")[0].indices) > dashes


def test_a_chip_has_the_percentage_where_it_is_unsure_or_chosen(layer: Any) -> None:
    layer.show([glyph(3, 0.6)])
    assert len(parts(layer, "Rectangle")) == 2
    layer.show([glyph()])
    assert len(parts(layer, "Rectangle")) == 1
    layer.show([glyph()], 0)
    assert len(parts(layer, "Rectangle")) == 2


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


def test_a_mark_that_looks_as_before_is_not_drawn_again(layer: Any) -> None:
    layer.show([glyph(confidence=0.99), glyph(left=150, confidence=0.98)])
    before = groups(layer)
    layer.show([glyph(confidence=0.96), glyph(left=150, confidence=0.97), glyph(left=250)])
    assert groups(layer)[:2] == before
    assert len(groups(layer)) == 3
    layer.show([glyph(confidence=0.6), glyph(left=150, confidence=0.97), glyph(left=250)])
    assert groups(layer)[0] != before[0]  # now unsure, with its percentage
    assert groups(layer)[1] == before[1]
    unsure = groups(layer)[0]
    layer.show([glyph(confidence=0.7), glyph(left=150, confidence=0.97), glyph(left=250)])
    assert groups(layer)[0] != unsure
