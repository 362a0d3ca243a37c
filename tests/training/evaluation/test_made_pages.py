"""Made pages are scored row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inkdigit_train.data.pages.kinds import KINDS, make_pages
from inkdigit_train.data.pages.page import Glyph, Page
from inkdigit_train.data.pages.writing import Hand, Writing
from inkdigit_train.evaluation import made_pages
from inkdigit_train.evaluation.made_pages import evaluate_pages, rows_of, score_pages

BAR = [np.array([[0.1, -1.0], [0.1, 0.0]])]
WRITING = Writing(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64), (Hand((("1", BAR),)),))


def page(*rows: str) -> Page:
    blank = np.zeros((4, 4), np.float32)
    return Page(np.zeros((4, 4, 3), np.uint8), blank, None, (), rows)


def test_one_digit_is_one_row_blank_or_not() -> None:
    cells = make_pages("cell", WRITING, 3, 0) + make_pages("blank cell", WRITING, 2, 0)

    score = score_pages(lambda _source, _mode: "1", "cell", cells, "cell ")

    assert (score.pages, score.pages_exact, score.rows, score.rows_exact) == (5, 3, 5, 3)
    assert [(m.name, m.expected, m.read) for m in score.mistakes] == [
        ("cell 3", "", "1"),
        ("cell 4", "", "1"),
    ]


def test_rows_of_a_page_count_apart() -> None:
    pages = [page("12", "", "34 5"), page("12"), page()]

    score = score_pages(lambda _source, _mode: "12\n34\n6", "table", pages)

    assert (score.pages, score.pages_exact, score.rows, score.rows_exact) == (3, 0, 4, 2)
    assert len(score.mistakes) == 3


def test_the_gaps_of_a_comb_do_not_count() -> None:
    for kind, exact in (("comb", 1), ("numbers", 0)):
        assert score_pages(lambda _source, _mode: "1\n2", kind, [page("12")]).rows_exact == exact


def test_a_neighbour_is_no_row() -> None:
    ink = np.zeros((4, 8), np.float32)
    ink[:, :2] = ink[:, 6:] = 1
    meant = np.where(np.arange(8) < 4, ink, np.float32(0))
    glyphs = (Glyph("3", 0, 0, (6, 0, 8, 4)), Glyph("7", 0, 1, (0, 0, 2, 4)))
    assert rows_of(Page(np.zeros((4, 8, 3), np.uint8), ink, meant, glyphs, ("3 7",))) == ("7",)


def test_figures_are_by_kind_with_print_and_sheets_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = {name: KINDS[name] for name in ("cell", "blank cell", "print only")}
    monkeypatch.setattr(made_pages, "KINDS", kinds)
    monkeypatch.setattr(made_pages, "SHEET_KINDS", ("turned",))
    monkeypatch.setattr(made_pages, "LOT", 1)
    monkeypatch.setattr(made_pages, "read_writing", lambda _folder, validation: WRITING)
    monkeypatch.setattr(made_pages, "Recognizer", lambda _model: None)
    monkeypatch.setattr(made_pages, "rules_reader", lambda _: lambda _source, _mode: "1")

    figures = evaluate_pages(tmp_path / "model.onnx", tmp_path, 2, 1, tmp_path / "sheets")

    assert figures["kinds"] == {
        "cell": {"pages": 2, "pages_exact": 1.0, "rows": 2, "rows_exact": 1.0},
        "blank cell": {"pages": 2, "pages_exact": 0.0, "rows": 2, "rows_exact": 0.0},
    }
    assert (figures["rows"], figures["rows_exact"], figures["silent_on_print"]) == (4, 0.5, 0.0)
    assert figures["sheets"]["pages"] == 2
    assert {p.name for p in (tmp_path / "sheets" / "pages").iterdir()} == {
        "blank_cell.png",
        "cell.png",
        "print_only.png",
        "sheets_on_desks_and_turned.png",
    }
