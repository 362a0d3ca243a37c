"""Figures of rows with signs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inkdigit import Recognizer
from inkdigit_train.data.signed import KINDS, compose_signed
from inkdigit_train.evaluation.signs import signed_rows
from inkdigit_train.evaluation.table import table


class Scripted:
    """Reads each source as it is told to; stands in for a `Recognizer`."""

    def __init__(self, text, confidence, template):
        self.text, self.confidence, self.template = text, confidence, template

    def read(self, source, **_):
        return replace(self.template, text=self.text, confidence=self.confidence)


@pytest.fixture(scope="module")
def rows(hand, symbols):
    return compose_signed(hand, symbols, 2 * len(KINDS), 3)


@pytest.fixture(scope="module")
def template(rows):
    return Recognizer().read(rows[0].number.ink)


def test_each_row_is_counted_where_it_belongs(rows, template):
    kind = next(row for row in rows if row.kind == "amounts")
    figures = signed_rows(Scripted(kind.text, 0.5, template), [kind])
    assert figures["exact"] == figures["exact_as_pictures"] == 1
    assert figures["kinds"]["amounts"]["exact"] == 1
    assert figures["sure_but_wrong"] == 0
    wrong = signed_rows(Scripted("1", 0.99, template), [kind])
    assert (wrong["exact"], wrong["sure_but_wrong"]) == (0, 1)
    assert wrong["misread"] == [{"kind": "amounts", "text": kind.text, "read": "1"}]


def test_numbers_side_by_side_on_lines_of_their_own_are_no_mistake(rows, template):
    gaps = next(row for row in rows if row.kind == "gaps")
    lines = Scripted(gaps.text.replace(" ", "\n"), 0.99, template)
    assert signed_rows(lines, [gaps])["sure_but_wrong"] == 0


def test_the_table_has_the_kinds(rows, template):
    figures = signed_rows(Scripted("1", 0.5, template), rows)
    summary = {
        f"signs.kinds.{kind}.exact": {"mean": own["exact"], "std": None}
        for kind, own in figures["kinds"].items()
    }
    printed = table({"summary": summary, "models": ["one"]})
    assert all(kind in printed for kind in KINDS)
