"""Strokes in, rows and hypotheses out."""

from __future__ import annotations

import time

import numpy as np
import pytest

from inkdigit import Ink
from inkdigit._segment import join as bounds
from inkdigit._segment.layout import Part
from inkdigit._segment.rows import MAX_SOURCES, keep_largest
from inkdigit._segment.strokes import StrokeLayout, _goes_right


def strokes_of(row):
    return {h.sources for h in row.hypotheses}


def bar(x, y, width, count=10):
    return np.stack([np.linspace(x, x + width, count), np.full(count, float(y))], 1)


def post(x, y, height, count=10):
    return np.stack([np.full(count, float(x)), np.linspace(y, y + height, count)], 1)


def test_no_ink_has_no_line():
    assert StrokeLayout(Ink()).rows == ()


def test_dots_alone_have_no_line():
    assert StrokeLayout(Ink([[[10, 10]], [[50, 10]], [[90, 10]]])).rows == ()


def test_a_tap_beside_a_digit_is_in_no_hypothesis(write_text):
    ink = Ink([*write_text("2"), [[200, 50], [202, 51]]])
    (row,) = StrokeLayout(ink).rows
    assert strokes_of(row) == {(0,)}


def test_strokes_apart_are_not_joined(write_text):
    (row,) = StrokeLayout(write_text("11")).rows
    assert strokes_of(row) == {(0,), (1,)}


def test_crossing_strokes_are_joined(write_text):
    (row,) = StrokeLayout(write_text("4")).rows
    assert strokes_of(row) == {(0,), (1,), (0, 1)}


def test_a_late_stroke_is_joined_to_its_digit(write_glyphs):
    (body, late), (one,), (two,) = write_glyphs("512")
    (row,) = StrokeLayout(Ink([body, one, two, late])).rows
    assert (0, 3) in strokes_of(row)


def test_no_hypothesis_has_more_strokes_than_the_bound():
    ink = Ink([post(3 * k, 0, 100) for k in range(12)])
    sizes = [len(h.sources) for row in StrokeLayout(ink).rows for h in row.hypotheses]
    assert max(sizes) == bounds.MAX_PARTS


def test_rows_are_lines_from_top_to_bottom(write_text):
    ink = Ink([*write_text("12", y=160), *write_text("34")])
    first, second = StrokeLayout(ink).rows
    assert first.box[1] < second.box[1]


def test_columns_are_lines_of_their_own(write_text):
    ink = Ink([*write_text("12"), *write_text("34", x=500), *write_text("56", y=160),
               *write_text("78", x=500, y=160)])  # fmt: skip
    lefts = [(row.box[0] > 250, row.box[1] > 80) for row in StrokeLayout(ink).rows]
    assert lefts == [(False, False), (True, False), (False, True), (True, True)]


def test_a_sloping_line_is_one_line(write_glyphs):
    drawn = write_glyphs("111111111111")
    ink = Ink(
        [stroke + np.array([0, 30.0 * k]) for k, glyph in enumerate(drawn) for stroke in glyph]
    )
    assert len(StrokeLayout(ink).rows) == 1


def test_a_bar_goes_with_the_line_it_is_nearest_to(write_text):
    ink = Ink([*write_text("11"), *write_text("11", y=160), bar(0, 150, 40)])
    _, second = StrokeLayout(ink).rows
    assert (4,) in strokes_of(second)


def test_two_rings_on_each_other_are_one_line(write_text):
    (row,) = StrokeLayout(write_text("8")).rows
    assert (0, 1) in strokes_of(row)


def test_a_stroke_of_two_zeros_is_cut_between_them(write_glyphs):
    (left,), (right,) = write_glyphs("00")
    (row,) = StrokeLayout(Ink([np.concatenate([left, right])])).rows
    halves = [h for h in row.hypotheses if h.cuts and h.box[2] - h.box[0] < 90]
    assert any(h.box[2] < 90 for h in halves)
    assert any(h.box[0] > 30 for h in halves)


def test_the_line_between_two_zeros_may_be_left_out(write_glyphs):
    (left,), (right,) = write_glyphs("00", gap=0.6)
    (row,) = StrokeLayout(Ink([np.concatenate([left, right])])).rows
    assert row.links
    assert not any(set(h.atoms) <= set(row.links) for h in row.hypotheses)


def test_one_zero_is_cut_alike_whichever_way_round_it_goes(write_text):
    (stroke,) = write_text("0")
    (row,) = StrokeLayout(Ink([stroke])).rows
    (other,) = StrokeLayout(Ink([stroke.points[::-1]])).rows
    assert [h.box for h in other.hypotheses] == [h.box for h in row.hypotheses]
    assert any(hypothesis.parts == (Part(0),) for hypothesis in row.hypotheses)


