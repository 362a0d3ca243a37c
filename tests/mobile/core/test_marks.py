from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest

from inkdigit_app.core.glyphs import Glyph
from inkdigit_app.core.marks import Form, Layout, Mark, Rect, Sizes, overlaps

AREA = (0.0, 0.0, 400.0, 600.0)
SIZES = Sizes(margin=5, gap=2, chip=20, label=14, label_width=9, smallest=32)


def chip_width(glyph: Glyph, percent: bool) -> float:
    return 50.0 if percent else 20.0


def glyph(line: int = 0, confidence: float = 0.99, corrected: bool = False) -> Glyph:
    return Glyph(3, confidence, (0, 0, 1, 1), line=line, corrected=corrected)


def laid_out(
    inks: Sequence[Rect],
    lines: Sequence[int] | None = None,
    chosen: int | None = None,
    confidence: float = 0.99,
    left_out: Sequence[Rect] = (),
) -> list[Mark]:
    glyphs = [glyph(line, confidence) for line in lines or [0] * len(inks)]
    return Layout(AREA, SIZES, chip_width).marks(glyphs, inks, left_out, chosen)


def row(count: int, width: float, gap: float, height: float, y: float = 300.0) -> list[Rect]:
    return [
        (10 + i * (width + gap), y, 10 + i * (width + gap) + width, y + height)
        for i in range(count)
    ]


def test_the_chip_stands_above_the_box() -> None:
    (mark,) = laid_out([(100, 100, 150, 180)])
    assert mark.form is Form.BOX
    assert mark.box == (95, 95, 155, 185)
    assert mark.chip == (95, 187, 115, 207)


@pytest.mark.parametrize(
    ("ink", "where"),
    [
        ((100.0, 500.0, 150.0, 580.0), "below"),
        ((100.0, 10.0, 150.0, 590.0), "beside"),
        ((380.0, 10.0, 395.0, 590.0), "left"),
    ],
)
def test_a_chip_without_room_above_stands_below_or_beside(ink: Rect, where: str) -> None:
    (mark,) = laid_out([ink])
    assert mark.chip is not None
    assert not overlaps(mark.chip, [mark.box])
    if where == "below":
        assert mark.chip[3] < mark.box[1]
    else:
        assert mark.chip[0] > mark.box[2] if where == "beside" else mark.chip[2] < mark.box[0]


def test_the_percentage_shows_where_it_is_unsure_or_chosen() -> None:
    inks = row(2, 60, 40, 80)
    assert [mark.percent for mark in laid_out(inks)] == [False, False]
    assert [mark.percent for mark in laid_out(inks, confidence=0.6)] == [True, True]
    chosen = laid_out(inks, chosen=1)
    assert [mark.percent for mark in chosen] == [False, True]
    assert [mark.chosen for mark in chosen] == [False, True]


def test_chips_cover_no_ink_no_other_chip_and_no_outline() -> None:
    rng = np.random.default_rng(1)
    boxed = 0
    for _ in range(200):
        inks, lines, left = [], [], 5.0
        for line in range(3):
            left = 5.0
            while left < 360:
                width, height = rng.uniform(4, 60), rng.uniform(40, 90)
                bottom = 480 - 170 * line + rng.uniform(-20, 20)
                inks.append((left, bottom, min(left + width, 395.0), bottom + height))
                lines.append(line)
                left += width + rng.uniform(-5, 50)
        chosen = int(rng.integers(len(inks)))
        marks = laid_out(inks, lines, chosen, confidence=0.6)
        chips = [mark.chip for mark in marks if mark.chip is not None]
        outlines = [mark.box for mark in marks if mark.form is Form.BOX and not mark.chosen]
        boxed += len(outlines)
        assert not any(overlaps(one, [other]) for one, other in combinations(chips, 2))
        for chip in chips:
            assert not overlaps(chip, inks)
            assert not overlaps(chip, outlines)
    assert boxed > 200


def test_outlines_of_close_neighbours_do_not_cross() -> None:
    first, second = laid_out(row(2, 60, 6, 80))
    assert first.box[2] <= second.box[0]


def test_small_digits_are_underlined_and_the_digit_stands_below() -> None:
    for mark in laid_out(row(5, 15, 8, 25)):
        assert mark.form is Form.LINE
        assert mark.chip is not None
        assert mark.chip[3] < 300


def test_where_a_chip_finds_no_room_all_rows_are_underlined() -> None:
    inks = [ink for y in (400.0, 305.0, 210.0) for ink in row(5, 60, 10, 80, y)]
    marks = laid_out(inks, [0] * 5 + [1] * 5 + [2] * 5)
    assert Form.BOX not in [mark.form for mark in marks]
    assert Form.LINE in [mark.form for mark in marks]


def test_crowded_sure_digits_have_no_mark_and_unsure_ones_an_underline() -> None:
    inks = row(20, 6, 1, 12)
    assert {mark.form for mark in laid_out(inks)} == {Form.NOTHING}
    unsure = laid_out(inks, confidence=0.5)
    assert {mark.form for mark in unsure} == {Form.LINE}
    assert {mark.chip for mark in unsure} == {None}


def test_the_chosen_one_of_a_crowd_has_a_box() -> None:
    marks = laid_out(row(20, 6, 1, 12), chosen=4)
    assert marks[4].form is Form.BOX
    assert marks[4].percent
    assert marks[3].form is Form.NOTHING


def test_choosing_one_moves_no_other_mark() -> None:
    inks = row(4, 50, 20, 80)
    before, after = laid_out(inks), laid_out(inks, chosen=2)
    assert [m for i, m in enumerate(before) if i != 2] == [m for i, m in enumerate(after) if i != 2]


def test_a_digit_that_fills_the_canvas_has_a_box_without_a_chip() -> None:
    (mark,) = laid_out([(2, 2, 398, 598)])
    assert mark.form is Form.BOX
    assert mark.chip is None
    assert mark.box == AREA


def test_chips_keep_off_what_was_left_out() -> None:
    above = (90.0, 185.0, 160.0, 230.0)
    (mark,) = laid_out([(100, 100, 150, 180)], left_out=[above])
    assert mark.chip is not None
    assert not overlaps(mark.chip, [above])
