from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inkdigit import Stroke
from inkdigit_app.core.page import Page, PenStroke, Picture

pytestmark = pytest.mark.display

Touch = Callable[[float, float], Any]


@pytest.fixture
def canvas(window: Any) -> Any:
    from inkdigit_app.widgets.ink_canvas import InkCanvas

    canvas = InkCanvas(hint="Write", size_hint=(None, None), pos=(50, 40), size=(300, 200))
    window.add_widget(canvas)
    canvas.written = []
    canvas.bind(on_stroke=lambda _, drawn: canvas.written.append(drawn.stroke))
    canvas.told = []
    for event in ("on_stroke_begin", "on_stroke_cancel", "on_two_finger_tap", "on_empty_tap"):
        canvas.bind(**{event: lambda _, event=event: canvas.told.append(event)})
    canvas.bind(on_glyph_tap=lambda _, index: canvas.told.append(index))
    canvas.bind(on_erase=lambda _, strokes: canvas.told.append(("erase", strokes)))
    canvas.bind(on_glyph_erase=lambda _, index: canvas.told.append(("erase glyph", index)))
    return canvas


def page_of(*lines: list[tuple[float, float]]) -> Page:
    return Page(tuple(PenStroke(Stroke.from_points(points), 7.0) for points in lines))


@pytest.fixture
def touch(window: Any) -> Touch:
    """A finger at a point of the window, y up, as Kivy has it."""
    from kivy.tests.common import UnitTestTouch

    return UnitTestTouch


def line(touch: Touch, *points: tuple[float, float]) -> None:
    finger = touch(*points[0])
    finger.touch_down()
    for point in points[1:]:
        finger.touch_move(*point)
    finger.touch_up()


def test_points_count_from_the_top_left_with_y_down(canvas: Any, touch: Touch) -> None:
    line(touch, (60, 230), (100, 200), (150, 60))
    (stroke,) = canvas.written
    np.testing.assert_allclose(stroke.points, [(10, 10), (50, 40), (100, 180)], atol=0.01)


def test_a_tap_is_a_dot(canvas: Any, touch: Touch) -> None:
    line(touch, (100, 100))
    (stroke,) = canvas.written
    assert len(stroke) == 1


def test_a_second_finger_does_not_draw_while_the_first_does(canvas: Any, touch: Touch) -> None:
    first, second = touch(100, 100), touch(200, 200)
    first.touch_down()
    first.touch_move(120, 100)
    second.touch_down()
    second.touch_move(250, 220)
    second.touch_up()
    first.touch_move(140, 100)
    first.touch_up()
    (stroke,) = canvas.written
    np.testing.assert_allclose(stroke.points[:, 0], [50, 70, 90], atol=0.01)


def test_the_next_finger_draws_again(canvas: Any, touch: Touch) -> None:
    line(touch, (100, 100), (120, 100))
    line(touch, (200, 100), (220, 100))
    assert len(canvas.written) == 2


def test_moves_of_less_than_a_dp_are_left_out(canvas: Any, touch: Touch) -> None:
    line(touch, (100, 100), (100.4, 100), (100.2, 100.3), (110, 100))
    (stroke,) = canvas.written
    assert len(stroke) == 2


def test_the_pen_writes_along_the_edge_it_slides_over(canvas: Any, touch: Touch) -> None:
    line(touch, (60, 60), (20, 60), (20, 300), (400, 300))
    (stroke,) = canvas.written
    expected = [(10, 180), (0, 180), (0, 0), (300, 0)]
    np.testing.assert_allclose(stroke.points, expected, atol=0.01)


def test_touches_beside_the_canvas_are_left_alone(canvas: Any, touch: Touch) -> None:
    line(touch, (20, 20), (100, 100))
    assert canvas.written == []


@pytest.mark.parametrize("button", ["right", "middle", "scrollup"])
def test_only_the_left_button_draws(canvas: Any, touch: Touch, button: str) -> None:
    finger = touch(100, 100)
    finger.button = button
    finger.profile = [*finger.profile, "button"]
    finger.touch_down()
    finger.touch_up()
    assert canvas.written == []


def test_the_hint_goes_with_the_first_touch_and_comes_back(canvas: Any, touch: Touch) -> None:
    hint = canvas.children[-1]
    assert hint.text == "Write"
    finger = touch(100, 100)
    finger.touch_down()
    assert hint.text == ""
    finger.touch_up()
    canvas.show(Page())
    assert hint.text == "Write"


