"""Labelled pictures are counted by source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from inkdigit_train.errors import DataError, DataNotFoundError
from inkdigit_train.evaluation import pictures
from inkdigit_train.evaluation.pictures import (
    Answer,
    Case,
    by_source,
    digits_only,
    evaluate_pictures,
    measure,
    mistakes,
    pixels_of,
    read_cases,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "cells"
    source.mkdir()
    files = [
        {"file": "a.png", "expected": "-12.5", "mode": "read"},
        {"file": "b.png", "expected": "", "mode": "digit"},
    ]
    for entry in files:
        Image.new("RGB", (12, 8), "white").save(source / str(entry["file"]))
    (source / "truth.json").write_text(json.dumps({"source": "here", "files": files}))
    return tmp_path


def test_signs_and_empty_rows_are_left_out() -> None:
    assert digits_only("-12.5?\n?\n3") == "125\n3"


def test_answers_are_counted_by_source(folder: Path) -> None:
    answers = measure(lambda _source, mode: "125" if mode == "read" else "7", read_cases(folder))
    assert by_source(answers) == {"cells": (1, 2), "all": (1, 2)}
    assert [(m.name, m.expected, m.read) for m in mistakes(answers)] == [("cells b", "", "7")]


def test_a_table_is_right_cell_by_cell() -> None:
    case = Case(Path("t.png"), "tables", "3 -\n4 61\n- -", "table")
    assert Answer(case, "3\n4\n61").right
    assert Answer(case, "3\n4 61").right
    assert not Answer(case, "3\n461").right
    assert not Answer(case, "3\n4 61\n5").right


def test_figures_are_by_source_with_tables_and_blank_ones_apart(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, tables = tmp_path / "data" / "pictures", tmp_path / "tables"
    tables.mkdir()
    Image.new("RGB", (12, 8), "white").save(tables / "t.png")
    files = [{"file": "t.png", "expected": "125\n9 9\n- -", "mode": "table"}]
    (tables / "truth.json").write_text(json.dumps({"files": files}))
    data.mkdir(parents=True)
    (folder / "cells").rename(data / "cells")
    tables.rename(data / "tables")
    monkeypatch.setattr(pictures, "Recognizer", lambda _model: None)
    reader = lambda _source, mode: "" if mode == "digit" else "125"  # noqa: E731
    monkeypatch.setattr(pictures, "rules_reader", lambda _recognizer: reader)

    figures = evaluate_pictures(Path("model.onnx"), data.parent, None, 1, tmp_path / "sheets")

    assert figures == {
        "count": 2,
        "exact": 1.0,
        "sources": {
            "cells": {"count": 2, "exact": 1.0},
            "tables": {"count": 1, "exact": 0.0},
        },
        "tables": {"rows": 2, "rows_exact": 0.5},
        "blank": {"count": 1, "exact": 1.0},
    }
    sheets = tmp_path / "sheets" / "pictures"
    assert {p.name for p in sheets.iterdir()} == {"cells.png", "tables.png"}


def test_a_data_folder_without_pictures_has_no_figures(tmp_path: Path) -> None:
    assert evaluate_pictures(Path("model.onnx"), tmp_path, None, 1, None) == {}


def test_a_damaged_truth_is_an_error(folder: Path) -> None:
    (folder / "cells" / "truth.json").write_text('{"files": [{"file": "a.png"}]}')
    with pytest.raises(DataError, match=r"truth\.json"):
        read_cases(folder)


def test_a_folder_without_truth_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError):
        read_cases(tmp_path)


def test_transparent_pictures_lie_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (3, 2), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert (pixels_of(tmp_path / "clear.png") == 255).all()
