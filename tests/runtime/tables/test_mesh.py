"""Rules make cells: sheet edges are none, merged cells are one, an open border is a border."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._tables.mesh import Mesh, Span, find_spans, pruned, with_open_borders
from inkdigit._tables.rules import Rules, trace_rules

ACROSS, DOWN = (20, 50, 80, 110), (20, 60, 100, 140)


def grid(low=20, high=110, left=20, right=140):
    drawn = np.zeros((130, 160), np.float32)
    for y in ACROSS:
        drawn[y, left : right + 1] = 1
    for x in DOWN:
        drawn[low : high + 1, x] = 1
    return drawn


def mesh_of(drawn):
    rules = trace_rules(drawn), trace_rules(np.ascontiguousarray(drawn.T))
    return Mesh.of(*pruned(drawn, *rules))


def test_nodes_are_where_rules_cross():
    nodes = mesh_of(grid()).nodes
    assert np.allclose(nodes[1, 2], [100.5, 50.5], atol=0.5)
    assert nodes.shape == (4, 4, 2)


def test_points_know_their_row_and_column():
    row, column = mesh_of(grid()).locate(np.array([[70.0, 60.0], [5.0, 60.0], [150.0, 120.0]]))
    assert row.tolist() == [1, 1, 3]
    assert column.tolist() == [1, -1, 3]


def test_the_edge_of_the_sheet_is_no_rule():
    drawn = grid()
    drawn[6, :] = 1  # above the table, and no rule runs up to it
    assert mesh_of(drawn).size == (3, 3)


def test_strokes_that_stand_in_a_column_are_no_rule():
    drawn = grid()
    drawn[22:108:6, 80] = drawn[23:108:6, 80] = 1  # a third of a rule's length
    assert mesh_of(drawn).size == (3, 3)


def test_a_faint_rule_is_one():
    drawn = grid()
    drawn[21:110, 100] *= 0.45
    assert mesh_of(drawn).size == (3, 3)


def test_without_a_rule_between_them_cells_are_one():
    drawn = grid()
    drawn[81:110, 60] = 0
    spans = find_spans(drawn, mesh_of(drawn))
    assert Span(2, 0, 1, 2) in spans
    assert len(spans) == 8


def test_where_rules_are_faint_a_gap_joins_no_cells():
    drawn = grid()
    drawn[21:110, [60, 100]] *= 0.4
    drawn[81:110, 60] = 0
    rules = mesh_of(grid())
    assert len(find_spans(drawn, rules)) == 9


def test_two_rows_can_be_one_cell():
    drawn = grid()
    drawn[80, 101:140] = 0
    assert Span(1, 2, 2, 1) in find_spans(drawn, mesh_of(drawn))


def test_without_rules_down_a_gap_in_a_rule_joins_no_rows():
    drawn = grid()
    drawn[80, 101:140] = 0
    whole = mesh_of(grid())
    followed = Rules(whole.down.knots, whole.down.positions, np.zeros_like(whole.down.support))
    assert len(find_spans(drawn, Mesh.of(whole.across, followed))) == 9


@pytest.mark.parametrize(("right", "columns"), [(140, 3), (158, 4)])
def test_where_rules_run_on_there_is_another_column(right, columns):
    drawn = grid(right=right)
    across, down = pruned(drawn, trace_rules(drawn), trace_rules(np.ascontiguousarray(drawn.T)))
    assert len(with_open_borders(down, across, 160)) - 1 == columns


@pytest.mark.parametrize("margin", [3, 4, 5, 6])
def test_a_narrow_margin_is_no_row(margin):
    drawn = np.zeros((10 * 11 + 2 * margin + 1, 160), np.float32)
    last = drawn.shape[0] - 1 - margin
    drawn[margin : last + 1 : 11, 20:141] = 1
    for x in DOWN:
        drawn[margin : last + 1, x] = 1
    across, down = pruned(drawn, trace_rules(drawn), trace_rules(np.ascontiguousarray(drawn.T)))
    assert len(with_open_borders(across, down, drawn.shape[0])) - 1 == 10


def test_the_mesh_marks_where_its_rules_run():
    near = mesh_of(grid()).rules_on((130, 160), 1)
    assert near[50, 75] and near[51, 75] and near[65, 60]
    assert not near[65, 75]