def test_a_stroke_stays_as_it_was_drawn_when_it_is_shown(canvas: Any, touch: Touch) -> None:
    drawn: list[PenStroke] = []
    canvas.bind(on_stroke=lambda _, stroke: drawn.append(stroke))
    line(touch, (100, 100), (120, 140))
    (drawing,) = canvas.drawings
    canvas.show(Page(tuple(drawn)))
    assert canvas.drawings == [drawing]


def test_strokes_from_elsewhere_are_drawn_and_taken_away(canvas: Any) -> None:
    page = page_of([(10, 10), (30, 90)], [(60, 10), (80, 90)])
    canvas.show(page)
    assert len(canvas.drawings) == 2
    canvas.show(Page(page.strokes[1:]))
    assert len(canvas.drawings) == 1
    canvas.show(Page())
    assert canvas.drawings == []
    assert canvas.blank


def test_the_pen_s_width_goes_with_the_stroke(canvas: Any, touch: Touch) -> None:
    widths: list[float] = []
    canvas.bind(on_stroke=lambda _, stroke: widths.append(stroke.width))
    for width in (3, 14):
        canvas.pen_width = width
        line(touch, (100, 100), (120, 140))
    assert widths == [3, 14]


def test_all_the_width_and_the_last_ink_of_a_larger_canvas_is_in_sight(canvas: Any) -> None:
    canvas.show(page_of([(10, 10), (80, 90)], [(560, 1000), (580, 1090)]))
    assert 0 < canvas.unit < 1
    assert canvas.view.to_screen(580, 0)[0] <= canvas.right
    assert canvas.view.to_screen(10, 0)[0] >= canvas.x
    assert canvas.sees((560, 1000, 580, 1090))
    assert not canvas.sees((10, 10, 80, 90))
    assert canvas.has_bar


def test_a_page_that_fits_is_seen_at_100_percent(canvas: Any) -> None:
    canvas.show(page_of([(10, 10), (80, 590)]))
    assert canvas.unit == 1


def test_ink_on_a_moved_and_zoomed_page_is_where_the_pen_is(canvas: Any, touch: Touch) -> None:
    canvas.show(page_of([(10, 10), (580, 590)]))
    canvas.zoom_home()
    canvas.zoom_by(3)
    line(touch, (200, 140), (250, 140))
    (stroke,) = canvas.written
    expected = [canvas.view.to_page(200, 140), canvas.view.to_page(250, 140)]
    np.testing.assert_allclose(stroke.points, expected, rtol=1e-4)
    assert stroke.points[1, 0] - stroke.points[0, 0] == pytest.approx(50 / 1.25**3, rel=1e-4)


def two(touch: Touch) -> tuple[Any, Any]:
    """Two fingers that land together."""
    first, second = touch(100, 100), touch(200, 100)
    first.touch_down()
    second.touch_down()
    return first, second


def test_two_fingers_move_and_spread_the_page_and_leave_no_ink(canvas: Any, touch: Touch) -> None:
    canvas.show(page_of([(10, 10), (580, 590)]))
    canvas.zoom_home()
    left = canvas.view.to_page(100, 100)
    first, second = two(touch)
    for step in range(1, 11):  # apart and up
        first.touch_move(100 - 2 * step, 100 + 3 * step)
        second.touch_move(200 + 3 * step, 100 + 3 * step)
    assert canvas.zoom > 1.3
    assert canvas.moving
    np.testing.assert_allclose(canvas.view.to_screen(*left), (80, 130), atol=8)  # the tap's slop
    second.touch_up()
    first.touch_move(150, 150)
    first.touch_up()
    assert canvas.written == []
    assert canvas.told == ["on_stroke_begin", "on_stroke_cancel"]
    assert not canvas.moving
    line(touch, (100, 100), (120, 100))
    assert len(canvas.written) == 1


def test_a_finger_that_rests_while_the_page_moves_writes_nothing(canvas: Any, touch: Touch) -> None:
    first, second = two(touch)
    second.touch_move(200, 150)
    first.touch_up()
    second.touch_move(220, 190)
    second.touch_up()
    assert canvas.written == []
    assert "on_two_finger_tap" not in canvas.told


