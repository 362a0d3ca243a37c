"""Composed numbers."""

from __future__ import annotations

from inkdigit_train.data.compose import Style, compose_many


def test_the_same_seed_composes_the_same_numbers(hand):
    one, other = (compose_many(hand, 5, seed=3) for _ in range(2))
    assert [(a.label, a.ink) for a in one] == [(b.label, b.ink) for b in other]


def test_the_digit_of_every_stroke_is_known(hand):
    for number in compose_many(hand, 20, seed=0, style=Style(joined=0.0)):
        assert all(len(parts) == 1 for parts in number.parts)
        strokes = [
            sum(parts[0][0] == k for parts in number.parts) for k in range(len(number.label))
        ]
        assert strokes == [1 if digit == "0" else 2 for digit in number.label]


def test_joined_digits_share_a_stroke(hand):
    style = Style(length=(3, 3), joined=1.0, late=0.0)
    made = compose_many([r for r in 2 * hand if r.label == "0"], 4, 0, style)
    for number in made:
        assert len(number.ink) == 1
        assert [glyph for glyph, _, _ in number.parts[0]] == [0, 1, 2]


def test_letters_are_question_marks_and_never_all(hand, letter):
    style = Style(letters=1.0)
    for number in compose_many(hand, 10, 0, style, [letter]):
        assert number.label.count("?") == len(number.label) - 1
