"""Labelled pictures and made pages are scored as their readers deserve."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkdigit_train.data.pages.writing import Hand, Writing
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.evaluation.made_pages import measure_pages
from inkdigit_train.evaluation.pictures import (
    by_source,
    digits_only,
    measure,
    mistakes,
    pixels_of,
    read_cases,
)

BAR = [np.array([[0.1, -1.0], [0.1, 0.0]])]
WRITING = Writing(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64), (Hand((("1", BAR),)),))


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
    assert mistakes(answers).size[1] > 100


def test_a_folder_without_truth_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError):
        read_cases(tmp_path)


def test_transparent_pictures_lie_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (3, 2), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert (pixels_of(tmp_path / "clear.png") == 255).all()


def test_made_pages_are_scored_by_number() -> None:
    scores = measure_pages(lambda _source, _mode: "1", WRITING, 3, 0, ["cell", "print only"])
    assert scores["cell"].exact == scores["cell"].numbers == scores["cell"].found == 3
    assert scores["print only"].exact == 0
