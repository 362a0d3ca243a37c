"""Scored hypotheses in, the best reading out."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from inkdigit._decode.lattice import Lattice, Step, no_signs
from inkdigit._decode.row import decode_row
from inkdigit._decode.texts import join_texts
from inkdigit._decode.weights import FEATURES, Weights
from inkdigit._segment.layout import Hypothesis, Row
from inkdigit.labels import CLASSES, NOT_DIGIT, SIGNS

SURE, UNLIKELY = -0.01, -9.0
PLAIN = Weights.from_vector(
    np.array(
        [
            {
                "log_probability": 1.0,
                "unreadable_log_probability": 1.0,
                "unreadable_glyph": -8.0,  # in rows of numbers hardly a glyph is no digit
                "cuts": -0.5,
                "strokes": -0.5,
                "no_sign_log_probability": 1.0,
                "sign_log_probability": 1.0,
            }.get(name, 0.0)
            for name in FEATURES
        ]
    )
)  # not the fitted ones: what is tested here is the search


class Told:
    """Stands in for a `SignNet`: sure of a sign for each hypothesis, or of none."""

    def __init__(self, *signs):
        self.signs = signs

    def log_probabilities(self, features):
        table = no_signs(len(features))
        for row, sign in zip(table, self.signs, strict=False):
            if sign:
                row[:] = UNLIKELY
                row[1 + SIGNS.index(sign)] = SURE
        return table


def decode(row, table, signs_told=(), **constraints):
    net = Told(*signs_told)
    return decode_row(row, table, weights=PLAIN, sign_net=net, **constraints)


def hypothesis(*atoms, cuts=0):
    """Atom k stands at 80 k, 50 wide and 100 high."""
    return Hypothesis(atoms, (80.0 * atoms[0], 0.0, 80.0 * atoms[-1] + 50, 100.0), (), cuts)


def row_of(count, *groups, links=()):
    singles = [hypothesis(k) for k in range(count) if k not in links]
    joins = tuple(singles + [hypothesis(*g) for g in groups])
    return Row((0.0, 0.0, 80.0 * count, 100.0), 100.0, count, links, joins)


def scores(*labels):
    """Sure of these classes, one a hypothesis."""
    table = np.full((len(labels), CLASSES), UNLIKELY)
    for row, label in enumerate(labels):
        table[row, NOT_DIGIT if label == "?" else int(label)] = SURE
    return table


def text(reading):
    return reading.alternatives[0][0]


def test_each_glyph_is_its_likeliest_digit():
    reading = decode(row_of(3), scores("1", "9", "5"))
    assert text(reading) == "195"
    assert [glyph.digit for glyph in reading.glyphs] == [1, 9, 5]


def test_halves_are_joined_where_the_whole_is_a_digit():
    assert text(decode(row_of(2, (0, 1)), scores("?", "?", "4"))) == "4"


def test_a_glyph_that_is_no_digit_is_a_question_mark():
    reading = decode(row_of(3), scores("1", "?", "5"))
    assert text(reading) == "1?5"
    assert reading.glyphs[1].digit is None


def test_beside_letters_a_doubtful_glyph_is_rather_one_too():
    doubtful = scores("1", "5", "7", "2")
    doubtful[1, NOT_DIGIT], doubtful[1, 5] = -0.02, -5.0
    beside_letters = doubtful.copy()
    beside_letters[[0, 2]] = scores("?", "?")
    beside_letters[[0, 2], [1, 7]] = -12.0
    assert text(decode(row_of(4), doubtful)) == "1572"
    assert text(decode(row_of(4), beside_letters)) == "???2"


def test_length_takes_the_best_reading_that_fits():
    table = scores("1", "1", "4")
    table[2, 4] = -5.0
    row = row_of(2, (0, 1))
    assert text(decode(row, table)) == "11"
    assert text(decode(row, table, length=(1, 1))) == "4"


def test_a_length_out_of_reach_gives_the_nearest():
    assert len(decode(row_of(3), scores("1", "2", "3"), length=(7, 9)).glyphs) == 3
    assert len(decode(row_of(3, (0, 1)), scores("1", "2", "3", "8"), length=(1, 1)).glyphs) == 2


def test_with_a_length_signs_beside_the_number_are_skipped():
    reading = decode(row_of(4), scores("1", "?", "9", "?"), length=(2, 2))
    assert text(reading) == "19"
    assert [glyph.hypothesis.atoms for glyph in reading.glyphs] == [(0,), (2,)]
    assert text(decode(row_of(3), scores("1", "?", "9"))) == "1?9"
    surely = scores("1", "?", "9")
    surely[1, :NOT_DIGIT] = -14.0
    assert text(decode(row_of(3), surely, length=(3, 3))) == "1?9"


def test_a_plain_digit_is_not_skipped():
    assert text(decode(row_of(3), scores("1", "2", "3"), length=(2, 2))) == "123"


def test_a_long_row_with_a_length_is_searched_to_its_end():
    labels = "3141592653589793"
    row = row_of(16, *((k, k + 1) for k in range(15)))
    table = scores(*labels, *"?" * 15)
    table[:16, NOT_DIGIT] = -4.0  # each may be skipped: many ways to have the same number
    assert text(decode(row, table, length=(16, 16))) == labels


def test_length_may_be_a_range():
    row = row_of(3, (0, 1), (1, 2), (0, 1, 2))
    for low, high in ((1, 1), (1, 2), (2, 3), (3, 3)):
        found = decode(row, scores("1", "2", "3", "4", "5", "6"), length=(low, high))
        assert low <= len(found.glyphs) <= high


def test_only_allowed_digits_are_read():
    table = scores("7", "0")
    table[0, 1] = -2.0
    reading = decode(row_of(2), table, allowed=(0, 1))
    assert text(reading) == "10"
    assert {d for glyph in reading.glyphs for d, _ in glyph.candidates} <= {0, 1}


def test_a_link_may_be_left_out():
    row = row_of(3, (0, 1), (1, 2), links=(1,))
    assert text(decode(row, scores("0", "0", "?", "?"))) == "00"


def test_alternatives_are_ranked_and_sum_to_at_most_one():
    rng = np.random.default_rng(1)
    for _ in range(20):
        table = np.log(rng.dirichlet(np.ones(CLASSES) * 0.3, 8) + 1e-9)
        reading = decode(row_of(4, (0, 1), (1, 2), (2, 3), (1, 2, 3)), table)
        shares = [share for _, share in reading.alternatives]
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1 + 1e-9
        assert len({t for t, _ in reading.alternatives}) == len(shares)
        assert all(0 <= glyph.confidence <= 1 for glyph in reading.glyphs)
        assert all(sum(p for _, p in g.candidates) <= 1 + 1e-9 for g in reading.glyphs)


def test_a_doubtful_digit_lowers_the_confidence():
    table = scores("1", "2")
    table[1, 2] = table[1, 7] = math.log(0.5)
    sure, doubtful = decode(row_of(2), table).glyphs
    assert sure.confidence > doubtful.confidence
    assert [digit for digit, _ in doubtful.candidates[:2]] == [2, 7]


def covers(row):
    """Every set of hypotheses that holds each atom once, by brute force."""
    everything = set(range(row.atom_count))
    for size in range(1, len(row.hypotheses) + 1):
        for chosen in itertools.combinations(range(len(row.hypotheses)), size):
            atoms = [a for k in chosen for a in row.hypotheses[k].atoms]
            if len(atoms) == len(set(atoms)) and set(atoms) == everything:
                yield sorted(chosen, key=lambda k: row.hypotheses[k].atoms)


def brute_force(row, scores, lattice):
    """Weight of each cover: its hypotheses' sums and its neighbours' features."""
    total = {}
    for cover in covers(row):
        score, node = 0.0, 0
        for k in cover:
            first = np.cumsum([0] + [len(e) for e in lattice.incoming])
            target = next(
                n for n in range(1, len(lattice.steps))
                if lattice.steps[n] == Step(k) and node in lattice.incoming[n]
            )  # fmt: skip
            score += scores.edges[first[target] + lattice.incoming[target].index(node)]
            score += np.logaddexp.reduce(scores.labels[k])
            node = target
        assert node in lattice.finals
        total[tuple(cover)] = score
    return total


@pytest.mark.parametrize("seed", range(6))
def test_the_lattice_holds_every_cover_once(seed):
    rng = np.random.default_rng(seed)
    groups = {tuple(sorted(rng.choice(4, rng.integers(2, 4), replace=False))) for _ in range(5)}
    row = row_of(4, *groups)
    weights = Weights.from_vector(rng.normal(0, 0.5, len(FEATURES)))
    lattice = Lattice(row)
    scores = lattice.score(np.log(rng.dirichlet(np.ones(CLASSES), len(row.hypotheses))), weights)
    expected = brute_force(row, scores, lattice)
    sums = lattice.sums(scores, lattice.finals)
    assert sums.log_weight == pytest.approx(np.logaddexp.reduce(list(expected.values())))
    for k in range(len(row.hypotheses)):
        fraction = sum(
            math.exp(score - sums.log_weight) for cover, score in expected.items() if k in cover
        )
        assert sums.read[k] == pytest.approx(fraction, abs=1e-9)
    assert not sums.passed.any()
    assert len(sums.edges) == len(scores.edges)


def test_a_bar_over_two_digits_can_belong_to_the_farther_one():
    row = row_of(3, (0, 2))
    assert text(decode(row, scores("?", "1", "?", "5"))) in ("51", "15")


def test_a_sign_is_read_where_it_may_be():
    table = scores("3", "1", "1", "4")
    reading = decode(row_of(4), table, ("", ".", "", ""), signs=".")
    assert text(reading) == "3.14"
    assert [glyph.character for glyph in reading.glyphs] == list("3.14")
    assert [glyph.digit for glyph in reading.glyphs] == [3, None, 1, 4]
    assert reading.complete == pytest.approx(1)
    assert not reading.left_out


def test_a_sign_that_may_not_be_read_is_left_out_and_doubted():
    row = row_of(4)
    reading = decode(row, scores("3", "1", "1", "4"), ("", ".", "", ""), signs="-")
    assert text(reading) == "314"
    assert reading.complete < 0.05
    assert reading.alternatives[0][1] == pytest.approx(reading.complete, rel=0.02)
    assert reading.left_out == (row.hypotheses[1],)


def test_signs_do_not_count_as_glyphs():
    table = scores("1", "2", "3", "4")
    reading = decode(row_of(4), table, ("", "-", "", ""), signs="-", length=(3, 3))
    assert text(reading) == "1-34"
    assert text(decode(row_of(4), table, ("", "-", "", ""), length=(3, 3))) == "134"


def test_a_speck_is_a_sign_or_nothing():
    row = row_of(3)
    speck = replace(row.hypotheses[1], speck=True)
    row = replace(row, hypotheses=(row.hypotheses[0], speck, row.hypotheses[2]))
    table = scores("1", "2", "3")
    assert text(decode(row, table)) == "13"
    assert decode(row, table).complete == pytest.approx(1)
    assert text(decode(row, table, ("", ".", ""), signs=".")) == "1.3"


def test_digits_beside_a_speck_are_neighbours():
    """A dot between two digits that overlap does not make them stand apart."""
    row = row_of(3)
    speck = replace(row.hypotheses[1], speck=True)
    row = replace(row, hypotheses=(row.hypotheses[0], speck, row.hypotheses[2]))
    lattice = Lattice(row)
    assert len(lattice.pair_features()) == 3
    assert [bool(features.any()) for features in lattice.pair_features()] == [False, False, True]


def test_rows_join_with_line_breaks():
    merged = join_texts([[("12", 0.9), ("17", 0.1)], [("3", 0.8), ("8", 0.1)]])
    assert merged[0] == ("12\n3", pytest.approx(0.72))
    assert sum(p for _, p in merged) <= 1


def test_nothing_reads_as_an_empty_text():
    assert join_texts([]) == (("", 1.0),)
