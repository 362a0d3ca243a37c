"""Rows as a hand writes them, and as print and rules come through."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._decode import sift, written
from inkdigit._decode.constraints import Constraints
from inkdigit._decode.reading import read_layout
from inkdigit._decode.scoring import score_hypotheses
from inkdigit._decode.written import (
    CHANGE,
    DRAWN_FEATURES,
    GLYPH_FEATURES,
    LEAST_BY_HAND,
    PART_FEATURES,
    WRITTEN_FEATURES,
    GlyphLook,
    Judged,
    RowLook,
    judge_rows,
    measure_glyphs,
    measure_part,
    measure_rows,
    parts_of,
)
from inkdigit._segment.marks import MarkLayout

BLUE, BLACK = (-120.0, -90.0, -20.0), (-150.0, -150.0, -150.0)


def by_hand(digits=(3, 1, 4), left=0.0, height=32.0, top=0.0) -> RowLook:
    return RowLook(0.9, 0.03, height, 0.1, glyphs(digits, 0.92, -4.0, BLUE, left, height, top))


def printed(digits=(None, 8, None), left=0.0, height=24.0, top=0.0) -> RowLook:
    return RowLook(0.6, 0.06, height, 0.1, glyphs(digits, 0.6, 3.0, BLACK, left, height, top))


def glyphs(digits, ink, odds, colour, left, height, top):
    return [
        GlyphLook(
            digit,
            0.97 if digit is not None else 0.6,
            odds,
            (left + 30.0 * k, top, left + 30.0 * k + 20.0, top + height),
            ink,
            min(ink + 0.08, 1.0),
            0.03,
            colour,
        )
        for k, digit in enumerate(digits)
    ]


def beside(*rows: RowLook) -> RowLook:
    """One row of the glyphs of some."""
    every = [glyph for row in rows for glyph in row.glyphs]
    ink = float(np.mean([glyph.ink for glyph in every]))
    return RowLook(ink, 0.04, rows[0].height, 0.1, every)


def test_each_row_and_glyph_has_every_feature():
    rows = [by_hand(), printed(), RowLook(1.0, 0.0, 30.0, 0.1, [])]
    assert measure_rows(rows).shape == (3, len(WRITTEN_FEATURES))
    assert measure_glyphs(rows).shape == (6, len(GLYPH_FEATURES))
    assert np.isfinite(measure_rows(rows)).all()
    assert np.isfinite(measure_glyphs(rows)).all()
    assert measure_rows([]).shape == (0, len(WRITTEN_FEATURES))
    assert measure_glyphs([]).shape == (0, len(GLYPH_FEATURES))
    assert set(DRAWN_FEATURES) < set(WRITTEN_FEATURES)


def test_features_tell_one_colour_and_height_from_another():
    columns = measure_glyphs([by_hand(), by_hand((2, 7)), printed()])
    hand, other = columns[:5], columns[5:]
    for name in ("aside", "from_row", "hand_height"):
        assert abs(hand[:, GLYPH_FEATURES.index(name)]).max() < 0.1
    assert other[:, GLYPH_FEATURES.index("aside")].min() > 0.2
    assert other[:, GLYPH_FEATURES.index("hand_height")].max() < -0.2


def test_a_glyph_without_neighbours_has_its_own_values_for_theirs():
    columns = measure_glyphs([by_hand((5,)), by_hand((3, 1))])
    beside_ink, ink = (GLYPH_FEATURES.index(name) for name in ("beside_ink", "ink"))
    assert columns[0, beside_ink] == columns[0, ink]


def test_hand_and_print_are_told_apart():
    first, second, third = judge_rows([by_hand(), by_hand((2, 0)), printed()])
    assert min(first.by_hand, second.by_hand) > 0.7
    assert first.kept.all()
    assert third.by_hand < 0.3


def test_page_of_handwriting_alone_stays():
    assert min(told.by_hand for told in judge_rows([by_hand()] * 4)) > 0.9


def test_print_beside_handwriting_in_a_row_is_not_kept():
    mixed = beside(printed((None, 8, None)), by_hand((2, 7, 9), left=120.0))
    told = judge_rows([by_hand(), mixed])[1]
    assert told.kept.tolist() == [False] * 3 + [True] * 3
    assert told.by_hand > 0.7
    assert told.apart > 0.7


def test_rows_of_a_plain_canvas_stay_whole():
    mixed = beside(printed((None, 8, None)), by_hand((2, 7, 9), left=120.0))
    (told,) = judge_rows([mixed], drawn=True)
    assert told.kept.all() or not told.kept.any()


def test_row_without_glyphs_is_judged_by_what_is_seen_of_it():
    (told,) = judge_rows([RowLook(0.5, 0.1, 30.0, 0.1, [])])
    assert len(told.kept) == 0
    assert 0 < told.by_hand < 1


@pytest.mark.parametrize(
    ("odds", "kept"),
    [
        ([], []),
        ([3.0, 2.0], [1, 1]),
        ([-3.0, -0.5], [0, 0]),
        ([-3.0, -2.0, 4.0, 5.0], [0, 0, 1, 1]),
        ([4.0, -0.9 * CHANGE, 4.0], [1, 1, 1]),
        ([4.0, -2.2 * CHANGE, 4.0], [1, 0, 1]),
        ([-3.0, 0.9 * CHANGE], [0, 0]),
        ([-3.0, 1.1 * CHANGE], [0, 1]),
    ],
)
def test_a_row_is_parted_where_the_odds_outweigh_the_change(odds, kept):
    assert parts_of(np.array(odds)).tolist() == [bool(k) for k in kept]


def test_one_glyph_among_many_is_parted_only_by_certainty():
    """A change costs as much as the fit of made pages bears out; see `CHANGE`."""
    assert parts_of(np.array([3.0, 3.0, -1.0, 3.0])).all()
    assert not parts_of(np.array([3.0, 3.0, -3.0, 3.0])).all()


def test_the_best_parts_are_those_of_a_search_through_all():
    rng = np.random.default_rng(0)
    for odds in rng.normal(0, 2, (50, 6)):
        ways = ((np.arange(64)[:, None] >> np.arange(6)) & 1).astype(bool)
        scores = np.where(ways, odds, -odds).sum(axis=1) / 2
        scores -= CHANGE * (ways[:, 1:] != ways[:, :-1]).sum(axis=1)
        assert np.array_equal(parts_of(odds), ways[scores.argmax()])


def test_parts_are_measured_by_all_their_glyphs():
    assert measure_part(np.array([1.0, 3.0])) == pytest.approx([2.0, 3.0, 1.0, np.log(2)])
    assert len(PART_FEATURES) == len(measure_part(np.array([1.0])))


@pytest.fixture
def two_rows() -> MarkLayout:
    ink = np.zeros((120, 160), np.float32)
    for left in (20, 50, 80):
        ink[20:50, left : left + 6] = ink[75:105, left : left + 6] = 1
    return MarkLayout(ink, ruled=lambda points: np.zeros(len(points)))


def whole(chance: float) -> Judged:
    return Judged(chance, np.full(3, chance >= LEAST_BY_HAND))


def test_row_that_looks_like_print_is_left_out_and_doubted(monkeypatch, session, two_rows):
    scores = score_hypotheses(two_rows.hypotheses, two_rows, session.run)

    def read(*chances):
        monkeypatch.setattr(sift, "judge_rows", lambda rows, drawn: [whole(c) for c in chances])
        return read_layout(two_rows, scores, Constraints.parse())

    both, upper = read(0.9, 1.0), read(0.9, 0.1)
    assert upper.lines == both.lines[:1]
    assert {digit.line for digit in upper.digits} == {0}
    assert upper.digits[0].confidence == pytest.approx(both.digits[0].confidence)
    sure = read(1.0, 1.0)
    assert both.confidence == pytest.approx(0.9 * sure.confidence)
    assert both.digits[0].confidence == pytest.approx(0.9 * sure.digits[0].confidence)
    nothing = read(0.1, 0.1)
    assert (nothing.text, nothing.digits) == ("", ())
    assert nothing.confidence == pytest.approx(0.81)


def test_print_in_a_row_is_left_out_and_the_rest_doubted(monkeypatch, session, two_rows):
    scores = score_hypotheses(two_rows.hypotheses, two_rows, session.run)

    def read(kept):
        parted = Judged(1.0, np.array(kept), apart=0.8)
        monkeypatch.setattr(sift, "judge_rows", lambda rows, drawn: [parted, whole(1.0)])
        return read_layout(two_rows, scores, Constraints.parse())

    both, part = read([True] * 3), read([False, True, True])
    assert part.lines == (both.lines[0][1:], both.lines[1])
    boxes = [digit.box for digit in both.digits]
    assert [digit.box for digit in part.digits] == boxes[1:]
    assert part.confidence < 0.85


def test_a_row_is_left_out_from_the_chance_that_the_fit_bears_out(monkeypatch):
    """With a lower chance print is read; with a higher one handwriting is lost."""
    odds = {0.25: 0, 0.45: 0}
    for chance in odds:
        row = by_hand()
        monkeypatch.setattr(written, "_chance", lambda _, chance=chance: chance)
        (told,) = judge_rows([row])
        odds[chance] = int(told.kept.sum())
    assert odds == {0.25: 0, 0.45: 3}
