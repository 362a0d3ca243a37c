"""Rows of digits and signs, composed."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit.labels import SIGNS, SPACE
from inkdigit_train.data.signed import FOOT, KINDS, compose_signed, plain_text

SLANT_AND_SLOPE = 40  # what leaning and a sloping line add to a place, in per cent of a height


@pytest.fixture(scope="module")
def rows(hand, symbols):
    return compose_signed(hand, symbols, 20 * len(KINDS), 0)


def test_all_kinds_and_signs_are_there(rows):
    assert {row.kind for row in rows} == set(KINDS)
    assert set(SIGNS + SPACE + "?") <= set("".join(row.text for row in rows))


def test_each_glyph_has_strokes_and_a_label(rows):
    for row in rows:
        assert row.number.label == row.text.replace(SPACE, "")
        owners = {glyph for parts in row.number.parts for glyph, _, _ in parts}
        assert owners == set(range(len(row.number.label)))


def test_signs_stand_where_people_put_them(rows):
    for row in rows:
        boxes = row.number.boxes
        tall = [k for k, c in enumerate(row.number.label) if c.isdigit()]
        for k, character in enumerate(row.number.label):
            beside = [n for n in tall if abs(n - k) == 1]
            if character in ".,-" and len(beside) == 2:
                line = np.mean([boxes[n, 3] for n in beside])
                low, high = (100 * foot for foot in FOOT[character])
                above = line - boxes[k, 3]
                assert low - SLANT_AND_SLOPE < above < high + SLANT_AND_SLOPE


def test_gaps_are_wide(rows):
    for row in rows:
        if row.kind == "gaps":
            boxes, place = row.number.boxes, 0
            for word in row.text.split(SPACE)[:-1]:
                place += len(word)
                assert boxes[place, 0] - boxes[place - 1, 2] > 50


def test_seed_repeats_the_rows(hand, symbols):
    first, again = (compose_signed(hand, symbols, 9, 4) for _ in range(2))
    assert [row.text for row in first] == [row.text for row in again]
    assert all(
        a.number.ink.bounds == b.number.ink.bounds for a, b in zip(first, again, strict=True)
    )


def test_without_signs_there_are_no_rows(hand, symbols):
    assert compose_signed(hand, symbols[:2], 9, 0) == []
    assert compose_signed([], symbols, 9, 0) == []


def test_plain_text_leaves_signs_and_spaces_out():
    assert plain_text("1,2-3 4/5:6.7?") == "1234567?"
