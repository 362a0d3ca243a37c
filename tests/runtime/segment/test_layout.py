"""Rows and what is left of them."""

from __future__ import annotations

import pytest

from inkdigit._segment.layout import Hypothesis, Row


@pytest.fixture
def row_of_three() -> Row:
    """Three digits, of which the middle one may belong to either side; the second is a link."""
    edges = [(0, 20), (30, 50), (60, 80)]

    def hypothesis(*atoms: int) -> Hypothesis:
        return Hypothesis(atoms, (edges[atoms[0]][0], 0, edges[atoms[-1]][1], 40), ())

    ways = [(0,), (1,), (2,), (0, 1), (1, 2)]
    hypotheses = tuple(hypothesis(*atoms) for atoms in ways)
    return Row((0, 0, 80, 40), 40.0, 3, (1,), hypotheses, line=2)


def test_a_row_without_some_atoms_has_the_hypotheses_of_the_others(row_of_three):
    rest, left = row_of_three.without({0})
    assert left == [1, 2, 4]
    assert [h.atoms for h in rest.hypotheses] == [(0,), (1,), (0, 1)]
    assert (rest.atom_count, rest.links) == (2, (0,))
    assert rest.box == (30, 0, 80, 40)
    assert (rest.height, rest.line) == (row_of_three.height, row_of_three.line)


def test_a_row_without_its_middle_keeps_what_is_on_both_sides(row_of_three):
    rest, left = row_of_three.without({1})
    assert left == [0, 2]
    assert [h.atoms for h in rest.hypotheses] == [(0,), (1,)]
    assert rest.box == (0, 0, 80, 40)