def test_a_second_finger_that_lands_late_is_ignored(canvas: Any, touch: Touch) -> None:
    first, second = touch(100, 100), touch(200, 200)
    first.touch_down()
    second.time_start = first.time_start + 0.6
    second.touch_down()
    second.touch_move(240, 160)
    first.touch_move(130, 100)
    second.touch_up()
    first.touch_up()
    assert canvas.zoom == 1
    assert canvas.origin_y == canvas.top
    (stroke,) = canvas.written
    assert len(stroke) == 2


def test_two_fingers_on_a_box_choose_nothing(canvas: Any, touch: Touch) -> None:
    canvas.glyph_at = lambda x, y: 5
    first, second = two(touch)
    second.touch_move(200, 150)
    first.touch_move(100, 150)
    first.touch_up()
    second.touch_up()
    assert canvas.told == []


def test_the_eraser_takes_nothing_where_two_fingers_move_the_page(
    canvas: Any, touch: Touch
) -> None:
    canvas.show(page_of([(50, 20), (50, 180)]))
    canvas.erasing = True
    first, second = two(touch)
    assert len(canvas.drawings) == 1
    second.touch_move(200, 150)
    second.touch_up()
    first.touch_up()
    assert canvas.told == []


def button(touch: Touch, name: str, *points: tuple[float, float]) -> None:
    mouse = touch(*points[0])
    mouse.button = name
    mouse.profile = [*mouse.profile, "button"]
    mouse.touch_down()
    for point in points[1:]:
        mouse.touch_move(*point)
    mouse.touch_up()


def test_the_wheel_scrolls_and_zooms_where_the_pointer_is(
    canvas: Any, touch: Touch, window: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas.show(page_of([(10, 10), (580, 590)]))
    canvas.zoom_home()
    canvas.scroll(-9)
    button(touch, "scrollup", (100, 100))
    assert canvas.origin_y == canvas.top + 64
    button(touch, "scrolldown", (100, 100))
    assert canvas.origin_y == canvas.top
    monkeypatch.setattr(type(window), "modifiers", ["shift"])
    button(touch, "scrollup", (100, 100))
    assert canvas.origin_x < canvas.x
    monkeypatch.setattr(type(window), "modifiers", ["ctrl"])
    point = canvas.view.to_page(100, 100)
    button(touch, "scrolldown", (100, 100))
    assert canvas.zoom == pytest.approx(1.1)
    assert canvas.view.to_screen(*point) == pytest.approx((100, 100))
    assert canvas.written == []


def test_the_middle_button_drags_the_page(canvas: Any, touch: Touch) -> None:
    canvas.show(page_of([(10, 10), (80, 590)]))
    canvas.scroll(-9)
    button(touch, "middle", (100, 60), (100, 110), (100, 160))
    assert canvas.origin_y == canvas.top + 100
    assert canvas.written == []
    assert not canvas.moving


def test_nothing_moves_the_page_under_the_pen(canvas: Any, touch: Touch) -> None:
    canvas.show(page_of([(10, 10), (80, 90)], [(560, 500), (580, 590)]))
    finger = touch(100, 100)
    finger.touch_down()
    finger.touch_move(140, 100)
    before = canvas.view
    button(touch, "scrollup", (100, 100))
    canvas.zoom_by(1)
    canvas.scroll(1)
    canvas.sight = ((10, 10, 80, 90), 200)
    assert canvas.view == before
    finger.touch_up()
    assert canvas.view != before


def test_ctrl_0_goes_to_100_percent_and_then_to_all_of_the_page(canvas: Any) -> None:
    canvas.show(page_of([(10, 10), (580, 590)]))
    canvas.zoom_by(2)
    canvas.zoom_home()
    assert canvas.zoom == 1
    canvas.zoom_home()
    assert canvas.sees((10, 10, 12, 12))
    assert canvas.sees((579, 589, 580, 590))


def test_what_is_undone_out_of_sight_comes_into_sight(canvas: Any) -> None:
    page = page_of([(10, 10), (80, 90)], [(60, 500), (80, 590)])
    canvas.show(page)
    canvas.scroll(-9)
    assert not canvas.sees((60, 500, 80, 590))
    canvas.show(Page(page.strokes[:1], key=page.key))
    assert canvas.sees((60, 500, 80, 590))


def test_a_stroke_that_is_being_written_ends_as_the_canvas_turns(canvas: Any, touch: Touch) -> None:
    finger = touch(100, 100)
    finger.touch_down()
    canvas.size = (200, 300)
    assert canvas.told == ["on_stroke_begin", "on_stroke_cancel"]
    assert canvas.blank


def test_two_fingers_together_are_no_ink(canvas: Any, touch: Touch) -> None:
    first, second = touch(100, 100), touch(200, 200)
    first.touch_down()
    second.touch_down()
    second.touch_up()
    first.touch_up()
    assert canvas.written == []
    assert canvas.blank
    assert canvas.told == ["on_stroke_begin", "on_stroke_cancel", "on_two_finger_tap"]


def test_a_tap_on_a_box_leaves_no_ink(canvas: Any, touch: Touch) -> None:
    canvas.glyph_at = lambda x, y: 5 if x < 150 else None
    finger = touch(100, 100)
    finger.touch_down()
    finger.touch_move(103, 101)
    finger.touch_up()
    assert canvas.told == [5]
    assert canvas.blank


def test_a_stroke_that_begins_on_a_box_is_ink_from_its_first_point(
    canvas: Any, touch: Touch
) -> None:
    canvas.glyph_at = lambda x, y: 5 if x < 150 else None
    line(touch, (100, 100), (103, 100), (130, 100))
    (stroke,) = canvas.written
    assert stroke.points[0].tolist() == [50, 140]
    assert canvas.told == ["on_stroke_begin"]


def test_a_picture_takes_taps_and_no_ink(canvas: Any, touch: Touch) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (1000, 500), "white").save(buffer, "PNG")
    canvas.show(Page(picture=Picture(buffer.getvalue(), (1000, 500), "white.png")))
    assert not canvas.blank
    assert canvas.texture.size == (1000, 500)
    assert 0.25 < canvas.unit < 0.3
    canvas.glyph_at = lambda x, y: 2 if x < 200 else None
    line(touch, (100, 140))
    line(touch, (300, 140))
    line(touch, (100, 140), (300, 140))
    assert canvas.told[:2] == [2, "on_empty_tap"]
    assert canvas.written == []
    canvas.show(Page())
    assert canvas.texture is None
    assert canvas.blank


