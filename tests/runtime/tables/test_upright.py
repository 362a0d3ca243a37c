"""An upright one that looks like a rule is ink where the table has no rule."""

from __future__ import annotations

import numpy as np

from inkdigit._tables.upright import with_upright


def drawn():
    ink = np.zeros((60, 120), np.float32)
    ruled, rules = np.zeros_like(ink), np.zeros(ink.shape, bool)
    seen = np.full(ink.shape, 220, np.uint8)
    ink[20:44, 10:16], seen[20:44, 10:16] = 1, 60  # a digit
    ruled[20:44, 59:63], seen[20:44, 60:62] = 0.9, 80  # a one that was taken for a rule
    ruled[:, 99:103], seen[:, 100:102], rules[:, 96:106] = 0.9, 80, True  # a rule
    return ink, ruled, rules, seen


def test_a_stroke_off_the_rules_is_ink():
    found = with_upright(*drawn())
    assert found[25:40, 60].min() > 0.5


def test_a_rule_stays_one():
    assert with_upright(*drawn())[:, 96:106].max() == 0


def test_nothing_written_is_left_as_it_is():
    ink, ruled, rules, seen = drawn()
    assert with_upright(np.zeros_like(ink), ruled, rules, seen).max() == 0