def test_parts_are_counted_from_the_end_at_which_the_stroke_was_begun(write_glyphs):
    (left,), (right,) = write_glyphs("00")
    drawn = np.concatenate([left, right])
    layouts = [StrokeLayout(Ink([points])) for points in (drawn, drawn[::-1])]
    parts = [
        sorted((p.start, p.end) for h in layout.hypotheses for p in h.parts) for layout in layouts
    ]
    mirrored = sorted((1 - end, 1 - start) for start, end in parts[1])
    np.testing.assert_allclose(mirrored, parts[0], atol=1e-12)
    np.testing.assert_array_equal(*[layout.rasters(layout.hypotheses) for layout in layouts])


def test_the_pieces_of_a_cut_stroke_make_it_up(write_glyphs):
    (left,), (right,) = write_glyphs("00")
    (row,) = StrokeLayout(Ink([np.concatenate([left, right])])).rows
    whole = max(row.hypotheses, key=lambda h: len(h.atoms))
    assert whole.atoms == tuple(range(row.atom_count))
    assert whole.cuts == 0


def test_equal_ink_has_equal_keys_whatever_its_number(write_text):
    one = StrokeLayout(write_text("12"))
    other = StrokeLayout(Ink([*write_text("7", x=-300), *write_text("12")]))
    before = {one.key(h) for row in one.rows for h in row.hypotheses}
    after = {other.key(h) for row in other.rows for h in row.hypotheses}
    assert before < after


def test_rasters_are_those_of_the_rasteriser(write_text):
    from inkdigit import rasterize

    ink = write_text("4")
    found = StrokeLayout(ink)
    (whole,) = [h for h in found.rows[0].hypotheses if len(h.atoms) == found.rows[0].atom_count]
    np.testing.assert_allclose(found.rasters([whole])[0], rasterize(ink), atol=1e-6)


@pytest.mark.parametrize("spread", [300, 30_000])
def test_ten_thousand_strokes_stay_within_the_bounds(spread):
    rng = np.random.default_rng(0)
    starts = rng.uniform(0, spread, (10_000, 1, 2))
    ink = Ink(list(starts + rng.normal(0, 40, (10_000, 5, 2)).cumsum(axis=1)))
    began = time.process_time()
    rows = StrokeLayout(ink).rows
    assert time.process_time() - began < 20
    assert sum(row.atom_count for row in rows) <= bounds.MAX_SOURCES + bounds.MAX_CUTS_IN_ALL
    assert sum(len(row.hypotheses) for row in rows) <= bounds.MAX_HYPOTHESES


def test_one_endless_stroke_stays_within_the_bounds():
    turn = np.linspace(0, 400 * np.pi, 20_000)
    ink = Ink([np.stack([20 * turn + 60 * np.cos(turn), 50 * np.sin(turn)], 1)])
    (row,) = StrokeLayout(ink).rows
    assert row.atom_count <= bounds.MAX_CUTS + 1


@pytest.mark.parametrize("count", [1, 2, 7, 8, 20])
def test_a_stroke_may_be_one_digit_however_often_it_is_cut(count):
    boxes = np.array([[5.0 * k, 0.0, 5.0 * k + 6, 100.0] for k in range(count)])
    atoms = bounds.Atoms(
        boxes, boxes[:, [0, 2]], np.zeros((count, 6)), tuple(np.linspace(0, 1, count + 1))
    )
    row, _ = bounds._build_row({0: atoms}, {}, 100.0, 100)
    (whole,) = [h for h in row.hypotheses if len(h.atoms) == count]
    assert whole.cuts == 0
    assert all(len(h.atoms) <= bounds.MAX_RUN for h in row.hypotheses if h is not whole)


def test_the_pen_goes_right_or_not_whatever_rounding_does():
    y = np.arange(60.0)
    leaning = np.where(y % 2, 0.4, -0.4)  # a pixel's rounding, of an upright line
    assert not _goes_right(leaning, y)[2:-2].any()
    assert not _goes_right(0.1 * y, y)[2:-2].any()
    assert _goes_right(0.3 * y, y).all()


def test_of_thousands_of_strokes_the_largest_are_read_wherever_they_are():
    sizes = np.r_[np.full(1500, 10.0), np.full(100, 40.0)]
    kept = keep_largest(np.stack([sizes * 0, sizes * 0, sizes, sizes], axis=1))
    assert len(kept) == MAX_SOURCES
    assert set(range(1500, 1600)) <= set(kept.tolist())