def test_one_finger_moves_an_enlarged_picture(canvas: Any, touch: Touch) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (1000, 500), "white").save(buffer, "PNG")
    canvas.show(Page(picture=Picture(buffer.getvalue(), (1000, 500), "white.png")))
    canvas.zoom_by(6)
    before = canvas.origin_x
    line(touch, (200, 140), (190, 140), (160, 140))
    assert canvas.origin_x == pytest.approx(before - 30)
    assert canvas.told == []


def test_cancel_forgets_the_stroke_that_is_being_written(canvas: Any, touch: Touch) -> None:
    finger = touch(100, 100)
    finger.touch_down()
    finger.touch_move(150, 150)
    canvas.cancel_stroke()
    assert canvas.blank
    finger.touch_move(160, 160)
    finger.touch_up()
    assert canvas.written == []
    line(touch, (100, 100), (120, 100))
    assert len(canvas.written) == 1


def test_a_long_stroke_is_drawn_in_short_chunks(canvas: Any, touch: Touch) -> None:
    from kivy.graphics import Line

    from inkdigit_app.widgets.stroke_drawing import CHUNK_POINTS

    turns = np.linspace(0, 40 * np.pi, 2000)
    xs, ys = 200 + turns * np.cos(turns), 140 + turns * np.sin(turns) * 0.7
    line(touch, *zip(xs, ys, strict=True))
    (drawing,) = canvas.drawings
    lines = [part for part in drawing.children if isinstance(part, Line)]
    assert len(lines) > 2000 / CHUNK_POINTS
    assert max(len(part.points) for part in lines) <= 2 * CHUNK_POINTS


def test_the_eraser_takes_whole_strokes_and_leaves_no_ink(canvas: Any, touch: Touch) -> None:
    canvas.show(page_of([(20, 20), (20, 100)], [(60, 20), (60, 100)], [(200, 20), (200, 100)]))
    canvas.erasing = True
    finger = touch(50, 180)
    finger.touch_down()
    finger.touch_move(150, 180)
    assert len(canvas.drawings) == 1
    finger.touch_up()
    assert canvas.told == [("erase", [0, 1])]
    assert canvas.written == []


def test_the_eraser_takes_the_digit_it_taps(canvas: Any, touch: Touch) -> None:
    canvas.show(page_of([(20, 20), (20, 100)], [(60, 20), (60, 100)]))
    canvas.glyph_at = lambda x, y: 4 if x < 90 else None
    canvas.erasing = True
    line(touch, (70, 180))
    assert canvas.told == [("erase glyph", 4)]
    assert len(canvas.drawings) == 2


