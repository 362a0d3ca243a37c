from __future__ import annotations

import numpy as np
import pytest

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.glyphs import Glyph
from inkdigit_app.core.page import Page, PenStroke, Picture
from inkdigit_app.core.removal import remove_glyphs, remove_strokes, strokes_near


def pen(*points: tuple[float, float]) -> PenStroke:
    return PenStroke(Stroke.from_points(points), 6.0)


def glyph(left: float, *strokes: int, digit: int = 1) -> Glyph:
    return Glyph(digit, 0.9, (left, 0.0, left + 20, 50.0), strokes=strokes)


def upright(x: float) -> PenStroke:
    return pen((x, 0), (x, 50))


def test_a_glyph_goes_with_all_its_strokes() -> None:
    page = Page((upright(10), upright(50), pen((5, 20), (15, 20))))
    rest = remove_glyphs(page, [glyph(0, 0, 2), glyph(40, 1)], {0})
    assert rest.strokes == (page.strokes[1],)
    assert rest.key == page.key


def test_a_stroke_shared_with_a_glyph_that_stays_is_cut() -> None:
    page = Page((pen((0, 0), (10, 50), (20, 0), (30, 25), (40, 0), (50, 50), (60, 0)),))
    rest = remove_glyphs(page, [glyph(0, 0), glyph(40, 0)], {0})
    (part,) = rest.strokes
    np.testing.assert_array_equal(part.stroke.points[:, 0], [40, 50, 60])
    assert part.width == 6.0


def test_cutting_the_middle_out_leaves_two_strokes() -> None:
    page = Page((pen(*((x, x % 20) for x in range(0, 110, 10))), upright(200)))
    glyphs = [glyph(0, 0), glyph(40, 0), glyph(80, 0), glyph(190, 1)]
    rest = remove_glyphs(page, glyphs, {1})
    assert [part.stroke.points[0, 0] for part in rest.strokes] == [0, 80, 200]


def test_corrections_of_what_stays_follow_their_strokes() -> None:
    corrections = (
        Correction((1,), (40, 0, 60, 50), ("7",)),
        Correction((2, 3), (80, 0, 140, 50), ("2", "5")),
    )
    page = Page(tuple(map(upright, (10, 50, 90, 130))), corrections=corrections)
    glyphs = [glyph(0, 0), glyph(40, 1), glyph(80, 2), glyph(120, 3)]
    first_gone = remove_glyphs(page, glyphs, {0})
    assert [c.strokes for c in first_gone.corrections] == [(0,), (1, 2)]
    one_of_two_gone = remove_glyphs(page, glyphs, {2})
    assert one_of_two_gone.corrections == (
        corrections[0],
        Correction((2,), (120, 0, 140, 50), ("5",)),
    )


def test_a_correction_of_ink_that_is_half_gone_is_dropped() -> None:
    correction = Correction((0, 1), (0, 0, 20, 50), ("4",))
    page = Page((upright(5), upright(15)), corrections=(correction,))
    assert remove_strokes(page, [glyph(0, 0, 1)], {1}).corrections == ()
    assert remove_strokes(page, [glyph(0, 0, 1)], {0, 1}).blank


def test_a_picture_s_glyph_leaves_the_reading_and_not_the_picture() -> None:
    page = Page(picture=Picture(b"", (200, 50), "a"))
    rest = remove_glyphs(page, [glyph(0), glyph(40)], {1})
    assert rest.picture is page.picture
    assert rest.corrections == (Correction((), (40, 0, 60, 50), ()),)


@pytest.mark.parametrize(
    ("start", "end", "near"),
    [
        ((0, 25), (200, 25), [0, 1]),  # across both
        ((30, 25), (30, 25), []),
        ((18, 25), (18, 25), [0]),  # 8 from the ink's middle
        ((10, 70), (10, 70), []),
    ],
)
def test_the_eraser_finds_ink_under_its_path(
    start: tuple[float, float], end: tuple[float, float], near: list[int]
) -> None:
    page = Page((upright(10), upright(100)))
    assert strokes_near(page, start, end, 6.0) == near


def test_the_eraser_finds_a_dot() -> None:
    assert strokes_near(Page((pen((10, 10)),)), (12, 12), (14, 14), 6.0) == [0]
