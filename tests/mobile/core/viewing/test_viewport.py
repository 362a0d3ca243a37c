from __future__ import annotations

import numpy as np
import pytest

from inkdigit_app.core.viewing.viewport import (
    MAX_INK_ZOOM,
    Viewport,
    ink_viewport,
    picture_viewport,
)

AREA = (50.0, 40.0, 350.0, 240.0)  # 300 × 200


def ink(right: float = 200.0, bottom: float = 150.0, natural: float = 1.0) -> Viewport:
    return ink_viewport(AREA, (right, bottom), natural)


def test_page_and_screen_are_each_other_s_inverse():
    view = ink(900, 900, 2.0).zoomed(1.7, 120, 90).panned(-40, 60)
    assert view.to_page(*view.to_screen(31.0, 45.0)) == pytest.approx((31.0, 45.0))


def test_a_page_begins_at_100_percent_at_its_top_left_corner_however_large_it_is():
    for view in (ink(), ink(900, 3000)):
        assert view.zoom == 1
        assert view.to_screen(0, 0) == (50, 240)


def test_a_blank_page_does_not_move():
    assert ink(0, 0).panned(30, 500) == ink(0, 0)


def test_below_the_last_ink_there_is_room_for_more():
    view = ink(200, 150).panned(0, 10_000)
    _, y = view.to_screen(0, 150)
    assert y == pytest.approx(240 - 0.25 * 200)


def test_the_page_does_not_move_beyond_its_edges():
    view = ink(900, 150)
    assert view.panned(80, -80) == view
    x, _ = view.panned(-10_000, 0).to_screen(900, 0)
    assert x == 350


def test_the_point_under_the_fingers_stays_there():
    view = ink(900, 900).panned(-300, 300)
    point = view.to_page(200, 140)
    assert view.zoomed(1.6, 200, 140).to_screen(*point) == pytest.approx((200, 140))


def test_zoom_has_limits_and_snaps_to_100_percent():
    view = ink(600, 150)
    assert view.zoomed(100, 100, 100).zoom == MAX_INK_ZOOM
    assert view.zoomed(0.01, 100, 100).zoom == pytest.approx(0.5)  # all of its width
    assert view.zoomed(2.0, 100, 100).zoomed(0.51, 100, 100).zoom == 1


def test_all_of_a_large_page_can_be_seen():
    view = ink(600, 1000).whole()
    x, y = view.to_screen(600, 1000)
    assert x <= 350
    assert y >= 40 - 1e-6


def test_two_fingers_pan_and_spread_the_page():
    view = ink(900, 900).panned(-300, 300)
    points = [view.to_page(150, 100), view.to_page(250, 100)]
    moved = view.pinched(((150, 100), (250, 100)), ((140, 120), (300, 120)))
    assert moved.zoom == pytest.approx(1.6)
    np.testing.assert_allclose([moved.to_screen(*p) for p in points], [(140, 120), (300, 120)])
    flat = view.pinched(((150, 100), (250, 100)), ((140, 120), (300, 120)), zooms=False)
    assert flat.zoom == 1


def test_fingers_that_touch_each_other_do_not_zoom():
    view = ink(900, 900)
    assert view.pinched(((150, 100), (155, 100)), ((150, 100), (175, 100))).zoom == 1


def test_a_box_out_of_sight_is_brought_in_by_the_shortest_way():
    view = ink(900, 900)
    shown = view.showing((500, 600, 540, 640), margin=10)
    x, y = shown.to_screen(540, 640)
    assert (x, y) == pytest.approx((340, 50))
    assert shown.showing((490, 590, 500, 600)) == shown
    assert shown.showing((0, 0, 20, 20)) == view


def test_of_a_box_larger_than_the_canvas_the_upper_left_end_shows():
    view = ink(900, 900).panned(-300, 300).showing((100, 100, 900, 800))
    assert view.to_screen(100, 100) == (50, 240)


def test_a_sheet_lifts_the_page_only_as_far_as_the_box_stays_in_sight():
    view = ink(200, 190)
    lifted = view.lifted((20, 100, 40, 150), free_from=160, margin=10)
    assert lifted.to_screen(0, 150)[1] == 170
    high = view.lifted((20, 20, 40, 190), free_from=160, margin=10)
    assert high.to_screen(0, 20)[1] == 230
    assert view.lifted((20, 20, 40, 30), free_from=160, margin=10).lift == 0
    assert lifted.lowered() == view
    assert lifted.to_page(*lifted.to_screen(7, 8)) == pytest.approx((7, 8))


def test_zooming_a_lifted_page_keeps_the_point_and_the_lift():
    lifted = ink(900, 900).panned(0, 300).lifted((20, 500, 40, 550), 160, 10)
    zoomed = lifted.zoomed(2, 100, 200)
    assert zoomed.lift == lifted.lift
    assert zoomed.to_page(100, 200)[1] == pytest.approx(lifted.to_page(100, 200)[1])


def test_a_picture_is_whole_and_centred_at_first():
    view = picture_viewport(AREA, (1000, 500), 2.0, 10.0)
    assert view.unit == pytest.approx(0.28)
    assert view.to_screen(500, 250) == pytest.approx((200, 140))
    assert view.panned(40, 40) == view


def test_an_enlarged_picture_covers_the_canvas():
    view = picture_viewport(AREA, (1000, 500), 2.0, 10.0).zoomed(4, 200, 140)
    far = view.panned(10_000, -10_000)
    assert far.to_screen(0, 0) == pytest.approx((60, 230))
    far = view.panned(-10_000, 10_000)
    assert far.to_screen(1000, 500) == pytest.approx((340, 50))


def test_a_turned_canvas_keeps_zoom_and_corner():
    view = ink(900, 900).zoomed(2, 50, 240).panned(-100, 200)
    turned = ink_viewport((0.0, 0.0, 200.0, 300.0), (900, 900), 1.0).along(view)
    assert turned.zoom == view.zoom
    assert turned.to_page(0, 300) == pytest.approx(view.to_page(50, 240))


def test_the_scroll_bar_tells_where_the_canvas_is():
    view = ink(200, 1050)
    assert view.span == pytest.approx((0, 200 / 1200))
    _, end = view.panned(0, 10_000).span
    assert end == pytest.approx(1)
    assert ink(0, 0).span == (0, 1)


def test_all_of_a_wide_page_s_width_is_in_sight_and_a_narrow_page_is_not_enlarged():
    wide = ink(900, 150).wide()
    assert wide.to_screen(900, 0)[0] == pytest.approx(350)
    assert wide.to_screen(0, 0) == (50, 240)
    assert ink(200, 150).wide() == ink(200, 150)


def test_a_canvas_that_becomes_narrower_and_wider_keeps_the_width_in_sight():
    narrow = (50.0, 40.0, 200.0, 240.0)
    before = ink(280, 150).wide()
    after = ink_viewport(narrow, (280, 150), 1.0).resized(before)
    assert after.to_screen(280, 0)[0] == pytest.approx(200)
    assert ink(280, 150).resized(after).zoom == 1


def test_a_zoom_that_was_chosen_stays_when_the_canvas_changes():
    narrow = (50.0, 40.0, 200.0, 240.0)
    for factor in (0.8, 1.5):
        chosen = ink(280, 300).zoomed(factor, 100, 100)
        assert ink_viewport(narrow, (280, 300), 1.0).resized(chosen).zoom == pytest.approx(factor)