def test_the_eraser_end_of_a_stylus_erases(canvas: Any, touch: Touch) -> None:
    canvas.show(page_of([(20, 20), (20, 100)]))
    stylus = touch(70, 180)
    stylus.profile = [*stylus.profile, "eraser"]
    stylus.touch_down()
    stylus.touch_up()
    assert canvas.told == [("erase", [0])]


def test_what_a_cancelled_eraser_went_over_is_drawn_again(canvas: Any, touch: Touch) -> None:
    canvas.show(page_of([(20, 20), (20, 100)]))
    canvas.erasing = True
    finger = touch(70, 180)
    finger.touch_down()
    assert canvas.drawings == []
    canvas.cancel_stroke()
    assert len(canvas.drawings) == 1


@pytest.fixture
def stylus(touch: Touch) -> Touch:
    """A stylus at a point of the window."""

    def stylus(x: float, y: float) -> Any:
        pen = touch(x, y)
        pen.profile = [*pen.profile, "stylus"]
        return pen

    return stylus


def test_a_palm_that_lands_first_gives_way_to_the_stylus(
    canvas: Any, touch: Touch, stylus: Touch
) -> None:
    palm, pen = touch(250, 60), stylus(100, 100)
    palm.touch_down()
    palm.touch_move(270, 90)
    pen.touch_down()
    palm.touch_move(280, 95)
    pen.touch_move(140, 160)
    pen.touch_up()
    palm.touch_up()
    assert canvas.told[:3] == ["on_stroke_begin", "on_stroke_cancel", "on_stroke_begin"]
    (stroke,) = canvas.written
    np.testing.assert_allclose(stroke.points, [(50, 140), (90, 80)], atol=0.01)


def test_a_palm_beside_the_stylus_undoes_nothing(canvas: Any, touch: Touch, stylus: Touch) -> None:
    pen, palm = stylus(100, 100), touch(250, 60)
    pen.touch_down()
    palm.touch_down()
    palm.touch_up()
    pen.touch_up()
    assert "on_two_finger_tap" not in canvas.told
    assert len(canvas.written) == 1


def test_fingers_leave_no_ink_while_the_stylus_is_near(
    canvas: Any, touch: Touch, stylus: Touch
) -> None:
    now = [100.0]
    canvas.clock = lambda: now[0]
    line(stylus, (100, 100), (120, 140))
    now[0] += 2
    line(touch, (200, 100), (240, 140))
    assert len(canvas.written) == 1
    canvas.glyph_at = lambda x, y: 3
    line(touch, (200, 100))
    assert canvas.told[-1] == 3  # but they may choose a digit
    canvas.glyph_at = lambda x, y: None
    now[0] += 10
    line(touch, (200, 100), (240, 140))
    assert len(canvas.written) == 2


def test_a_finger_moves_the_page_while_the_stylus_is_near(
    canvas: Any, touch: Touch, stylus: Touch
) -> None:
    canvas.show(page_of([(10, 10), (80, 590)]))
    line(stylus, (100, 100), (120, 140))
    before = canvas.origin_y
    line(touch, (200, 60), (200, 70), (200, 160))
    assert canvas.origin_y == before + 90
    assert len(canvas.written) == 1


def test_fingers_draw_beside_the_stylus_where_the_setting_is_off(
    canvas: Any, touch: Touch, stylus: Touch
) -> None:
    canvas.stylus_only = False
    line(stylus, (100, 100), (120, 140))
    line(touch, (200, 100), (240, 140))
    assert len(canvas.written) == 2


def test_a_canvas_halfway_to_its_new_size_moves_no_page(
    canvas: Any, settle: Callable[[], None]
) -> None:
    canvas.size = 300, 400
    canvas.show(page_of([(30, 98), (80, 185)]))
    settle()
    for height in (60, 350):  # as a layout sets one property after the other
        canvas.size = 300, height
    settle()
    assert canvas.origin_y == canvas.top


def test_a_canvas_that_has_become_too_small_brings_ink_into_sight(
    canvas: Any, settle: Callable[[], None]
) -> None:
    canvas.size = 300, 400
    canvas.show(page_of([(30, 98), (80, 185)]))
    settle()
    canvas.size = 300, 60
    settle()
    assert canvas.origin_y > canvas.top
    assert canvas.sees((30, 98, 80, 185))
